import { Permanent, type Reader } from '../contract';
import { isoFromText } from '../../canonical-schema/time';
import { objectOf, textOf } from '../kit/json';
import { followed } from './follow';
import type { GraphApi } from './graph-api';
import { connectorErrorOf, GraphFailure } from './graph-failure';
import type { ResourceNative } from './native';
import { encodedPath, typeIn, typeOf } from './paths';
import { selected } from './selected';

const pageRows = 100;

/** Reads whole resources. */
export class ResourceReader implements Reader<ResourceNative> {
  constructor(private readonly api: GraphApi) {}

  /** See Reader. Ids are paths: `users/<id>/messages/<id>`. */
  async read(nativeType: string, ids: readonly string[], signal: AbortSignal): Promise<readonly ResourceNative[]> {
    const paths = ids.filter((id) => typeOf(id) === nativeType);
    const found = await Promise.all(paths.map((path) => this.#one(path, signal)));
    return found.filter((one) => one !== undefined);
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
    const filter = encodeURIComponent(`lastModifiedDateTime ge ${from} and lastModifiedDateTime lt ${to}`);
    const order = encodeURIComponent('lastModifiedDateTime asc');
    const query = `${selected(nativeType)}&$filter=${filter}&$orderby=${order}&$top=${pageRows}`;
    for await (const resource of followed(this.api, `query ${stream}`, `${encodedPath(stream)}?${query}`, signal)) {
      const id = textOf(resource.id);
      if (id !== undefined) yield { kind: 'resource', nativeType, path: `${stream}/${id}`, resource };
    }
  }

  async #one(path: string, signal: AbortSignal): Promise<ResourceNative | undefined> {
    const nativeType = typeOf(path);
    if (nativeType === undefined) return undefined;
    try {
      const request = { method: 'get', path: `${encodedPath(path)}?${selected(nativeType)}` } as const;
      const resource = objectOf(await this.api.send(request, 'read', signal));
      return resource === undefined ? undefined : { kind: 'resource', nativeType, path, resource };
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof GraphFailure && error.status === 404) return undefined;
      throw connectorErrorOf(error, `read ${path}`);
    }
  }
}
