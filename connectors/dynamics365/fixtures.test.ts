import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudEvent } from 'cloudevents';
import type { CanonicalEvent } from '../../canonical-schema/event';
import { validateEvent } from '../../canonical-schema/validate';
import { type NormaliseContext, Unmappable } from '../contract';
import { parseLossless } from '../kit/lossless-json';
import { normalise } from './normalise';
import { readNatives } from './read-natives';

const folder = join(__dirname, '../../../shared/fixtures/dynamics365');
const context: NormaliseContext = { tenant: 'acme', connection: 'sales', org: 'org1', mapping: {} };

/** As `signalbox normalise` reads it. */
function payloadOf(file: string): unknown {
  const text = readFileSync(join(folder, file), 'utf8');
  return file.endsWith('.json') ? parseLossless(text) : text;
}

async function outcome(file: string): Promise<readonly CanonicalEvent[] | string> {
  try {
    const natives = readNatives(payloadOf(file));
    return (await Promise.all(natives.map((native) => normalise(native, context)))).flat();
  } catch (error) {
    if (error instanceof Unmappable) return error.code;
    throw error;
  }
}

const describeFixtures = existsSync(folder) ? describe : describe.skip;

describeFixtures('the captured Dynamics 365 payloads (needs ../shared/fixtures/dynamics365)', () => {
  /** File -> event types with their count, or the code of its refusal. */
  const expected: Readonly<Record<string, string>> = {
    'metadata/tap-dynamics.mini-csdl.xml': 'SBX_DYNAMICS365_METADATA',
    'rec/account.Create.unicode.json': '1 io.signalbox.account.created.v1',
    'rec/account.Update.sample1.json': '1 io.signalbox.account.updated.v1',
    'rec/albxrm_alltypes.Create.sample2.json': '1 io.signalbox.record.created.v1',
    'rec/contact.Update.from-docs.json': '1 io.signalbox.contact.updated.v1',
    'rec/incident.Create.fusebit-truncated.json': 'SBX_DYNAMICS365_RECORD',
    'rec/shko_allfields.Create.all-types-sync.json': '1 io.signalbox.record.created.v1',
    'webapi/batch-changeset.response.http': 'SBX_DYNAMICS365_TIME',
    'webapi/error-412-duplicate.json': 'SBX_DYNAMICS365_ERROR_ANSWER',
    'webapi/error-412-if-none-match.json': 'SBX_DYNAMICS365_ERROR_ANSWER',
    'webapi/error-412-rowversion.json': 'SBX_DYNAMICS365_ERROR_ANSWER',
  };

  const files = existsSync(folder)
    ? ['metadata', 'rec', 'webapi'].flatMap((sub) => readdirSync(join(folder, sub)).map((file) => `${sub}/${file}`))
    : [];

  it('are all named here', () => {
    expect(files.toSorted()).toEqual(Object.keys(expected).toSorted());
  });

  it.each(files)('%s becomes valid events or a named refusal', async (file) => {
    const result = await outcome(file);
    if (typeof result === 'string') {
      expect(result).toBe(expected[file]);
      return;
    }
    expect(`${result.length} ${[...new Set(result.map((event) => event.type))].join()}`).toBe(expected[file]);
    for (const event of result) {
      expect(validateEvent(event)).toEqual([]);
      expect(new CloudEvent(event as never, false).validate()).toBe(true);
    }
    expect(new Set(result.map((event) => event.id)).size).toBe(result.length);
    expect(await outcome(file)).toEqual(result);
  });
});
