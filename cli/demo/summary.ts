import { setTimeout as wait } from 'node:timers/promises';
import type { Ledger } from '../../ledger/ledger';
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
}

export const demoTopics = ['/data/LeadChangeEvent', '/data/TaskChangeEvent'] as const;

/** Compares what the org says with what the ledger says. */
export async function summarise(org: Org, ledger: Ledger): Promise<Summary> {
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
  };
}

/** Resolves when nothing is under way any more: no record change is missing and no figure has moved for a second. */
export async function settled(
  org: Org,
  ledger: Ledger,
  onSummary: (summary: Summary) => void,
  withinMs: number,
): Promise<Summary> {
  const deadline = performance.now() + withinMs;
  let last = '';
  let still = 0;
  for (;;) {
    const summary = await summarise(org, ledger);
    onSummary(summary);
    const now = JSON.stringify(summary);
    still = summary.lost === 0 && now === last ? still + 1 : 0;
    last = now;
    if (still >= 4 || performance.now() > deadline) return summary;
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
