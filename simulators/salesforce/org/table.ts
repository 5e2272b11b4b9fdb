import type { Value } from './definitions';
import { recordId } from './ids';
import type { ObjectType, Values } from './object-type';

/** One stored record. `values` is replaced, never mutated, so that an earlier state stays what it was. */
export interface Row {
  readonly id: string;
  values: Readonly<Values>;
}

const indexKey = (value: Value | undefined): string | undefined =>
  value === null || value === undefined ? undefined : String(value).toLowerCase();

/** The records of one object with an index per unique or external id field. */
export class Table {
  type: ObjectType;
  readonly rows = new Map<string, Row>();
  #indices = new Map<string, Map<string, Set<string>>>();
  #made = 0;

  constructor(type: ObjectType) {
    this.type = type;
    this.#reindex();
  }

  /** Changes the fields; rows keep their values, those of fields that are gone are no longer seen. */
  retype(type: ObjectType): void {
    this.type = type;
    this.#reindex();
  }

  /** A new record id; ids are never used twice, as in the org. */
  nextId(): string {
    this.#made += 1;
    return recordId(this.type.keyPrefix, this.#made);
  }

  /** The record, deleted or not. */
  get(id: string): Row | undefined {
    return this.rows.get(id);
  }

  /** Stores a record's values, new or changed. */
  put(id: string, values: Readonly<Values>): Row {
    const row = this.rows.get(id);
    if (row === undefined) {
      const made: Row = { id, values };
      this.rows.set(id, made);
      this.#index(made);
      return made;
    }
    this.#unindex(row);
    row.values = values;
    this.#index(row);
    return row;
  }

  /** Forgets a record altogether: only for rolling a creation back. */
  remove(id: string): void {
    const row = this.rows.get(id);
    if (row === undefined) return;
    this.#unindex(row);
    this.rows.delete(id);
  }

  /** Live records whose indexed field has the value (case-insensitive). */
  find(field: string, value: Value): readonly Row[] {
    const ids = this.#indices.get(field)?.get(indexKey(value) ?? '') ?? [];
    return [...ids].flatMap((id) => this.rows.get(id) ?? []);
  }

  /** Whether {@link find} can be used for the field. */
  hasIndex(field: string): boolean {
    return this.#indices.has(field);
  }

  #reindex(): void {
    this.#indices = new Map(this.type.indexed.map((field) => [field.name, new Map<string, Set<string>>()]));
    for (const row of this.rows.values()) this.#index(row);
  }

  #index(row: Row): void {
    if (row.values['IsDeleted'] === true) return;
    for (const [field, index] of this.#indices) {
      const key = indexKey(row.values[field]);
      if (key === undefined) continue;
      const ids = index.get(key);
      if (ids === undefined) index.set(key, new Set([row.id]));
      else ids.add(row.id);
    }
  }

  #unindex(row: Row): void {
    for (const [field, index] of this.#indices) {
      const key = indexKey(row.values[field]);
      const ids = key === undefined ? undefined : index.get(key);
      if (key === undefined || ids === undefined) continue;
      ids.delete(row.id);
      if (ids.size === 0) index.delete(key);
    }
  }
}
