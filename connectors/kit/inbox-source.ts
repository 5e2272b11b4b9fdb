import {
  Permanent,
  PositionExpired,
  type Delivery,
  type Inbox,
  type Position,
  type Source,
  type Start,
} from '../contract';

/** What a payload of the inbox is: an event, or bytes with the reason why they are none. */
export type Decoded<N> =
  { readonly native: N } | { readonly bytes: Uint8Array; readonly code: string; readonly message: string };

const version = 1;

/**
 * Fills the inbox of a stream from where nobody calls (a folder). Ends when the signal aborts, without an error; what it throws
 * ends the subscription.
 */
export type Feed = (signal: AbortSignal) => Promise<void>;

/**
 * The source of a connection that is pushed to: reads what its receiver kept, at positions that are the inbox's numbers.
 * @param feedOf what fills the stream's inbox as long as somebody is subscribed: so only one process does
 */
export function inboxSource<N>(
  inbox: Inbox,
  decode: (payload: Uint8Array) => Decoded<N>,
  feedOf: (stream: string) => Feed | undefined = () => undefined,
): Source<N> {
  return {
    subscribe: async function* (stream, { start, signal }) {
      // Ends by itself when aborted, also before it began.
      if (signal.aborted) return;
      const after = await inboxNumberOf(inbox, stream, start);
      // Only now: what it brings must not lie before the start.
      const feeding = feed(feedOf(stream), signal);
      try {
        for await (const { number, payload } of inbox.read(stream, after, feeding.signal)) {
          if (isOver(feeding.signal)) break;
          yield delivery(decode(payload), inboxPosition(number));
        }
      } finally {
        await feeding.stop();
      }
      feeding.throwIfFailed();
    },
    ack: (stream, position) => inbox.release(stream, inboxNumberAt(position)),
  };
}

/** A feed under way: its failure aborts the signal, which is otherwise the subscription's. */
function feed(run: Feed | undefined, subscription: AbortSignal) {
  const failed = new AbortController();
  const stopped = new AbortController();
  const ended = run?.(AbortSignal.any([subscription, stopped.signal])).catch((error: unknown) => {
    failed.abort(error);
  });
  return {
    signal: run === undefined ? subscription : AbortSignal.any([subscription, failed.signal]),
    stop: async () => {
      stopped.abort();
      await ended;
    },
    throwIfFailed: () => {
      if (!subscription.aborted) failed.signal.throwIfAborted();
    },
  };
}

/** A call, because it changes across every await and yield. */
function isOver({ aborted }: AbortSignal): boolean {
  return aborted;
}

/** The position behind an entry. */
export function inboxPosition(number: number): Position {
  return { v: version, number };
}

function delivery<N>(decoded: Decoded<N>, position: Position): Delivery<N> {
  return 'native' in decoded
    ? { kind: 'event', native: decoded.native, position }
    : { kind: 'undecodable', ...decoded, position };
}

/** The number after which a subscription reads. Rejects with PositionExpired, or Permanent for what is no position of an inbox. */
export async function inboxNumberOf(inbox: Inbox, stream: string, start: Start): Promise<number> {
  if (start.from === 'latest') return inbox.newest(stream);
  const released = await inbox.released(stream);
  if (start.from !== 'position') return released;
  const number = inboxNumberAt(start.position);
  if (number < released) throw expired(`what came after number ${number} of ${stream} was released up to ${released}`);
  // Numbers that are yet to come were given out by another ledger: entries would be skipped up to them.
  const newest = await inbox.newest(stream);
  if (number > newest) throw expired(`number ${number} of ${stream} was never given out, the newest is ${newest}`);
  return number;
}

function expired(message: string): PositionExpired {
  return new PositionExpired('SBX_POSITION_EXPIRED', message);
}

/** The number that a position of an inbox stands for. */
export function inboxNumberAt({ v, number }: Position): number {
  if (v === version && typeof number === 'number') return number;
  throw new Permanent('SBX_POSITION_UNKNOWN', `not a position of an inbox: version ${v}`);
}
