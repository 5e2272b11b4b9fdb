import type { ColumnType, Generated } from 'kysely';
import type { Json, Time } from './column-types';

/** What waits to be sealed: kind, key, and whether an erasure emptied the row. */
export type WaitingEntry = readonly [kind: string, key: readonly (string | number)[], emptied: boolean];

/** The audit chain, as `migrations/` leave the tables. */
export interface AuditTables {
  audit_waiting: {
    /** bigint, which pg reads as text. */
    id: Generated<string>;
    tenant: string;
    history: Generated<boolean>;
    entries: Json<readonly WaitingEntry[]>;
    at: Time;
  };
  audit_blocks: {
    tenant: string;
    number: number;
    form: number;
    previous: string;
    at: Time;
    history: boolean;
    entries: number;
    root: string;
    hash: string;
  };
  audit_entries: {
    tenant: string;
    block: number;
    place: number;
    kind: string;
    key: string;
    at: string | null;
    kept: Buffer | null;
    content: Buffer | null;
    salt: Buffer | null;
    emptied: boolean;
  };
  retentions: {
    tenant: string;
    id: string;
    eventsbefore: Time;
    decisionsbefore: Time;
    rows: ColumnType<Readonly<Record<string, number>>, string, never>;
    at: Time;
  };
}
