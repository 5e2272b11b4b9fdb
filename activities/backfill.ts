import { Context } from '@temporalio/activity';
import { Unmappable } from '../connectors/contract';
import type { IngestDependencies } from './ingest-dependencies';
import type { GapFilled, GapRef } from './subscription-types';

/** Records read back between two reports of progress. */
const reportEvery = 200;
/** Well within the heartbeat timeout of `workflows/options.ts`: a CRM may think for minutes before the first record. */
const heartbeatEveryMs = 10_000;

/**
 * Reads back what changed in a gap's window and publishes it as `observed` events. Their ids derive from record and version, so
 * a second attempt, or an overlap with the stream, gives duplicates that the ledger drops.
 */
export async function backfill(deps: IngestDependencies, ref: GapRef): Promise<GapFilled> {
  const { connection, connector, context } = await deps.connections.of(ref.tenant, ref.connection);
  const { cancellationSignal: signal, heartbeat } = Context.current();
  const to = new Date(deps.now()).toISOString();
  let recovered = 0;
  const beat = setInterval(() => {
    heartbeat(recovered);
  }, heartbeatEveryMs);
  try {
    for await (const native of connection.reader.changed(ref.stream, ref.from, to, signal)) {
      try {
        for (const event of await connector.normalise(native, context)) await deps.publish(event);
        recovered += 1;
      } catch (error) {
        if (!(error instanceof Unmappable)) throw error;
        await deps.ledger.quarantine.add({
          tenant: ref.tenant,
          connection: ref.connection,
          stream: ref.stream,
          position: { v: 0, gap: ref.gap, record: recovered },
          code: error.code,
          message: error.message,
          bytes: Buffer.from(JSON.stringify(native)),
          at: new Date(deps.now()).toISOString(),
        });
      }
      if (recovered % reportEvery === 0) await deps.ledger.gaps.progress(ref.tenant, ref.gap, recovered);
    }
  } finally {
    clearInterval(beat);
  }
  await deps.ledger.gaps.progress(ref.tenant, ref.gap, recovered);
  return { recovered };
}
