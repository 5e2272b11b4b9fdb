import { Context } from '@temporalio/activity';
import type { CanonicalEvent } from '../canonical-schema/event';
import { type Position, PositionExpired, Retryable, type Start } from '../connectors/contract';
import { FailureStreak } from '../connectors/kit/failure-streak';
import { runPump, type QuarantineEntry } from '../connectors/kit/pump';
import type { IngestDependencies } from './ingest-dependencies';
import { trackedSince } from './reconcile';
import { unplaced } from './unplaced';
import { readBack, snapshotSince } from './snapshot';
import type { Expired, ListenInput, StreamRef } from './subscription-types';

/** Well within the heartbeat timeout of `workflows/options.ts`. */
const heartbeatEveryMs = 2_000;

/** Failures of one stream add up over attempts, as long as the process lives. */
const streak = new FailureStreak();

/** A connection was retired while it was heard: the position that the next one begins at. */
interface Retired {
  readonly reached: Position | undefined;
}

/**
 * Hears a stream, through whatever the tenant's file says of its connection at the time: ends as one attempt does.
 */
export async function listen(deps: IngestDependencies, input: ListenInput): Promise<Expired> {
  let inherited = (Context.current().info.heartbeatDetails ?? undefined) as Position | undefined;
  for (;;) {
    const end = await hear(deps, input, inherited);
    if ('code' in end) return end;
    inherited = end.reached;
  }
}

/**
 * One attempt at hearing a stream: ends when the position is lost (returned, for the gap's sake) or with the error that broke
 * it. Heartbeats carry the last saved position to whichever process takes over.
 */
async function hear(
  deps: IngestDependencies,
  input: ListenInput,
  inherited: Position | undefined,
): Promise<Expired | Retired> {
  const opened = await deps.connections.of(input.tenant, input.connection);
  const { connection, connector, settings, context, retired } = opened;
  mustHave(deps, settings.streams, input);
  const activity = Context.current();
  const name = nameOf(input);
  const since = input.since ?? (settings.start === 'snapshot' ? await snapshotSince(deps, name) : undefined);
  const start = await startOf(deps, input, settings.start, inherited);
  if ('code' in start) return { ...start, onGap: settings.onGap };
  let position = start.from === 'position' ? start.position : undefined;
  const beat = setInterval(() => {
    activity.heartbeat(position);
  }, heartbeatEveryMs);
  const watch = deps.watch?.(name);
  try {
    await runPump({
      source: connection.source,
      stream: input.stream,
      start,
      maxInFlight: settings.maxInFlight,
      normalise: (native) => connector.normalise(native, context),
      publish: (event) => pass(deps, { ...name, since }, event),
      quarantine: (entry) => quarantine(deps, input, entry),
      savePosition: async (reached) => {
        await deps.ledger.savePosition(name, reached);
        position = reached;
      },
      streak,
      onDelivery: (kind) => watch?.delivered(kind),
      signal: AbortSignal.any([activity.cancellationSignal, retired]),
    });
    activity.cancellationSignal.throwIfAborted();
    if (retired.aborted) return { reached: position };
    throw new Error(`the stream ${input.stream} ended without an error`);
  } catch (error) {
    if (error instanceof PositionExpired) return { code: error.code, message: error.message, onGap: settings.onGap };
    throw error;
  } finally {
    clearInterval(beat);
    watch?.ended();
  }
}

/** A stream that was taken out ends, or is cancelled soon; one that was added is not known here yet. */
function mustHave({ connections }: IngestDependencies, streams: readonly string[], ref: StreamRef): void {
  const { tenant, connection, stream } = ref;
  if (streams.includes(stream) || connections.isEnding(ref)) return;
  throw new Retryable('SBX_STREAM_UNKNOWN', `${connection} of ${tenant} does not subscribe to ${stream} here`, 1_000);
}

/**
 * Where to begin: where this subscription was, then what is saved, then what the tenant asks for. Heartbeats come every other
 * second, so what an attempt inherits tells that a position was saved, and the ledger how far: an inbox forgets what is behind it.
 */
async function startOf(
  deps: IngestDependencies,
  input: ListenInput,
  wanted: 'latest' | 'earliest' | 'snapshot',
  inherited: Position | undefined,
): Promise<Start | { readonly code: string; readonly message: string }> {
  const saved = await deps.ledger.loadPosition(nameOf(input));
  const isPlaced = saved !== undefined && saved.v !== unplaced.v;
  if (inherited !== undefined) return { from: 'position', position: isPlaced ? saved : inherited };
  if (input.since !== undefined && !isPlaced) return { from: 'earliest' };
  if (saved === undefined) {
    // From here on the stream is promised: what is missed before its first position shows up as a gap, not as silence.
    await deps.ledger.savePosition(nameOf(input), unplaced);
    return { from: wanted === 'latest' ? 'latest' : 'earliest' };
  }
  if (isPlaced) return { from: 'position', position: saved };
  if (wanted !== 'latest') return { from: 'earliest' };
  return { code: 'SBX_POSITION_NONE', message: 'the stream broke before it had told its first position' };
}

/** A stream, and from when on its events are passed. */
interface Passage extends StreamRef {
  readonly since: string | undefined;
}

async function pass(deps: IngestDependencies, { since, ...ref }: Passage, event: CanonicalEvent): Promise<void> {
  if (since !== undefined && event.time < since) return;
  if (event.data.change.kind === 'overflowed') {
    const { nativeType } = event.data.record;
    const cause = `SBX_OVERFLOW: the CRM gave up telling single changes of ${nativeType}`;
    await readBack(deps, ref, cause, await trackedSince(deps, ref));
  }
  await deps.publish(event);
}

async function quarantine(deps: IngestDependencies, input: StreamRef, entry: QuarantineEntry<unknown>): Promise<void> {
  const { code, message, position } = entry;
  await deps.ledger.quarantine.add({
    ...nameOf(input),
    position,
    code,
    message,
    bytes: entry.bytes ?? Buffer.from(JSON.stringify(entry.native)),
    at: new Date(deps.now()).toISOString(),
  });
}

function nameOf({ tenant, connection, stream }: StreamRef): StreamRef {
  return { tenant, connection, stream };
}
