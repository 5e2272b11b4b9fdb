import type { CanonicalEvent } from '../canonical-schema/event';
import { recordKey } from '../canonical-schema/identity';
import type { LaneContext } from '../ledger/ledger';
import type { Cause } from './lane-types';

/**
 * The events of a batch about which something is to be found out. Not among them: what is known, what was erased, what a person took out
 * of the lane, and what comes behind that, which must not hold it up again.
 */
export function toBeRead(
  events: readonly CanonicalEvent[],
  { known, erased }: Pick<LaneContext, 'known' | 'erased'>,
  parked: ReadonlyMap<string, Cause>,
): readonly CanonicalEvent[] {
  const blocked = new Set<string>(erased);
  const duplicates = new Set(known);
  return events.filter((event) => {
    const key = recordKey(event);
    if (parked.has(event.id)) blocked.add(key);
    return !blocked.has(key) && !duplicates.has(event.id);
  });
}
