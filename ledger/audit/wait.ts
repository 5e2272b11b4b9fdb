import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { WaitingEntry } from '../audit-tables';
import type { Schema } from '../schema';

/** Entries that wait together: a block is not much larger. */
const mostTogether = 500;

/**
 * Has rows of a kind sealed soon. Belongs into the statement or transaction that writes them: a row that nobody announced
 * counts as put in from outside.
 */
export function waiting(
  tenant: string,
  kind: string,
  keys: readonly (readonly (string | number)[])[],
  emptied = false,
): RawBuilder<unknown> {
  const entries = keys.map((key): WaitingEntry => [kind, key, emptied]);
  const pages = Array.from({ length: Math.ceil(entries.length / mostTogether) }, (_, n) =>
    JSON.stringify(entries.slice(n * mostTogether, (n + 1) * mostTogether)),
  );
  return sql`insert into audit_waiting (tenant, entries) select ${tenant}, page::json from unnest(${pages}::text[]) as page`;
}

/** The same as a statement of its own, within a transaction. */
export async function wait(
  transaction: Kysely<Schema>,
  tenant: string,
  kind: string,
  keys: readonly (readonly (string | number)[])[],
  emptied = false,
): Promise<void> {
  if (keys.length > 0) await waiting(tenant, kind, keys, emptied).execute(transaction);
}
