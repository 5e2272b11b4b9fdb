import rhea, { type Connection, type ConnectionOptions, type EventContext } from 'rhea';
import WebSocket from 'ws';
import { type ConnectorError, Permanent, Retryable } from '../contract';

/** How a client proves who it is when it connects: SASL PLAIN, or a token. */
export type AmqpLogin =
  | { readonly kind: 'plain'; readonly username: string; readonly password: string }
  /** On the upgrade of a WebSocket. */
  | { readonly kind: 'bearer'; readonly token: string }
  /** Not yet: tokens follow over the connection (`keepClaims`). */
  | { readonly kind: 'anonymous' };

/** An AMQP 1.0 broker. */
export interface AmqpBroker {
  /** `amqps://host[:port]` or `wss://host/path`; `amqp:` and `ws:` without TLS. */
  readonly url: string;
  /** For each connection, so that a token is a good one. Rejects with Permanent or Retryable. */
  readonly login: () => Promise<AmqpLogin>;
  /** What was logged in with was refused. True where another login may be taken. */
  readonly refused?: (login: AmqpLogin) => boolean;
}

/** A connection that is open. */
export interface OpenAmqp {
  readonly connection: Connection;
  /** Ends it: politely within half a second, or at once. */
  readonly close: () => Promise<void>;
}

const openMs = 30_000;
const closeMs = 500;
/** A peer that says nothing for twice as long is gone. */
const silenceMs = 60_000;

/** Opens a connection. Rejects with Permanent (refused, with the fix) or Retryable. */
export async function openAmqp(broker: AmqpBroker, signal: AbortSignal): Promise<OpenAmqp> {
  const login = await broker.login();
  try {
    return await open(broker.url, login, signal);
  } catch (error) {
    if (!(error instanceof Permanent) || broker.refused?.(login) !== true) throw error;
    // The token was good a moment ago: one more try with another.
    return open(broker.url, await broker.login(), signal);
  }
}

async function open(url: string, login: AmqpLogin, signal: AbortSignal): Promise<OpenAmqp> {
  const connection = rhea.create_container().create_connection(optionsOf(new URL(url), login));
  const opened = happened(connection, ['connection_open']);
  const opening = { connection, close: () => close(connection) };
  const late = AbortSignal.any([signal, AbortSignal.timeout(openMs)]);
  try {
    connection.connect();
    await raced(opened, late, `${hostOf(url)} did not answer within ${openMs / 1000} s`);
    return opening;
  } catch (error) {
    await opening.close();
    throw error;
  }
}

function optionsOf(url: URL, login: AmqpLogin): ConnectionOptions {
  const isWebSocket = /^wss?:$/.test(url.protocol);
  const isSecure = url.protocol === 'amqps:';
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const options = {
    host,
    hostname: host,
    port: Number(url.port === '' ? (isSecure ? 5671 : 5672) : url.port),
    ...(isSecure ? { transport: 'tls', servername: host } : {}),
    ...(isWebSocket ? { connection_details: webSocket(url.href, login) } : {}),
    ...saslOf(login, isWebSocket),
    // Reconnecting is the caller's.
    reconnect: false,
    idle_time_out: silenceMs,
  };
  return options as ConnectionOptions;
}

function webSocket(url: string, login: AmqpLogin): unknown {
  const headers = login.kind === 'bearer' ? { authorization: `Bearer ${login.token}` } : {};
  return rhea.websocket_connect(WebSocket)(url, ['amqp'], { headers, handshakeTimeout: openMs });
}

function saslOf(login: AmqpLogin, isWebSocket: boolean): Readonly<Record<string, string>> {
  if (login.kind === 'plain') return { username: login.username, password: login.password };
  if (isWebSocket || login.kind === 'anonymous') return { username: 'anonymous' };
  const why = 'a token is taken on the upgrade of a WebSocket only';
  throw new Permanent('SBX_AMQP_LOGIN', `${why}. Fix: give the wss: address, or a user with a password`);
}

/** Waits for one of the events of an endpoint; rejects with what ended the connection, or the endpoint, before it. */
export function happened(connection: Connection, events: readonly string[]): Promise<EventContext> {
  return new Promise((resolve, reject) => {
    for (const event of events) connection.once(event, resolve);
    onEnd(connection, reject);
  });
}

/** Rejects with what ends the connection, or a link on it. Nobody has to wait for it. */
export function ending(connection: Connection): Promise<never> {
  const ended = new Promise<never>((_, reject) => {
    onEnd(connection, reject);
  });
  ended.catch(() => undefined);
  return ended;
}

/** Tells why a connection, or a link on it, has ended: each of its ends, so perhaps several times. */
export function onEnd(connection: Connection, tell: (error: ConnectorError) => void): void {
  const host = hostOf(connection);
  // An error of the protocol comes bare, everything else with what it is about.
  const failed = (told: Partial<EventContext> | Error): void => {
    const { connection: of, receiver, sender, session, error = told } = told as Partial<EventContext>;
    tell(failureOf(receiver?.error ?? sender?.error ?? session?.error ?? of?.error ?? error, host));
  };
  const ends = ['connection', 'session', 'receiver', 'sender'].flatMap((name) => [`${name}_error`, `${name}_close`]);
  for (const event of [...ends, 'protocol_error', 'error', 'disconnected']) connection.on(event, failed);
}

/** Settles as the promise does; rejects with Retryable when the signal aborts before. */
export async function raced<T>(promise: Promise<T>, signal: AbortSignal, late: string): Promise<T> {
  const over = new Promise<never>((_, reject) => {
    const end = (): void => {
      reject(new Retryable('SBX_AMQP_UNREACHABLE', late));
    };
    if (signal.aborted) end();
    signal.addEventListener('abort', end, { once: true });
    const settled = (): void => {
      signal.removeEventListener('abort', end);
    };
    promise.then(settled, settled);
  });
  return Promise.race([promise, over]);
}

/** Conditions that asking again does not change. */
const refusals: Readonly<Record<string, { readonly code: string; readonly fix: string }>> = {
  'amqp:unauthorized-access': {
    code: 'SBX_AMQP_REFUSED',
    fix: 'check the credentials, and that they may receive (listen) from the queue',
  },
  'amqp:not-allowed': { code: 'SBX_AMQP_REFUSED', fix: 'check that the credentials may receive from the queue' },
  'amqp:not-found': { code: 'SBX_AMQP_QUEUE', fix: 'check the name of the queue, and that it is there' },
};

/** What AMQP, the socket or the upgrade of a WebSocket tells, classed. */
function failureOf(told: unknown, host: string): ConnectorError {
  const { condition = '', description, message } = (told ?? {}) as Readonly<Record<string, string | undefined>>;
  const upgrade = /Unexpected server response: (\d+)/.exec(message ?? '')?.[1];
  const refusal = refusals[upgrade === '401' || upgrade === '403' ? 'amqp:unauthorized-access' : condition];
  const why = [condition, description ?? message ?? 'the connection has ended'].filter((word) => word !== '').join(' ');
  if (refusal !== undefined) return new Permanent(refusal.code, `${host}: ${why}. Fix: ${refusal.fix}`);
  return new Retryable('SBX_AMQP_UNREACHABLE', `${host}: ${why}`);
}

function hostOf(of: string | Connection): string {
  return typeof of === 'string' ? new URL(of).host : String((of.options as { readonly host?: string }).host);
}

async function close(connection: Connection): Promise<void> {
  if (connection.is_open()) {
    const ended = happened(connection, ['connection_close']).catch(() => undefined);
    connection.close();
    await raced(ended, AbortSignal.timeout(closeMs), 'the broker did not say goodbye').catch(() => undefined);
  }
  // Not in rhea's types: without it a socket that is still connecting stays.
  (connection as unknown as { readonly socket?: { end(): void } }).socket?.end();
}
