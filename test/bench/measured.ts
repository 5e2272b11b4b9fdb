import { setTimeout as wait } from 'node:timers/promises';
import { assertTopology } from '../../broker/topology';
import type { CanonicalEvent } from '../../canonical-schema/event';
import type { Stage } from '../../cli/demo/stage';
import type { Runtime } from '../../services/runtime';
import { cpuTimes, type CpuTimes } from './cpu';

/** How far the line has come, and what it has cost by then. */
export interface Mark {
  readonly decisions: number;
  /** ms of the process's clock */
  readonly at: number;
  readonly cpu: CpuTimes;
}

/** Waits until `count` events are decided: marks the end, and the time when `warm` or more were, from which on one may measure. */
export async function untilDecided(
  { signalbox }: Stage,
  count: number,
  warm: number,
): Promise<{ readonly warm: Mark; readonly end: Mark }> {
  const begun = performance.now();
  let warmed: Mark | undefined;
  for (;;) {
    const { decisions } = await signalbox.runtime.ledger.counts('demo');
    const now: Mark = { decisions, at: performance.now(), cpu: cpuTimes() };
    if (decisions >= warm) warmed ??= now;
    if (decisions >= count) return { warm: warmed ?? now, end: now };
    if (now.at - begun > 300_000) throw new Error(`${decisions} of ${count} events decided in five minutes`);
    // Counting is not free: it is left out of the figure as far as may be, and close only towards the end.
    await wait(decisions > 0.95 * count ? 100 : 1_000);
  }
}

/** Events as the line made them, one real one many times over under names of their own. */
export async function eventsLike({ org, signalbox }: Stage, count: number): Promise<readonly CanonicalEvent[]> {
  const [lead] = await org.records('Lead');
  const story = await signalbox.runtime.ledger.history('demo', lead?.Id ?? '');
  const event = story.flatMap((entry) => (entry.kind === 'event' ? [entry.event] : []))[0];
  if (event === undefined) throw new Error('the ledger has no event to take as a pattern');
  return Array.from({ length: count }, (_, at) => ({
    ...event,
    id: `${event.id}-${at}`,
    subject: `${event.subject}-${at}`,
    partitionkey: `${event.partitionkey}-${at}`,
  }));
}

/** Makes the queues of a tenant that nobody serves, and the events its own. */
export async function emptyTenant(
  runtime: Runtime,
  partitions: number,
  events: readonly CanonicalEvent[],
): Promise<readonly CanonicalEvent[]> {
  const tenant = `bench-${process.pid}`;
  await assertTopology(runtime.broker, [{ tenant, partitions }]);
  return events.map((event) => ({
    ...event,
    tenantid: tenant,
    partitionkey: event.partitionkey.replace('demo', tenant),
  }));
}
