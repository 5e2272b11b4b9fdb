import type { Envelope } from './event';

/**
 * The place of an event in its record's life: the CRM's time, then the CRM's own order; comparable as text. A record that was
 * read back has no place in the CRM's order: it comes first in its second, so that no event of that second is taken for old.
 */
export function orderOf({ time, sequence, type }: Pick<Envelope<unknown>, 'time' | 'sequence' | 'type'>): string {
  return type.endsWith('.observed.v1') ? `${time}/` : `${time}/${sequence}`;
}

/** The time within such a place, RFC 3339. */
export function timeOfOrder(order: string): string {
  return order.slice(0, order.indexOf('/'));
}
