import type { Access } from '../http/access';
import { headerOf, json, type HttpAnswer, type HttpRequest, type Outcome } from '../http/message';
import type { Sessions } from '../http/sessions';
import type { ArmedFaults } from '../faults';
import type { WriteEntry } from '../odata/odata-site';
import type { Body } from '../odata/writing';
import { renderV2Error, V2Error } from './v2-error';
import { v2Objects, type V2Object } from './v2-objects';
import { V2Query } from './v2-query';
import { etagOf, type V2Author, type V2Record, type V2Store } from './v2-store';

/** What the site is made of. */
export interface V2SiteParts {
  readonly store: V2Store;
  readonly access: Access;
  readonly faults: ArmedFaults;
  readonly sessions: Sessions;
  readonly author: () => V2Author;
  /** Somebody else, who changes a record behind the caller's back. */
  readonly person: () => V2Author;
  readonly writes: WriteEntry[];
  /** Services that the caller's role does not have. */
  readonly denied: readonly string[];
  /** Whether a write with a password needs a CSRF token. */
  readonly csrf: boolean;
}

const base = '/sap/c4c/api/v1/';

const parallel = 'Data has been changed in a parallel session. Please refresh and try again.';

/** The REST services of Sales and Service Cloud V2 behind their log-on and faults. */
export class V2Site {
  constructor(private readonly parts: V2SiteParts) {}

  /** Answers a request. */
  async answer(request: HttpRequest): Promise<Outcome> {
    const { access, faults, store } = this.parts;
    const isRead = request.method === 'GET';
    const struck = await this.#strike(isRead ? 'read' : 'write');
    if (struck !== undefined) return struck;
    const proof = access.check(headerOf(request.headers, 'authorization'));
    if (proof === undefined) return renderV2Error(new V2Error(401, 'security.401', 'Unauthorized'));
    const { sessions, csrf } = this.parts;
    const { name } = this.parts.author();
    if (!isRead && csrf && proof === 'basic' && !sessions.holds(request.headers, name)) {
      return { status: 403, headers: { 'x-csrf-token': 'Required' }, body: 'CSRF token validation failed' };
    }
    const before = store.commits;
    const answer = this.#withToken(request, this.#perform(request));
    this.#log(request, answer);
    return store.commits > before && faults.take('dropResponse') !== undefined ? 'dropped' : answer;
  }

  async #strike(scope: 'read' | 'write'): Promise<HttpAnswer | undefined> {
    const { faults } = this.parts;
    const slow = faults.take('slow', scope);
    if (slow !== undefined) await new Promise((resolve) => setTimeout(resolve, slow.ms ?? 1000));
    for (const [kind, status, message] of [
      ['serverUnavailable', 503, 'Service Unavailable'],
      ['tooManyRequests', 429, 'Too Many Requests'],
    ] as const) {
      const fault = faults.take(kind, scope);
      if (fault === undefined) continue;
      const { retryAfter } = fault;
      const { headers, ...answer } = renderV2Error(new V2Error(status, `gateway.${status}`, message));
      return { ...answer, headers: { ...headers, ...(retryAfter && { 'retry-after': String(retryAfter) }) } };
    }
    return undefined;
  }

  #withToken(request: HttpRequest, answer: HttpAnswer): HttpAnswer {
    if (headerOf(request.headers, 'x-csrf-token')?.toLowerCase() !== 'fetch' || !this.parts.csrf) return answer;
    const { token, cookies } = this.parts.sessions.join(request.headers, this.parts.author().name);
    const cookie = cookies.length === 0 ? {} : { 'set-cookie': cookies };
    return { ...answer, headers: { ...answer.headers, 'x-csrf-token': token, ...cookie } };
  }

  #perform(request: HttpRequest): HttpAnswer {
    try {
      const { object, id } = this.#resource(request.url.pathname);
      if (this.parts.denied.includes(object.service)) {
        throw new V2Error(403, 'security.403', `No authorization for service ${object.service}`);
      }
      return id === undefined ? this.#collection(request, object) : this.#record(request, object, id);
    } catch (error) {
      if (error instanceof V2Error) return renderV2Error(error);
      throw error;
    }
  }

  /** `/sap/c4c/api/v1/case-service/cases/{id}` @throws V2Error 404 */
  #resource(path: string): { readonly object: V2Object; readonly id: string | undefined } {
    const [service, set, id, ...rest] = path.startsWith(base) ? path.slice(base.length).split('/') : [];
    const object = v2Objects.find((each) => each.service === service && each.set === set);
    if (object === undefined || rest.length > 0) throw new V2Error(404, 'path.404', `Nothing at ${path}`);
    return { object, id: id === undefined || id === '' ? undefined : decodeURIComponent(id) };
  }

  #collection({ method, url, body }: HttpRequest, { set, service }: V2Object): HttpAnswer {
    const { store, faults } = this.parts;
    if (method === 'GET') {
      const late = faults.take('lateIndex') !== undefined;
      const check = (path: string): void => {
        store.check(set, path);
      };
      return json(200, new V2Query(url.searchParams, check).answer(store.all(set), late));
    }
    if (method !== 'POST') throw new V2Error(405, 'path.405', `${method} is not allowed here`);
    const made = store.create(set, bodyOf(body), this.parts.author());
    return shown(201, made, { location: `${base}${service}/${set}/${made.id}` });
  }

  #record(request: HttpRequest, { set }: V2Object, id: string): HttpAnswer {
    const { store } = this.parts;
    if (request.method === 'GET') return shown(200, store.get(set, id));
    if (request.method === 'DELETE') {
      store.remove(set, id, this.parts.author());
      return { status: 204 };
    }
    if (request.method !== 'PATCH') throw new V2Error(405, 'path.405', `${request.method} is not allowed here`);
    const contentType = headerOf(request.headers, 'content-type') ?? '';
    if (!/^application\/(merge-patch\+)?json/i.test(contentType)) {
      throw new V2Error(415, 'path.415', `Content type '${contentType}' is not supported`);
    }
    this.#mustMatch(request, set, id);
    return shown(200, store.change(set, id, bodyOf(request.body), this.parts.author()));
  }

  #mustMatch({ headers }: HttpRequest, set: string, id: string): void {
    const { store, faults } = this.parts;
    if (faults.take('parallelChange') !== undefined) store.change(set, id, {}, this.parts.person());
    const etag = headerOf(headers, 'if-match');
    if (etag === undefined) throw new V2Error(428, `${set}.428`, 'If-Match is missing', 'If-Match');
    if (etag !== '*' && etag !== etagOf(store.get(set, id))) throw new V2Error(412, `${set}.412`, parallel);
  }

  #log({ method, url, body }: HttpRequest, { status }: HttpAnswer): void {
    if (method === 'GET') return;
    this.parts.writes.push({ at: Date.now(), method, path: url.pathname, body: body.toString('utf8'), status });
  }
}

const shown = (status: number, record: V2Record, headers: Readonly<Record<string, string>> = {}): HttpAnswer =>
  json(status, { value: record }, { etag: etagOf(record), ...headers });

const bodyOf = (body: Buffer): Body => {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Body;
  } catch {
    // told below
  }
  throw new V2Error(400, 'payload.1001', 'The payload is no JSON object');
};
