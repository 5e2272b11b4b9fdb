import { orderOf } from '../canonical-schema/order';

/** What is needed to place an event among the parked ones. */
export interface PlacedEvent {
  readonly id: string;
  readonly partitionkey: string;
  readonly time: string;
  readonly sequence: string;
  readonly type: string;
}

/**
 * The records that have parked events, so that their later events park behind them. An event waits behind a parked one
 * of its record that is older by the CRM's own order; an older event that comes late passes.
 */
export class ParkedRecords {
  /** Sequence by event id, by partition key. */
  private readonly orders = new Map<string, Map<string, string>>();

  /** Notes a parked event. */
  add(event: PlacedEvent): void {
    const { id, partitionkey } = event;
    const record = this.orders.get(partitionkey) ?? new Map<string, string>();
    record.set(id, orderOf(event));
    this.orders.set(partitionkey, record);
  }

  /** Takes an event out, because it came back or was dropped. */
  remove({ id, partitionkey }: PlacedEvent): void {
    const record = this.orders.get(partitionkey);
    record?.delete(id);
    if (record?.size === 0) this.orders.delete(partitionkey);
  }

  /** Whether this very event is parked. */
  has({ id, partitionkey }: PlacedEvent): boolean {
    return this.orders.get(partitionkey)?.has(id) ?? false;
  }

  /** The parked event that this one has to wait behind. */
  before(event: PlacedEvent): string | undefined {
    const { id, partitionkey } = event;
    const order = orderOf(event);
    for (const [parked, parkedOrder] of this.orders.get(partitionkey) ?? []) {
      if (parked !== id && parkedOrder <= order) return parked;
    }
    return undefined;
  }
}
