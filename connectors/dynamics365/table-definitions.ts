import { Permanent } from '../contract';
import { entitySetOf } from './entity-sets';
import { objectOf, textOf } from '../kit/json';
import { idColumnOf, isStandard } from './normalise/tables';
import type { WebApi } from './web-api';

/** What a request must know of a table. */
export interface TableDefinition {
  /** Logical name. */
  readonly table: string;
  /** Name of its entity set in URLs. */
  readonly set: string;
  readonly idColumn: string;
}

/** Definitions change once in months; a connection that lives longer than this asks again. */
const keptMs = 60 * 60_000;

/** Knows the standard tables, and asks once for the definition of any other. */
export class TableDefinitions {
  readonly #api: WebApi;
  readonly #now: () => number;
  readonly #known = new Map<string, { readonly definition: Promise<TableDefinition>; readonly at: number }>();

  constructor(api: WebApi, now: () => number) {
    this.#api = api;
    this.#now = now;
  }

  /** Rejects with Permanent for a table that is not there or not for this user to see, Retryable when it could not be asked. */
  of(table: string, signal: AbortSignal): Promise<TableDefinition> {
    if (isStandard(table)) return Promise.resolve({ table, set: entitySetOf(table), idColumn: idColumnOf(table) });
    const known = this.#known.get(table);
    if (known !== undefined && this.#now() - known.at < keptMs) return known.definition;
    const definition = this.#ask(table, signal);
    this.#known.set(table, { definition, at: this.#now() });
    definition.catch(() => this.#known.delete(table));
    return definition;
  }

  async #ask(table: string, signal: AbortSignal): Promise<TableDefinition> {
    const columns = '$select=LogicalName,EntitySetName,PrimaryIdAttribute';
    const path = `EntityDefinitions(LogicalName='${encodeURIComponent(table)}')?${columns}`;
    const { body } = await this.#api.read(`definition of ${table}`, path, signal);
    const { EntitySetName, PrimaryIdAttribute } = objectOf(body) ?? {};
    const set = textOf(EntitySetName);
    const idColumn = textOf(PrimaryIdAttribute);
    if (set !== undefined && idColumn !== undefined) return { table, set, idColumn };
    throw new Permanent(
      'SBX_DYNAMICS365_TABLE_UNKNOWN',
      `table ${table} has no entity set: it cannot be read or written`,
    );
  }
}
