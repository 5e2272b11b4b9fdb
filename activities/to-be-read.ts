import type { CanonicalEvent } from '../canonical-schema/event';
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
  return events.filter(({ id, subject }) => {
    if (parked.has(id)) blocked.add(subject);
    return !blocked.has(subject) && !duplicates.has(id);
  });
}
