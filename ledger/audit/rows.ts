import { createHash } from 'node:crypto';
import { sql, type Kysely } from 'kysely';
import type { RecordOf } from '../../canonical-schema/identity';
import type { Schema } from '../schema';
import { nameOf, written, type Fact } from './facts';

/** A row as it is hashed: two JSON texts, of the columns that stay and of those that an erasure empties. */
export interface SealableRow {
  readonly kept: string;
  /** Absent where the kind has no such columns. */
  readonly content?: string;
  /** By which time it is deleted when it is no longer kept. */
  readonly at: string | null;
  /** Whose row it is, where the table says so. */
  readonly about?: RecordOf;
}

/** A key as it stands in an entry. */
export const keyText = (key: readonly (string | number)[]): string => JSON.stringify(key);

/** Reads rows of one kind by their keys; those that are not there have no entry. */
export async function readRows(
  database: Kysely<Schema>,
  tenant: string,
  fact: Fact,
  keys: readonly string[],
): Promise<ReadonlyMap<string, SealableRow>> {
  if (keys.length === 0) return new Map();
  const parts = keys.map((key) => JSON.parse(key) as readonly (string | number)[]);
  const columns = fact.key.map(({ type }, n) => sql`${parts.map((part) => part[n])}::${sql.raw(type)}[]`);
  const names = sql.join(fact.key.map((_, n) => sql.ref(`k${n}`)));
  const joined = sql.join(
    fact.key.map(({ name }, n) => sql`${sql.ref(`row.${name}`)} = ${sql.ref(`wanted.k${n}`)}`),
    sql` and `,
  );
  const { rows } = await sql<Readonly<Record<string, string | null>> & { readonly n: number }>`
    select wanted.n::int as n, ${sql.join([...fact.kept, ...fact.content, ...untilOf(fact)].map((column, n) => sql`${written(column)} as ${sql.ref(`c${n}`)}`))}
    from unnest(${sql.join(columns)}) with ordinality as wanted (${names}, n)
    join ${sql.table(fact.table)} as row on row.tenant = ${tenant} and ${joined}`.execute(database);
  return new Map(rows.map((row) => [keys[row.n - 1] ?? '', asHashed(fact, row)]));
}

const untilOf = ({ until }: Fact) => (until === undefined ? [] : [{ time: until }]);

function asHashed(fact: Fact, row: Readonly<Record<string, string | number | null>>): SealableRow {
  const columns = [...fact.kept, ...fact.content];
  const values = columns.map((column, n) => [nameOf(column), row[`c${n}`] ?? null] as const);
  const kept = Object.fromEntries(values.slice(0, fact.kept.length));
  const at = fact.until === undefined ? null : String(row[`c${columns.length}`]);
  const { source, subject } = kept;
  return {
    kept: JSON.stringify(kept),
    ...(fact.content.length === 0
      ? {}
      : { content: JSON.stringify(Object.fromEntries(values.slice(fact.kept.length))) }),
    ...(typeof source === 'string' && typeof subject === 'string' ? { about: { source, subject } } : {}),
    at,
  };
}

/** sha256 of a text's UTF-8, after a salt where there is one. */
export function digestOf(text: string, salt?: Buffer): Buffer {
  const hash = createHash('sha256');
  if (salt !== undefined) hash.update(salt);
  return hash.update(text, 'utf8').digest();
}
