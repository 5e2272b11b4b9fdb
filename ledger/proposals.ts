import type { Kysely, Selectable } from 'kysely';
import { about as aboutRecords, meantBy } from './about';
import { wait } from './audit/wait';
import { bounded } from './columns';
import { erasedAmong } from './erased';
import type { ProposalRow, Settled } from './proposal-row';
import type { Schema } from './schema';

/** A proposal that begins to wait. */
export type ProposalToKeep = Omit<ProposalRow, 'status' | 'by' | 'reason' | 'answeredat' | 'erasedat'>;

/** Why a proposal waits no longer. */
export interface Settlement {
  readonly status: Settled;
  readonly by?: string;
  readonly reason?: string;
  /** RFC 3339 UTC */
  readonly at: string;
}

/** What persons are asked before the CRM is changed. */
export interface Proposals {
  /** Keeps the first of an id; gives the one that is kept. */
  open(tenant: string, proposal: ProposalToKeep): Promise<ProposalRow>;
  /** Only one that waits; again changes nothing. */
  settle(tenant: string, id: string, settlement: Settlement): Promise<void>;
  find(tenant: string, id: string): Promise<ProposalRow | undefined>;
  /**
   * In the order in which they began to wait.
   * @param about a record's key, `<entity>/<crm id>`, or the CRM's id alone
   */
  list(tenant: string, which: 'waiting' | 'all', about?: string): Promise<readonly ProposalRow[]>;
}

export function proposals(database: Kysely<Schema>): Proposals {
  const find = async (tenant: string, id: string): Promise<ProposalRow | undefined> => {
    const rows = database.selectFrom('proposals').selectAll().where('tenant', '=', tenant).where('id', '=', id);
    const row = await rows.executeTakeFirst();
    return row === undefined ? undefined : readProposal(row);
  };
  return {
    find,
    open: async (tenant, proposal) => {
      if ((await erasedAmong(database, tenant, [proposal])).size > 0) return { ...proposal, status: 'ended' };
      await database.transaction().execute(async (transaction) => {
        await transaction
          .insertInto('proposals')
          .values(toRow(tenant, proposal))
          .onConflict((conflict) => conflict.doNothing())
          .execute();
        await wait(transaction, tenant, 'proposal', [[proposal.id]]);
      });
      return (await find(tenant, proposal.id)) ?? { ...proposal, status: 'waiting' };
    },
    settle: async (tenant, id, { status, by = null, reason, at }) => {
      await database.transaction().execute(async (transaction) => {
        const { numUpdatedRows } = await transaction
          .updateTable('proposals')
          .set({ status, by, reason: bounded(reason), answeredat: at })
          .where('tenant', '=', tenant)
          .where('id', '=', id)
          .where('status', '=', 'waiting')
          .executeTakeFirst();
        if (numUpdatedRows > 0n) await wait(transaction, tenant, 'answer', [[id]]);
      });
    },
    list: async (tenant, which, about) => {
      const rows = await database
        .selectFrom('proposals')
        .selectAll()
        .where('tenant', '=', tenant)
        .$if(which === 'waiting', (query) => query.where('status', '=', 'waiting'))
        .$if(about !== undefined, (query) => query.where(aboutRecords(meantBy(about ?? ''))))
        .orderBy('since')
        .orderBy('id')
        .execute();
      return rows.map(readProposal);
    },
  };
}

function toRow(tenant: string, { reasons, actions, approvers, ranking, ...row }: ProposalToKeep) {
  const { connector = null, score = null, band = null } = row;
  return {
    ...row,
    ...{ tenant, connector, score, band, status: 'waiting' as const },
    reasons: JSON.stringify(reasons),
    actions: JSON.stringify(actions),
    approvers: approvers === undefined ? null : JSON.stringify(approvers),
    ranking: ranking === undefined ? null : JSON.stringify(ranking),
  };
}

/** A row as it was recorded; what is null was absent. */
export function readProposal({
  since,
  until,
  answeredat,
  erasedat,
  ...row
}: Selectable<Schema['proposals']>): ProposalRow {
  const told = Object.entries(row).filter(([key, value]) => key !== 'tenant' && value !== null);
  return {
    ...(Object.fromEntries(told) as unknown as Omit<ProposalRow, 'since' | 'until' | 'answeredat' | 'erasedat'>),
    since: since.toISOString(),
    until: until.toISOString(),
    ...(answeredat !== null && { answeredat: answeredat.toISOString() }),
    ...(erasedat !== null && { erasedat: erasedat.toISOString() }),
  };
}
