import { Permanent, Retryable } from '../../contract';
import type { Priority } from '../../kit/rate';
import { parseLossless } from '../../kit/lossless-json';
import { type Fields, objectOf, objectsOf, textOf } from '../json';
import { batchAnswers, batchBody, type BatchPart } from './batch';
import type { Answer } from './failure';
import { type EntitySet, quoted } from './services';
import type { Request, Session } from './session';

/** What a query asks for; values are plain, the client encodes them. */
export interface Query {
  readonly filter?: string;
  readonly orderby?: string;
  readonly top?: number;
  readonly select?: string;
  readonly expand?: string;
}

/** Keys of one query: the filter travels in the URL. */
const mostKeys = 30;

/** OData V2 as SAP speaks it, over one session. */
export class ODataClient {
  constructor(private readonly session: Session) {}

  /** All rows of a query, page by page as the service cuts them. Rejects as Session.send. */
  async query(set: EntitySet, query: Query, priority: Priority, signal: AbortSignal): Promise<readonly Fields[]> {
    const rows: Fields[] = [];
    let path: string | undefined = `${set.service}/${set.set}?${queryText(query)}`;
    while (path !== undefined) {
      const { body } = await this.session.send({ method: 'GET', path }, tokenPath(set.service), priority, signal);
      const d = dataOf(body, path);
      rows.push(...objectsOf(d.results));
      path = nextOf(d, set);
      if (query.top !== undefined && rows.length >= query.top) break;
    }
    return rows;
  }

  /** The rows of these keys that there are. */
  async byKeys(
    set: EntitySet,
    ids: readonly string[],
    { field = set.key, ...query }: Query & { readonly field?: string },
    priority: Priority,
    signal: AbortSignal,
  ): Promise<readonly Fields[]> {
    const rows: Fields[] = [];
    for (let from = 0; from < ids.length; from += mostKeys) {
      // An `or` may join conditions on one property only.
      const filter = ids
        .slice(from, from + mostKeys)
        .map((id) => `${field} eq ${quoted(id)}`)
        .join(' or ');
      rows.push(...(await this.query(set, { ...query, filter }, priority, signal)));
    }
    return rows;
  }

  /**
   * Sends a batch, and again what a service left out that stops at the first part that fails; answers part by part. Rejects as
   * Session.send, and with Retryable where an answer cannot be read.
   */
  async batch(
    service: string,
    parts: readonly BatchPart[],
    signal: AbortSignal,
  ): Promise<readonly (readonly Answer[])[]> {
    const answers: (readonly Answer[])[] = [];
    while (answers.length < parts.length) {
      const rest = parts.slice(answers.length);
      const { contentType, body } = batchBody(rest);
      const headers = { 'content-type': contentType, accept: 'multipart/mixed' };
      const answer = await this.session.send(
        { method: 'POST', path: `${service}/$batch`, headers, body },
        tokenPath(service),
        'write',
        signal,
      );
      answers.push(...batchAnswers(answer, rest.length));
    }
    return answers;
  }

  /** Sends one change, as a batch; answers it. Rejects as `batch`. */
  async change(service: string, request: Request, signal: AbortSignal): Promise<Answer> {
    const [[answer] = []] = await this.batch(service, [{ changes: [request] }], signal);
    if (answer === undefined) throw new Retryable('SBX_SAP_BATCH', 'the batch has no answer for its change');
    return answer;
  }

  /** The service's metadata, as text. */
  async metadata(service: string, signal: AbortSignal): Promise<string> {
    const headers = { accept: 'application/xml' };
    const path = `${service}/$metadata`;
    return (await this.session.send({ method: 'GET', path, headers }, tokenPath(service), 'read', signal)).body;
  }
}

/** Any read of the service gives its token. */
function tokenPath(service: string): string {
  return `${service}/`;
}

/** `$filter=…&$top=…`, with the service asked for JSON: Atom is what it likes better. */
export function queryText({ filter, orderby, top, select, expand }: Query): string {
  const parts: readonly (readonly [string, string | undefined])[] = [
    ['$format', 'json'],
    ['$filter', filter],
    ['$orderby', orderby],
    ['$top', top?.toString()],
    ['$select', select],
    ['$expand', expand],
  ];
  return parts
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`]))
    .join('&');
}

function dataOf(body: string, path: string): Fields {
  let answer: unknown;
  try {
    answer = parseLossless(body);
  } catch {
    answer = undefined;
  }
  const d = objectOf(objectOf(answer)?.d);
  if (d !== undefined) return d;
  const what = path.split('?')[0] ?? '';
  throw new Permanent(
    'SBX_SAP_ODATA_ANSWER',
    `${what} answered no OData V2 in JSON: is baseUrl the host of the ${what} service?`,
  );
}

/** `__next` is absolute, and by a name of the system's own: only its path and query are taken. */
function nextOf(d: Fields, { service, set }: EntitySet): string | undefined {
  const next = textOf(d.__next);
  if (next === undefined) return undefined;
  const query = next.split('?')[1];
  return query === undefined ? undefined : `${service}/${set}?${query}`;
}

/** The row in the answer to a creation, however the product wraps it. */
export function rowIn(answer: Answer): Fields {
  try {
    const d = objectOf(objectOf(parseLossless(answer.body))?.d) ?? {};
    return objectOf(d.results) ?? d;
  } catch {
    return {};
  }
}

/** The rows in the answer to a read of a batch. */
export function rowsIn(answer: Answer): readonly Fields[] {
  try {
    return objectsOf(objectOf(objectOf(parseLossless(answer.body))?.d)?.results);
  } catch {
    return [];
  }
}

/** A row's ETag. */
export function etagOf(row: Fields): string | undefined {
  return textOf(objectOf(row.__metadata)?.etag);
}
