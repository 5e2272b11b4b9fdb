import { randomBytes, randomUUID } from 'node:crypto';
import type { ItemType } from '../mailbox/item';
import type { Mailboxes, Place } from '../mailbox/mailboxes';
import { badRequest, Refusal } from '../refusal';
import { certificateIn } from './encryption';

type Given = Readonly<Record<string, unknown>>;

/** A subscription as the service holds it. */
export interface Subscription {
  readonly id: string;
  readonly resource: string;
  readonly place: Place;
  /** What the subscriber asked to be told of a resource. */
  readonly query: URLSearchParams;
  readonly changeTypes: readonly string[];
  readonly notificationUrl: string;
  readonly lifecycleNotificationUrl: string | null;
  readonly clientState: string | null;
  readonly encryption?: { readonly certificate: string; readonly id: string };
  readonly applicationId: string;
  /** Epoch ms. */
  expiresAt: number;
}

export interface SubscriptionsOptions {
  readonly mailboxes: Mailboxes;
  readonly handshakeMs: number;
}

const minuteMs = 60_000;
/** Longest lives in minutes, with the resource in the notification and without. */
const lives: Readonly<Record<ItemType, readonly [bare: number, whole: number]>> = {
  message: [4_230, 1_440],
  event: [4_230, 1_440],
  todoTask: [4_230, 0],
};
const longestState = 128;

/** Who is to be told of what. */
export class Subscriptions {
  readonly #all = new Map<string, Subscription>();

  constructor(private readonly options: SubscriptionsOptions) {}

  /** Those that have not expired. */
  live(): readonly Subscription[] {
    return [...this.#all.values()].filter(({ expiresAt }) => expiresAt > Date.now());
  }

  /** @throws Refusal where what is given does not fit, or the address does not answer the handshake */
  async create(given: Given, applicationId: string): Promise<Subscription> {
    const text = (name: string): string => {
      const value = given[name];
      if (typeof value === 'string' && value !== '') return value;
      throw badRequest(`Subscription validation request failed. Property '${name}' is missing.`);
    };
    const optional = (name: string): string | null => {
      const value = given[name];
      return typeof value === 'string' ? value : null;
    };
    const [path = '', query = ''] = text('resource').replace(/^\//, '').split('?');
    const place = this.options.mailboxes.place(path);
    const isWhole = given.includeResourceData === true;
    const subscription: Subscription = {
      id: randomUUID(),
      resource: text('resource'),
      place,
      query: new URLSearchParams(query),
      changeTypes: text('changeType').split(','),
      notificationUrl: text('notificationUrl'),
      lifecycleNotificationUrl: optional('lifecycleNotificationUrl'),
      clientState: optional('clientState'),
      ...(isWhole
        ? { encryption: { certificate: text('encryptionCertificate'), id: text('encryptionCertificateId') } }
        : {}),
      applicationId,
      expiresAt: expiryIn(given, place.type, isWhole),
    };
    if ((subscription.clientState ?? '').length > longestState) throw badRequest('clientState is too long.');
    if (isWhole) certificateIn(text('encryptionCertificate'));
    if (isWhole) demandMembers(subscription.query);
    for (const url of new Set([subscription.notificationUrl, subscription.lifecycleNotificationUrl])) {
      if (url !== null) await this.#shakeHands(url);
    }
    this.#all.set(subscription.id, subscription);
    return subscription;
  }

  /** @throws Refusal (404) where there is none that lives */
  find(id: string): Subscription {
    const found = this.live().find((one) => one.id === id);
    if (found !== undefined) return found;
    throw new Refusal(404, 'ResourceNotFound', 'The object was not found.');
  }

  /** @throws Refusal where the new end does not fit */
  renew(id: string, given: Given): Subscription {
    const found = this.find(id);
    found.expiresAt = expiryIn(given, found.place.type, found.encryption !== undefined);
    return found;
  }

  remove(id: string): void {
    this.#all.delete(this.find(id).id);
  }

  /** Ends all at once, as if their time had come. */
  expireAll(): readonly Subscription[] {
    const ended = this.live();
    this.#all.clear();
    return ended;
  }

  /** The address must answer within its time with the token itself, as plain text. */
  async #shakeHands(url: string): Promise<void> {
    const token = `Validation: Testing client application reachability for subscription Request-Id: ${randomUUID()} <&'${randomBytes(6).toString('base64')}>`;
    const target = new URL(url);
    target.searchParams.set('validationToken', token);
    let answer: string;
    try {
      const signal = AbortSignal.timeout(this.options.handshakeMs);
      const response = await fetch(target, { method: 'POST', signal, headers: { 'content-type': 'text/plain' } });
      const type = response.headers.get('content-type') ?? 'nothing';
      answer = (await response.text()) === token ? `${response.status} ${type.split(';')[0] ?? ''}` : 'another text';
    } catch (error) {
      answer = (error as Error).message;
    }
    if (answer === '200 text/plain') return;
    const why = `Subscription validation request failed. Response must exactly match validationToken query parameter: ${answer}`;
    throw new Refusal(400, 'ValidationError', why);
  }
}

/** The members must be named, and the body is none of them. */
function demandMembers(query: URLSearchParams): void {
  const names = query.get('$select')?.toLowerCase().split(',') ?? [];
  if (names.length === 0) throw badRequest('Resource data needs $select.');
  if (names.some((name) => ['body', 'uniquebody'].includes(name))) throw badRequest('Body cannot be selected here.');
}

function expiryIn(given: Given, type: ItemType, isWhole: boolean): number {
  const [bare, whole] = lives[type];
  const most = isWhole ? whole : bare;
  if (most === 0) throw badRequest('Resource data cannot be included for this resource.');
  const end = Date.parse(String(given.expirationDateTime));
  const now = Date.now();
  if (end > now && end <= now + most * minuteMs) return end;
  throw badRequest(`Subscription expiration can only be ${most} minutes in the future.`);
}

/** As the API shows it: the client state is told to nobody again. */
export function shown(subscription: Subscription): Given {
  const { id, resource, changeTypes, notificationUrl, lifecycleNotificationUrl, encryption, applicationId } =
    subscription;
  return {
    id,
    resource,
    applicationId,
    changeType: changeTypes.join(),
    clientState: null,
    notificationUrl,
    lifecycleNotificationUrl,
    expirationDateTime: new Date(subscription.expiresAt).toISOString(),
    includeResourceData: encryption === undefined ? null : true,
    encryptionCertificateId: encryption?.id ?? null,
  };
}
