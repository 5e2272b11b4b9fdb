import { WorkflowNotFoundError, type Client, type WorkflowExecutionDescription } from '@temporalio/client';
import type { StreamRef } from '../../activities/subscription-types';
import { subscriptionId } from '../../workflows/names';

/** A stream that nobody hears. */
export interface StreamTrouble {
  readonly ref: StreamRef;
  /** Milliseconds since the epoch. */
  readonly since: number;
  readonly why: string;
}

/** A stream between two tries is no trouble yet, ms. */
const graceMs = 10_000;
/** Within it a try opens its connection, and tells by a heartbeat that it hears, ms. */
const youngMs = 5_000;
/** Questions to Temporal at once. */
const atOnce = 16;

/** `temporal.api.enums.v1.PendingActivityState`: an activity that a process has taken. */
const started = [2, 3];

interface Seen {
  readonly isUp: boolean;
  readonly isYoung?: boolean;
  readonly why?: string;
}

/** Asks Temporal which streams have a place: a process whose activity hears them. */
export class Streams {
  private readonly downSince = new Map<string, number>();

  /** @param now milliseconds since the epoch */
  constructor(private readonly now: () => number = Date.now) {}

  /** Streams without a place for longer than between two tries. Rejects where Temporal does not answer. */
  async troubles(temporal: Client, refs: readonly StreamRef[]): Promise<readonly StreamTrouble[]> {
    const troubles: StreamTrouble[] = [];
    for (let from = 0; from < refs.length; from += atOnce) {
      const some = refs.slice(from, from + atOnce);
      const seen = await Promise.all(some.map((ref) => this.look(temporal, ref)));
      some.forEach((ref, n) => troubles.push(...this.judge(ref, seen[n])));
    }
    return troubles;
  }

  private async look(temporal: Client, { tenant, connection, stream }: StreamRef): Promise<Seen> {
    try {
      const handle = temporal.workflow.getHandle(subscriptionId(tenant, connection, stream));
      return read(await handle.describe(), this.now());
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return { isUp: false, why: 'it has no subscription in Temporal' };
      throw error;
    }
  }

  private judge(ref: StreamRef, seen: Seen | undefined): readonly StreamTrouble[] {
    const { tenant, connection, stream } = ref;
    const key = subscriptionId(tenant, connection, stream);
    const known = this.downSince.get(key);
    if (seen === undefined || (seen.isUp && (known === undefined || seen.isYoung !== true))) {
      this.downSince.delete(key);
      return [];
    }
    const since = known ?? this.now();
    this.downSince.set(key, since);
    if (since > this.now() - graceMs) return [];
    return [{ ref, since, why: seen.why ?? 'it breaks again and again' }];
  }
}

function read({ status, raw }: WorkflowExecutionDescription, now: number): Seen {
  if (status.name !== 'RUNNING') return { isUp: false, why: `its subscription is ${status.name.toLowerCase()}` };
  const listening = raw.pendingActivities?.find(({ activityType }) => activityType?.name === 'listen');
  if (listening === undefined) return { isUp: false, why: 'its subscription waits: see the gaps of the stream' };
  if (!started.includes(Number(listening.state))) return { isUp: false, why: whyOf(listening) };
  const [begunAt, beatAt] = [msOf(listening.lastStartedTime), msOf(listening.lastHeartbeatTime)];
  if (now - begunAt < youngMs) return { isUp: true, isYoung: true };
  return beatAt >= begunAt ? { isUp: true } : { isUp: false, why: `it is being opened; before: ${whyOf(listening)}` };
}

type Pending = NonNullable<WorkflowExecutionDescription['raw']['pendingActivities']>[number];

function msOf(time: Pending['lastStartedTime']): number {
  return Number(time?.seconds ?? 0) * 1_000 + (time?.nanos ?? 0) / 1_000_000;
}

/** How its last try ended, the code first; a first try that nobody takes has none. */
function whyOf({ lastFailure }: Pending): string {
  const parts = [lastFailure?.applicationFailureInfo?.type, lastFailure?.message];
  const told = parts.filter((text) => typeof text === 'string' && text !== '').join(': ');
  return told === '' ? 'no ingest process has heard it yet' : told.slice(0, 300);
}
