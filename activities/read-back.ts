import type { CanonicalEvent } from '../canonical-schema/event';
import { type Position, Unmappable } from '../connectors/contract';
import type { IngestDependencies } from './ingest-dependencies';
import type { StreamRef } from './subscription-types';

/**
 * The events of a native that was read, not heard. One that cannot be mapped goes to the quarantine, as on the stream.
 * @param position tells its place apart in the quarantine
 * @returns undefined where it went to the quarantine
 */
export async function eventsOf(
  deps: IngestDependencies,
  { tenant, connection, stream }: StreamRef,
  native: unknown,
  position: Position,
): Promise<readonly CanonicalEvent[] | undefined> {
  const { connector, context } = await deps.connections.of(tenant, connection);
  try {
    return await connector.normalise(native, context);
  } catch (error) {
    if (!(error instanceof Unmappable)) throw error;
    const { code, message } = error;
    const bytes = Buffer.from(JSON.stringify(native));
    const at = new Date(deps.now()).toISOString();
    await deps.ledger.quarantine.add({ tenant, connection, stream, position, code, message, bytes, at });
    return undefined;
  }
}
