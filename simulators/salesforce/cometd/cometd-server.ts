import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type BayeuxMessage, NodeAdapter } from 'faye';
import type { EventBus } from '../bus/event-bus';
import type { TopicLog } from '../bus/event-log';
import { Clients } from './clients';
import { writeLongs } from './streaming-message';

/** What the Streaming API needs from the rest of the simulator. */
export interface CometdContext {
  readonly bus: EventBus;
  /** Whether an access token is good now. */
  readonly isTokenValid: (token: string) => boolean;
  /** One strike of a fault, if armed. */
  readonly strike: (fault: 'unknownClient' | 'handshakeDenied' | 'corruptReplayId' | 'dropStream') => boolean;
  /** Ms that a poll without events lasts (the service: 110,000). */
  readonly pollMs: number;
  /** Ms after an answer within which a client must connect again (the service: 40,000). */
  readonly sessionMs: number;
}

interface Refused {
  readonly error: string;
  readonly reconnect: 'handshake' | 'none';
}

const unauthenticated: Refused = { error: '401::Authentication invalid', reconnect: 'none' };
const unknownClient: Refused = { error: '403::Unknown client', reconnect: 'handshake' };
const handshakeDenied: Refused = { error: '403::Handshake denied', reconnect: 'none' };
const refusals = [unauthenticated, unknownClient, handshakeDenied];

const cookieName = 'BAYEUX_BROWSER';

const cookieOf = ({ headers }: IncomingMessage): string | undefined =>
  new RegExp(`${cookieName}=([^;]+)`).exec(headers.cookie ?? '')?.[1];

/** faye writes numbers as JSON.stringify does, which cannot write 64 bits. */
const exactly = (response: ServerResponse): ServerResponse => {
  const writeHead = response.writeHead.bind(response);
  const end = response.end.bind(response);
  return Object.assign(response, {
    writeHead: (status: number, headers: Readonly<Record<string, string>>) =>
      writeHead(status, Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'Content-Length'))),
    end: (body = '') => end(writeLongs(body)),
  });
};

/** The Streaming API: CometD over long polling at `/cometd/<version>`, on a `faye` server. */
export class CometdServer {
  readonly #adapter: NodeAdapter;
  readonly #polls = new Set<ServerResponse>();
  #clients!: Clients;
  #isWaiting = false;

  constructor(private readonly context: CometdContext) {
    this.#adapter = new NodeAdapter({
      mount: '/cometd',
      timeout: context.pollMs / 1000,
      engine: { type: { create: (server) => (this.#clients = new Clients(server, context)) } },
      extensions: [{ incoming: this.#incoming, outgoing: this.#outgoing }],
    });
  }

  /** Delivers new events, once per turn of the event loop however many were stored in it. */
  notify(): void {
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    setImmediate(() => {
      this.#isWaiting = false;
      this.#clients.notify();
    });
  }

  /** Answers a request below `/cometd/`. */
  handle(request: IncomingMessage, response: ServerResponse): void {
    if (request.method !== 'POST') {
      // Also every attempt at a WebSocket.
      response.writeHead(405).end();
      return;
    }
    if (this.context.strike('dropStream')) {
      request.socket.destroy();
      return;
    }
    this.#polls.add(response);
    response.on('close', () => this.#polls.delete(response));
    if (cookieOf(request) === undefined) {
      response.setHeader('set-cookie', `${cookieName}=${randomBytes(12).toString('hex')};Path=/;HttpOnly`);
    }
    this.#adapter.handle(request, exactly(response));
  }

  /** How many requests are open now. */
  get open(): number {
    return this.#polls.size;
  }

  /** Cuts open polls without an answer. */
  drop(): void {
    for (const poll of this.#polls) poll.destroy();
  }

  /** Forgets every client: each is unknown at its next request. */
  forget(): void {
    this.#clients.disconnect();
  }

  stop(): void {
    this.#adapter.close();
  }

  readonly #incoming = (message: BayeuxMessage, request: IncomingMessage, next: (m: BayeuxMessage) => void): void => {
    const error = this.#faultOf(message, request);
    if (error === undefined && message.channel === '/meta/subscribe') this.#place(message);
    next(error === undefined ? message : { ...message, error });
  };

  readonly #outgoing = (message: BayeuxMessage, _request: IncomingMessage, next: (m: BayeuxMessage) => void): void => {
    // faye's own word for a client that it does not know.
    const error = /^401:.*:Unknown client$/.test(message.error ?? '') ? unknownClient.error : message.error;
    const refused = refusals.find((one) => one.error === error);
    if (error === undefined)
      next(message.channel === '/meta/handshake' ? { ...message, ext: { replay: true } } : message);
    else if (refused === undefined) next({ ...message, error });
    else next({ ...message, error, advice: { interval: 0, reconnect: refused.reconnect } });
  };

  #faultOf({ channel, clientId }: BayeuxMessage, request: IncomingMessage): string | undefined {
    const { authorization = '' } = request.headers;
    if (!authorization.startsWith('OAuth ')) return handshakeDenied.error;
    if (!this.context.isTokenValid(authorization.slice('OAuth '.length))) return unauthenticated.error;
    if (channel === '/meta/handshake')
      return this.context.strike('handshakeDenied') ? handshakeDenied.error : undefined;
    if (cookieOf(request) === undefined) return unknownClient.error;
    if (channel === '/meta/connect' && this.context.strike('unknownClient')) {
      this.#clients.destroyClient(clientId ?? '');
      return unknownClient.error;
    }
    return undefined;
  }

  /** Where the subscription begins, by the replay extension; a refusal goes into the message. */
  #place(message: BayeuxMessage): void {
    for (const channel of [message.subscription ?? []].flat()) {
      const topic = this.context.bus.log.topic(channel);
      const map = message.ext?.['replay'] as Readonly<Record<string, unknown>> | undefined;
      const position = topic === undefined ? undefined : this.#positionOf(topic, map);
      if (topic === undefined)
        message.error = `404::The channel '${channel}' you requested to subscribe does not exist`;
      else if (typeof position === 'string') message.error = position;
      else this.#clients.startAt(message.clientId ?? '', channel, position ?? topic.tip);
    }
  }

  #positionOf(topic: TopicLog, map: Readonly<Record<string, unknown>> | undefined): number | string {
    if (map === undefined) return topic.tip;
    const replayId = map[topic.name];
    if (typeof replayId !== 'number') {
      return `400::The replayId for channel {${topic.name}} wasn't found using the provided replay ID map`;
    }
    if (replayId === -1) return topic.tip;
    if (replayId === -2) return topic.oldest;
    const bytes = Buffer.alloc(8);
    if (Number.isSafeInteger(replayId) && replayId >= 0) bytes.writeBigUInt64BE(BigInt(replayId));
    const found = this.context.strike('corruptReplayId') ? undefined : this.context.bus.log.resolve(bytes);
    if (found?.kind === 'after') return topic.after(found.sequence);
    return `400::The replayId {${replayId}} you provided was invalid.  Please provide a valid ID, -2 to replay all events, or -1 to replay only new events.`;
  }
}
