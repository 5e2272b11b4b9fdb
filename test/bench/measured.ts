import { setTimeout as wait } from 'node:timers/promises';
import { assertTopology } from '../../broker/topology';
import type { CanonicalEvent } from '../../canonical-schema/event';
import type { Stage } from '../../cli/demo/stage';
import type { Runtime } from '../../services/runtime';
import { cpuTimes, type CpuTimes } from './cpu';

/** A moment, and what the line has cost by then. */
export interface Mark {
  /** ms of the process's clock */
  readonly at: number;
  readonly cpu: CpuTimes;
}

export function mark(): Mark {
  return { at: performance.now(), cpu: cpuTimes() };
}

/**
 * Waits until `count` events are decided and marks the end. The process's own count is asked meanwhile, which costs nothing:
 * a count of rows, every second, took as much of the ledger's time as a batch. The ledger is asked once, after the end.
 */
export async function untilDecided({ signalbox }: Stage, count: number): Promise<Mark> {
  const begun = performance.now();
  const { ledger, observer } = signalbox.runtime;
  for (;;) {
    const { values } = await observer.metrics.decisions.get();
    const decided = values.reduce((sum, { value }) => sum + value, 0);
    if (decided >= count) break;
    if (performance.now() - begun > 300_000) throw new Error(`${decided} of ${count} events decided in five minutes`);
    await wait(100);
  }
  const end = mark();
  const { decisions } = await ledger.counts('demo');
  if (decisions < count) throw new Error(`${count} decisions were counted, and the ledger has ${decisions}`);
  return end;
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
