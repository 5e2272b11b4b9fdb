import type { CanonicalEvent } from '../../canonical-schema/event';
import { validateEvent } from '../../canonical-schema/validate';
import { normalise } from './normalise';
import { readNatives } from './read-natives';

const context = { tenant: 'acme', connection: 'erp', org: 'Q7', mapping: {} };

/** The events of a payload, each of them valid. */
export async function all(payload: unknown): Promise<readonly CanonicalEvent[]> {
  const made = await Promise.all(readNatives(payload).map((native) => normalise(native, context)));
  for (const one of made.flat()) expect(validateEvent(one)).toEqual([]);
  return made.flat();
}

/** The one event of a payload. */
export async function only(payload: unknown): Promise<CanonicalEvent> {
  const [one, ...others] = await all(payload);
  if (one === undefined || others.length > 0) throw new Error('not one event');
  return one;
}
