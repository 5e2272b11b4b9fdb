import { Permanent, type Position, type Reader, type Tracked } from '../contract';
import { isoFromText } from '../../canonical-schema/time';
import { objectOf, textOf } from '../kit/json';
import { DeltaTracking, goneOf, type ReadPaths } from './delta';
import { followed } from './follow';
import type { GraphApi } from './graph-api';
import { connectorErrorOf, GraphFailure } from './graph-failure';
import type { Fields, ResourceNative } from './native';
import { encodedPath, folderIn, planIn, typeIn, typeOf } from './paths';
import { PlanTracking } from './plan-tracking';
import { selected } from './selected';

const pageRows = 100;
/** Rows of one page that tells ids alone. */
const briefRows = 1_000;

/** Reads whole resources. */
export class ResourceReader implements Reader<ResourceNative> {
  readonly #delta: DeltaTracking;
  readonly #plans: PlanTracking;

  /** @param now ms since the epoch */
  constructor(
    private readonly api: GraphApi,
    private readonly now: () => number,
  ) {
    const read: ReadPaths = (paths, signal) => this.#readPaths(paths, signal);
    this.#delta = new DeltaTracking(api, read, now);
    this.#plans = new PlanTracking(api, read, now);
  }

  /** See Reader. Ids are paths: `users/<id>/messages/<id>`. */
  async read(nativeType: string, ids: readonly string[], signal: AbortSignal): Promise<readonly ResourceNative[]> {
    return this.#readPaths(
      ids.filter((id) => typeOf(id) === nativeType),
      signal,
    );
  }

  /** See Reader. What was deleted leaves nothing to query. */
  async *changed(
    stream: string,
    from: string,
    to: string,
    signal: AbortSignal,
  ): AsyncGenerator<ResourceNative, void, undefined> {
    const nativeType = typeIn(stream);
    if (nativeType === undefined || isoFromText(from) === undefined || isoFromText(to) === undefined) {
      throw new Permanent('SBX_GRAPH_WINDOW', `not a window of a stream: ${stream}, ${from} to ${to}`);
    }
    if (planIn(stream) !== undefined) {
      yield* this.#plans.changed(stream, from, to, signal);
      return;
    }
    const filter = encodeURIComponent(`lastModifiedDateTime ge ${from} and lastModifiedDateTime lt ${to}`);
    const order = encodeURIComponent('lastModifiedDateTime asc');
    const query = `${selected(nativeType)}&$filter=${filter}&$orderby=${order}&$top=${pageRows}`;
    for await (const resource of followed(this.api, `query ${stream}`, `${encodedPath(stream)}?${query}`, signal)) {
      const id = textOf(resource.id);
      if (id !== undefined) yield { kind: 'resource', nativeType, path: `${stream}/${id}`, resource };
    }
  }

  /** See Reader. */
  tracked(stream: string, token: Position | undefined, signal: AbortSignal): AsyncIterable<Tracked<ResourceNative>> {
    return (planIn(stream) === undefined ? this.#delta : this.#plans).tracked(stream, token, signal);
  }

  /** See Reader. A task of a plan has its path from Planner. */
  holds(stream: string): { readonly nativeType: string; readonly idPrefix: string } {
    const idPrefix = planIn(stream) === undefined ? `${stream}/` : 'planner/tasks/';
    return { nativeType: demandedType(stream), idPrefix };
  }

  /** See Reader. The collection is listed once, and what it leaves out asked for: it may move while pages are read. */
  async gone(stream: string, ids: readonly string[], signal: AbortSignal): Promise<readonly ResourceNative[]> {
    if (ids.length === 0) return [];
    const shown = planIn(stream) === undefined ? await this.#listed(stream, signal) : new Set();
    const gone: ResourceNative[] = [];
    for (const path of ids.filter((id) => !shown.has(id))) {
      if (!(await this.#isIn(stream, path, signal))) gone.push(goneOf(path, this.now()));
    }
    return gone;
  }

  async #listed(stream: string, signal: AbortSignal): Promise<ReadonlySet<string>> {
    const query = demandedType(stream) === 'todoTask' ? `$top=${pageRows}` : `$select=id&$top=${briefRows}`;
    const listed = new Set<string>();
    for await (const { id } of followed(this.api, `ids of ${stream}`, `${encodedPath(stream)}?${query}`, signal)) {
      listed.add(`${stream}/${String(id)}`);
    }
    return listed;
  }

  /** Whether a record is still in its stream. A message that was moved is still found by its id, whatever folder is named. */
  async #isIn(stream: string, path: string, signal: AbortSignal): Promise<boolean> {
    const folder = folderIn(stream);
    if (folder === undefined) return (await this.#found(path, '', signal)) !== undefined;
    const mailbox = folder.replace(/\/mailFolders\/[^/]+$/, '/messages');
    const message = await this.#found(`${mailbox}${path.slice(stream.length)}`, '?$select=parentFolderId', signal);
    const there = message === undefined ? undefined : await this.#found(folder, '?$select=id', signal);
    return there !== undefined && message?.parentFolderId === there.id;
  }

  async #readPaths(paths: readonly string[], signal: AbortSignal): Promise<readonly ResourceNative[]> {
    const found = await Promise.all(paths.map((path) => this.#one(path, signal)));
    return found.filter((one) => one !== undefined);
  }

  async #one(path: string, signal: AbortSignal): Promise<ResourceNative | undefined> {
    const nativeType = typeOf(path);
    if (nativeType === undefined) return undefined;
    const resource = await this.#found(path, `?${selected(nativeType)}`, signal);
    return resource === undefined ? undefined : { kind: 'resource', nativeType, path, resource };
  }

  async #found(path: string, query: string, signal: AbortSignal): Promise<Fields | undefined> {
    try {
      const request = { method: 'get', path: `${encodedPath(path)}${query}` } as const;
      return objectOf(await this.api.send(request, 'read', signal));
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof GraphFailure && error.status === 404) return undefined;
      throw connectorErrorOf(error, `read ${path}`);
    }
  }
}

function demandedType(stream: string): ResourceNative['nativeType'] {
  const nativeType = typeIn(stream);
  if (nativeType !== undefined) return nativeType;
  throw new Permanent('SBX_GRAPH_WINDOW', `not a stream of Graph: ${stream}`);
}
