import { Permanent } from '../contract';
import { objectOf, ownOf, textOf } from '../kit/json';
import { clientStateOf } from './client-state';
import type { Notifications } from './config';
import { followed } from './follow';
import type { GraphApi } from './graph-api';
import { connectorErrorOf, GraphFailure } from './graph-failure';
import { pathOf, typeIn } from './paths';
import { isOfExchange, subscribed } from './selected';

/** A subscription of ours, as Graph holds it. */
export interface Subscription {
  readonly id: string;
  readonly stream: string;
  /** Epoch ms. */
  readonly expiresAt: number;
  readonly hasResource: boolean;
}

export interface SubscriptionsOptions {
  readonly api: GraphApi;
  readonly notifications: Notifications;
  readonly now: () => number;
}

const minuteMs = 60_000;

/**
 * What Graph lets a subscription live: 4,230 minutes, a day where the resource comes along. (Later pages of its documentation
 * give mail a week; what asks for too much is refused.) A little is left for its clock.
 */
const lifeMs = { bare: 4_220 * minuteMs, whole: 1_430 * minuteMs };

/** The subscriptions of one connection: those whose notifications go to its address. */
export class Subscriptions {
  readonly #options: SubscriptionsOptions;

  constructor(options: SubscriptionsOptions) {
    this.#options = options;
  }

  /** Those that there are, of whatever stream, the longest-lived first. Rejects with Retryable or Permanent. */
  async list(signal: AbortSignal): Promise<readonly Subscription[]> {
    const { api, notifications } = this.#options;
    const found: Subscription[] = [];
    for await (const row of followed(api, 'subscriptions', 'subscriptions', signal)) {
      const id = textOf(row.id);
      if (id === undefined || row.notificationUrl !== notifications.url) continue;
      const expiresAt = Date.parse(textOf(row.expirationDateTime) ?? '');
      const hasResource = row.includeResourceData === true;
      found.push({ id, stream: pathOf(textOf(row.resource) ?? ''), expiresAt, hasResource });
    }
    return found.sort((one, other) => other.expiresAt - one.expiresAt);
  }

  /** Whether the stream's notifications are to bring their resources. To Do has no such. */
  wantsResource(stream: string): boolean {
    return this.#options.notifications.certificates !== undefined && isOfExchange(typeIn(stream));
  }

  /** How long a subscription of the stream lives, in ms. */
  lifeOf(stream: string): number {
    return this.wantsResource(stream) ? lifeMs.whole : lifeMs.bare;
  }

  /** Makes one; Graph asks our address for its token meanwhile. Answers when it ends. Rejects with Retryable or Permanent. */
  async create(stream: string, signal: AbortSignal): Promise<number> {
    const { api, notifications } = this.#options;
    const { url, clientState } = notifications;
    const body = {
      changeType: 'created,updated,deleted',
      notificationUrl: url,
      lifecycleNotificationUrl: url,
      resource: stream,
      expirationDateTime: this.#end(stream),
      clientState: clientStateOf(clientState, stream),
      ...this.#encryption(stream),
    };
    const answer = await this.#write(`subscription to ${stream}`, () =>
      // Ids in notifications are of the kind that the request asks for.
      api.send({ method: 'post', path: 'subscriptions', body }, 'write', signal),
    );
    return endOf(answer);
  }

  /** Lets one live as long as it may from now on; undefined where there is none (any more). */
  async renew({ id, stream }: Subscription, signal: AbortSignal): Promise<number | undefined> {
    const body = { expirationDateTime: this.#end(stream) };
    const { api } = this.#options;
    return this.#write(`renewal of ${stream}`, async () => {
      try {
        return endOf(await api.send({ method: 'patch', path: `subscriptions/${id}`, body }, 'write', signal));
      } catch (error) {
        if (error instanceof GraphFailure && error.status === 404) return undefined;
        throw error;
      }
    });
  }

  /** Removes one, if it is there. */
  async remove({ id, stream }: Subscription, signal: AbortSignal): Promise<void> {
    const { api } = this.#options;
    await this.#write(`removal of ${stream}`, async () => {
      try {
        await api.send({ method: 'delete', path: `subscriptions/${id}` }, 'write', signal);
      } catch (error) {
        if (!(error instanceof GraphFailure) || error.status !== 404) throw error;
      }
    });
  }

  #end(stream: string): string {
    return new Date(this.#options.now() + this.lifeOf(stream)).toISOString();
  }

  #encryption(stream: string): object {
    const [certificate] = this.#options.notifications.certificates ?? [];
    const nativeType = typeIn(stream);
    if (certificate === undefined || !isOfExchange(nativeType)) return {};
    const { id, certificate: text } = certificate;
    return {
      resource: `${stream}?${subscribed(nativeType)}`,
      includeResourceData: true,
      encryptionCertificate: text.replace(/-----[^-]+-----|\s/g, ''),
      encryptionCertificateId: id,
    };
  }

  async #write<T>(what: string, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      throw connectorErrorOf(error, what);
    }
  }
}

function endOf(answer: unknown): number {
  const end = Date.parse(textOf(ownOf(objectOf(answer) ?? {}, 'expirationDateTime')) ?? '');
  if (Number.isFinite(end)) return end;
  throw new Permanent(
    'SBX_GRAPH_ANSWER',
    'Graph answered without the end of the subscription: is baseUrl Microsoft Graph?',
  );
}
