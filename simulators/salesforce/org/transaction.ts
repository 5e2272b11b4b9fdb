import { randomUUID } from 'node:crypto';
import type { ObjectType, Values } from './object-type';

/** What happened to a record. */
export type ChangeType = 'CREATE' | 'UPDATE' | 'DELETE' | 'UNDELETE';

/** Who writes: goes into the audit fields and the change event header. */
export interface Author {
  readonly userId: string;
  /** `changeOrigin` of the events this author causes; empty for the org's own automation. */
  readonly origin: string;
  /** The client id of `Sforce-Call-Options`, if one was given. */
  readonly clientId?: string;
  /** May set fields that are read-only for callers (lead conversion by the org itself). */
  readonly privileged?: boolean;
  /** The org's assignment rules run for what this author creates. */
  readonly isAssigned?: boolean;
}

/** One record's change, kept until the transaction commits. */
export interface Change {
  readonly type: ObjectType;
  readonly changeType: ChangeType;
  readonly recordId: string;
  readonly before: Readonly<Values>;
  readonly after: Readonly<Values>;
}

/** `00034c74-0500-aa77-fc35-265917470e99`: a key in the form of the captured ones, which all start with zeros. */
const transactionKey = (): string => `0000${randomUUID().slice(4)}`;

/** The writes of one request: what they changed, and how to take them back. */
export class Transaction {
  readonly key = transactionKey();
  readonly changes: Change[] = [];
  readonly #undo: (() => void)[] = [];

  /**
   * @param author who writes.
   * @param now epoch milliseconds, cut to whole seconds as Salesforce stores every datetime.
   */
  constructor(
    readonly author: Author,
    readonly now: number = Math.floor(Date.now() / 1000) * 1000,
  ) {}

  /** Notes a write that has been done. */
  record(change: Change, undo: () => void): void {
    this.changes.push(change);
    this.#undo.push(undo);
  }

  /** A point to which {@link rollback} can return. */
  mark(): number {
    return this.changes.length;
  }

  /** Takes back every write since the mark, newest first. */
  rollback(mark = 0): void {
    while (this.#undo.length > mark) this.#undo.pop()?.();
    this.changes.length = mark;
  }
}
