import { compoundParts, isCompound, type FieldDefinition, type Value } from '../org/definitions';
import type { ObjectType, Values } from '../org/object-type';
import type { SchemaRegistry, StoredSchema } from './avro-types';
import { changeEventSchema, eventFields } from './event-schema';

/** The `ChangeEventHeader` of one event; the bitmaps are made here from the values. */
export interface ChangeHeader {
  readonly entityName: string;
  readonly recordIds: readonly string[];
  readonly changeType: string;
  readonly changeOrigin: string;
  readonly transactionKey: string;
  readonly sequenceNumber: number;
  readonly commitTimestamp: bigint;
  readonly commitNumber: bigint;
  readonly commitUser: string;
}

type AvroValue = string | number | bigint | boolean | null | Readonly<Record<string, string | number | null>>;

/** `0x` and upper-case hex of whole bytes, bit i for field i: the form of the captured bitmaps. */
export const bitmap = (positions: readonly number[]): string => {
  let bits = 0n;
  for (const position of positions) bits |= 1n << BigInt(position);
  const hex = bits.toString(16).toUpperCase();
  return `0x${hex.length % 2 === 0 ? hex : `0${hex}`}`;
};

const toAvro = (field: FieldDefinition, value: Value): AvroValue => {
  if (value === null) return null;
  if (field.type === 'datetime') return BigInt(value);
  if (field.type === 'date') return BigInt(Date.parse(value as string));
  if (field.type === 'time') return BigInt(Date.parse(`1970-01-01T${value as string}`));
  return value;
};

interface Slot {
  readonly field: FieldDefinition;
  /** Position in the schema; 0 is the header. */
  readonly position: number;
  /** For compounds: part name and the record field behind it, in schema order; null where the object has no such part. */
  readonly parts: readonly (readonly [part: string, field: string | null])[];
}

/** Which fields an event carries and marks. */
interface Marks {
  readonly top: number[];
  readonly nested: Map<number, number[]>;
}

const marks = (): Marks => ({ top: [], nested: new Map() });

/** Bitmap strings as the service sends them: one of the top level if any, then one per compound. */
const render = ({ top, nested }: Marks): string[] => [
  ...(top.length === 0 ? [] : [bitmap(top)]),
  ...[...nested].map(([position, parts]) => `${position}-${bitmap(parts)}`),
];

const at = (values: Values, name: string | null): Value => (name === null ? null : (values[name] ?? null));

const partsOf = (type: ObjectType, field: FieldDefinition): Slot['parts'] => {
  if (!isCompound(field)) return [];
  const names = type.compounds.get(field.name);
  return compoundParts[field.type].map((part) => [part, names?.get(part) ?? null] as const);
};

/** Encodes the change events of one object under one schema. */
export class ChangeEncoder {
  readonly schema: StoredSchema;
  readonly #slots: readonly Slot[];
  readonly #empty: Readonly<Record<string, AvroValue>>;

  constructor(
    readonly type: ObjectType,
    registry: SchemaRegistry,
  ) {
    this.schema = registry.add(changeEventSchema(type));
    this.#slots = eventFields(type).map((field, index) => ({
      field,
      position: index + 1,
      parts: partsOf(type, field),
    }));
    this.#empty = Object.fromEntries(this.#slots.map(({ field }) => [field.name, null]));
  }

  /** An event with a header only: deletions and gaps. */
  encodeBare(header: ChangeHeader): Buffer {
    return this.#encode(header, { ...this.#empty }, [], []);
  }

  /** An event with every field that has a value: creations and undeletions. No bitmaps, as in the captured ones. */
  encodeWhole(header: ChangeHeader, values: Values): Buffer {
    const body: Record<string, AvroValue> = { ...this.#empty };
    for (const slot of this.#slots) {
      body[slot.field.name] =
        slot.parts.length === 0 ? toAvro(slot.field, at(values, slot.field.name)) : this.#compound(slot, values);
    }
    return this.#encode(header, body, [], []);
  }

  /** An event with the changed fields only, and the bitmaps that name them. */
  encodeUpdate(header: ChangeHeader, before: Values, after: Values): Buffer {
    const body: Record<string, AvroValue> = { ...this.#empty };
    const changed = marks();
    const nulled = marks();
    for (const slot of this.#slots) {
      if (slot.parts.length > 0) this.#markParts(slot, before, after, body, changed, nulled);
      else this.#markField(slot, before, after, body, changed, nulled);
    }
    return this.#encode(header, body, render(changed), render(nulled));
  }

  #markField(
    slot: Slot,
    before: Values,
    after: Values,
    body: Record<string, AvroValue>,
    changed: Marks,
    nulled: Marks,
  ): void {
    const { name } = slot.field;
    const value = at(after, name);
    if (value === at(before, name)) return;
    changed.top.push(slot.position);
    if (value === null) nulled.top.push(slot.position);
    else body[name] = toAvro(slot.field, value);
  }

  #markParts(
    slot: Slot,
    before: Values,
    after: Values,
    body: Record<string, AvroValue>,
    changed: Marks,
    nulled: Marks,
  ): void {
    const partsChanged: number[] = [];
    const partsNulled: number[] = [];
    const filled: Record<string, string | number | null> = {};
    slot.parts.forEach(([part, name], index) => {
      const value = at(after, name) as string | number | null;
      const isChanged = value !== at(before, name);
      filled[part] = isChanged ? value : null;
      if (!isChanged) return;
      partsChanged.push(index);
      if (value === null) partsNulled.push(index);
    });
    if (partsChanged.length === 0) return;
    changed.nested.set(slot.position, partsChanged);
    if (partsNulled.length > 0) nulled.nested.set(slot.position, partsNulled);
    if (partsNulled.length < partsChanged.length) body[slot.field.name] = filled;
  }

  #compound(slot: Slot, values: Values): AvroValue {
    const filled: Record<string, string | number | null> = {};
    let isEmpty = true;
    for (const [part, name] of slot.parts) {
      const value = at(values, name) as string | number | null;
      filled[part] = value;
      if (value !== null) isEmpty = false;
    }
    return isEmpty ? null : filled;
  }

  #encode(
    header: ChangeHeader,
    body: Record<string, AvroValue>,
    changedFields: string[],
    nulledFields: string[],
  ): Buffer {
    return this.schema.type.toBuffer({
      ChangeEventHeader: { ...header, nulledFields, diffFields: [], changedFields },
      ...body,
    });
  }
}
