import { Context } from '@temporalio/activity';
import { eventSource } from '../canonical-schema/identity';
import type { CanonicalEvent } from '../canonical-schema/event';
import type { KnownOf, KnownPage } from '../ledger/ledger';
import { Permanent, type Position, PositionExpired, type Reader } from '../connectors/contract';
import { reconcilesEvery } from './in-force';
import type { IngestDependencies } from './ingest-dependencies';
import { eventsOf } from './read-back';
import type { GapFilled, GapRef, Reconciled, ReconcileInput, StreamRef } from './subscription-types';
import { Untold } from './untold';

/** Well within the heartbeat timeout of `workflows/options.ts`. */
const heartbeatEveryMs = 10_000;
/** A webhook takes seconds; a busy CRM has it wait for longer. */
const usualGraceMs = 60_000;
/** Events that are compared with the ledger at once. */
const batchSize = 200;
/** Records of the ledger that are looked at at once, when the CRM is asked which of them are gone. */
const knownPageSize = 1_000;
/** Clocks differ, and transactions take their time: a query for what changed begins this much earlier. */
const windowMarginMs = 5 * 60_000;

/** A CRM that says that it lost changes may mean some that it tried to tell for hours before it gave up. */
const longestTellingMs = 24 * 3_600_000;

/** Where the next reconciliation begins: the CRM's token, and when its reading began (RFC 3339). */
interface Mark extends Position {
  readonly v: 1;
  readonly at: string;
  readonly token: Position;
  /** When the first token was read: what changed since has been compared, or is told by this token. Absent: `at`. */
  readonly since?: string;
  /** When the token was lost the last time: of what was deleted before, the CRM is asked, not told. */
  readonly lostAt?: string;
}

/**
 * Since when changes may be lost of a stream whose CRM says that it lost some, where tracking knows them all; undefined where it
 * began too late, or the CRM tracks nothing. RFC 3339.
 */
export async function trackedSince(
  { ledger, now }: Pick<IngestDependencies, 'ledger' | 'now'>,
  ref: StreamRef,
): Promise<string | undefined> {
  const mark = (await ledger.loadPosition(markName(ref))) as Mark | undefined;
  const since = mark === undefined ? undefined : sinceOf(mark);
  return since !== undefined && Date.parse(since) <= now() - longestTellingMs ? since : undefined;
}

function sinceOf({ since, at }: Mark): string {
  return since ?? at;
}

function markName({ tenant, connection, stream }: StreamRef): StreamRef {
  return { tenant, connection, stream: `reconcile/${stream}` };
}

/**
 * Compares what the ledger knows with the changes that the CRM tracked since the last time, and publishes what no event told.
 * The new token is saved last: a second attempt finds again what the first one did not publish, and knows the rest.
 */
export async function reconcile(
  deps: IngestDependencies,
  { graceMs = usualGraceMs, ...ref }: ReconcileInput,
): Promise<Reconciled> {
  const { cancellationSignal: signal, heartbeat } = Context.current();
  const beat = setInterval(heartbeat, heartbeatEveryMs);
  try {
    const { settings } = await deps.connections.of(ref.tenant, ref.connection);
    const done = await (await reconciliationOf(deps, ref, graceMs, signal)).run();
    // This process may serve an older version of the tenant's file.
    const everyMs = await reconcilesEvery(deps.ledger, ref.tenant, settings);
    return everyMs === undefined ? done : { ...done, everyMs };
  } catch (error) {
    signal.throwIfAborted();
    deps.log.warn({ ...ref, err: String(error) }, 'a reconciliation failed');
    throw error;
  } finally {
    clearInterval(beat);
  }
}

/**
 * Fills a gap with what the CRM tracked, deletions included, and leaves out what is known. Undefined, and nothing done, where
 * tracking began after the gap did, or the CRM tracks nothing.
 */
export async function fillByTracking(
  deps: IngestDependencies,
  { tenant, connection, stream, from }: GapRef,
  signal: AbortSignal,
): Promise<GapFilled | undefined> {
  const ref = { tenant, connection, stream };
  const mark = (await deps.ledger.loadPosition(markName(ref))) as Mark | undefined;
  if (mark === undefined || Date.parse(sinceOf(mark)) > Date.parse(from)) return undefined;
  return (await reconciliationOf(deps, ref, usualGraceMs, signal)).fill(mark);
}

async function reconciliationOf(
  deps: IngestDependencies,
  ref: StreamRef,
  graceMs: number,
  signal: AbortSignal,
): Promise<Reconciliation> {
  const { connection, connector } = await deps.connections.of(ref.tenant, ref.connection);
  const untold = new Untold(deps, ref.tenant, graceMs, signal);
  const source = eventSource(ref.tenant, connector.name, connection.org);
  return new Reconciliation(deps, ref, source, connection.reader, untold, signal);
}

class Reconciliation {
  private found = 0;
  private missing = 0;
  private deleted = 0;
  /** Known records that the CRM was asked for. */
  private asked = 0;
  private batch: CanonicalEvent[] = [];

  constructor(
    private readonly deps: IngestDependencies,
    private readonly ref: StreamRef,
    /** Of the events that the CRM's organisation tells. */
    private readonly source: string,
    private readonly reader: Reader<unknown>,
    private readonly untold: Untold,
    private readonly signal: AbortSignal,
  ) {}

  async run(): Promise<Reconciled> {
    const { deps, ref } = this;
    const at = new Date(deps.now()).toISOString();
    const mark = (await deps.ledger.loadPosition(markName(ref))) as Mark | undefined;
    const { token, isResync } = await this.compare(mark, at);
    const gap =
      mark !== undefined && (isResync || this.missing > 0) ? await this.record(mark, at, isResync) : undefined;
    await this.save(mark, at, token, isResync);
    const { found, missing, deleted } = this;
    const isFirst = mark === undefined;
    const done = { stream: ref.stream, isFirst, isResync, found, missing, deleted };
    return gap === undefined ? done : { ...done, gap };
  }

  /** The same for a gap that is on record already. */
  async fill(mark: Mark): Promise<GapFilled> {
    const at = new Date(this.deps.now()).toISOString();
    const { token, isResync } = await this.compare(mark, at);
    await this.save(mark, at, token, isResync);
    return { recovered: this.found, duplicates: this.found - this.missing };
  }

  private save(before: Mark | undefined, at: string, token: Position, isResync: boolean): Promise<void> {
    const since = before === undefined ? at : sinceOf(before);
    const lostAt = isResync ? at : before?.lostAt;
    const mark: Mark = { v: 1, at, token, since, ...(lostAt === undefined ? {} : { lostAt }) };
    return this.deps.ledger.savePosition(markName(this.ref), mark);
  }

  /** Goes through the tracked changes; where the CRM has forgotten the token, through what a query finds changed since. */
  private async compare(mark: Mark | undefined, at: string): Promise<{ token: Position; isResync: boolean }> {
    try {
      const token = await this.take(mark?.token);
      if (mark?.lostAt !== undefined)
        await this.addGone({ since: wellBefore(mark.at), before: wellAfter(mark.lostAt) });
      return { token, isResync: false };
    } catch (error) {
      if (!(error instanceof PositionExpired) || mark === undefined) throw error;
      // The token first: what changes while records are read is for the next time.
      const token = await this.take(undefined);
      const changed = this.reader.changed(this.ref.stream, wellBefore(mark.at), wellAfter(at), this.signal);
      for await (const native of changed) await this.add(native);
      await this.settle();
      await this.addGone();
      return { token, isResync: true };
    }
  }

  /**
   * Of a deletion no query tells: the CRM is asked for what the ledger knows, page by page.
   * @param late of which records alone: those whose events the ledger took in after it had asked for all that it knew
   */
  private async addGone(late?: KnownOf['late']): Promise<void> {
    const { deps, ref, reader, signal } = this;
    if (reader.gone === undefined || reader.holds === undefined) return;
    const of = { connection: ref.connection, source: this.source, ...reader.holds(ref.stream), late };
    let after: string | undefined = '';
    while (after !== undefined) {
      const page: KnownPage = await deps.ledger.knownRecords(ref.tenant, of, after, knownPageSize);
      for (const native of await reader.gone(ref.stream, page.ids, signal)) await this.add(native);
      this.asked += page.ids.length;
      after = page.next;
    }
    await this.settle();
  }

  private async take(since: Position | undefined): Promise<Position> {
    const { reader, ref, signal } = this;
    if (reader.tracked === undefined) throw notTracked(ref);
    let token: Position | undefined;
    for await (const told of reader.tracked(ref.stream, since, signal)) {
      if (told.kind === 'token') ({ token } = told);
      else await this.add(told.native);
    }
    await this.settle();
    if (token === undefined) throw new Error(`the changes of ${ref.stream} ended without a token`);
    return token;
  }

  private async add(native: unknown): Promise<void> {
    this.found += 1;
    this.batch.push(...((await eventsOf(this.deps, this.ref, native, this.place())) ?? []));
    if (this.batch.length >= batchSize) await this.settle();
  }

  /** Publishes those of the batch that were not told. */
  private async settle(): Promise<void> {
    const batch = this.batch.splice(0);
    for (const event of await this.untold.among(batch, (events) => this.readAgain(events))) {
      await this.deps.publish(event);
      this.missing += 1;
      if (event.data.change.kind === 'deleted') this.deleted += 1;
    }
  }

  private async readAgain(events: readonly CanonicalEvent[]): Promise<readonly CanonicalEvent[]> {
    const isDeletion = ({ data }: CanonicalEvent): boolean => data.change.kind === 'deleted';
    const ids = new Map<string, string[]>();
    for (const { data } of events.filter((event) => !isDeletion(event))) {
      const { nativeType, id } = data.record;
      ids.set(nativeType, [...(ids.get(nativeType) ?? []), id]);
    }
    const again = events.filter(isDeletion);
    for (const [nativeType, same] of ids) {
      for (const native of await this.reader.read(nativeType, same, this.signal)) {
        again.push(...((await eventsOf(this.deps, this.ref, native, this.place())) ?? []));
      }
    }
    return again;
  }

  /** Where in the quarantine a record goes that cannot be mapped. */
  private place(): Position {
    return { v: 0, reconcile: true, record: this.found };
  }

  private record(mark: Mark, at: string, isResync: boolean): Promise<string> {
    const { found, missing, deleted } = this;
    const counts = `${found} changes found, ${missing} of them missing, ${deleted} of these deletions`;
    const asked = `and the CRM was asked for ${this.asked} known records`;
    const how = isResync ? `; the token had expired: changes were read by query, ${asked}` : '';
    return this.deps.ledger.gaps.add(
      {
        ...this.ref,
        cause: `SBX_RECONCILED: lost webhooks: ${counts}${how}`,
        from: mark.at,
        to: at,
        policy: 'backfill',
      },
      { recovered: found, duplicates: found - missing, at: new Date(this.deps.now()).toISOString() },
    );
  }
}

function wellBefore(at: string): string {
  return new Date(Date.parse(at) - windowMarginMs).toISOString();
}

function wellAfter(at: string): string {
  return new Date(Date.parse(at) + windowMarginMs).toISOString();
}

function notTracked({ connection, stream }: StreamRef): Permanent {
  const why = `connection ${connection}: its CRM does not track the changes of ${stream}`;
  return new Permanent('SBX_RECONCILE_UNSUPPORTED', `${why}: nothing to compare with`);
}
