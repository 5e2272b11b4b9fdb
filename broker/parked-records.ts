/** What is needed to place an event among the parked ones. */
export interface PlacedEvent {
  readonly id: string;
  readonly partitionkey: string;
  readonly sequence: string;
}

/**
 * The records that have parked events, so that their later events park behind them. An event waits behind a parked one
 * of its record that is older by the CRM's own order; an older event that comes late passes.
 */
export class ParkedRecords {
  /** Sequence by event id, by partition key. */
  private readonly sequences = new Map<string, Map<string, string>>();

  /** Notes a parked event. */
  add({ id, partitionkey, sequence }: PlacedEvent): void {
    const record = this.sequences.get(partitionkey) ?? new Map<string, string>();
    record.set(id, sequence);
    this.sequences.set(partitionkey, record);
  }

  /** Takes an event out, because it came back or was dropped. */
  remove({ id, partitionkey }: PlacedEvent): void {
    const record = this.sequences.get(partitionkey);
    record?.delete(id);
    if (record?.size === 0) this.sequences.delete(partitionkey);
  }

  /** Whether this very event is parked. */
  has({ id, partitionkey }: PlacedEvent): boolean {
    return this.sequences.get(partitionkey)?.has(id) ?? false;
  }

  /** The parked event that this one has to wait behind. */
  before({ id, partitionkey, sequence }: PlacedEvent): string | undefined {
    for (const [parked, parkedSequence] of this.sequences.get(partitionkey) ?? []) {
      if (parked !== id && parkedSequence <= sequence) return parked;
    }
    return undefined;
  }
}
