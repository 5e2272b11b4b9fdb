import { sql, type Kysely } from 'kysely';
import type { Action, ActionResult } from '../canonical-schema/action';
import type { Decision } from '../canonical-schema/decision';
import type { CanonicalEvent } from '../canonical-schema/event';
import { about, aboutWork, meantBy, type Work } from './about';
import { anyOf } from './columns';
import { decisionColumns, readDecision } from './decisions';
import type { DraftRow } from './draft-row';
import { readDraft } from './drafts';
import { readEngagement, type EngagementRow } from './engagements';
import { readGap, type GapRow } from './gaps';
import type { Outcome } from './outcomes';
import { tellErasures, tellProposals, type PersonsEntry } from './persons-history';
import type { Schema } from './schema';

/** One thing that happened to a record. `at` is RFC 3339 UTC. */
export type HistoryEntry = PersonsEntry | RecordsEntry;

/** What happened to the record itself, and what was done about it. */
type RecordsEntry = { readonly at: string } & (
  | {
      readonly kind: 'event';
      readonly event: CanonicalEvent;
      readonly status: 'decided' | 'ignored' | 'echo' | 'parked';
      readonly because?: string;
      /** The lane that took it; absent when the batch was purged. */
      readonly lane?: { readonly workflowid: string; readonly runid: string; readonly batchid: string };
    }
  | { readonly kind: 'decision'; readonly decision: Decision }
  | { readonly kind: 'engagement-opened' | 'engagement-closed'; readonly engagement: EngagementRow }
  | {
      readonly kind: 'action';
      readonly action: Action;
      readonly result: ActionResult;
      readonly attempt: number;
      readonly workflowid: string;
      readonly runid: string;
    }
  /** What an assistant drafted for a task, or why it did not. */
  | { readonly kind: 'draft'; readonly draft: DraftRow }
  | { readonly kind: 'outcome'; readonly outcome: Outcome }
  /** A hole in a stream of the record's connections while it lived: something may have happened that nobody told. */
  | { readonly kind: 'gap'; readonly gap: GapRow }
);

/** An entry with the id of the decision it follows from, if any. */
interface Told {
  readonly entry: HistoryEntry;
  readonly decisionid?: string;
}

/**
 * The whole story of one or several records: events (those of their tasks too), decisions, engagements, actions with the
 * CRM's answers, outcomes and gaps. In order of time, but never an effect before its cause: the CRM's clock is not ours.
 * @param records each a record's key; of `<entity>/<crm id>` or the CRM's id alone, those of every CRM are told
 */
export async function history(
  database: Kysely<Schema>,
  tenant: string,
  records: readonly string[],
): Promise<HistoryEntry[]> {
  return inOrder(await readAll(database, tenant, records.flatMap(meantBy)));
}

/**
 * The newest of one record's story, at most so many events, decisions, actions and outcomes.
 * @param record its key
 */
export async function recentHistory(
  database: Kysely<Schema>,
  tenant: string,
  record: string,
  most: number,
): Promise<HistoryEntry[]> {
  return inOrder(await readAll(database, tenant, [record], most));
}

async function readAll(
  database: Kysely<Schema>,
  tenant: string,
  records: readonly string[],
  most?: number,
): Promise<Told[]> {
  const engagements = await readEngagements(database, tenant, records);
  const tasks = engagements.flatMap(({ taskid, ...one }) =>
    taskid === undefined ? [] : [{ ...one, work: `task/${taskid}` }],
  );
  const actions = await readActions(database, tenant, records, most);
  const work = [...tasks, ...actions.flatMap(openedCase)];
  const told: Told[] = [
    ...(await readEvents(database, tenant, records, work, most)),
    ...(await readDecisions(database, tenant, records, most)),
    ...engagements.flatMap(tellEngagement),
    ...(await readDrafts(database, tenant, records)),
    ...(await tellProposals(database, tenant, records)),
    ...actions,
    ...(await readOutcomes(database, tenant, engagements)),
    ...(await tellErasures(database, tenant, records)),
  ];
  return [...told, ...(await readGaps(database, tenant, told))];
}

/** The case that an action opened. */
function openedCase({ entry }: Told): readonly Work[] {
  if (entry.kind !== 'action' || entry.action.kind !== 'create-case' || entry.result.outcome === 'failed') return [];
  return [{ connection: entry.action.connection, work: `case/${entry.result.nativeId}` }];
}

async function readEngagements(
  database: Kysely<Schema>,
  tenant: string,
  records: readonly string[],
): Promise<EngagementRow[]> {
  const rows = await database
    .selectFrom('engagements')
    .where('tenant', '=', tenant)
    .where(about(records))
    .selectAll()
    .execute();
  return rows.map(readEngagement);
}

function tellEngagement(engagement: EngagementRow): Told[] {
  const { openedat, closedat, firstdecision, lastdecision } = engagement;
  return [
    { entry: { kind: 'engagement-opened', at: openedat, engagement }, decisionid: firstdecision },
    ...(closedat === undefined
      ? []
      : [{ entry: { kind: 'engagement-closed' as const, at: closedat, engagement }, decisionid: lastdecision }]),
  ];
}

async function readEvents(
  database: Kysely<Schema>,
  tenant: string,
  records: readonly string[],
  work: readonly Work[],
  most?: number,
): Promise<Told[]> {
  const rows = await database
    .selectFrom('events')
    .leftJoin('batches', (join) =>
      join.onRef('batches.tenant', '=', 'events.tenant').onRef('batches.batchid', '=', 'events.batchid'),
    )
    .select(['event', 'time', 'status', 'because', 'events.recordedat', 'events.batchid', 'workflowid', 'runid'])
    .where('events.tenant', '=', tenant)
    .where(sql<boolean>`(${about(records)} or ${aboutWork(work)})`)
    .orderBy('sequence', most === undefined ? 'asc' : 'desc')
    .$if(most !== undefined, (query) => query.limit(most ?? 0))
    .execute();
  return oldestFirst(rows, most).map(({ event, time, status, because, recordedat, batchid, workflowid, runid }) => ({
    entry: {
      kind: 'event',
      at: (time ?? recordedat).toISOString(),
      event,
      status,
      ...(because !== null && { because }),
      ...(workflowid !== null && runid !== null && { lane: { workflowid, runid, batchid } }),
    },
  }));
}

/** What was read newest first because only so many were wanted. */
function oldestFirst<T>(rows: readonly T[], most: number | undefined): readonly T[] {
  return most === undefined ? rows : [...rows].reverse();
}

async function readDecisions(
  database: Kysely<Schema>,
  tenant: string,
  records: readonly string[],
  most?: number,
): Promise<Told[]> {
  const rows = await database
    .selectFrom('decisions')
    .where('tenant', '=', tenant)
    .where(about(records))
    .select(decisionColumns)
    .orderBy('sequence', most === undefined ? 'asc' : 'desc')
    .$if(most !== undefined, (query) => query.limit(most ?? 0))
    .execute();
  return rows.map((row) => {
    const decision = readDecision(row);
    return { entry: { kind: 'decision', at: decision.decidedat, decision } };
  });
}

/** One for a decision at most. */
async function readDrafts(database: Kysely<Schema>, tenant: string, records: readonly string[]): Promise<Told[]> {
  const rows = await database
    .selectFrom('drafts')
    .where('tenant', '=', tenant)
    .where(about(records))
    .selectAll()
    .orderBy('at')
    .execute();
  return rows.map((row) => {
    const draft = readDraft(row);
    return { entry: { kind: 'draft', at: draft.at, draft }, decisionid: draft.decisionid };
  });
}

async function readActions(
  database: Kysely<Schema>,
  tenant: string,
  records: readonly string[],
  most?: number,
): Promise<Told[]> {
  const rows = await database
    .selectFrom('actions')
    .where('tenant', '=', tenant)
    .where(about(records))
    .select(['action', 'result', 'attempt', 'workflowid', 'runid', 'at', 'decisionid'])
    .orderBy('at', most === undefined ? 'asc' : 'desc')
    .orderBy('attempt', most === undefined ? 'asc' : 'desc')
    .$if(most !== undefined, (query) => query.limit(most ?? 0))
    .execute();
  return oldestFirst(rows, most).map(({ at, decisionid, ...row }) => ({
    entry: { kind: 'action', at: at.toISOString(), ...row },
    decisionid,
  }));
}

async function readOutcomes(
  database: Kysely<Schema>,
  tenant: string,
  engagements: readonly EngagementRow[],
): Promise<Told[]> {
  const rows = await database
    .selectFrom('outcomes')
    .select(['engagement', 'decisionid', 'label', 'eventid', 'at'])
    .where('tenant', '=', tenant)
    .where('engagement', '=', anyOf(engagements.map(({ id }) => id)))
    .execute();
  return rows.map(({ eventid, at, ...row }) => {
    const outcome = { ...row, at: at.toISOString(), ...(eventid !== null && { eventid }) };
    return { entry: { kind: 'outcome', at: outcome.at, outcome }, decisionid: row.decisionid };
  });
}

async function readGaps(database: Kysely<Schema>, tenant: string, told: readonly Told[]): Promise<Told[]> {
  const events = told.flatMap(({ entry }) => (entry.kind === 'event' ? [entry] : []));
  const first = events.map(({ at }) => at).sort()[0];
  if (first === undefined) return [];
  const connections = [...new Set(events.map(({ event }) => event.connection))];
  const rows = await database
    .selectFrom('gaps')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('connection', '=', anyOf(connections))
    .where(sql<boolean>`coalesce(missingto, closedat, 'infinity') >= ${first}::timestamptz`)
    .execute();
  return rows.map((row) => ({ entry: { kind: 'gap', at: row.missingfrom.toISOString(), gap: readGap(row) } }));
}

const rank = {
  gap: 0,
  event: 1,
  decision: 2,
  'engagement-opened': 3,
  draft: 4,
  proposed: 5,
  settled: 6,
  action: 7,
  outcome: 8,
  'engagement-closed': 9,
  erased: 10,
  lifted: 11,
};

/** Sorts by time; a decision is never placed before its event, nor what follows from it before the decision. */
function inOrder(told: readonly Told[]): HistoryEntry[] {
  const events = new Map<string, string>();
  const decisions = new Map<string, string>();
  const later = (at: string, cause: string | undefined): string => (cause !== undefined && cause > at ? cause : at);
  for (const { entry } of told) if (entry.kind === 'event') events.set(entry.event.id, entry.at);
  for (const { entry } of told) {
    if (entry.kind === 'decision')
      decisions.set(entry.decision.id, later(entry.at, events.get(entry.decision.eventid)));
  }
  const place = ({ entry, decisionid }: Told): string => {
    if (entry.kind === 'decision') return decisions.get(entry.decision.id) ?? entry.at;
    return later(entry.at, decisionid === undefined ? undefined : decisions.get(decisionid));
  };
  return told
    .map((one) => ({ entry: one.entry, place: place(one) }))
    .sort((a, b) => compare(a.place, b.place) || rank[a.entry.kind] - rank[b.entry.kind])
    .map(({ entry }) => entry);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
