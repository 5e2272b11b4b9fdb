import { setTimeout as delay } from 'node:timers/promises';
import { canonicalJson } from '../canonical-schema/canonical-json';
import type { CanonicalEvent } from '../canonical-schema/event';
import { recordKey, sequenceOf } from '../canonical-schema/identity';
import { timeOfOrder } from '../canonical-schema/order';
import type { IngestDependencies } from './ingest-dependencies';
import { isStale, type Snapshot } from './merge';

/** When ledger and CRM are asked again while events may be on their way, ms: most come at once. */
const firstPauseMs = 500;
const longestPauseMs = 10_000;

/** Reads the records of such events again and gives the events of their present state; a deletion stays as it is. */
export type ReadAgain = (events: readonly CanonicalEvent[]) => Promise<readonly CanonicalEvent[]>;

/** Tells changes that no event has told from those that are known, or may be in a moment. */
export class Untold {
  /** @param graceMs how long after a change its event may still be on its way */
  constructor(
    private readonly deps: Pick<IngestDependencies, 'ledger' | 'now'>,
    private readonly tenant: string,
    private readonly graceMs: number,
    private readonly signal: AbortSignal,
  ) {}

  /**
   * Waits, where changes are fresh, for as long as the CRM may take to tell them. What is given was read again at the end: an
   * older state of the same second could not be told from a newer one, and would overwrite it. Rejects when aborted.
   */
  async among(events: readonly CanonicalEvent[], readAgain: ReadAgain): Promise<readonly CanonicalEvent[]> {
    const until = this.deps.now() + this.graceMs;
    // A change of the future is one of a clock that is ahead.
    const isFresh = ({ time }: CanonicalEvent): boolean =>
      Math.min(Date.parse(time) + this.graceMs, until) > this.deps.now();
    let untold = await this.unknown(events);
    let pauseMs = firstPauseMs;
    while (untold.length > 0) {
      const isWaiting = untold.some(isFresh);
      if (isWaiting) await delay(pauseMs, undefined, { signal: this.signal });
      pauseMs = Math.min(2 * pauseMs, longestPauseMs);
      untold = await this.unknown(await readAgain(untold));
      if (!isWaiting) return untold;
    }
    return untold;
  }

  private async unknown(events: readonly CanonicalEvent[]): Promise<readonly CanonicalEvent[]> {
    if (events.length === 0) return events;
    const question = {
      batchid: '',
      events: events.map(({ id, source, subject }) => ({ id, source, subject })),
      taskIds: [],
      caseIds: [],
    };
    const { known, records, erased } = await this.deps.ledger.laneContext(this.tenant, question);
    const ids = new Set(known);
    const forgotten = new Set(erased);
    const snapshots = new Map(records.map((record) => [recordKey(record), record]));
    return events
      .filter((event) => !forgotten.has(recordKey(event)))
      .filter((event) => !ids.has(event.id) && !isTold(event, snapshots.get(recordKey(event))));
  }
}

/** Whether a record that was read, or found gone, is no news to the ledger. */
export function isTold(event: CanonicalEvent, known: Snapshot | undefined): boolean {
  // A deletion of a record that nobody knows is told, too: what its creation told may be on its way to the ledger, behind a slow lane.
  if (known === undefined) return false;
  if (event.data.change.kind === 'deleted') return known.deleted;
  // Of what was deleted only a later state tells that it is there again.
  const knownTime = timeOfOrder(known.sequence);
  if (known.deleted) return event.time <= knownTime;
  if (event.time !== knownTime) return isStale(event, known);
  // Within one second: by the CRM's count of changes, the first part of its order, or because nothing differs.
  const [version = ''] = event.sequence.split('.');
  if (version !== timeAsOrder(event) && known.sequence >= `${event.time}/${version}`) return true;
  return canonicalJson(event.data.record) === canonicalJson(known.record);
}

/** What stands first in the order of a CRM that orders changes by their time and by nothing else: within one it tells nothing. */
function timeAsOrder({ time }: CanonicalEvent): string {
  return sequenceOf(time.replace(/\D/g, ''));
}
