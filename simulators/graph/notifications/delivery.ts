import { setTimeout as delay } from 'node:timers/promises';
import type { ArmedFaults } from '../faults';
import type { Item } from '../mailbox/item';
import { type ChangeType, render, resourceOf } from '../mailbox/mailboxes';
import { selected } from '../web/query';
import { encrypted } from './encryption';
import type { Subscription, Subscriptions } from './subscriptions';
import { validationToken } from './validation-token';

export interface DeliveryOptions {
  readonly subscriptions: Subscriptions;
  readonly faults: ArmedFaults;
  readonly directoryId: string;
  /** Who issues the tokens of posts with resources. */
  readonly issuer: () => string;
  readonly retryMs: number;
  readonly attempts: number;
}

/** One attempt at a post: its status, or why there was none. */
export interface PostEntry {
  readonly url: string;
  readonly body: string;
  readonly outcome: number | string;
}

type Notification = Readonly<Record<string, unknown>>;

/** Tells subscribers of changes, those of one subscription one after the other. */
export class Delivery {
  readonly posts: PostEntry[] = [];
  readonly #stop = new AbortController();
  readonly #chains = new Map<string, Promise<void>>();
  /** Held back until the next one of its subscription has gone. */
  readonly #held = new Map<string, Notification>();

  constructor(private readonly options: DeliveryOptions) {}

  /** Puts a change on its way to whoever subscribed to it. */
  tell(change: ChangeType, item: Item): void {
    for (const subscription of this.options.subscriptions.live()) {
      const { place, changeTypes } = subscription;
      const isIn = place.collection === item.collection && (place.folder === undefined || place.folder === item.folder);
      if (isIn && changeTypes.includes(change))
        this.#tellOne(subscription, notificationOf(subscription, change, item, this.options));
    }
  }

  /** Puts a lifecycle notification on its way. */
  tellLifecycle(subscription: Subscription, lifecycleEvent: string): void {
    const url = subscription.lifecycleNotificationUrl;
    if (url === null) return;
    const { clientState, resource } = subscription;
    const notification = { ...about(subscription, this.options.directoryId), clientState, resource, lifecycleEvent };
    this.#enqueue(subscription, () => this.#post(url, [notification], subscription));
  }

  /** Sends what is held back. */
  releaseHeld(): void {
    for (const subscription of this.options.subscriptions.live()) {
      const held = this.#held.get(subscription.id);
      this.#held.delete(subscription.id);
      if (held !== undefined) this.#enqueue(subscription, () => this.#deliver(subscription, held));
    }
  }

  /** Resolves when nothing is on its way. */
  async idle(): Promise<void> {
    let chains: readonly Promise<void>[];
    do {
      chains = [...this.#chains.values()];
      await Promise.all(chains);
    } while ([...this.#chains.values()].some((chain) => !chains.includes(chain)));
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.idle();
  }

  #tellOne(subscription: Subscription, notification: Notification): void {
    const { faults } = this.options;
    const { id } = subscription;
    if (faults.take('lostNotification') !== undefined) return;
    if (faults.take('outOfOrderNotification') !== undefined) {
      this.#held.set(id, notification);
      return;
    }
    const told = faults.take('invalidNotification') === undefined ? notification : broken(notification);
    const times = faults.take('duplicateNotification') === undefined ? 1 : 2;
    const late = this.#held.get(id);
    this.#held.delete(id);
    this.#enqueue(subscription, async () => {
      for (let time = 0; time < times; time++) await this.#deliver(subscription, told);
      if (late !== undefined) await this.#deliver(subscription, late);
    });
  }

  #enqueue(subscription: Subscription, send: () => Promise<unknown>): void {
    const before = this.#chains.get(subscription.id) ?? Promise.resolve();
    this.#chains.set(
      subscription.id,
      before.then(send).then(() => undefined),
    );
  }

  async #deliver(subscription: Subscription, notification: Notification): Promise<void> {
    const { retryMs, attempts } = this.options;
    for (let attempt = 1; !this.#stop.signal.aborted; attempt++) {
      if (await this.#post(subscription.notificationUrl, [notification], subscription)) return;
      if (attempt >= attempts) {
        this.tellLifecycle(subscription, 'missed');
        return;
      }
      await delay(retryMs * 2 ** (attempt - 1), undefined, { signal: this.#stop.signal }).catch(() => undefined);
    }
  }

  /** One attempt; true where it was taken. */
  async #post(
    url: string,
    value: readonly Notification[],
    { encryption, applicationId }: Subscription,
  ): Promise<boolean> {
    const { directoryId, issuer } = this.options;
    const tokens =
      encryption === undefined ? {} : { validationTokens: [validationToken(issuer(), directoryId, applicationId)] };
    const body = JSON.stringify({ value, ...tokens });
    const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(30_000)]);
    const headers = { 'content-type': 'application/json; charset=utf-8' };
    const outcome = await fetch(url, { method: 'POST', headers, body, signal }).then(
      (response) => response.status,
      (error: unknown) => (error as Error).message,
    );
    this.posts.push({ url, body, outcome });
    return typeof outcome === 'number' && outcome >= 200 && outcome < 300;
  }
}

function about({ id, expiresAt }: Subscription, directoryId: string): Notification {
  const subscriptionExpirationDateTime = new Date(expiresAt).toISOString().replace('Z', '+00:00');
  return { subscriptionId: id, subscriptionExpirationDateTime, tenantId: directoryId };
}

function notificationOf(
  subscription: Subscription,
  changeType: ChangeType,
  item: Item,
  { directoryId }: DeliveryOptions,
): Notification {
  const { encryption, clientState, query } = subscription;
  const resource = resourceOf(item);
  const resourceData = {
    '@odata.type': `#Microsoft.Graph.${item.type.replace(/^./, (first) => first.toUpperCase())}`,
    '@odata.id': resource,
    '@odata.etag': render(item)['@odata.etag'],
    id: item.id,
  };
  const isWhole = encryption !== undefined && changeType !== 'deleted';
  return {
    ...about(subscription, directoryId),
    changeType,
    resource,
    clientState,
    resourceData,
    ...(isWhole ? { encryptedContent: encrypted(selected(item, query), encryption.certificate, encryption.id) } : {}),
  };
}

/** Encrypted content that was changed on its way; where there is none, content that nobody has a key of. */
function broken(notification: Notification): Notification {
  const content = {
    ...(notification.encryptedContent as object | undefined),
    dataSignature: Buffer.alloc(32).toString('base64'),
  };
  return { ...notification, encryptedContent: content };
}
