import type { Delivery, Start, SubscribeOptions } from '../contract';
import { untilAborted } from '../kit/abort';
import type { Authenticator, Session } from './auth';
import { TokenRefused } from './token-refused';

/** Opens the stream once; its end, too, is told by throwing. */
export type OpenStream<N> = (session: Session, start: Start) => AsyncGenerator<Delivery<N>, never, undefined>;

/**
 * Deliveries of a stream until the signal aborts, as Source.subscribe has it. A refused token is renewed and the stream
 * opened anew where it was, before the caller hears of it.
 */
export async function* resuming<N>(
  auth: Authenticator,
  options: SubscribeOptions,
  open: OpenStream<N>,
): AsyncGenerator<Delivery<N>, void, undefined> {
  try {
    yield* withRenewals(auth, options, open);
  } catch (error) {
    if (!options.signal.aborted) throw error;
  }
}

async function* withRenewals<N>(
  auth: Authenticator,
  { start: first, signal }: SubscribeOptions,
  open: OpenStream<N>,
): AsyncGenerator<Delivery<N>, never, undefined> {
  let start = first;
  let refused: string | undefined;
  for (;;) {
    const wanted = refused === undefined ? auth.session() : auth.sessionAfter(refused);
    const session = await untilAborted(wanted, signal);
    try {
      for await (const delivery of open(session, start)) {
        start = { from: 'position', position: delivery.position };
        refused = undefined;
        yield delivery;
      }
    } catch (error) {
      if (!(error instanceof TokenRefused)) throw error;
      if (refused !== undefined) throw error.twice();
      refused = session.accessToken;
    }
  }
}
