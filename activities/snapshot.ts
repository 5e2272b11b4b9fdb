import type { IngestDependencies } from './ingest-dependencies';
import type { StreamRef } from './subscription-types';

/** Clocks differ, and transactions take their time: events of this long before a snapshot are passed on all the same. */
const overlapMs = 5 * 60_000;

/** Where a gap begins that every record may lie in. */
const allTime = '1970-01-01T00:00:00.000Z';

/** Opens a gap and has it filled. @param from RFC 3339; absent: every record that the stream would tell about is read back */
export async function readBack(
  deps: IngestDependencies,
  ref: StreamRef,
  cause: string,
  from: string = allTime,
): Promise<void> {
  const gap = await deps.ledger.gaps.open({ ...ref, cause, from, policy: 'backfill' });
  await deps.fillGap({ ...ref, gap, from });
}

/**
 * Takes the snapshot of a stream that was never heard, or sees that it is being taken. The stream is then heard from the
 * oldest event kept, so nothing is missed while records are read; what happened well before the snapshot is in it.
 * @returns RFC 3339; events before are left out. Undefined where the stream was heard before it was to begin with a snapshot.
 */
export async function snapshotSince(deps: IngestDependencies, ref: StreamRef): Promise<string | undefined> {
  const taken = (await deps.ledger.gaps.list(ref.tenant, 'all')).find(
    ({ connection, stream, cause }) =>
      connection === ref.connection && stream === ref.stream && cause.startsWith('SBX_SNAPSHOT'),
  );
  if (taken === undefined && (await deps.ledger.loadPosition(ref)) !== undefined) return undefined;
  const at = taken === undefined ? deps.now() : Date.parse(taken.openedat);
  // Again does nothing, unless the process died between the two.
  if (taken?.closedat === undefined)
    await readBack(deps, ref, 'SBX_SNAPSHOT: the records that there are, read at the start');
  return new Date(at - overlapMs).toISOString();
}
