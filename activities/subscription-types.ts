export interface StreamRef {
  readonly tenant: string;
  readonly connection: string;
  readonly stream: string;
}

/** How a subscription's attempt ended: only a lost position ends it without an error. */
export interface Expired {
  readonly code: string;
  readonly message: string;
  readonly onGap: 'backfill' | 'halt';
}

export interface ListenInput extends StreamRef {
  /**
   * After a gap: begin at the oldest event retained instead of the lost position, and pass on what happened since then
   * (RFC 3339 UTC); everything before is known to be safe.
   */
  readonly since?: string;
}

export interface GapRef extends StreamRef {
  /** The ledger's id of the gap. */
  readonly gap: string;
  /** Where the lost window begins, RFC 3339 UTC. */
  readonly from: string;
}

export interface GapFilled {
  /** Events published from what was read back. */
  readonly recovered: number;
}
