import { createHash } from 'node:crypto';
import { types, Type, type Schema } from 'avsc';

/** 64-bit numbers as BigInt: commit numbers pass 2^53. */
const exactLong = types.LongType.__with({
  fromBuffer: (buffer: Buffer) => buffer.readBigInt64LE(),
  toBuffer: (value: bigint) => {
    const buffer = Buffer.allocUnsafe(8);
    buffer.writeBigInt64LE(value);
    return buffer;
  },
  fromJSON: (value: number | string) => BigInt(value),
  toJSON: (value: bigint) => String(value),
  isValid: (value: unknown) => typeof value === 'bigint',
  compare: (one: bigint, other: bigint) => (one === other ? 0 : one < other ? -1 : 1),
});

/** Compiles a schema with exact longs. */
const compile = (schema: object): Type => Type.forSchema(schema as Schema, { registry: { long: exactLong } });

/** A schema as GetSchema hands it out. */
export interface StoredSchema {
  /** 22 characters of base64url: 16 bytes of a hash of the schema. */
  readonly id: string;
  readonly json: string;
  readonly type: Type;
}

const hash = (text: string): string => createHash('sha256').update(text).digest().subarray(0, 16).toString('base64url');

/** Every schema ever in use, by id; a changed object adds one, and old events keep theirs. */
export class SchemaRegistry {
  readonly #schemas = new Map<string, StoredSchema>();

  /** Adds a schema (or finds it again). `withUuid` writes the id into the schema, as platform events have it. */
  add(schema: object, withUuid = false): StoredSchema {
    const id = hash(JSON.stringify(schema));
    const known = this.#schemas.get(id);
    if (known !== undefined) return known;
    const named = withUuid ? { ...schema, uuid: id } : schema;
    const stored: StoredSchema = { id, json: JSON.stringify(named), type: compile(schema) };
    this.#schemas.set(id, stored);
    return stored;
  }

  /** The schema, if it was ever in use. */
  get(id: string): StoredSchema | undefined {
    return this.#schemas.get(id);
  }
}
