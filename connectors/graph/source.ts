import type { Inbox, Source } from '../contract';
import { inboxSource } from '../kit/inbox-source';
import type { Certificate } from './config';
import { unpacked } from './inbox-payload';
import type { SubscriptionKeeper } from './keeper';
import type { GraphNative } from './native';
import { planIn } from './paths';

/**
 * Reads what the receiver kept, and keeps the stream's subscription alive as long as somebody listens: a stream is heard by one
 * process at a time, so its subscription is looked after by one.
 */
export function graphSource(
  inbox: Inbox,
  certificates: readonly Certificate[],
  keeper: SubscriptionKeeper | undefined,
): Source<GraphNative> {
  const heard = inboxSource(inbox, (payload) => unpacked(payload, certificates));
  return {
    subscribe: async function* (stream, options) {
      if (options.signal.aborted) return;
      const ended = new AbortController();
      const kept = planIn(stream) === undefined ? keeper : undefined;
      const keeping = kept?.keep(stream, AbortSignal.any([options.signal, ended.signal]));
      try {
        yield* heard.subscribe(stream, options);
      } finally {
        ended.abort();
        await keeping;
      }
    },
    ack: (stream, position) => heard.ack(stream, position),
  };
}
