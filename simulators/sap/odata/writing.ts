import type { RuleContext, Rules } from '../model/rules';
import type { EntityType, Navigation } from '../model/entity-type';
import type { Numbers } from '../model/stamps';
import type { Dialect } from './dialect';
import { badRequest, ODataError } from './odata-error';
import { keyText, type Row, type Store, type Table, type Transaction } from './store';
import { initialValue, readValue, type Value, type Values } from './values';

/** A body of the client: properties and, for deep inserts, lists under the names of navigations. */
export type Body = Readonly<Record<string, unknown>>;

/** Writes of one system: what the services and the administrator have in common. */
export class Writing {
  constructor(
    readonly store: Store,
    private readonly rules: Rules,
    private readonly numbers: Numbers,
    private readonly dialect: Dialect,
  ) {}

  /** Creates a record with those below it; `fixed` are values that the path gives. @throws ODataError */
  insert(transaction: Transaction, table: Table, body: Body, fixed: Values = {}): Row {
    const { type } = table;
    const { own, below } = this.#split(type, body);
    const values = {
      ...Object.fromEntries(type.properties.map((property) => [property.name, initialValue(property)])),
      ...this.#given(type, own, transaction, true),
      ...fixed,
    };
    const context = this.#context(transaction, true);
    this.rules.create(type, values, context);
    if (table.find(keyText(type, values)) !== undefined) {
      throw new ODataError(400, '/IWBEP/CM_MGW_RT/016', `${type.set}(${keyText(type, values)}) exists already`);
    }
    const row: Row = { type, values, etag: this.rules.etag(type, values, context) };
    transaction.insert(table, row);
    for (const [navigation, bodies] of below) {
      for (const each of bodies) this.insertBelow(transaction, row, navigation, each);
    }
    this.#touchRoot(transaction, row);
    return row;
  }

  /** Creates a record that a navigation leads to. @throws ODataError */
  insertBelow(transaction: Transaction, parent: Row, navigation: Navigation, body: Body): Row {
    const fixed = Object.fromEntries(navigation.on.map(([here, there]) => [there, parent.values[here] ?? null]));
    return this.insert(transaction, this.store.table(navigation.to), body, fixed);
  }

  /** Changes a record; with `replaces`, what is not given becomes initial. @throws ODataError */
  update(transaction: Transaction, row: Row, body: Body, replaces = false): void {
    const { type } = row;
    const given = this.#given(type, body, transaction, false);
    const cleared = type.properties.filter(({ key, readOnly }) => replaces && !key && !readOnly);
    const values = {
      ...row.values,
      ...Object.fromEntries(cleared.map((property) => [property.name, initialValue(property)])),
      ...given,
    };
    this.#change(transaction, row, values);
    this.#touchRoot(transaction, row);
  }

  /** Deletes a record. @throws ODataError where its type cannot be deleted */
  remove(transaction: Transaction, row: Row): void {
    const { type } = row;
    if (!type.deletable) {
      throw new ODataError(405, '/IWBEP/CM_MGW_RT/008', `DELETE is not allowed for entity set '${type.set}'`);
    }
    transaction.remove(this.store.table(type.set), row);
    this.#touchRoot(transaction, row);
  }

  #change(transaction: Transaction, row: Row, values: Values): void {
    const isNew = transaction.changes.some((change) => change.kind === 'created' && change.row === row);
    const context = this.#context(transaction, isNew);
    this.rules.change(row.type, values, context);
    transaction.update(row, values, this.rules.etag(row.type, values, context));
  }

  /** A change below a business object is a change of the object. */
  #touchRoot(transaction: Transaction, row: Row): void {
    const root = this.rules.root(row.type, row.values, this.store);
    const found = root === undefined ? undefined : this.store.table(root.set).find(root.key);
    if (found !== undefined) this.#change(transaction, found, { ...found.values });
  }

  #context({ author }: Transaction, isNew: boolean): RuleContext {
    return { author, numbers: this.numbers, store: this.store, isNew };
  }

  #split(type: EntityType, body: Body): { own: Body; below: readonly (readonly [Navigation, readonly Body[]])[] } {
    const below = type.navigations.flatMap((navigation) => {
      const given = body[navigation.name];
      if (given === undefined || given === null) return [];
      const list = (given as { results?: unknown }).results ?? given;
      return [[navigation, (Array.isArray(list) ? list : [list]) as Body[]] as const];
    });
    const names = new Set(below.map(([{ name }]) => name));
    return { own: Object.fromEntries(Object.entries(body).filter(([name]) => !names.has(name))), below };
  }

  #given(type: EntityType, body: Body, { author }: Transaction, creates: boolean): Values {
    const values: Record<string, Value> = {};
    for (const [name, given] of Object.entries(body)) {
      if (name === '__metadata') continue;
      const property = type.properties.find((each) => each.name === name);
      if (property === undefined) throw badRequest(`Property '${name}' is invalid for type '${type.name}'`, name);
      if (property.readOnly && !property.taken ? this.#mayIgnore(name, author.technical) : !creates && property.key)
        continue;
      values[name] = readValue(property, given);
    }
    return values;
  }

  /** Whether a read-only property is passed over; what it is not, the administrator may set. @throws ODataError */
  #mayIgnore(name: string, technical: boolean): boolean {
    if (!technical) return false;
    if (this.dialect.readOnly === 'ignored' || name.endsWith('Text')) return true;
    throw badRequest(`Property '${name}' is read-only`, name);
  }
}
