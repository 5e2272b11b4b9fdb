import { Permanent } from '../../contract';
import { parseLossless } from '../../kit/lossless-json';
import type { Priority } from '../../kit/rate';
import { type Fields, objectOf, objectsOf, textOf } from '../json';
import { type Answer, ODataFailure } from '../odata/failure';
import type { Request, Session } from '../odata/session';
import type { V2Object } from './objects';

/** A record and the version of it that a write may be bound to. */
export interface V2Record {
  readonly fields: Fields;
  /** `"2026-01-13T13:59:32.671Z"`; undefined where neither a header nor the record tells it. */
  readonly etag: string | undefined;
}

/** What a collection is asked; values are plain, the client encodes them. */
export interface V2Query {
  readonly filter?: string;
  readonly orderby?: string;
  readonly top: number;
  readonly skip?: number;
}

/** The REST services of Sales and Service Cloud V2, over one session. Its methods reject as Session.send. */
export class V2Client {
  constructor(
    private readonly session: Session,
    private readonly basePath: string,
  ) {}

  /** The records of one page. There is no link to the next one: ask again with `skip`. */
  async query(object: V2Object, query: V2Query, priority: Priority, signal: AbortSignal): Promise<readonly Fields[]> {
    const path = `${this.#pathOf(object)}?${queryText(query)}`;
    const value = valueOf(await this.#send({ method: 'GET', path }, object, priority, signal), path);
    if (Array.isArray(value)) return objectsOf(value);
    throw notV2(path);
  }

  /** A record; undefined where there is none, or none for this user to see. */
  async read(object: V2Object, id: string, priority: Priority, signal: AbortSignal): Promise<V2Record | undefined> {
    const path = this.#pathOf(object, id);
    try {
      return recordIn(await this.#send({ method: 'GET', path }, object, priority, signal), path);
    } catch (error) {
      if (error instanceof ODataFailure && error.status === 404) return undefined;
      throw error;
    }
  }

  /** Makes a record. */
  async create(object: V2Object, body: Fields, signal: AbortSignal): Promise<V2Record> {
    const path = this.#pathOf(object);
    const headers = { 'content-type': 'application/json' };
    const request = { method: 'POST', path, headers, body: JSON.stringify(body) } as const;
    return recordIn(await this.#send(request, object, 'write', signal), path);
  }

  /** Changes a record by a merge patch, if it still is of that version. */
  async patch(object: V2Object, id: string, patch: Fields, etag: string, signal: AbortSignal): Promise<V2Record> {
    const path = this.#pathOf(object, id);
    const headers = { 'content-type': 'application/merge-patch+json', 'if-match': etag };
    const request = { method: 'PATCH', path, headers, body: JSON.stringify(patch) } as const;
    const answer = await this.#send(request, object, 'write', signal);
    return answer.body.trim() === '' ? { fields: {}, etag: answer.headers.etag } : recordIn(answer, path);
  }

  /** Takes a record away. */
  async remove(object: V2Object, id: string, signal: AbortSignal): Promise<void> {
    const request = { method: 'DELETE', path: this.#pathOf(object, id), headers: { 'if-match': '*' } } as const;
    await this.#send(request, object, 'write', signal);
  }

  #send(request: Request, object: V2Object, priority: Priority, signal: AbortSignal): Promise<Answer> {
    return this.session.send(request, `${this.#pathOf(object)}?$top=1`, priority, signal);
  }

  #pathOf({ path }: V2Object, id?: string): string {
    const collection = `${this.basePath}/${path}`;
    return id === undefined ? collection : `${collection}/${encodeURIComponent(id)}`;
  }
}

/** A text in a filter. */
export function quotedText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function queryText({ filter, orderby, top, skip }: V2Query): string {
  const parts: readonly (readonly [string, string | number | undefined])[] = [
    ['$filter', filter],
    ['$orderby', orderby],
    ['$top', top],
    ['$skip', skip],
  ];
  return parts
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`]))
    .join('&');
}

function recordIn(answer: Answer, path: string): V2Record {
  const fields = objectOf(valueOf(answer, path));
  if (fields === undefined) throw notV2(path);
  const updatedOn = textOf(objectOf(fields.adminData)?.updatedOn);
  return { fields, etag: answer.headers.etag ?? (updatedOn === undefined ? undefined : `"${updatedOn}"`) };
}

/** What an answer carries under `value`: a record, or a list of them. */
function valueOf({ body }: Answer, path: string): unknown {
  try {
    return objectOf(parseLossless(body))?.value;
  } catch {
    throw notV2(path);
  }
}

function notV2(path: string): Permanent {
  const what = path.split('?')[0] ?? '';
  return new Permanent(
    'SBX_SAP_V2_ANSWER',
    `${what} did not answer as Sales and Service Cloud V2 does: check baseUrl and v2.basePath`,
  );
}
