import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudEvent } from 'cloudevents';
import type { CanonicalEvent } from '../../canonical-schema/event';
import { validateEvent } from '../../canonical-schema/validate';
import { type NormaliseContext, Unmappable } from '../contract';
import { normalise } from './normalise';
import { readNatives } from './read-natives';

const folder = join(__dirname, '../../../shared/fixtures/salesforce');
const context: NormaliseContext = { tenant: 'acme', connection: 'sales', org: '00D000000000001AAA', mapping: {} };

/** Schemas of the fixture folder by id, as `--schemas DIR` finds them: the id is in the file's name or its `uuid`. */
function schemas(id: string): string | undefined {
  const files = readdirSync(join(folder, 'avro'));
  const texts = files.map((file) => ({ file, text: readFileSync(join(folder, 'avro', file), 'utf8') }));
  return texts.find(({ file, text }) => file.includes(id) || text.includes(`"uuid":"${id}"`))?.text;
}

function payloadOf(file: string): unknown {
  const text = readFileSync(join(folder, file), 'utf8');
  return file.endsWith('.json') ? JSON.parse(text) : text.trim();
}

async function outcome(file: string): Promise<readonly CanonicalEvent[] | string> {
  try {
    const natives = readNatives(payloadOf(file), schemas);
    return (await Promise.all(natives.map((native) => normalise(native, context)))).flat();
  } catch (error) {
    if (error instanceof Unmappable) return error.code;
    throw error;
  }
}

const describeFixtures = existsSync(folder) ? describe : describe.skip;

describeFixtures('the captured Salesforce payloads (needs ../shared/fixtures/salesforce)', () => {
  /** File -> event types with their count, or the code of its refusal. */
  const expected: Readonly<Record<string, string>> = {
    'json/GenericRecord.schema-and-values.json': 'SBX_SALESFORCE_SCHEMA_DUMP',
    'json/Tooling.PlatformEventChannelMember.query.json': 'SBX_SALESFORCE_METADATA',
    'json/Vendor_Profile__c.UPDATE.undecoded-bitmap.json': '1 io.signalbox.record.updated.v1',
    'json/cometd.Account.CREATE.json': '1 io.signalbox.account.created.v1',
    'json/cometd.Cloud_News__e.json': '1 io.signalbox.record.published.v1',
    'json/cometd.Expense__c.UPDATE.json': '1 io.signalbox.record.updated.v1',
    'json/cometd.Low_Ink__e.json': '1 io.signalbox.record.published.v1',
    'json/cometd.Sales_Territory_Regions__e.json': '1 io.signalbox.record.published.v1',
    'json/cometd.generic-streaming.json': '1 io.signalbox.record.published.v1',
    'json/pubsub.Account.CREATE.compound-address.json': '1 io.signalbox.account.created.v1',
    'json/pubsub.Account.GAP_CREATE.json': '1 io.signalbox.account.created.v1',
    'json/pubsub.Account.GAP_OVERFLOW.json': '1 io.signalbox.account.overflowed.v1',
    'json/pubsub.Opportunity.CREATE.json': '1 io.signalbox.opportunity.created.v1',
    'pubsub/AccountCreationEvents.fetchresponse.json': '3 io.signalbox.account.created.v1',
    'pubsub/AccountRequest.payload.b64': 'SBX_SALESFORCE_BARE_PAYLOAD',
    'pubsub/AccountUpdateEvents.2026.fetchresponse.json': '1 io.signalbox.account.updated.v1',
    'pubsub/EventBod.byte-array.json': '1 io.signalbox.account.updated.v1',
    'pubsub/MergedRecordIds20.fetchresponse.json': 'SBX_SALESFORCE_SCHEMA_UNKNOWN',
  };

  const files = existsSync(folder)
    ? ['json', 'pubsub'].flatMap((sub) => readdirSync(join(folder, sub)).map((file) => `${sub}/${file}`))
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
