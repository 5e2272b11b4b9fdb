import { setTimeout as wait } from 'node:timers/promises';
import type { Ledger } from '../../ledger/ledger';
import type { Deeds, Neighbour } from './neighbour';
import type { Org, PublishedEvent } from './org';

/** The demo's figures; also its `--json` line. */
export interface Summary {
  /** Events of the CRM that are safe in the ledger, echoes of Signalbox's own writes among them. */
  readonly events: number;
  readonly decisions: number;
  readonly tasksCreated: number;
  readonly tasksUpdated: number;
  readonly tasksClosed: number;
  readonly duplicatesDropped: number;
  readonly quarantined: number;
  /** Record changes that the org published and the ledger does not have. */
  readonly lost: number;
  /** From the org's publication of an event to the task it led to, both on the org's clock. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly useCases: readonly Deeds[];
}

/** What came of a neighbour's records; also a part of the `--json` line. */
export interface NeighbourSummary {
  readonly crm: string;
  readonly tenant: string;
  /** Created by people. */
  readonly records: number;
  readonly called: string;
  readonly useCases: readonly Deeds[];
  readonly events: number;
  readonly decisions: number;
  readonly tasksCreated: number;
  readonly quarantined: number;
  /** Changes that the CRM told of and the ledger does not have. */
  readonly lost: number;
}

/** Resolves when every change that the CRM told of is in the ledger and every task that was made is in the CRM, or after `withinMs`. */
export async function neighbourSettled(
  neighbour: Neighbour,
  { records, called }: Awaited<ReturnType<Neighbour['live']>>,
  ledger: Ledger,
  withinMs: number,
): Promise<NeighbourSummary> {
  const { crm, tenant } = neighbour;
  const begun = performance.now();
  let last = '';
  for (;;) {
    const [counts, told, tasks] = [await ledger.counts(tenant), await neighbour.told(), await neighbour.tasks()];
    const { events, decisions, tasksCreated, quarantined, duplicatesDropped } = counts;
    const lost = Math.max(0, told - events - quarantined - duplicatesDropped);
    const useCases = await neighbour.deeds();
    const summary = { crm, tenant, records, called, useCases, events, decisions, tasksCreated, quarantined, lost };
    const seen = JSON.stringify({ counts, told, tasks, useCases });
    const isStill = seen === last && lost === 0 && tasks === tasksCreated;
    if (isStill || performance.now() - begun > withinMs) return summary;
    last = seen;
    await wait(1_000);
  }
}

const demoTopics = ['/data/LeadChangeEvent', '/data/CaseChangeEvent', '/data/TaskChangeEvent'] as const;

/** Compares what the org says with what the ledger says. */
async function summarise(org: Org, ledger: Ledger): Promise<Summary> {
  const published = (await Promise.all(demoTopics.map((topic) => org.events(topic)))).flat();
  const counts = await ledger.counts('demo');
  const expected = distinct(published).reduce((sum, event) => sum + changesIn(event), 0);
  const times = await taskTimes(org, published);
  const { events, decisions, tasksCreated, tasksUpdated, tasksClosed, duplicatesDropped, quarantined } = counts;
  const lost = Math.max(0, expected - events);
  const latency = { p50Ms: quantile(times, 0.5), p99Ms: quantile(times, 0.99) };
  return {
    events,
    decisions,
    tasksCreated,
    tasksUpdated,
    tasksClosed,
    duplicatesDropped,
    quarantined,
    lost,
    ...latency,
    useCases: await deedsOf(org),
  };
}

/** What Salesforce holds of what its use cases led to. */
async function deedsOf(org: Org): Promise<readonly Deeds[]> {
  const hot = (await org.records('Lead')).filter(({ Rating }) => Rating === 'Hot');
  const filed = (await org.records('Case')).filter(({ Topic__c }) => typeof Topic__c === 'string');
  return [
    { usecase: 'lead-scoring', count: hot.length, what: 'leads rated hot' },
    { usecase: 'case-classification', count: filed.length, what: 'cases filed under their topic' },
  ];
}

/**
 * Resolves when nothing is under way any more: no figure of the ledger has moved for a second and no record change is missing.
 * Reading the org's whole logs is dear, so it is done every two seconds at most.
 */
export async function settled(
  org: Org,
  ledger: Ledger,
  onSummary: (summary: Summary) => void,
  withinMs: number,
): Promise<Summary> {
  const begun = performance.now();
  let moved = begun;
  let shown = begun;
  let last = '';
  for (;;) {
    const counts = JSON.stringify(await ledger.counts('demo'));
    const now = performance.now();
    if (counts !== last) moved = now;
    last = counts;
    const isOver = now - begun > withinMs;
    if (isOver || now - moved > 1_000 || now - shown > 2_000) {
      const summary = await summarise(org, ledger);
      shown = performance.now();
      onSummary(summary);
      if (isOver || (summary.lost === 0 && now - moved > 1_000)) return summary;
    }
    await wait(250);
  }
}

function distinct(events: readonly PublishedEvent[]): readonly PublishedEvent[] {
  return [...new Map(events.map((event) => [event.id, event])).values()];
}

/** One event may tell of several records; one that cannot be decoded tells of none and is in the quarantine. */
function changesIn({ decoded }: PublishedEvent): number {
  return decoded === undefined ? 0 : (decoded.ChangeEventHeader?.recordIds.length ?? 1);
}

/** ms from the org's publication of what was decided last about a lead to the creation of its task. */
async function taskTimes(org: Org, published: readonly PublishedEvent[]): Promise<readonly number[]> {
  const told = new Map<string, number[]>();
  for (const { at, decoded } of published) {
    const header = decoded?.ChangeEventHeader;
    if (header === undefined || header.changeOrigin.includes('client=Signalbox')) continue;
    for (const id of header.recordIds) told.set(id, [...(told.get(id) ?? []), at]);
  }
  const leads = new Map((await org.records('Task')).map((task) => [task.Id, String(task.WhoId)]));
  return (await org.writes())
    .filter(({ object, operation, created }) => object === 'Task' && (operation === 'create' || created === true))
    .flatMap(({ at, recordId = '' }) => {
      const causes = (told.get(leads.get(recordId) ?? '') ?? []).filter((time) => time <= at);
      return causes.length === 0 ? [] : [at - Math.max(...causes)];
    });
}

function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0);
}
