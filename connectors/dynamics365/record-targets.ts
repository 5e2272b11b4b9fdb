import type { Action } from '../../canonical-schema/action';
import { type Mapping, Permanent } from '../contract';
import { entityOf, tablesFor } from './normalise/tables';
import type { TableDefinition, TableDefinitions } from './table-definitions';
import type { WebApi } from './web-api';
import { connectorErrorOf, WebApiFailure } from './web-api-failure';

/** Dataverse's ids are GUIDs, whatever the table: they do not tell it. */
const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Records whose table is remembered. */
const mostKnown = 10_000;

export interface RecordTargetsOptions {
  readonly api: WebApi;
  readonly definitions: TableDefinitions;
  readonly mapping: Mapping;
  readonly streams: readonly string[];
}

/** Finds the table of the record that an action is about: actions name the canonical entity. */
export class RecordTargets {
  readonly #options: RecordTargetsOptions;
  readonly #known = new Map<string, string>();

  constructor(options: RecordTargetsOptions) {
    this.#options = options;
  }

  /** Rejects with Permanent for what cannot be a record, Retryable when Dataverse could not be asked. */
  async of({ entity, id }: Action['about'], signal: AbortSignal): Promise<TableDefinition> {
    if (!guid.test(id))
      throw new Permanent('SBX_DYNAMICS365_ID', `${id} is not a GUID: no row of Dataverse has that id`);
    const { definitions } = this.#options;
    const candidates = this.#candidates(entity);
    const [only, another] = candidates;
    if (only !== undefined && another === undefined) return definitions.of(only, signal);
    const known = this.#known.get(id);
    if (known !== undefined) return definitions.of(known, signal);
    for (const table of candidates) {
      const definition = await definitions.of(table, signal);
      if (await this.#isIn(definition, id, signal)) {
        if (this.#known.size >= mostKnown) this.#known.clear();
        this.#known.set(id, table);
        return definition;
      }
    }
    throw new Permanent(
      'SBX_DYNAMICS365_TABLE_UNKNOWN',
      `no table that counts as ${entity} has a row ${id}: looked in ${candidates.join(', ') || 'none'}; subscribe to its table, or map it`,
    );
  }

  /** Standard tables of the entity, tables that the tenant counts as it, and heard ones that are no other entity. */
  #candidates(entity: string): readonly string[] {
    const { mapping, streams } = this.#options;
    const named = (table: string): string | undefined => /^"(\w+)"$/.exec(mapping[table]?.entity?.trim() ?? '')?.[1];
    const own = Object.keys(mapping).filter((table) => named(table) === entity);
    const heard = streams.filter((table) => (named(table) ?? entityOf(table) ?? 'record') === entity);
    return [...new Set([...heard, ...own, ...tablesFor(entity)])];
  }

  async #isIn({ table, set, idColumn }: TableDefinition, id: string, signal: AbortSignal): Promise<boolean> {
    try {
      await this.#options.api.send({ method: 'GET', path: `${set}(${id})?$select=${idColumn}` }, 'write', signal);
      return true;
    } catch (error) {
      if (error instanceof WebApiFailure && error.status === 404) return false;
      throw connectorErrorOf(error, `looking for ${id} in ${table}`);
    }
  }
}
