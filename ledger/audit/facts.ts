import { sql, type RawBuilder } from 'kysely';

/** A column, and how it is written to be hashed: a time in UTC with its microseconds, all else as the database tells it. */
type Column = string | { readonly time: string };

/** What a kind of entry seals: some columns of one row. */
export interface Fact {
  readonly table:
    'decisions' | 'actions' | 'outcomes' | 'proposals' | 'champions' | 'tenant_versions' | 'erasures' | 'retentions';
  /** Within the tenant. */
  readonly key: readonly { readonly name: string; readonly type: 'text' | 'int' }[];
  /** Columns that no erasure touches. */
  readonly kept: readonly Column[];
  /** Columns that an erasure empties. */
  readonly content: readonly Column[];
  /** By which time it is deleted when it is no longer kept; absent: it never is. */
  readonly until?: string;
  /** Of which rows there is such an entry; absent: of all. */
  readonly where?: string;
}

const text = (...names: readonly string[]) => names.map((name) => ({ name, type: 'text' as const }));
const int = (name: string) => ({ name, type: 'int' as const });
const time = (name: string): Column => ({ time: name });

/** Which form of `facts` blocks are sealed by. Another set of columns is another form, and the old one stays for old blocks. */
export const form = 1;

/**
 * What is sealed, by kind. Every column of these tables is in one of them, apart from `tenant`, which the block has, and
 * `erasures.marks`, which is forgotten when the erasure is done; a test holds the tables to it.
 */
export const facts: Readonly<Record<string, Fact>> = {
  decision: {
    table: 'decisions',
    key: text('id'),
    kept: [
      ...['id', 'eventid', 'connection', 'source', 'subject', 'usecase', 'outcome', 'model', 'policy', 'sequence'],
      ...[time('decidedat'), time('recordedat')],
    ],
    content: [
      ...['because', 'score', 'band', 'ranking', 'reasons', 'contributions', 'intercept', 'features', 'related'],
      ...['relatedfrom', 'propensity', time('erasedat')],
    ],
    until: 'recordedat',
  },
  action: {
    table: 'actions',
    key: [...text('id'), int('attempt')],
    kept: [
      ...['id', 'attempt', 'engagement', 'decisionid', 'source', 'subject', 'kind', 'outcome', 'workflowid', 'runid'],
      time('at'),
    ],
    content: ['action', 'result', time('erasedat')],
    until: 'at',
  },
  outcome: {
    table: 'outcomes',
    key: text('engagement', 'decisionid', 'label'),
    kept: ['engagement', 'decisionid', 'label', 'eventid', time('at')],
    content: [],
    until: 'at',
  },
  proposal: {
    table: 'proposals',
    key: text('id'),
    kept: [
      ...['id', 'decisionid', 'engagement', 'source', 'subject', 'usecase', 'connection', 'connector', 'approvers'],
      ...[time('since'), time('until')],
    ],
    content: ['score', 'band', 'ranking', 'reasons', 'actions', time('erasedat')],
    until: 'until',
  },
  answer: {
    table: 'proposals',
    key: text('id'),
    kept: ['id', 'status', 'by', time('answeredat')],
    content: ['reason'],
    until: 'answeredat',
    where: "status <> 'waiting'",
  },
  champion: {
    table: 'champions',
    key: [...text('usecase'), int('number')],
    kept: ['usecase', 'number', 'kind', 'digest', 'before', 'followsfile', 'by', 'reason', 'gate', time('at')],
    content: [],
  },
  'tenant-version': {
    table: 'tenant_versions',
    key: [int('number')],
    kept: ['number', 'digest', 'document', 'policies', 'changes', 'by', time('at')],
    content: [],
  },
  erasure: {
    table: 'erasures',
    key: text('id'),
    kept: ['id', 'asked', 'subjects', 'by', 'reason', time('at')],
    content: [],
  },
  'erasure-done': {
    table: 'erasures',
    key: text('id'),
    kept: ['id', 'counts', time('doneat')],
    content: [],
    where: 'doneat is not null',
  },
  'erasure-lifted': {
    table: 'erasures',
    key: text('id'),
    kept: ['id', 'liftedby', 'liftedreason', time('liftedat')],
    content: [],
    where: 'liftedat is not null',
  },
  retention: {
    table: 'retentions',
    key: text('id'),
    kept: ['id', 'rows', time('eventsbefore'), time('decisionsbefore'), time('at')],
    content: [],
  },
};

/** How a time is written: RFC 3339 with microseconds, so that texts sort as times do. */
export const timeForm = 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"';

/** The column's name. */
export const nameOf = (column: Column): string => (typeof column === 'string' ? column : column.time);

/** The column as it is hashed, named after itself. */
export function written(column: Column): RawBuilder<string | null> {
  const name = sql.ref(`row.${nameOf(column)}`);
  if (typeof column === 'string') return sql`${name}::text`;
  return sql`to_char(${name} at time zone 'UTC', ${sql.lit(timeForm)})`;
}
