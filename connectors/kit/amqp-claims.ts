import { randomUUID } from 'node:crypto';
import type { Connection, EventContext, Receiver, Sender } from 'rhea';
import { type ConnectorError, Permanent, Retryable } from '../contract';
import { raced } from './amqp-connection';
import { textOf } from './json';

/** A token that says what the client may do at an address. */
export interface Claim {
  /** What the broker knows the kind of token by. */
  readonly type: 'servicebus.windows.net:sastoken' | 'jwt';
  readonly token: string;
  /** Epoch ms at which another one is to be put in its place: well before it ends. */
  readonly renewAt: number;
}

/** Where tokens come from. */
export interface Claims {
  /** What they are for, as the broker calls it: `sb://acme.servicebus.windows.net/dataverse`. */
  readonly audience: string;
  /** A token other than the one that was refused, if any. Rejects with Permanent or Retryable. */
  readonly claim: (refused?: string) => Promise<Claim>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** The node that takes tokens. */
const node = '$cbs';
const answerMs = 30_000;
/** Where a renewal gives a token that is to be renewed already, e.g. because the login host is away. */
const soonestMs = 1_000;

/**
 * Claims-based security over AMQP 1.0: puts a token to the broker's `$cbs` node, and another one in good time for as long as the
 * connection is open. Rejects with Permanent (refused) or Retryable; `failed` is told once when a renewal fails.
 * @returns ends the renewals
 */
export async function keepClaims(
  connection: Connection,
  claims: Claims,
  failed: (error: ConnectorError) => void,
  signal: AbortSignal,
): Promise<() => void> {
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;
  const renewLater = ({ renewAt }: Claim): void => {
    const renew = (): void => {
      put(connection, claims, AbortSignal.timeout(answerMs)).then(
        (claim) => {
          if (!isOver) renewLater(claim);
        },
        (error: unknown) => {
          if (!isOver) failed(error as ConnectorError);
        },
      );
    };
    timer = setTimeout(renew, Math.max(soonestMs, renewAt - claims.now()));
  };
  renewLater(await put(connection, claims, signal));
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
}

/** A refused token is replaced once: it may have been good a moment ago. */
async function put(connection: Connection, claims: Claims, signal: AbortSignal): Promise<Claim> {
  const claim = await claims.claim();
  try {
    await putToken(connection, claims.audience, claim, signal);
    return claim;
  } catch (error) {
    if (!(error instanceof Permanent)) throw error;
    const another = await claims.claim(claim.token);
    if (another.token === claim.token) throw error;
    await putToken(connection, claims.audience, another, signal);
    return another;
  }
}

/** Over links of its own: brokers cut the ones on which nothing happens. Rejects with Permanent or Retryable. */
async function putToken(
  connection: Connection,
  audience: string,
  { type, token }: Claim,
  signal: AbortSignal,
): Promise<void> {
  const replyTo = `signalbox-${randomUUID()}`;
  const sender = connection.open_sender({ target: { address: node } });
  const receiver = connection.open_receiver({ source: { address: node }, target: { address: replyTo } });
  const timely = AbortSignal.any([signal, AbortSignal.timeout(answerMs)]);
  try {
    await raced(Promise.all([opened(sender), opened(receiver)]), timely, `${node} was not attached`);
    const answered = new Promise<EventContext>((resolve) => receiver.once('message', resolve));
    const properties = { operation: 'put-token', type, name: audience };
    sender.send({ message_id: randomUUID(), reply_to: replyTo, application_properties: properties, body: token });
    const { message } = await raced(answered, timely, `${node} did not answer`);
    throwIfRefused(message?.application_properties ?? {}, audience);
  } finally {
    sender.close();
    receiver.close();
  }
}

/** The end of one of these links is told here, not to those who hear the connection. */
function opened(link: Sender | Receiver): Promise<unknown> {
  const kind = link.is_sender() ? 'sender' : 'receiver';
  return new Promise((resolve, reject) => {
    link.once(link.is_sender() ? 'sendable' : 'receiver_open', resolve);
    for (const end of [`${kind}_error`, `${kind}_close`]) {
      link.on(end, () => {
        const why = `the broker has no ${node}: it takes no tokens`;
        reject(new Permanent('SBX_AMQP_LOGIN', `${why}. Fix: leave tokens out, and log in with the key`));
      });
    }
  });
}

function throwIfRefused(told: Readonly<Record<string, unknown>>, audience: string): void {
  const status = Number(told['status-code']);
  if (status >= 200 && status < 300) return;
  const description = textOf(told['status-description']) ?? 'no reason given';
  const what = `${node} answered ${status} for ${audience}: ${description}`;
  if (status === 404)
    throw new Permanent('SBX_AMQP_QUEUE', `${what}. Fix: check the name of the queue, and that it is there`);
  if (status === 401 || status === 403)
    throw new Permanent(
      'SBX_AMQP_REFUSED',
      `${what}. Fix: check the credentials, and that they may receive (listen) from the queue`,
    );
  throw new Retryable('SBX_AMQP_UNREACHABLE', what);
}
