import type { Kysely } from 'kysely';
import { about } from './about';
import { listErasures, type ErasureRow } from './erasures';
import { readProposal } from './proposals';
import type { Schema } from './schema';
import type { ProposalRow } from './proposal-row';

/** What persons had to do with a record's story. `at` is RFC 3339 UTC. */
export type PersonsEntry = { readonly at: string } & (
  | /** What was proposed to a person, and that it no longer waits. */
    { readonly kind: 'proposed' | 'settled'; readonly proposal: ProposalRow }
    /** The person's data were erased, or the record is taken in again. */
  | { readonly kind: 'erased' | 'lifted'; readonly erasure: ErasureRow }
);

interface Told {
  readonly entry: PersonsEntry;
  readonly decisionid?: string;
}

/** What was proposed about records, and what became of it. */
export async function tellProposals(
  database: Kysely<Schema>,
  tenant: string,
  records: readonly string[],
): Promise<Told[]> {
  const rows = await database
    .selectFrom('proposals')
    .where('tenant', '=', tenant)
    .where(about(records))
    .selectAll()
    .execute();
  return rows.map(readProposal).flatMap((proposal) => {
    const { since, answeredat, decisionid } = proposal;
    const proposed: Told = { entry: { kind: 'proposed', at: since, proposal }, decisionid };
    if (answeredat === undefined) return [proposed];
    return [proposed, { entry: { kind: 'settled', at: answeredat, proposal }, decisionid }];
  });
}

/** That records were erased, and taken in again. */
export async function tellErasures(
  database: Kysely<Schema>,
  tenant: string,
  records: readonly string[],
): Promise<Told[]> {
  return (await listErasures(database, tenant, records)).flatMap((erasure) => {
    const { at, liftedat } = erasure;
    const erased: Told = { entry: { kind: 'erased', at, erasure } };
    return liftedat === undefined ? [erased] : [erased, { entry: { kind: 'lifted', at: liftedat, erasure } }];
  });
}
