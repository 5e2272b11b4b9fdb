import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudEvent } from 'cloudevents';
import type { CanonicalEvent } from '../canonical-schema/event';
import { validateEvent } from '../canonical-schema/validate';
import { type AnyConnector, type NormaliseContext, Unmappable } from '../connectors/contract';

/** Captured payloads of one CRM, and what must come of each. */
export interface Captured {
  /** For a person: `Salesforce`. */
  readonly crm: string;
  readonly connector: Pick<AnyConnector, 'name' | 'normalise'>;
  readonly context: Pick<NormaliseContext, 'connection' | 'org'>;
  /** Folders below the CRM's own that hold payloads. */
  readonly folders: readonly string[];
  /** The natives of a file's text. Throws Unmappable. */
  readonly read: (text: string, file: string) => readonly unknown[];
  /** File -> event types with their count, or the code of its refusal. */
  readonly expected: Readonly<Record<string, string>>;
}

/** Where the captured payloads of a CRM lie; they are not part of the project. */
export const capturedFolder = (name: string): string => join(__dirname, '../../shared/fixtures', name);

/** Tests that every captured payload becomes valid events or a named refusal; skipped by name where there are none. */
export function describeCaptured({ crm, connector, context: place, folders, read, expected }: Captured): void {
  const folder = capturedFolder(connector.name);
  const isThere = existsSync(folder);
  const context: NormaliseContext = { tenant: 'acme', ...place, mapping: {} };

  async function outcome(file: string): Promise<readonly CanonicalEvent[] | string> {
    try {
      const natives = read(readFileSync(join(folder, file), 'utf8'), file);
      return (await Promise.all(natives.map((native) => connector.normalise(native, context)))).flat();
    } catch (error) {
      if (error instanceof Unmappable) return error.code;
      throw error;
    }
  }

  const name = `the captured ${crm} payloads (needs ../shared/fixtures/${connector.name})`;
  (isThere ? describe : describe.skip)(name, () => {
    const files = isThere
      ? folders.flatMap((sub) => readdirSync(join(folder, sub)).map((file) => `${sub}/${file}`))
      : [];

    it('are all named here', () => {
      expect(files.toSorted()).toEqual(Object.keys(expected).toSorted());
    });

    // Without files the suite is skipped; jest wants a row all the same.
    it.each(isThere ? files : Object.keys(expected))('%s becomes valid events or a named refusal', async (file) => {
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
}
