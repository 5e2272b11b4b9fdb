import type { Connection, EventContext, Receiver } from 'rhea';
import { Retryable, type ConnectorError, type Finding } from '../contract';
import { keepClaims, type Claims } from './amqp-claims';
import { ending, happened, onEnd, openAmqp, raced, type AmqpBroker } from './amqp-connection';
import { messageOf, type AmqpMessage } from './amqp-message';

/** A queue to take from. */
export interface AmqpQueue {
  readonly broker: AmqpBroker;
  /** The queue's address on its broker. */
  readonly address: string;
  /** Only where the broker wants tokens over the connection. */
  readonly claims?: Claims;
}

/** A message that the queue has handed out, and keeps for as long as nobody says what became of it. */
export interface HandedOut {
  readonly message: AmqpMessage;
  /** It is safe: the queue may forget it. */
  readonly accept: () => void;
  /** It is not: the queue hands it out again. */
  readonly release: () => void;
}

export interface LinkListener {
  readonly message: (handedOut: HandedOut) => void;
  /** Once, unless the link was closed by the caller. */
  readonly ended: (error: ConnectorError) => void;
}

/** A way from a queue to here. Nothing comes without credit. */
export interface AmqpLink {
  /** So many more messages may be handed out. */
  credit(count: number): void;
  /** What is not accepted by then comes again, to whoever asks. */
  close(): Promise<void>;
}

const attachMs = 30_000;

/** Opens a link with no credit. Rejects with Permanent (no such queue, no permission) or Retryable. */
export async function openLink(queue: AmqpQueue, listener: LinkListener, signal: AbortSignal): Promise<AmqpLink> {
  const opened = await openAmqp(queue.broker, signal);
  const { connection } = opened;
  let isOver = false;
  const ended = ({ code, message }: ConnectorError): void => {
    // What was let in a moment ago may be again, with a new token: opening anew tells whether it is.
    if (!isOver) listener.ended(new Retryable(code, message));
    isOver = true;
  };
  let stopClaims = (): void => undefined;
  const close = async (): Promise<void> => {
    isOver = true;
    stopClaims();
    await opened.close();
  };
  try {
    const { claims } = queue;
    if (claims !== undefined) {
      const keeping = keepClaims(connection, claims, ended, signal);
      stopClaims = await Promise.race([keeping, ending(connection)]);
    }
    const receiver = await attach(connection, queue.address, signal);
    onEnd(connection, ended);
    handOut(receiver, listener, () => isOver);
    return {
      credit: (count) => {
        if (!isOver) receiver.add_credit(count);
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function attach(connection: Connection, address: string, signal: AbortSignal): Promise<Receiver> {
  const ended = ending(connection);
  const attached = happened(connection, ['receiver_open']);
  const receiver = connection.open_receiver({
    source: { address },
    credit_window: 0,
    autoaccept: false,
    autosettle: false,
  });
  const late = AbortSignal.any([signal, AbortSignal.timeout(attachMs)]);
  await raced(attached, late, `the queue ${address} was not attached within ${attachMs / 1000} s`);
  // A refused link is opened without a source first, and closed with the reason then.
  if (isRefused(receiver)) await raced(ended, late, `no queue at ${address}`);
  return receiver;
}

function handOut(receiver: Receiver, listener: LinkListener, isOver: () => boolean): void {
  receiver.on('message', ({ message, delivery }: EventContext) => {
    if (message === undefined || delivery === undefined) return;
    const settle = (how: () => void) => (): void => {
      // A link that has ended has nothing to settle: the queue has taken it all back.
      if (!isOver() && !delivery.remote_settled) how();
    };
    listener.message({
      message: messageOf(message),
      accept: settle(() => {
        delivery.accept();
      }),
      release: settle(() => {
        delivery.release();
      }),
    });
  });
}

function isRefused({ source }: Receiver): boolean {
  return (source as { readonly address?: unknown } | undefined)?.address == null;
}

/** Proves that the queue is there and may be received from, without taking anything. */
export async function checkQueue(queue: AmqpQueue, signal: AbortSignal): Promise<Finding> {
  const what = `queue ${queue.address} of ${new URL(queue.broker.url).host}`;
  try {
    const link = await openLink(queue, { message: () => undefined, ended: () => undefined }, signal);
    await link.close();
    return { level: 'ok', what };
  } catch (error) {
    const [why = '', fix = 'check the address, the network and that port 443 (WebSocket) or 5671 (AMQPS) is open'] = (
      error as Error
    ).message.split('. Fix: ');
    return { level: 'error', what, why, fix };
  }
}
