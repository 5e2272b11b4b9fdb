import type { Values } from './definitions';
import type { TableType } from './table-type';

/** One stored row. Replaced, never changed. */
export interface Row {
  readonly id: string;
  readonly values: Readonly<Values>;
  /** Counts up across the organisation; the number in the row's ETag. */
  readonly version: number;
}

/** A table's rows, and where deleted ones were, for change tracking. */
export class Table {
  readonly rows = new Map<string, Row>();
  /** Version of the deletion by id. */
  readonly graves = new Map<string, number>();

  constructor(readonly type: TableType) {}

  get(id: string): Row | undefined {
    return this.rows.get(id.toLowerCase());
  }

  put(row: Row): void {
    this.rows.set(row.id, row);
  }

  /** The rows whose columns all have these values. */
  find(wanted: Readonly<Values>): readonly Row[] {
    return [...this.rows.values()].filter(({ values }) =>
      Object.entries(wanted).every(([name, value]) => (values[name] ?? null) === value),
    );
  }
}
