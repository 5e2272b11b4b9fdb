import { keyOf, type EntityType, type ServiceModel } from '../model/entity-type';
import { noSuchRow } from './odata-error';
import type { Value, Values } from './values';

/** A record. */
export interface Row {
  readonly type: EntityType;
  values: Values;
  /** As `__metadata.etag` has it; empty where the type has none. */
  etag: string;
}

/** Who writes, and when. */
export interface Author {
  readonly user: string;
  /** Through the OData services, not through the user interface. */
  readonly technical: boolean;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** One effect of a transaction. */
export interface Change {
  readonly kind: 'created' | 'changed' | 'deleted';
  readonly row: Row;
  readonly before?: Values;
  readonly after: Values;
  readonly author: Author;
}

/** The key of a row as the path has it between the brackets. */
export const keyText = (type: EntityType, values: Values): string => {
  const names = keyOf(type);
  const quoted = (name: string): string => `'${String(values[name]).replaceAll("'", "''")}'`;
  const [only = ''] = names;
  return names.length === 1 ? quoted(only) : names.map((name) => `${name}=${quoted(name)}`).join(',');
};

/** The records of an entity set. */
export class Table {
  readonly rows = new Map<string, Row>();

  constructor(readonly type: EntityType) {}

  /** The row of a key. */
  find(key: string): Row | undefined {
    return this.rows.get(key);
  }

  /** The row of a key. @throws ODataError 404 */
  get(key: string): Row {
    const row = this.rows.get(key);
    if (row === undefined) throw noSuchRow(this.type.set, key);
    return row;
  }

  /** Rows that agree in all of these properties. */
  matching(wanted: readonly (readonly [string, Value | undefined])[]): readonly Row[] {
    return [...this.rows.values()].filter(({ values }) => wanted.every(([name, value]) => values[name] === value));
  }
}

/** Writes that take effect together or not at all. */
export class Transaction {
  readonly changes: Change[] = [];
  readonly #undo: (() => void)[] = [];

  constructor(readonly author: Author) {}

  /** Puts a row in. */
  insert(table: Table, row: Row): void {
    const key = keyText(row.type, row.values);
    table.rows.set(key, row);
    this.#undo.push(() => table.rows.delete(key));
    this.changes.push({ kind: 'created', row, after: { ...row.values }, author: this.author });
  }

  /** Replaces the values of a row. */
  update(row: Row, values: Values, etag: string): void {
    const { values: before, etag: oldEtag } = row;
    row.values = values;
    row.etag = etag;
    this.#undo.push(() => {
      row.values = before;
      row.etag = oldEtag;
    });
    this.changes.push({ kind: 'changed', row, before, after: { ...values }, author: this.author });
  }

  /** Takes a row out. */
  remove(table: Table, row: Row): void {
    const key = keyText(row.type, row.values);
    table.rows.delete(key);
    this.#undo.push(() => table.rows.set(key, row));
    const values = { ...row.values };
    this.changes.push({ kind: 'deleted', row, before: values, after: values, author: this.author });
  }

  /** Takes everything back, last first. */
  rollback(): void {
    for (const undo of this.#undo.reverse()) undo();
  }
}

/** All records of a system. */
export class Store {
  readonly #tables = new Map<string, Table>();
  /** Transactions that changed something. */
  commits = 0;

  constructor(
    models: readonly ServiceModel[],
    /** Told of every transaction that took effect. */
    private readonly committed: (changes: readonly Change[]) => void,
  ) {
    for (const { types } of models) for (const type of types) this.#tables.set(type.set, new Table(type));
  }

  /** The table of an entity set. */
  find(set: string): Table | undefined {
    return this.#tables.get(set);
  }

  /** The table of an entity set that is known to exist. @throws where it does not */
  table(set: string): Table {
    const table = this.#tables.get(set);
    if (table !== undefined) return table;
    throw new Error(`no entity set '${set}'; there are ${[...this.#tables.keys()].join(', ')}`);
  }

  /** Runs writes as one transaction; takes all of them back where one is refused. */
  transact<T>(author: Author, write: (transaction: Transaction) => T): T {
    const transaction = new Transaction(author);
    let result: T;
    try {
      result = write(transaction);
    } catch (error) {
      transaction.rollback();
      throw error;
    }
    if (transaction.changes.length > 0) {
      this.commits += 1;
      this.committed(transaction.changes);
    }
    return result;
  }
}
