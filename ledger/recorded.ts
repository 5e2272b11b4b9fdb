import { sql, type Kysely } from 'kysely';
import type { Decision } from '../canonical-schema/decision';
import { entityNames, type CanonicalRecord } from '../canonical-schema/entity';
import { anyOf } from './columns';
import { decisionColumns, readDecision } from './decisions';
import type { Schema } from './schema';

/** Which decisions are asked for. */
export interface RecordedQuestion {
  readonly usecase?: string;
  /** Decided at this time or later, RFC 3339. */
  readonly since?: string;
  /** `<entity>/<crm id>`, or the CRM's id alone. */
  readonly record?: string;
  /** The decision's id. */
  readonly decision?: string;
}

/** A decision as the ledger has it, with all that became of it. */
export interface RecordedDecision {
  readonly decision: Decision;
  /** Since when only is left that it was made, RFC 3339 UTC. */
  readonly erasedat?: string;
  /** In the order in which they were told; times are RFC 3339 UTC. */
  readonly outcomes: readonly { readonly label: string; readonly at: string }[];
}

/** Decisions as they were recorded: for whoever makes them again. */
export interface RecordedDecisions {
  /** Record by record, each record's in the CRM's order, erased ones included. Read page by page: memory does not grow. */
  pages(tenant: string, asked: RecordedQuestion): AsyncIterable<readonly RecordedDecision[]>;
  /**
   * What is left of the records that decisions were about, by decision id: as its event told it, and the newest state where
   * nothing came since. Of a decision of which neither is kept there is no entry.
   */
  records(tenant: string, decisions: readonly Decision[]): Promise<ReadonlyMap<string, readonly CanonicalRecord[]>>;
}

const pageSize = 500;

/** Recorded decisions, over a database. */
export function recorded(database: Kysely<Schema>): RecordedDecisions {
  return {
    pages: (tenant, asked) => readPages(database, tenant, asked),
    records: (tenant, decisions) => readRecords(database, tenant, decisions),
  };
}

/** Where a page ended. */
type Place = Pick<Decision, 'subject' | 'sequence' | 'id'>;

async function* readPages(
  database: Kysely<Schema>,
  tenant: string,
  asked: RecordedQuestion,
): AsyncGenerator<readonly RecordedDecision[]> {
  for (let after: Place | undefined; ;) {
    const rows = await select(database, tenant, asked, after).execute();
    const decisions = rows.map(readDecision);
    const outcomes = await outcomesOf(database, tenant, decisions);
    if (decisions.length > 0) {
      yield decisions.map((decision, n) => {
        const erasedat = rows[n]?.erasedat ?? null;
        return {
          decision,
          ...(erasedat === null ? {} : { erasedat: erasedat.toISOString() }),
          outcomes: outcomes.get(decision.id) ?? [],
        };
      });
    }
    after = decisions.at(-1);
    if (decisions.length < pageSize) return;
  }
}

function select(
  database: Kysely<Schema>,
  tenant: string,
  { usecase, since, record, decision }: RecordedQuestion,
  after: Place | undefined,
) {
  const subjects = record === undefined ? [] : [record, ...entityNames.map((entity) => `${entity}/${record}`)];
  return database
    .selectFrom('decisions')
    .select([...decisionColumns, 'erasedat'])
    .where('tenant', '=', tenant)
    .$if(usecase !== undefined, (query) => query.where('usecase', '=', usecase ?? ''))
    .$if(since !== undefined, (query) => query.where('decidedat', '>=', new Date(since ?? '')))
    .$if(record !== undefined, (query) => query.where('subject', '=', anyOf(subjects)))
    .$if(decision !== undefined, (query) => query.where('id', '=', decision ?? ''))
    .$if(after !== undefined, (query) =>
      query.where(
        sql<boolean>`(subject, sequence, id) > (${after?.subject ?? ''}, ${after?.sequence ?? ''}, ${after?.id ?? ''})`,
      ),
    )
    .orderBy('subject')
    .orderBy('sequence')
    .orderBy('id')
    .limit(pageSize);
}

async function outcomesOf(
  database: Kysely<Schema>,
  tenant: string,
  decisions: readonly Decision[],
): Promise<ReadonlyMap<string, RecordedDecision['outcomes']>> {
  const rows = await database
    .selectFrom('outcomes')
    .select(['decisionid', 'label', 'at'])
    .where('tenant', '=', tenant)
    .where('decisionid', '=', anyOf(decisions.map(({ id }) => id)))
    .orderBy('at')
    .orderBy('label')
    .execute();
  const found = new Map<string, { label: string; at: string }[]>();
  for (const { decisionid, label, at } of rows) {
    const known = found.get(decisionid) ?? [];
    found.set(decisionid, [...known, { label, at: at.toISOString() }]);
  }
  return found;
}

async function readRecords(
  database: Kysely<Schema>,
  tenant: string,
  decisions: readonly Decision[],
): Promise<ReadonlyMap<string, readonly CanonicalRecord[]>> {
  const events = await database
    .selectFrom('events')
    .select(['id', 'event'])
    .where('tenant', '=', tenant)
    .where('id', '=', anyOf(decisions.map(({ eventid }) => eventid)))
    .execute();
  const states = await database
    .selectFrom('records')
    .select(['subject', 'sequence', 'record'])
    .where('tenant', '=', tenant)
    .where('subject', '=', anyOf(decisions.map(({ subject }) => subject)))
    .execute();
  const told = new Map(events.map(({ id, event }) => [id, event.data.record]));
  const newest = new Map(states.map(({ subject, sequence, record }) => [`${subject} ${sequence}`, record]));
  return new Map(
    decisions.map(({ id, eventid, subject, sequence }) => {
      const both = [told.get(eventid), newest.get(`${subject} ${sequence}`)];
      return [id, both.filter((record) => record !== undefined)];
    }),
  );
}
