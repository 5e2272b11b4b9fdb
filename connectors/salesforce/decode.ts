import { Unmappable } from '../contract';
import { decodeBitmaps } from './bitmap';
import type { EventSchema } from './event-schema';
import type { ChangeHeader, PubSubNative } from './native';

/** One event of a FetchResponse, its schema at hand. */
export interface RawEvent {
  readonly topic?: string;
  /** ProducerEvent.id */
  readonly id: string;
  /** One Avro datum, nothing before or after it. */
  readonly payload: Buffer;
  /** Base64. */
  readonly replayId?: string;
}

interface HeaderDatum {
  readonly entityName: string;
  readonly recordIds: readonly string[];
  readonly changeType: string;
  readonly changeOrigin: string;
  readonly transactionKey: string;
  readonly sequenceNumber: number;
  readonly commitTimestamp: bigint;
  readonly commitNumber: bigint;
  readonly commitUser: string;
  readonly nulledFields?: readonly string[];
  readonly diffFields?: readonly string[];
  readonly changedFields?: readonly string[];
}

/**
 * Decodes the raw datum with the event's own schema.
 * Throws Unmappable SBX_SALESFORCE_AVRO for bytes that are not one datum of it: truncated, trailing, or of another schema.
 */
export function decodeEvent(raw: RawEvent, schema: EventSchema): PubSubNative {
  try {
    const datum = schema.type.fromBuffer(raw.payload) as Record<string, unknown>;
    const header = datum.ChangeEventHeader as HeaderDatum | undefined;
    return {
      kind: 'pubsub',
      ...(raw.topic === undefined ? {} : { topic: raw.topic }),
      eventId: raw.id,
      schemaId: schema.id,
      schemaName: schema.name,
      ...(raw.replayId === undefined ? {} : { replayId: raw.replayId }),
      fields: fieldsOf(datum, schema.fields),
      ...changeOf(header, schema),
      dateTypes: schema.dateTypes,
    };
  } catch (error) {
    const message = `event ${raw.id} is not a datum of schema ${schema.id} (${schema.name}): ${(error as Error).message}`;
    throw new Unmappable('SBX_SALESFORCE_AVRO', message, { cause: error });
  }
}

type Change = Pick<PubSubNative, 'header' | 'changedFields' | 'nulledFields' | 'diffFields'>;

function changeOf(header: HeaderDatum | undefined, schema: EventSchema): Change {
  if (header === undefined) return { changedFields: [], nulledFields: [], diffFields: [] };
  const { changedFields = [], nulledFields = [], diffFields = [] } = header;
  return {
    header: headerOf(header),
    changedFields: decodeBitmaps(changedFields, schema),
    nulledFields: decodeBitmaps(nulledFields, schema),
    diffFields: decodeBitmaps(diffFields, schema),
  };
}

function headerOf(datum: HeaderDatum): ChangeHeader {
  return {
    entityName: datum.entityName,
    recordIds: datum.recordIds,
    changeType: datum.changeType,
    changeOrigin: datum.changeOrigin,
    transactionKey: datum.transactionKey,
    sequenceNumber: datum.sequenceNumber,
    commitTimestamp: Number(datum.commitTimestamp),
    commitNumber: String(datum.commitNumber),
    commitUser: datum.commitUser,
  };
}

function fieldsOf(datum: Record<string, unknown>, names: readonly string[]): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const name of names) {
    const value = name === 'ChangeEventHeader' ? null : jsonOf(datum[name]);
    if (value !== null && value !== undefined) fields[name] = value;
  }
  return fields;
}

/** The value as JSON can hold it without loss. A compound's absent parts say nothing and are left out. */
function jsonOf(value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (Array.isArray(value)) return value.map(jsonOf);
  if (Buffer.isBuffer(value)) return value.toString('base64');
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== null)
      .map(([name, inner]) => [name, jsonOf(inner)]),
  );
}
