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
  /** Records that were read back, or found gone. */
  readonly recovered: number;
  /** Those of them that were known, and not published; absent where all were. */
  readonly duplicates?: number;
  /** How often the gap had been widened when the reading began; absent in runs of before that was counted. */
  readonly widened?: number;
  /** Why the rest is not read, ever: a code with its message. */
  readonly unread?: string;
}

export interface ReconcileInput extends StreamRef {
  /** How long after a change its event may still be on its way, ms. Default: a minute. */
  readonly graceMs?: number;
}

/** What comparing a stream with the changes that the CRM tracked has led to. */
export interface Reconciled {
  readonly stream: string;
  /** Only the token was taken: what changes from now on is compared the next time. */
  readonly isFirst: boolean;
  /** The CRM no longer knew the token: changed records were read by query, which tells no deletions. */
  readonly isResync: boolean;
  /** Changes that the CRM tracked. */
  readonly found: number;
  /** Those that no event had told, deletions included: published. */
  readonly missing: number;
  /** The deletions among them. */
  readonly deleted: number;
  /** The ledger's id of the gap, where something was missing or the token was lost. */
  readonly gap?: string;
  /** How often the tenant's file asks for it by now, ms; absent for not by itself. */
  readonly everyMs?: number;
}
