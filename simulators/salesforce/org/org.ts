import { isCompound, type FieldDefinition, type ObjectDefinition, type Value } from './definitions';
import { coerce } from './coerce';
import { parseId } from './ids';
import { ObjectType, type Values } from './object-type';
import { notFound, Refusal } from './refusal';
import { applyRules } from './rules';
import { Table, type Row } from './table';
import type { Change, ChangeType, Transaction } from './transaction';

/** A request body for one record: field names (in any case) to JSON values. */
export type RecordBody = Readonly<Record<string, unknown>>;

/** The organisation: its objects and their records, and the four ways to write them. All state is in memory. */
export class Org {
  readonly #tables = new Map<string, Table>();
  readonly #byPrefix = new Map<string, Table>();
  /** Owner of records that name none. */
  defaultOwner = '';
  /** Whom the active assignment rule of cases gives them to; empty for no such rule. */
  caseOwner = '';

  constructor(definitions: readonly ObjectDefinition[]) {
    for (const definition of definitions) this.define(definition);
  }

  /** Adds an object, or changes the fields of one that exists; records stay. */
  define(definition: ObjectDefinition): ObjectType {
    const type = new ObjectType(definition);
    const known = this.#tables.get(definition.name.toLowerCase());
    if (known === undefined) {
      const table = new Table(type);
      this.#tables.set(definition.name.toLowerCase(), table);
      this.#byPrefix.set(definition.keyPrefix, table);
    } else known.retype(type);
    return type;
  }

  /** All objects, in the order of definition. */
  get tables(): readonly Table[] {
    return [...this.#tables.values()];
  }

  /** The table of an object, found in any case. */
  find(name: string): Table | undefined {
    return this.#tables.get(name.toLowerCase());
  }

  /** @throws Refusal 404 NOT_FOUND where there is no such object. */
  table(name: string): Table {
    const table = this.find(name);
    if (table === undefined) throw notFound();
    return table;
  }

  /** The table that holds ids of this key prefix. */
  tableOfId(id: string): Table | undefined {
    return this.#byPrefix.get(id.slice(0, 3));
  }

  /** The live record with this id; a deleted one is refused with ENTITY_IS_DELETED, an unknown one with `missing`. */
  live(table: Table, id: unknown, missing: () => Refusal = notFound): Row {
    const full = parseId(id);
    if (full === undefined) throw new Refusal(400, 'MALFORMED_ID', `bad id ${String(id)}`, ['Id']);
    const row = table.get(full);
    if (row === undefined) throw missing();
    if (row.values['IsDeleted'] === true) throw new Refusal(404, 'ENTITY_IS_DELETED', 'entity is deleted', []);
    return row;
  }

  /** Creates a record. @throws Refusal */
  insert(table: Table, body: RecordBody, transaction: Transaction): Row {
    const given = this.#read(table.type, body, transaction);
    const { now, author } = transaction;
    const values: Values = { ...table.type.defaults, ...given };
    if (table.type.name === 'Case' && author.isAssigned === true && this.caseOwner !== '') {
      values['OwnerId'] = this.caseOwner;
    }
    if (table.type.field('OwnerId') !== undefined) values['OwnerId'] ??= author.userId || this.defaultOwner;
    Object.assign(values, { CreatedDate: now, CreatedById: author.userId, LastModifiedById: author.userId });
    this.#checkRequired(table.type, values);
    return this.#store(table, table.nextId(), 'CREATE', values, {}, transaction);
  }

  /** Changes a record's given fields. A change to nothing still moves LastModifiedDate, as in the org. @throws Refusal */
  update(table: Table, row: Row, body: RecordBody, transaction: Transaction): Row {
    const given = this.#read(table.type, body, transaction);
    const values: Values = { ...row.values, ...given, LastModifiedById: transaction.author.userId };
    this.#checkRequired(table.type, values, given);
    return this.#store(table, row.id, 'UPDATE', values, row.values, transaction);
  }

  /** Moves a record to the recycle bin. */
  remove(table: Table, row: Row, transaction: Transaction): void {
    const values = { ...row.values, IsDeleted: true, SystemModstamp: transaction.now };
    this.#write(table, row.id, 'DELETE', values, row.values, transaction);
  }

  /** Takes a record out of the recycle bin. @throws Refusal where it is not in it */
  restore(table: Table, id: string, transaction: Transaction): Row {
    const row = table.get(id);
    if (row?.values['IsDeleted'] !== true)
      throw new Refusal(400, 'UNDELETE_FAILED', 'Entity is not in the recycle bin', []);
    return this.#store(table, id, 'UNDELETE', { ...row.values, IsDeleted: false }, row.values, transaction);
  }

  #store(
    table: Table,
    id: string,
    changeType: ChangeType,
    values: Values,
    before: Values,
    transaction: Transaction,
  ): Row {
    const { now } = transaction;
    applyRules(table.type.name, values, changeType === 'CREATE' ? undefined : before, {
      tableOfId: (other) => this.tableOfId(other),
      now,
    });
    this.#checkUnique(table, id, values);
    Object.assign(values, { Id: id, LastModifiedDate: now, SystemModstamp: now });
    if (changeType === 'CREATE' && table.type.name === 'Case')
      values['CaseNumber'] = String(table.rows.size + 1001).padStart(8, '0');
    return this.#write(table, id, changeType, values, before, transaction);
  }

  #write(
    table: Table,
    id: string,
    changeType: ChangeType,
    values: Values,
    before: Values,
    transaction: Transaction,
  ): Row {
    const change: Change = { type: table.type, changeType, recordId: id, before, after: values };
    const row = table.put(id, values);
    transaction.record(change, () => {
      if (changeType === 'CREATE') table.remove(id);
      else table.put(id, before);
    });
    return row;
  }

  #read(type: ObjectType, body: RecordBody, transaction: Transaction): Values {
    const values: Values = {};
    for (const [name, raw] of Object.entries(body)) {
      if (name === 'attributes') continue;
      const field = type.field(name);
      if (field === undefined) {
        throw new Refusal(400, 'INVALID_FIELD', `No such column '${name}' on sobject of type ${type.name}`);
      }
      if (isCompound(field) || (field.readOnly === true && transaction.author.privileged !== true)) {
        const message = `Unable to create/update fields: ${field.name}. Please check the security settings of this field and verify that it is read/write for your profile or permission set.`;
        throw new Refusal(400, 'INVALID_FIELD_FOR_INSERT_UPDATE', message, [field.name]);
      }
      const value = coerce(field, raw);
      this.#checkReference(field, value);
      values[field.name] = value;
    }
    return values;
  }

  #checkReference(field: FieldDefinition, value: Value): void {
    if (field.type !== 'reference' || typeof value !== 'string') return;
    const refuse = (code: string, message: string): Refusal => new Refusal(400, code, message, [field.name]);
    const table = this.tableOfId(value);
    if (table === undefined) throw refuse('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id');
    if (field.referenceTo?.includes(table.type.name) === false) {
      throw refuse('MALFORMED_ID', `${field.label ?? field.name}: id value of incorrect type: ${value}`);
    }
    const row = table.get(value);
    if (row === undefined) throw refuse('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id');
    if (row.values['IsDeleted'] === true) throw refuse('ENTITY_IS_DELETED', 'entity is deleted');
  }

  #checkRequired(type: ObjectType, values: Values, touched?: Values): void {
    const missing = type.required.filter(
      (name) => (touched === undefined || name in touched) && (values[name] ?? null) === null,
    );
    if (missing.length === 0) return;
    throw new Refusal(400, 'REQUIRED_FIELD_MISSING', `Required fields are missing: [${missing.join(', ')}]`, missing);
  }

  #checkUnique(table: Table, id: string, values: Values): void {
    for (const field of table.type.indexed) {
      const value = values[field.name] ?? null;
      if (field.unique !== true || value === null) continue;
      const other = table.find(field.name, value).find((row) => row.id !== id);
      if (other === undefined) continue;
      const message = `duplicate value found: ${field.name} duplicates value on record with id: ${other.id.slice(0, 15)}`;
      throw new Refusal(400, 'DUPLICATE_VALUE', message, []);
    }
  }
}
