import { Context } from '@temporalio/activity';
import type { GapRow } from '../ledger/ledger';
import type { IngestDependencies } from './ingest-dependencies';
import { eventsOf } from './read-back';
import { fillByTracking } from './reconcile';
import type { GapFilled, GapRef } from './subscription-types';
import { takenOut } from './in-force';

/** Records read back between two reports of progress. */
const reportEvery = 200;
/** Well within the heartbeat timeout of `workflows/options.ts`: a CRM may think for minutes before the first record. */
const heartbeatEveryMs = 10_000;

/**
 * Reads back what a gap may have swallowed and publishes it: what the CRM tracked and no event told, where tracking reaches back so
 * far; else what changed in the gap's window, as `observed` events. Ids derive from record and version, so a second attempt, or an
 * overlap with the stream, gives duplicates that the ledger drops. The window is the ledger's: another cause may have widened it.
 * Tried again for as long as the tenant has the connection: what cannot be read by then is told as unread.
 */
export async function backfill(deps: IngestDependencies, ref: GapRef): Promise<GapFilled> {
  try {
    return await readGapBack(deps, ref);
  } catch (error) {
    if (Context.current().cancellationSignal.aborted) throw error;
    const isTakenOut = await takenOut(deps.ledger, ref.tenant);
    if (!isTakenOut(ref.connection)) throw error;
    const { recovered, widened } = await gapOf(deps, ref);
    const unread = `SBX_GAP_UNREAD: connection ${ref.connection} was taken out before all of it was read back`;
    deps.log.warn({ ...ref, recovered, err: String(error) }, unread);
    return { recovered, widened, unread };
  }
}

async function readGapBack(deps: IngestDependencies, ref: GapRef): Promise<GapFilled> {
  const { cancellationSignal: signal, heartbeat } = Context.current();
  const { from, widened } = await gapOf(deps, ref);
  let recovered = 0;
  const beat = setInterval(() => {
    heartbeat(recovered);
  }, heartbeatEveryMs);
  try {
    const tracked = await fillByTracking(deps, { ...ref, from }, signal);
    if (tracked !== undefined) return { ...tracked, widened };
    const { connection } = await deps.connections.of(ref.tenant, ref.connection);
    const to = new Date(deps.now()).toISOString();
    for await (const native of connection.reader.changed(ref.stream, from, to, signal)) {
      const events = await eventsOf(deps, ref, native, { v: 0, gap: ref.gap, record: recovered });
      for (const event of events ?? []) await deps.publish(event);
      if (events !== undefined) recovered += 1;
      if (recovered % reportEvery === 0) await deps.ledger.gaps.progress(ref.tenant, ref.gap, recovered);
    }
  } finally {
    clearInterval(beat);
  }
  await deps.ledger.gaps.progress(ref.tenant, ref.gap, recovered);
  return { recovered, widened };
}

async function gapOf({ ledger }: IngestDependencies, { tenant, gap }: GapRef): Promise<GapRow> {
  const row = await ledger.gaps.find(tenant, gap);
  if (row === undefined) throw new Error(`tenant ${tenant} has no gap ${gap}: it cannot be read back`);
  return row;
}
