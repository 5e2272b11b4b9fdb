import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { issueToken } from '../kit/entra/issuing';
import { closeServer, listenOnLoopback, readBody } from '../kit/loopback';
import { answerAdmin } from './admin-http';
import type { GraphAdmin } from './admin';
import type { Graph } from './graph';
import { publicKeys } from './notifications/validation-token';
import { badRequest, Refusal } from './refusal';
import type { Answer, Call } from './web/call';
import { answerApi } from './web/router';

/** Largest request body in bytes. */
const MAX_BODY_BYTES = 4 * 1_048_576;

/** What a server needs to answer token requests. */
export interface ApplicationSecrets {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** The HTTP side: Entra ID's token and key endpoints, the API and the admin endpoint. */
export class HttpServer {
  readonly #server: Server;

  constructor(
    private readonly graph: Graph,
    private readonly secrets: ApplicationSecrets,
    private readonly admin: GraphAdmin,
  ) {
    this.#server = createServer((request, response) => {
      void this.#answer(request, response);
    });
  }

  /** Starts to listen on a loopback port (0: any) and answers with the base URL. */
  listen(port: number): Promise<string> {
    return listenOnLoopback(this.#server, port);
  }

  /** Stops listening and cuts open connections. */
  stop(): Promise<void> {
    return closeServer(this.#server);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let answer: Answer | 'dropped';
    try {
      answer = await this.#route(request);
    } catch (error) {
      answer = refused(error);
    }
    if (answer === 'dropped') {
      request.socket.destroy();
      return;
    }
    const { status, body, headers } = answer;
    const text = body === undefined ? '' : JSON.stringify(body);
    const type = text === '' ? {} : { 'content-type': 'application/json; odata.metadata=minimal; charset=utf-8' };
    response.writeHead(status, { ...type, 'request-id': randomUUID(), ...headers }).end(text);
  }

  async #route(request: IncomingMessage): Promise<Answer | 'dropped'> {
    const { method = 'GET', headers } = request;
    const url = new URL(request.url ?? '/', this.graph.baseUrl);
    const [root = '', ...rest] = url.pathname.split('/').slice(1).map(decodeURIComponent);
    const bytes = await readBody(request, MAX_BODY_BYTES);
    if (bytes === undefined) throw new Refusal(413, 'RequestEntityTooLarge', 'The request is too large.');
    const text = bytes.toString('utf8');
    if (root === 'simulator') {
      return answerAdmin(this.admin, { method, segments: rest, body: parsed(text) });
    }
    const path = rest.join('/');
    if (root === 'v1.0') return this.#api({ method, path, query: url.searchParams, headers, body: parsed(text) });
    return this.#entra(root, `${method} ${path}`, text, headers.authorization ?? '');
  }

  #entra(directory: string, what: string, text: string, authorization: string): Answer {
    const { tokens, directoryId, baseUrl } = this.graph;
    if (what === 'POST oauth2/v2.0/token') {
      const context = { tokens, directoryId, ...this.secrets, audiences: [baseUrl] };
      return issueToken(context, directory, new URLSearchParams(text), authorization);
    }
    if (what === 'GET discovery/v2.0/keys' && directory === directoryId) return { status: 200, body: publicKeys() };
    throw new Refusal(404, 'ResourceNotFound', `There is no '${directory}'.`);
  }

  async #api(call: Omit<Call, 'clientId'>): Promise<Answer | 'dropped'> {
    const { faults, tokens, baseUrl } = this.graph;
    const [, token = ''] = /^Bearer (.+)$/.exec(String(call.headers.authorization ?? '')) ?? [];
    const grant = tokens.find(token, baseUrl);
    if (grant === undefined) {
      throw new Refusal(401, 'InvalidAuthenticationToken', 'Access token has expired or is not valid.');
    }
    const isWrite = call.method !== 'GET' && !call.path.startsWith('subscriptions');
    if (isWrite) this.#refuseIfBusy();
    const answer = await answerApi(this.graph, { ...call, clientId: grant.clientId });
    return isWrite && faults.take('dropResponse') !== undefined ? 'dropped' : answer;
  }

  #refuseIfBusy(): void {
    const { faults } = this.graph;
    const busy = faults.take('throttle');
    if (busy !== undefined) throw tooMany(429, 'TooManyRequests', busy.retryAfter ?? 1);
    const away = faults.take('serverUnavailable');
    if (away !== undefined) throw tooMany(503, 'serviceNotAvailable', away.retryAfter);
  }
}

function tooMany(status: number, code: string, retryAfter: number | undefined): Refusal {
  const headers: Readonly<Record<string, string>> =
    retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
  return new Refusal(status, code, 'Please retry after the given time.', headers);
}

function refused(error: unknown): Answer {
  if (error instanceof Refusal) return { status: error.status, body: error.body, headers: error.headers };
  // A defect of the simulator: say so where the test sees it, not as a service's error it could mistake.
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { status: 500, body: { error: { code: 'SIMULATOR_DEFECT', message } } };
}

function parsed(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw badRequest(`Unable to read JSON request payload: ${String(error)}`);
  }
}
