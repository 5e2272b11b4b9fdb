import { Permanent } from '../contract';
import { objectOf, textOf } from '../kit/json';
import type { TableDefinition } from './table-definitions';
import type { ApiRequest, WebApi } from './web-api';
import { connectorErrorOf, WebApiFailure } from './web-api-failure';

/** Queues that are remembered. */
const mostKnown = 10_000;

/** Where a queue's id may be found: it is a queue itself, or the user or team who has one. */
const places = [
  { set: 'queues', column: 'queueid' },
  { set: 'systemusers', column: '_queueid_value' },
  { set: 'teams', column: '_queueid_value' },
] as const;

/** A record's place in a queue: a row of Dataverse's table queueitem. */
export interface QueueItem {
  readonly id: string;
  readonly queue: string;
  readonly row: unknown;
}

/** Knows queues, and what is in them. */
export class Queues {
  readonly #api: WebApi;
  readonly #known = new Map<string, string>();

  constructor(api: WebApi) {
    this.#api = api;
  }

  /** The queue of this id, or the own queue of the user or team. Rejects with Permanent for none, Retryable when Dataverse could not be asked. */
  async of(id: string, signal: AbortSignal): Promise<string> {
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    for (const { set, column } of places) {
      const row = await this.#get(`${set}(${encodeURIComponent(id)})?$select=${column}`, signal);
      if (row === undefined) continue;
      const queue = textOf(row[column]);
      if (queue === undefined) {
        throw new Permanent(
          'SBX_DYNAMICS365_QUEUE',
          `${set}(${id}) has no queue of its own: give it one, or name a queue`,
        );
      }
      if (this.#known.size >= mostKnown) this.#known.clear();
      this.#known.set(id, queue);
      return queue;
    }
    throw new Permanent('SBX_DYNAMICS365_QUEUE', `${id} is neither a queue nor a user or team: correct the route`);
  }

  /** The id where it is a queue's own; undefined for any other. Rejects with Retryable when Dataverse could not be asked. */
  async named(id: string, signal: AbortSignal): Promise<string | undefined> {
    const row = await this.#get(`queues(${encodeURIComponent(id)})?$select=queueid`, signal);
    return row === undefined ? undefined : id;
  }

  /** The queue that a record is in: Dataverse lets it be in one. Rejects as `of`. */
  async itemOf(recordId: string, signal: AbortSignal): Promise<QueueItem | undefined> {
    const filter = encodeURIComponent(`_objectid_value eq ${recordId} and statecode eq 0`);
    const body = await this.#get(`queueitems?$select=queueitemid,_queueid_value&$filter=${filter}`, signal);
    const row = Array.isArray(body?.value) ? objectOf(body.value[0]) : undefined;
    const [id, queue] = [textOf(row?.queueitemid), textOf(row?._queueid_value)];
    return id === undefined || queue === undefined ? undefined : { id, queue, row };
  }

  /** Undefined for what is not there, or not even a GUID. */
  async #get(path: string, signal: AbortSignal): Promise<Readonly<Record<string, unknown>> | undefined> {
    try {
      const { body } = await this.#api.send({ method: 'GET', path }, 'write', signal);
      return objectOf(body) ?? {};
    } catch (error) {
      if (error instanceof WebApiFailure && (error.status === 404 || error.status === 400)) return undefined;
      throw connectorErrorOf(error, path);
    }
  }
}

/** Puts a record into a queue, out of the one that it is in (`from`). */
export function addingTo(
  queue: string,
  { table, idColumn, id }: Pick<TableDefinition, 'table' | 'idColumn'> & { readonly id: string },
  from: string | undefined,
): ApiRequest {
  const of = (type: string): Readonly<Record<string, string>> => ({ '@odata.type': `Microsoft.Dynamics.CRM.${type}` });
  const source = from === undefined ? {} : { SourceQueue: { ...of('queue'), queueid: from } };
  return {
    method: 'POST',
    path: `queues(${queue})/Microsoft.Dynamics.CRM.AddToQueue`,
    body: { Target: { ...of(table), [idColumn]: id }, ...source },
  };
}
