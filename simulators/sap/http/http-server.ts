import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { closeServer, listenOnLoopback, readBody } from '../../kit/loopback';
import type { HttpRequest, Outcome } from './message';

/** Largest request body, in bytes. */
const MAX_BODY_BYTES = 32 * 1_048_576;

/** One host of the landscape on a loopback port. */
export class HttpServer {
  readonly server: Server;
  #url = '';

  constructor(private readonly answer: (request: HttpRequest) => Outcome | Promise<Outcome>) {
    this.server = createServer((request, response) => {
      this.#serve(request, response).catch(() => request.socket.destroy());
    });
    this.server.keepAliveTimeout = 30_000;
  }

  /** Starts to listen on a loopback port (0: any); answers with `http://127.0.0.1:port`. @throws where it is taken */
  async listen(port: number): Promise<string> {
    this.#url = await listenOnLoopback(this.server, port);
    return this.#url;
  }

  /** Stops listening and cuts open connections. */
  async stop(): Promise<void> {
    if (this.server.listening) await closeServer(this.server);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request, MAX_BODY_BYTES);
    const outcome = body === undefined ? { status: 413 } : await this.#outcome(request, body);
    if (outcome === 'dropped') {
      request.socket.destroy();
      return;
    }
    const { status, headers = {}, body: text = '' } = outcome;
    response.writeHead(status, {
      ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value as string | string[]])),
      'content-length': Buffer.byteLength(text),
    });
    response.end(request.method === 'HEAD' ? undefined : text);
  }

  async #outcome({ method = 'GET', url = '/', headers }: IncomingMessage, body: Buffer): Promise<Outcome> {
    try {
      return await this.answer({ method, url: new URL(url, this.#url), headers, body });
    } catch (error) {
      // A defect of the simulator: say so where the test sees it, not as an SAP error it could mistake.
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      return { status: 500, headers: { 'content-type': 'text/plain' }, body: `SIMULATOR_DEFECT ${text}` };
    }
  }
}
