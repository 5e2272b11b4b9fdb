import { orderOf } from '../canonical-schema/order';

/** What is needed to place an event among the parked ones. */
export interface PlacedEvent {
  readonly id: string;
  readonly source: string;
  readonly partitionkey: string;
  readonly time: string;
  readonly sequence: string;
  readonly type: string;
}

/** What is decided in one order. A partition key does not tell two organisations of one kind of CRM apart. */
export function orderKey({ source, partitionkey }: Pick<PlacedEvent, 'source' | 'partitionkey'>): string {
  return `${source} ${partitionkey}`;
}

/**
 * The records that have parked events, so that their later events park behind them. An event waits behind a parked one
 * of its record that is older by the CRM's own order; an older event that comes late passes.
 */
export class ParkedRecords {
  /** Sequence by event id, by order key. */
  private readonly orders = new Map<string, Map<string, string>>();

  /** Notes a parked event. */
  add(event: PlacedEvent): void {
    const key = orderKey(event);
    const record = this.orders.get(key) ?? new Map<string, string>();
    record.set(event.id, orderOf(event));
    this.orders.set(key, record);
  }

  /** Takes an event out, because it came back or was dropped. */
  remove(event: PlacedEvent): void {
    const key = orderKey(event);
    const record = this.orders.get(key);
    record?.delete(event.id);
    if (record?.size === 0) this.orders.delete(key);
  }

  /** Whether this very event is parked. */
  has(event: PlacedEvent): boolean {
    return this.orders.get(orderKey(event))?.has(event.id) ?? false;
  }

  /** The parked event that this one has to wait behind. */
  before(event: PlacedEvent): string | undefined {
    const order = orderOf(event);
    for (const [parked, parkedOrder] of this.orders.get(orderKey(event)) ?? []) {
      if (parked !== event.id && parkedOrder <= order) return parked;
    }
    return undefined;
  }
}
