import { randomUUID } from 'node:crypto';
import type { Reference, Values } from './definitions';
import type { Row } from './table';
import type { TableType } from './table-type';

/** Who writes, and what the request said about the business logic to run. */
export interface Caller {
  /** systemuserid. */
  readonly userId: string;
  /** `?tag=`: becomes the shared variable `tag`. */
  readonly tag?: string;
  /** Modes whose steps are bypassed on the caller's demand. */
  readonly bypass: readonly ('sync' | 'async')[];
  readonly userAgent: string;
  /** `MSCRM.SuppressDuplicateDetection: false`. */
  readonly detectsDuplicates: boolean;
}

/** A parameter of a message, still without its JSON form. */
export type Parameter =
  | { readonly kind: 'entity'; readonly type: TableType; readonly id: string; readonly values: Readonly<Values> }
  | { readonly kind: 'reference'; readonly reference: Reference }
  | { readonly kind: 'references'; readonly references: readonly Reference[] }
  | { readonly kind: 'relationship'; readonly name: string }
  | { readonly kind: 'choice'; readonly value: number }
  | { readonly kind: 'plain'; readonly value: string | boolean };

/** Parameters by name, in order. */
export type Parameters = Readonly<Record<string, Parameter>>;

/** What was asked for: the parent context of the steps it triggers. */
export interface Demand {
  readonly message: string;
  readonly parameters: Parameters;
}

/** One run of the event pipeline for one row. */
export interface Operation {
  readonly id: string;
  /** Steps registered for this message are triggered. */
  readonly message: string;
  /** Absent for Associate and Disassociate. */
  readonly type?: TableType;
  readonly recordId: string;
  readonly parameters: Parameters;
  readonly demand: Demand;
  readonly before?: Row;
  readonly after?: Row;
  readonly caller: Caller;
  /** Columns present in an Update. */
  readonly present: readonly string[];
  /** Epoch milliseconds. */
  readonly at: number;
}

/** The writes of one request or change set: what they did, and how to take them back. */
export class Transaction {
  readonly correlationId = randomUUID();
  readonly requestId = randomUUID();
  readonly operations: Operation[] = [];
  readonly #undo: (() => void)[] = [];

  constructor(
    /** Changes between the parts of a change set. */
    public caller: Caller,
    readonly now: number = Date.now(),
  ) {}

  /** The transaction's time as columns store it. */
  get stamp(): number {
    return Math.floor(this.now / 1000) * 1000;
  }

  /** Notes a write that has been done, and what it triggers. */
  record(undo: () => void, ...operations: readonly Omit<Operation, 'id' | 'at' | 'caller'>[]): void {
    this.#undo.push(undo);
    for (const operation of operations)
      this.operations.push({ ...operation, id: randomUUID(), at: Date.now(), caller: this.caller });
  }

  /** Takes back every write, newest first. */
  rollback(): void {
    for (let undo = this.#undo.pop(); undo !== undefined; undo = this.#undo.pop()) undo();
    this.operations.length = 0;
  }
}
