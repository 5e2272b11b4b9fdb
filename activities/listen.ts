import { Context } from '@temporalio/activity';
import type { CanonicalEvent } from '../canonical-schema/event';
import { type Position, PositionExpired, type Start } from '../connectors/contract';
import { FailureStreak } from '../connectors/kit/failure-streak';
import { runPump, type QuarantineEntry } from '../connectors/kit/pump';
import type { IngestDependencies } from './ingest-dependencies';
import { readAll, snapshotSince } from './snapshot';
import type { Expired, ListenInput, StreamRef } from './subscription-types';

/** Well within the heartbeat timeout of `workflows/options.ts`. */
const heartbeatEveryMs = 2_000;

/** What is saved before a stream without history has told its first position. */
const unplaced: Position = { v: 0 };

/** Failures of one stream add up over attempts, as long as the process lives. */
const streak = new FailureStreak();

/**
 * One attempt at hearing a stream: ends when the position is lost (returned, for the gap's sake) or with the error that broke
 * it. Heartbeats carry the last saved position to whichever process takes over.
 */
export async function listen(deps: IngestDependencies, input: ListenInput): Promise<Expired> {
  const { connection, connector, settings, context } = await deps.connections.of(input.tenant, input.connection);
  const activity = Context.current();
  const name = nameOf(input);
  const since = input.since ?? (settings.start === 'snapshot' ? await snapshotSince(deps, name) : undefined);
  const start = await startOf(
    deps,
    input,
    settings.start,
    (activity.info.heartbeatDetails ?? undefined) as Position | undefined,
  );
  if ('code' in start) return { ...start, onGap: settings.onGap };
  let position = start.from === 'position' ? start.position : undefined;
  const beat = setInterval(() => {
    activity.heartbeat(position);
  }, heartbeatEveryMs);
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
      signal: activity.cancellationSignal,
    });
    activity.cancellationSignal.throwIfAborted();
    throw new Error(`the stream ${input.stream} ended without an error`);
  } catch (error) {
    if (error instanceof PositionExpired) return { code: error.code, message: error.message, onGap: settings.onGap };
    throw error;
  } finally {
    clearInterval(beat);
  }
}

/** Where to begin: what this attempt inherits, then what is saved, then what the tenant asks for. */
async function startOf(
  deps: IngestDependencies,
  input: ListenInput,
  wanted: 'latest' | 'earliest' | 'snapshot',
  inherited: Position | undefined,
): Promise<Start | { readonly code: string; readonly message: string }> {
  if (inherited !== undefined) return { from: 'position', position: inherited };
  if (input.since !== undefined) return { from: 'earliest' };
  const saved = await deps.ledger.loadPosition(nameOf(input));
  if (saved === undefined) {
    // From here on the stream is promised: what is missed before its first position shows up as a gap, not as silence.
    await deps.ledger.savePosition(nameOf(input), unplaced);
    return { from: wanted === 'latest' ? 'latest' : 'earliest' };
  }
  if (saved.v !== unplaced.v) return { from: 'position', position: saved };
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
    await readAll(deps, ref, `SBX_OVERFLOW: the CRM gave up telling single changes of ${nativeType}`);
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
