import { type Schema, Type, types } from 'avsc';
import { Unmappable } from '../contract';
import type { DateType } from './native';

/** A schema ready to decode with, and what its bitmaps mean. */
export interface EventSchema {
  readonly id: string;
  /** `LeadChangeEvent`. */
  readonly name: string;
  readonly type: Type;
  /** Top-level field names in schema order; bit i of a bitmap is field i. */
  readonly fields: readonly string[];
  /** Per top-level field, the names inside its record branch; empty for a plain field. */
  readonly parts: readonly (readonly string[])[];
  readonly dateTypes: Readonly<Record<string, DateType>>;
}

/** Avro longs are 64 bits: a commit number passes 2^53, so they are BigInt until they are known to be small. */
const exactLong = types.LongType.__with({
  fromBuffer: (buffer: Buffer) => buffer.readBigInt64LE(),
  toBuffer: (value: bigint) => {
    const buffer = Buffer.alloc(8);
    buffer.writeBigInt64LE(value);
    return buffer;
  },
  fromJSON: BigInt,
  toJSON: String,
  isValid: (value: unknown) => typeof value === 'bigint',
  compare: (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0),
});

/** The type in a field's `doc`: `Data:DateOnly:00N...` says DateOnly. */
const dateTypeOf: Readonly<Record<string, DateType>> = {
  DateTime: 'DateTime',
  DateOnly: 'DateOnly',
  Birthday: 'DateOnly',
  TimeOnly: 'TimeOnly',
};

interface RecordSchema {
  readonly name: string;
  readonly fields: readonly { readonly name: string; readonly type: unknown; readonly doc?: string }[];
}

/**
 * Parses an .avsc document.
 * Throws Unmappable SBX_SALESFORCE_SCHEMA when the text is not the Avro schema of a record.
 */
export function parseEventSchema(id: string, text: string): EventSchema {
  try {
    const document = JSON.parse(text) as RecordSchema;
    const type = Type.forSchema(document as unknown as Schema, { registry: { long: exactLong } });
    if (!(type instanceof types.RecordType)) throw new TypeError(`a record was expected, not ${type.typeName}`);
    return {
      id,
      name: document.name,
      type,
      fields: type.fields.map((field) => field.name),
      parts: type.fields.map((field) => partsOf(field.type)),
      dateTypes: dateTypesOf(document),
    };
  } catch (error) {
    const message = `schema ${id} is not a readable Avro record schema: ${(error as Error).message}`;
    throw new Unmappable('SBX_SALESFORCE_SCHEMA', message, { cause: error });
  }
}

function partsOf(type: Type): readonly string[] {
  if (type instanceof types.RecordType) return type.fields.map((field) => field.name);
  if (!(type instanceof types.UnwrappedUnionType || type instanceof types.WrappedUnionType)) return [];
  const branch = type.types.find((candidate) => candidate instanceof types.RecordType);
  return branch instanceof types.RecordType ? branch.fields.map((field) => field.name) : [];
}

function dateTypesOf(document: RecordSchema): Record<string, DateType> {
  const found: Record<string, DateType> = {};
  for (const field of document.fields) {
    const type = dateTypeOf[field.doc?.split(':')[1] ?? ''];
    if (type !== undefined) found[field.name] = type;
  }
  return found;
}
