import type { Access } from '../http/access';
import { headerOf, json, type HttpAnswer, type HttpRequest, type Outcome } from '../http/message';
import type { Sessions } from '../http/sessions';
import type { ArmedFaults } from '../faults';
import { readBatch, renderBatch, type BatchPart, type BatchResult } from './batch';
import { ODataError, noSuchResource, renderError } from './odata-error';
import { methodOf, type Operation, type Service } from './service';
import type { Author, Store } from './store';

/** One write that reached a service, as `GET /simulator/writes` shows it. */
export interface WriteEntry {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly status: number;
}

/** What a system's OData side is made of. */
export interface SiteParts {
  readonly services: readonly Service[];
  readonly store: Store;
  readonly sessions: Sessions;
  readonly access: Access;
  readonly faults: ArmedFaults;
  /** Callers that must bring a CSRF token: those with a password only, or all. */
  readonly csrfFor: 'basic' | 'all';
  /** The user that technical callers write as. */
  readonly user: string;
  readonly writes: WriteEntry[];
}

const reading = new Set(['GET', 'HEAD']);

const unauthorized: HttpAnswer = {
  status: 401,
  headers: {
    'content-type': 'text/html;charset=utf-8',
    'www-authenticate': 'Basic realm="SAP NetWeaver Application Server [S4H/100]"',
  },
  body: '<html><head><title>Logon Error Message</title></head><body>Logon failed</body></html>',
};

const forbidden: HttpAnswer = {
  status: 403,
  headers: { 'content-type': 'text/plain;charset=utf-8', 'x-csrf-token': 'Required' },
  body: 'CSRF token validation failed',
};

const languageOf = ({ url, headers }: HttpRequest): string => {
  const asked = url.searchParams.get('sap-language') ?? headerOf(headers, 'accept-language') ?? '';
  return /^[a-z]{2}/i.exec(asked)?.[0].toLowerCase() ?? 'en';
};

/** The OData services of one system behind its log-on, sessions and faults. */
export class ODataSite {
  constructor(private readonly parts: SiteParts) {}

  /** Answers a request below one of the services. */
  async answer(request: HttpRequest): Promise<Outcome> {
    const { faults, store, access, sessions } = this.parts;
    const writes = this.#writes(request);
    const struck = await this.#strike(writes ? 'write' : 'read');
    if (struck !== undefined) return struck;
    const proof = access.check(headerOf(request.headers, 'authorization'));
    if (proof === undefined) return unauthorized;
    const needsToken = this.parts.csrfFor === 'all' || proof === 'basic';
    if (!reading.has(request.method) && needsToken && !sessions.holds(request.headers, this.parts.user))
      return forbidden;
    const before = store.commits;
    const answer = this.#withSession(request, this.#perform(request));
    return store.commits > before && faults.take('dropResponse') !== undefined ? 'dropped' : answer;
  }

  /** A batch writes where it has a change set. */
  #writes({ method, url, body }: HttpRequest): boolean {
    if (reading.has(method)) return false;
    return !url.pathname.endsWith('/$batch') || /^\s*content-type:\s*multipart\/mixed/im.test(body.toString('utf8'));
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
      const headers = fault.retryAfter === undefined ? {} : { 'retry-after': String(fault.retryAfter) };
      return json(status, { error: { code: String(status), message: { lang: 'en', value: message } } }, headers);
    }
    return undefined;
  }

  /** Who reads without a session gets one; its token who asks for it. */
  #withSession(request: HttpRequest, answer: HttpAnswer): HttpAnswer {
    if (!reading.has(request.method)) return answer;
    const { token, cookies } = this.parts.sessions.join(request.headers, this.parts.user);
    const asked = headerOf(request.headers, 'x-csrf-token')?.toLowerCase() === 'fetch';
    const headers = {
      ...answer.headers,
      ...(asked ? { 'x-csrf-token': token } : {}),
      ...(cookies.length === 0 ? {} : { 'set-cookie': cookies }),
    };
    return { ...answer, headers };
  }

  #perform(request: HttpRequest): HttpAnswer {
    const service = this.parts.services.find(({ model }) => `${request.url.pathname}/`.startsWith(`${model.path}/`));
    if (service === undefined) {
      return renderError(
        new ODataError(404, '/IWFND/MED/170', `No service found for '${request.url.pathname}'`),
        '',
        'en',
      );
    }
    try {
      const operation = this.#operation(service, request);
      if (operation.path !== '$batch') return this.#alone(service, operation);
      return renderBatch(readBatch(request, operation.serviceUrl).map((part) => this.#part(service, part)));
    } catch (error) {
      return this.#refused(service, request, error);
    }
  }

  #operation(service: Service, request: HttpRequest): Operation {
    const { model } = service;
    let path: string;
    try {
      path = decodeURIComponent(request.url.pathname.slice(model.path.length + 1));
    } catch {
      throw noSuchResource(request.url.pathname);
    }
    return { request, path, author: this.#author(), serviceUrl: `${request.url.origin}${model.path}` };
  }

  #author(): Author {
    return { user: this.parts.user, technical: true, at: Date.now() };
  }

  #alone(service: Service, operation: Operation): HttpAnswer {
    const { request } = operation;
    let answer: HttpAnswer;
    try {
      answer = this.parts.store.transact(operation.author, (transaction) => service.perform(operation, transaction));
    } catch (error) {
      answer = this.#refused(service, request, error);
    }
    this.#log(request, answer);
    return answer;
  }

  #part(service: Service, { atomic, requests }: BatchPart): BatchResult {
    if (!atomic) {
      const answers = requests.map(({ request }) => ({
        answer: this.#alone(service, this.#operation(service, request)),
      }));
      return { atomic, answers };
    }
    const done: { request: HttpRequest; answer: HttpAnswer; contentId?: string }[] = [];
    let current = requests[0]?.request;
    try {
      this.parts.store.transact(this.#author(), (transaction) => {
        for (const { request, contentId } of requests) {
          current = request;
          const operation = this.#operation(service, request);
          const answer = service.perform({ ...operation, path: referenced(operation, done) }, transaction);
          done.push({ request, answer, ...(contentId === undefined ? {} : { contentId }) });
        }
      });
    } catch (error) {
      if (current === undefined) throw error;
      // A change set fails as a whole and is answered once.
      const answer = this.#refused(service, current, error);
      this.#log(current, answer);
      return { atomic, answers: [{ answer }] };
    }
    for (const { request, answer } of done) this.#log(request, answer);
    return { atomic, answers: done };
  }

  #refused(service: Service, request: HttpRequest, error: unknown): HttpAnswer {
    if (error instanceof ODataError) return renderError(error, service.name, languageOf(request));
    throw error;
  }

  #log(request: HttpRequest, { status }: HttpAnswer): void {
    const method = methodOf(request);
    if (reading.has(method)) return;
    const { pathname } = request.url;
    this.parts.writes.push({ at: Date.now(), method, path: pathname, body: request.body.toString('utf8'), status });
  }
}

/** `$1/to_Item` means what the request with the content id 1 created. */
const referenced = (
  { path, serviceUrl }: Operation,
  done: readonly { readonly answer: HttpAnswer; readonly contentId?: string }[],
): string => {
  const [whole = '', id] = /^\$(\w+)(?=\/|$)/.exec(path) ?? [];
  const location = done.find(({ contentId }) => contentId !== undefined && contentId === id)?.answer.headers?.[
    'location'
  ];
  return typeof location === 'string' ? `${location.slice(serviceUrl.length + 1)}${path.slice(whole.length)}` : path;
};
