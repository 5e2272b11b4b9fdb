import type { Mesh } from './mesh';
import { WebhookSubscription, type Delivery, type PushSettings, type WebhookTarget } from './webhook';

/** The webhook subscriptions of the broker. */
export class Webhooks {
  /** What a push calls itself in `WebHook-Request-Origin`. */
  origin = '';
  readonly #subscriptions = new Map<string, WebhookSubscription>();
  readonly #ended: Delivery[] = [];

  constructor(
    private readonly mesh: Mesh,
    private readonly settings: Omit<PushSettings, 'origin'>,
  ) {}

  /** Adds a subscription; answers at once, before its handshake. Replaces one of the same name. */
  add(target: WebhookTarget): WebhookSubscription {
    this.remove(target.name);
    const subscription = new WebhookSubscription(target, this.mesh, { ...this.settings, origin: this.origin });
    this.#subscriptions.set(target.name, subscription);
    return subscription;
  }

  /** The subscription of a name. */
  get(name: string): WebhookSubscription | undefined {
    return this.#subscriptions.get(name);
  }

  /** All of them. */
  list(): readonly WebhookSubscription[] {
    return [...this.#subscriptions.values()];
  }

  /** Ends a subscription; its queue stays. */
  remove(name: string): boolean {
    const subscription = this.#subscriptions.get(name);
    if (subscription === undefined) return false;
    subscription.close();
    this.#ended.push(...subscription.deliveries);
    return this.#subscriptions.delete(name);
  }

  /** Every try so far, in the order of their answers. */
  deliveries(): readonly Delivery[] {
    return [...this.#ended, ...this.list().flatMap(({ deliveries }) => deliveries)].toSorted((a, b) => a.at - b.at);
  }

  /** Ends all of them. */
  close(): void {
    for (const name of [...this.#subscriptions.keys()]) this.remove(name);
  }
}
