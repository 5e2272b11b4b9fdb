import { Context } from '@temporalio/activity';
import type { CanonicalEvent } from '../canonical-schema/event';
import { type Position, PositionExpired, type Start } from '../connectors/contract';
import { FailureStreak } from '../connectors/kit/failure-streak';
import { runPump, type QuarantineEntry } from '../connectors/kit/pump';
import type { IngestDependencies } from './ingest-dependencies';
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
  const start = await startOf(
    deps,
    input,
    settings.start,
    (activity.info.heartbeatDetails ?? undefined) as Position | undefined,
  );
  if ('code' in start) return { ...start, onGap: settings.onGap };
  const name = nameOf(input);
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
      publish: (event) => pass(deps, input, event),
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
  wanted: 'latest' | 'earliest',
  inherited: Position | undefined,
): Promise<Start | { readonly code: string; readonly message: string }> {
  if (inherited !== undefined) return { from: 'position', position: inherited };
  if (input.since !== undefined) return { from: 'earliest' };
  const saved = await deps.ledger.loadPosition(nameOf(input));
  if (saved === undefined) {
    // From here on the stream is promised: what is missed before its first position shows up as a gap, not as silence.
    await deps.ledger.savePosition(nameOf(input), unplaced);
    return { from: wanted };
  }
  if (saved.v !== unplaced.v) return { from: 'position', position: saved };
  if (wanted === 'earliest') return { from: 'earliest' };
  return { code: 'SBX_POSITION_NONE', message: 'the stream broke before it had told its first position' };
}

async function pass(deps: IngestDependencies, input: ListenInput, event: CanonicalEvent): Promise<void> {
  if (input.since !== undefined && event.time < input.since) return;
  if (event.data.change.kind === 'overflowed') await readAllAgain(deps, input, event);
  await deps.publish(event);
}

/** The CRM stopped telling single changes: every record of the entity is read again. */
async function readAllAgain(deps: IngestDependencies, input: StreamRef, event: CanonicalEvent): Promise<void> {
  const from = '1970-01-01T00:00:00.000Z';
  const ref = nameOf(input);
  const message = `the CRM gave up telling single changes of ${event.data.record.nativeType}`;
  const gap = await deps.ledger.gaps.open({ ...ref, cause: `SBX_OVERFLOW: ${message}`, from, policy: 'backfill' });
  await deps.fillGap({ ...ref, gap, from });
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
