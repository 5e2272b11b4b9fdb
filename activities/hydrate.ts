import type { CanonicalEvent } from '../canonical-schema/event';
import { recordKey } from '../canonical-schema/identity';
import type { Connections } from './connections';
import { merge, needsReading, type Snapshot } from './merge';

/** By record's key: records that cannot be told from their events alone. `undefined` in the answer: the CRM no longer has the record. */
export type Hydrated = ReadonlyMap<string, CanonicalEvent | undefined>;

/**
 * Reads from the CRM the records that the events of a batch leave incomplete, one call per connection and native type.
 * @param known snapshots by record's key, as before the batch
 */
export async function hydrate(
  connections: Connections,
  events: readonly CanonicalEvent[],
  known: ReadonlyMap<string, Snapshot>,
): Promise<Hydrated> {
  const wanted = new Map(incomplete(events, known).map((event) => [recordKey(event), event]));
  const groups = group([...wanted.values()]);
  const found = await Promise.all([...groups.values()].map((same) => read(connections, same)));
  return new Map(found.flat());
}

/** Events that tell too little of a record that is not known. */
export function incomplete(
  events: readonly CanonicalEvent[],
  known: ReadonlyMap<string, Snapshot>,
): readonly CanonicalEvent[] {
  const state = new Map(known);
  return events.filter((event) => {
    const key = recordKey(event);
    const before = state.get(key);
    state.set(key, merge(before, event));
    return needsReading(event, before);
  });
}

function group(events: readonly CanonicalEvent[]): ReadonlyMap<string, readonly CanonicalEvent[]> {
  const groups = new Map<string, CanonicalEvent[]>();
  for (const event of events) {
    const key = `${event.connection} ${event.data.record.nativeType}`;
    groups.set(key, [...(groups.get(key) ?? []), event]);
  }
  return groups;
}

async function read(
  connections: Connections,
  events: readonly CanonicalEvent[],
): Promise<readonly (readonly [string, CanonicalEvent | undefined])[]> {
  const [first] = events;
  if (first === undefined) return [];
  const { connection, connector, context } = await connections.of(first.tenantid, first.connection);
  const ids = events.map((event) => event.data.record.id);
  const natives = await connection.reader.read(first.data.record.nativeType, ids, AbortSignal.timeout(20_000));
  const observed = (await Promise.all(natives.map((native) => connector.normalise(native, context)))).flat();
  const bySubject = new Map(observed.map((event) => [event.subject, event]));
  return events.map((event) => [recordKey(event), bySubject.get(event.subject)] as const);
}
