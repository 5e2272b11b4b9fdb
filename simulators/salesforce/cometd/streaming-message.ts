import type { SchemaRegistry } from '../bus/avro-types';
import type { StoredEvent } from '../bus/event-log';

type Datum = Readonly<Record<string, unknown>>;

/** Marks the text of a number that JSON.stringify cannot write: see `writeLongs`. */
const longMark = 'long:';

/** Writes marked texts as the numbers that they are, all digits kept: a commit number passes 2^53. */
export const writeLongs = (json: string): string => json.replace(/"long:(\d+)"/g, '$1');

/** The number that the Streaming API knows an event by: the first 8 of the 10 bytes. */
const replayNumber = (event: StoredEvent): number => Number(event.replayId.readBigUInt64BE());

interface SchemaField {
  readonly name: string;
  readonly doc?: string;
  readonly type: unknown;
}

/** A date-like value as text: the Streaming API has no epoch milliseconds in its bodies. */
const dated = (doc: string | undefined, value: unknown): unknown => {
  if (typeof value !== 'bigint') return value;
  const iso = new Date(Number(value)).toISOString();
  const kind = doc?.split(':')[1];
  if (kind === 'DateOnly') return iso.slice(0, 10);
  return kind === 'TimeOnly' ? iso.slice(11) : iso.replace('.000Z', 'Z');
};

/** Which fields the bitmaps name: whole ones, and parts of compounds by the field's position. */
const namedBy = (bitmaps: readonly string[]): ((position: number, part?: number) => boolean) => {
  const bits = new Map(
    bitmaps.map((text) => {
      const [first = '', second] = text.split('-');
      return second === undefined ? ['', BigInt(first)] : [first, BigInt(second)];
    }),
  );
  const has = (key: string, bit: number): boolean => (((bits.get(key) ?? 0n) >> BigInt(bit)) & 1n) === 1n;
  return (position, part) => (part === undefined ? has('', position) : has(String(position), part));
};

/** A compound's parts that are told: those with a value, and those that were emptied. */
const partsOf = (value: Datum, isNulled: (part: number) => boolean): Datum =>
  Object.fromEntries(Object.entries(value).filter(([, part], index) => part !== null || isNulled(index)));

const isCompound = (value: unknown): value is Datum => typeof value === 'object' && value !== null;

/** The Pub/Sub API's alone. */
const bitmaps = ['nulledFields', 'diffFields', 'changedFields'];

const headerOf = (header: Datum): Datum => ({
  ...Object.fromEntries(Object.entries(header).filter(([name]) => !bitmaps.includes(name))),
  commitTimestamp: Number(header['commitTimestamp']),
  commitNumber: `${longMark}${String(header['commitNumber'])}`,
});

const bodyOf = (datum: Datum, fields: readonly SchemaField[]): Datum => {
  const header = datum['ChangeEventHeader'] as Datum | undefined;
  const isNulled = namedBy((header?.['nulledFields'] ?? []) as readonly string[]);
  const body: Record<string, unknown> = header === undefined ? {} : { ChangeEventHeader: headerOf(header) };
  fields.forEach(({ name, doc }, position) => {
    const value = datum[name];
    if (name === 'ChangeEventHeader') return;
    if (isCompound(value)) body[name] = partsOf(value, (part) => isNulled(position, part));
    else if (value !== null && value !== undefined) body[name] = dated(doc, value);
    else if (isNulled(position)) body[name] = null;
  });
  return body;
};

/**
 * An event's `data` as the Streaming API sends it: only the fields that changed, null where they were emptied, no bitmaps,
 * dates as text. An event whose bytes do not decode has no payload.
 */
export const streamingData = (topic: string, event: StoredEvent, schemas: SchemaRegistry): Datum => {
  const schema = schemas.get(event.schemaId);
  const told = {
    replayId: replayNumber(event),
    ...(topic.startsWith('/event/') ? { EventUuid: event.id, EventApiName: topic.slice('/event/'.length) } : {}),
  };
  try {
    const datum = schema?.type.fromBuffer(event.payload) as Datum;
    const { fields } = JSON.parse(schema?.json ?? '') as { readonly fields: readonly SchemaField[] };
    return { schema: event.schemaId, payload: bodyOf(datum, fields), event: told };
  } catch {
    // Malformed on request.
    return { schema: event.schemaId, event: told };
  }
};
