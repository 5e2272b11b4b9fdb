import { randomUUID } from 'node:crypto';
import { pack } from '../inbound/payload';
import type { Called } from './messages';

/**
 * What SAP called here, as entries for the inbox: an event each, of type `sap.rfc.custom.<function>`, the parameters as its data. Calls
 * of a unit are known by it, so that a unit that comes again is the same; a synchronous call is always one of its own.
 */
export function entriesOf({ unit, calls }: Called, source: string, receivedAt: string): readonly Uint8Array[] {
  return calls.map(({ name, parameters }, index) => {
    const id = unit === undefined ? randomUUID() : `${unit}/${index}`;
    const event = {
      specversion: '1.0',
      type: `sap.rfc.custom.${name}`,
      source,
      id,
      time: receivedAt,
      data: parameters,
    };
    const body = JSON.stringify(event, (_key, value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value,
    );
    return pack({ 'content-type': 'application/cloudevents+json' }, Buffer.from(body, 'utf8'), receivedAt);
  });
}
