import type { Envelope } from './event';

/**
 * The place of an event in its record's life: the CRM's time, then the CRM's own order. Comparable as text, also between the
 * events of a stream and the snapshots of a query, which have no commit number.
 */
export function orderOf(event: Pick<Envelope<unknown>, 'time' | 'sequence'>): string {
  return `${event.time}/${event.sequence}`;
}
