import { Permanent, type Registration, type RegistrationChange } from '../contract';
import type { Subscription, Subscriptions } from './subscriptions';

/** One subscription for each stream; those of no stream any more, and second ones, are removed. Those of others are never touched. */
export class SubscriptionRegistration implements Registration {
  /** @param subscriptions undefined where the connection is not to be told anything */
  constructor(
    private readonly subscriptions: Subscriptions | undefined,
    private readonly streams: readonly string[],
  ) {}

  /** See Registration. */
  async plan(wanted: 'connected' | 'disconnected', signal: AbortSignal): Promise<readonly RegistrationChange[]> {
    const { subscriptions } = this;
    if (subscriptions === undefined) {
      throw new Permanent(
        'SBX_GRAPH_NOTIFICATIONS',
        'notifications is not set: say at which address Graph reaches this connection',
      );
    }
    const known = await subscriptions.list(signal);
    const streams = wanted === 'connected' ? this.streams : [];
    const kept: Subscription[] = [];
    const changes = streams.map((stream): RegistrationChange => {
      const what = `subscription to ${stream}`;
      const hasResource = subscriptions.wantsResource(stream);
      const one = known.find((found) => found.stream === stream && found.hasResource === hasResource);
      if (one === undefined)
        return { kind: 'create', what, apply: (abort) => subscriptions.create(stream, abort).then(() => undefined) };
      kept.push(one);
      return { kind: 'keep', what };
    });
    const idle = known.filter((one) => !kept.includes(one));
    return [
      ...changes,
      ...idle.map((one): RegistrationChange => {
        const what = `subscription to ${one.stream}`;
        return { kind: 'remove', what, apply: (abort) => subscriptions.remove(one, abort) };
      }),
    ];
  }
}
