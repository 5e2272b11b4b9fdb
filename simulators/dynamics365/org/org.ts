import { randomUUID } from 'node:crypto';
import { readBody, type RowBody } from './body';
import { checkRow } from './checks';
import type { Reference, RelationshipDefinition, TableDefinition, Value, Values } from './definitions';
import * as demands from './demands';
import { invalidArgument, noSuchRow, Refusal } from './refusal';
import { checkOpen, onCreate, onUpdate, settleState } from './rules';
import { Table, type Row } from './table';
import { TableType } from './table-type';
import type { Demand, Transaction } from './transaction';

/** Columns whose change runs the pipeline apart from the others', with their own old messages. */
const stateColumns = ['statecode', 'statuscode'];

const only = (values: Readonly<Values>, isWanted: (name: string) => boolean): Values =>
  Object.fromEntries(Object.entries(values).filter(([name]) => isWanted(name)));

/** The organisation: its tables and their rows, and the ways to write them. All state is in memory. */
export class Org {
  readonly #tables = new Map<string, Table>();
  readonly #bySet = new Map<string, Table>();
  readonly relationships: ReadonlyMap<string, RelationshipDefinition>;
  /** Pairs of ids by relationship. */
  readonly links = new Map<string, Set<string>>();
  readonly businessUnit: Reference = { table: 'businessunit', id: randomUUID() };
  #version = 4_680_260;

  constructor(definitions: readonly TableDefinition[], relationships: readonly RelationshipDefinition[]) {
    for (const definition of definitions) {
      const table = new Table(new TableType(definition));
      this.#tables.set(definition.name, table);
      this.#bySet.set(definition.set, table);
    }
    this.relationships = new Map(relationships.map((relationship) => [relationship.name, relationship]));
  }

  /** All tables, in the order of definition. */
  get tables(): readonly Table[] {
    return [...this.#tables.values()];
  }

  /** The newest row version there is. */
  get version(): number {
    return this.#version;
  }

  /** Counts the version up without a write, as changes elsewhere in the database do. */
  passVersion(): void {
    this.#next();
  }

  /** The table of an entity set; names are case-sensitive. */
  bySet(set: string): Table | undefined {
    return this.#bySet.get(set);
  }

  /** The table of a logical name. @throws Refusal where there is none */
  table(name: string): Table {
    const table = this.#tables.get(name);
    if (table === undefined)
      throw invalidArgument(`The entity with a name = '${name}' was not found in the MetadataCache.`);
    return table;
  }

  find(name: string): Table | undefined {
    return this.#tables.get(name);
  }

  /** The row of an id. @throws Refusal where there is none */
  live(table: Table, id: string): Row {
    const row = table.get(id);
    if (row === undefined) throw noSuchRow(table.type.name, id);
    return row;
  }

  /** The primary name of the row a reference points to. */
  nameOf({ table, id }: Reference): string | null {
    const target = this.find(table);
    const name = target?.get(id)?.values[target.type.primaryName];
    return typeof name === 'string' ? name : null;
  }

  /** Stores a row of the platform itself: no checks, no pipeline. */
  seed(name: string, values: Values, id: string = randomUUID()): Row {
    const table = this.table(name);
    const { type } = table;
    const stamp = Math.floor(Date.now() / 1000) * 1000;
    const known = table.get(id)?.values ?? { ...this.#defaults(type), createdon: stamp };
    const row: Row = { id, values: { ...known, modifiedon: stamp, ...values, [type.id]: id }, version: this.#next() };
    table.put(row);
    return row;
  }

  /** Creates a row. @throws Refusal */
  insert(table: Table, body: RowBody, transaction: Transaction): Row {
    const { type } = table;
    const given = readBody(this, type, body);
    const chosen = given[type.id];
    const id = typeof chosen === 'string' ? chosen : randomUUID();
    if (table.get(id) !== undefined) throw new Refusal(412, '0x80040237', 'Cannot insert duplicate key.');
    const { userId } = transaction.caller;
    const author: Reference = { table: 'systemuser', id: userId };
    const state =
      type.states.length === 0
        ? {}
        : settleState(
            type,
            id,
            type.states[0]?.value ?? 0,
            only(given, (name) => name === 'statuscode'),
          );
    const audit: Values = { createdon: transaction.stamp, createdby: author, ...this.#touched(transaction) };
    const values: Values = { ...this.#defaults(type), ...given, ...state, ...audit, [type.id]: id };
    if (type.attribute('ownerid') !== undefined) values['ownerid'] ??= author;
    Object.assign(values, onCreate(table, values, { stamp: transaction.stamp, businessUnit: this.businessUnit }));
    checkRow(table, id, values, transaction.caller.detectsDuplicates);
    const row: Row = { id, values, version: this.#next() };
    table.put(row);
    const undo = (): void => {
      table.rows.delete(id);
    };
    transaction.record(undo, demands.created(type, row, { ...given, [type.id]: id }));
    return row;
  }

  /**
   * Changes a row's given columns. State and owner run the pipeline apart from the rest, as their messages of old did.
   * @param demand what the caller asked for, where it is not an Update.
   * @throws Refusal
   */
  update(table: Table, row: Row, body: RowBody, transaction: Transaction, demand?: Demand): Row {
    const { type } = table;
    const given = only(readBody(this, type, body), (name) => name !== type.id);
    const asked = demand ?? demands.updateOf(type, row.id, given);
    const state = only(given, (name) => stateColumns.includes(name));
    const owner = only(given, (name) => name === 'ownerid');
    const rest = only(given, (name) => !(name in state) && !(name in owner));
    if (Object.keys(rest).length > 0) checkOpen(type, row.values);
    let current = row;
    const isOther = Object.keys(rest).length > 0 || Object.keys(given).length === 0;
    if (isOther) current = this.#change(table, current, rest, transaction, asked);
    if (Object.keys(state).length > 0) {
      const settled = settleState(type, row.id, Number(current.values['statecode'] ?? 0), state);
      current = this.#change(table, current, settled, transaction, asked);
    }
    if (Object.keys(owner).length > 0) current = this.#change(table, current, owner, transaction, asked);
    return current;
  }

  /** Deletes a row, and what is about it: notes and activities. */
  remove(table: Table, row: Row, transaction: Transaction): void {
    for (const other of this.tables) {
      if (other.type.definition.isSystem === true) continue;
      for (const name of ['regardingobjectid', 'objectid']) {
        const about = [...other.rows.values()].filter(({ values }) => pointsTo(values[name] ?? null, row.id));
        for (const dependant of about) this.remove(other, dependant, transaction);
      }
    }
    table.rows.delete(row.id);
    table.graves.set(row.id, this.#next());
    const undo = (): void => {
      table.graves.delete(row.id);
      table.put(row);
    };
    transaction.record(undo, demands.deleted(table.type, row));
  }

  /** Links or unlinks two rows of a many-to-many relationship. @throws Refusal where there is none of that name */
  associate(from: Reference, relationship: string, to: Reference, transaction: Transaction, isLink: boolean): void {
    if (!this.relationships.has(relationship)) throw invalidArgument(`No relationship named '${relationship}'.`);
    for (const { table, id } of [from, to]) this.live(this.table(table), id);
    const links = this.links.get(relationship) ?? new Set<string>();
    this.links.set(relationship, links);
    const pair = [from.id, to.id].sort().join();
    if (links.has(pair) === isLink) {
      if (isLink) throw new Refusal(412, '0x80040237', 'Cannot insert duplicate key.');
      throw new Refusal(404, '0x80040217', `The association between ${from.id} and ${to.id} does not exist.`);
    }
    const turn = (on: boolean): void => {
      if (on) links.add(pair);
      else links.delete(pair);
    };
    turn(isLink);
    transaction.record(
      () => {
        turn(!isLink);
      },
      demands.associated(from, relationship, to, isLink),
    );
  }

  #change(table: Table, row: Row, given: Values, transaction: Transaction, demand: Demand): Row {
    const { type } = table;
    const values: Values = { ...row.values, ...given };
    const context = { stamp: transaction.stamp, businessUnit: this.businessUnit };
    const set = { ...onUpdate(type, values, given, context), ...this.#touched(transaction) };
    Object.assign(values, set);
    checkRow(table, row.id, values, transaction.caller.detectsDuplicates);
    const after: Row = { id: row.id, values, version: this.#next() };
    table.put(after);
    const target = { ...given, [type.id]: row.id, ...set };
    const undo = (): void => {
      table.put(row);
    };
    transaction.record(undo, ...demands.updated(type, row, after, given, target, demand));
    return after;
  }

  #defaults(type: TableType): Values {
    const values: Values = {};
    for (const { name, default: initial } of type.attributes) if (initial !== undefined) values[name] = initial;
    const [state] = type.states;
    if (state !== undefined) {
      values['statecode'] = state.value;
      values['statuscode'] = state.statuses[0]?.value ?? null;
    }
    return values;
  }

  #touched({ stamp, caller }: Transaction): Values {
    return { modifiedon: stamp, modifiedby: { table: 'systemuser', id: caller.userId }, modifiedonbehalfby: null };
  }

  #next(): number {
    // Versions are the database's: others count them up too.
    this.#version += 1 + (this.#version % 3);
    return this.#version;
  }
}

const pointsTo = (value: Value, id: string): boolean =>
  typeof value === 'object' && value !== null && 'table' in value && value.id === id;
