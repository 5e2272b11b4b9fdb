import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { closeServer, listenOnLoopback, readBody } from '../kit/loopback';
import { answerAdmin } from './admin-http';
import type { Admin } from './admin';
import { answerData, sessionOf, type ReceivedRequest } from './data-endpoint';
import { notFound, Refusal } from './org/refusal';
import type { Answer } from './rest/call';
import { identity, issueToken, type OAuthContext } from './rest/oauth';
import type { Salesforce } from './salesforce';

/** Largest request body: what the REST API takes for collections, in bytes. */
const MAX_BODY_BYTES = 50 * 1_048_576;

const readText = async (request: IncomingMessage): Promise<string> => {
  const body = await readBody(request, MAX_BODY_BYTES);
  if (body === undefined) throw new Refusal(413, 'REQUEST_ENTITY_TOO_LARGE', 'Request entity is too large');
  return body.toString('utf8');
};

const parseJson = (text: string): unknown => {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Refusal(400, 'JSON_PARSER_ERROR', String(error));
  }
};

const decodeSegments = (path: string): readonly string[] => {
  try {
    return path
      .split('/')
      .filter((part) => part !== '')
      .map(decodeURIComponent);
  } catch {
    throw notFound();
  }
};

const refused = (error: unknown): Answer => {
  if (error instanceof Refusal) return { status: error.status, body: error.entries, headers: error.headers };
  // A defect of the simulator: say so where the test sees it, not as a Salesforce error it could mistake.
  const message = error instanceof Error ? error.stack : String(error);
  return { status: 500, body: [{ errorCode: 'SIMULATOR_DEFECT', message }] };
};

/** The HTTP side: OAuth, the REST data resources, the Streaming API and the admin endpoint. */
export class HttpServer {
  readonly #server: Server;
  #baseUrl = '';

  constructor(
    private readonly salesforce: Salesforce,
    private readonly oauth: () => OAuthContext,
    private readonly admin: Admin,
  ) {
    this.#server = createServer((request, response) => {
      if (request.url?.startsWith('/cometd/') === true) this.salesforce.cometd.handle(request, response);
      else void this.#answer(request, response);
    });
    this.#server.keepAliveTimeout = 30_000;
  }

  /** Starts to listen on a loopback port (0: any) and answers with the base URL. */
  async listen(port: number): Promise<string> {
    this.#baseUrl = await listenOnLoopback(this.#server, port);
    return this.#baseUrl;
  }

  /** Stops listening and cuts open connections. */
  stop(): Promise<void> {
    return closeServer(this.#server);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let answer: Answer | 'dropped';
    try {
      answer = await this.#route({
        method: request.method ?? 'GET',
        url: new URL(request.url ?? '/', this.#baseUrl),
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
    const { status, body, headers = {} } = answer;
    const text = answer.text ?? (body === undefined ? '' : JSON.stringify(body));
    response.writeHead(status, {
      ...(text === '' ? {} : { 'content-type': 'application/json;charset=UTF-8' }),
      'content-length': Buffer.byteLength(text),
      ...headers,
    });
    response.end(text);
  }

  #route(received: ReceivedRequest & { readonly body: string }): Answer | Promise<Answer | 'dropped'> {
    const { url, method, body } = received;
    const [root = '', area = ''] = url.pathname.split('/').slice(1);
    if (root === 'simulator') {
      return answerAdmin(this.admin, {
        method,
        segments: decodeSegments(url.pathname).slice(1),
        query: url.searchParams,
        body: parseJson(body),
      });
    }
    if (root === 'id' || (root === 'services' && area === 'oauth2')) return this.#oauth(received, body);
    return answerData(this.salesforce, this.#baseUrl, {
      ...received,
      segments: decodeSegments(url.pathname),
      body: parseJson(body),
    });
  }

  #oauth({ url, headers }: ReceivedRequest, body: string): Answer {
    const form = body === '' ? url.searchParams : new URLSearchParams(body);
    switch (url.pathname) {
      case '/services/oauth2/token':
        return {
          ...issueToken(this.oauth(), form, headers.authorization ?? ''),
          headers: { 'cache-control': 'no-cache, no-store' },
        };
      case '/services/oauth2/revoke':
        this.salesforce.sessions.revoke(form.get('token') ?? '');
        return { status: 200 };
      default:
        return { status: 200, body: identity(this.oauth(), sessionOf(this.salesforce, headers)) };
    }
  }
}
