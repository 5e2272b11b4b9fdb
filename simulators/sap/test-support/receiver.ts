import { HttpServer } from '../http/http-server';
import { headerOf, type HttpAnswer, type HttpRequest } from '../http/message';

/** Polls a condition until it holds. */
export const until = async (condition: () => boolean, what: string, deadlineMs = 10_000): Promise<void> => {
  const end = Date.now() + deadlineMs;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`not within ${deadlineMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};

/** A push as it came. */
export interface Push {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly text: string;
}

/** A webhook on loopback: agrees to the handshake and takes what is pushed, unless it is told otherwise. */
export class WebhookReceiver {
  readonly handshakes: HttpRequest[] = [];
  readonly pushes: Push[] = [];
  /** Answers to pushes, first to last; then 200. */
  readonly script: HttpAnswer[] = [];
  /** What `WebHook-Allowed-Origin` says: the origin that asked, where undefined. */
  allowedOrigin: string | undefined;
  url = '';
  readonly #server = new HttpServer((request) => this.#answer(request));

  /** Starts to listen. */
  async start(): Promise<this> {
    this.url = `${await this.#server.listen(0)}/inbound/sap`;
    return this;
  }

  /** Stops. */
  stop(): Promise<void> {
    return this.#server.stop();
  }

  /** The pushes when there are this many. */
  async received(count: number): Promise<readonly Push[]> {
    await until(() => this.pushes.length >= count, `${count} pushes, of which ${this.pushes.length} came`);
    return this.pushes;
  }

  /** The pushed events when there are this many. */
  async events(count: number): Promise<readonly Record<string, unknown>[]> {
    return (await this.received(count)).map(({ text }) => JSON.parse(text) as Record<string, unknown>);
  }

  #answer(request: HttpRequest): HttpAnswer {
    if (request.method === 'OPTIONS') {
      this.handshakes.push(request);
      const origin = headerOf(request.headers, 'webhook-request-origin') ?? '';
      return { status: 200, headers: { 'webhook-allowed-origin': this.allowedOrigin ?? origin } };
    }
    const headers = Object.keys(request.headers).map((name) => [name, headerOf(request.headers, name)] as const);
    this.pushes.push({ headers: Object.fromEntries(headers), text: request.body.toString('utf8') });
    return this.script.shift() ?? { status: 200 };
  }
}
