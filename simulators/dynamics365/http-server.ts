import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { closeServer, listenOnLoopback, readBody } from '../kit/loopback';
import { answerAdmin } from './admin-http';
import type { Dynamics365Admin } from './api';
import { answerData, type RawAnswer, type ReceivedRequest } from './data-endpoint';
import { busAudience, type Dynamics365 } from './dynamics';
import { issueToken } from '../kit/entra/issuing';
import { invalidArgument, Refusal } from './org/refusal';
import type { Answer } from './web/call';

/** Largest request body in bytes. */
const MAX_BODY_BYTES = 50 * 1_048_576;

const readText = async (request: IncomingMessage): Promise<string> => {
  const body = await readBody(request, MAX_BODY_BYTES);
  if (body === undefined) throw new Refusal(413, '', 'The request is too large.');
  return body.toString('utf8');
};

const refused = (error: unknown): Answer => {
  if (error instanceof Refusal) return { status: error.status, body: error.body, headers: error.headers };
  // A defect of the simulator: say so where the test sees it, not as a service's error it could mistake.
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { status: 500, body: { error: { code: 'SIMULATOR_DEFECT', message } } };
};

const asRaw = (answer: Answer | RawAnswer): RawAnswer => {
  if ('text' in answer) return answer;
  const { status, body, headers = {} } = answer;
  const text = body === undefined ? '' : JSON.stringify(body);
  const contentType = 'application/json; odata.metadata=minimal';
  return { status, contentType: headers['content-type'] ?? contentType, text, headers };
};

const parseJson = (text: string): unknown => {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalidArgument(String(error));
  }
};

/** What a server needs to answer token requests. */
export interface ApplicationSecrets {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** The HTTP side: Entra ID's token endpoint, the Web API and the admin endpoint. */
export class HttpServer {
  readonly #server: Server;

  constructor(
    private readonly dynamics: Dynamics365,
    private readonly secrets: ApplicationSecrets,
    private readonly admin: Dynamics365Admin,
  ) {
    this.#server = createServer((request, response) => {
      void this.#answer(request, response);
    });
    this.#server.keepAliveTimeout = 30_000;
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
    let answer: Answer | RawAnswer | 'dropped';
    try {
      answer = await this.#route({
        method: request.method ?? 'GET',
        url: new URL(request.url ?? '/', this.dynamics.baseUrl),
        headers: request.headers,
        body: await readText(request),
      });
    } catch (error) {
      answer = refused(error);
    }
    if (answer === 'dropped') {
      request.socket.destroy();
      return;
    }
    const { status, contentType, text, headers } = asRaw(answer);
    const id = randomUUID();
    response.writeHead(status, {
      ...(text === '' ? {} : { 'content-type': contentType, 'content-length': Buffer.byteLength(text) }),
      'odata-version': '4.0',
      'x-ms-service-request-id': id,
      req_id: id,
      ...headers,
    });
    response.end(text);
  }

  async #route(received: ReceivedRequest): Promise<Answer | RawAnswer | 'dropped'> {
    const { url, method, body, headers } = received;
    const segments = url.pathname.split('/').slice(1).map(decodeURIComponent);
    const [root = '', ...rest] = segments;
    if (root === 'simulator') {
      return answerAdmin(this.admin, { method, segments: rest, query: url.searchParams, body: parseJson(body) });
    }
    if (rest.join('/') === 'oauth2/v2.0/token' && method === 'POST') {
      const { tokens, directoryId, baseUrl } = this.dynamics;
      const context = { tokens, directoryId, ...this.secrets, audiences: [baseUrl, busAudience] };
      return issueToken(context, root, new URLSearchParams(body), headers.authorization ?? '');
    }
    return answerData(this.dynamics, received);
  }
}
