import { createHmac } from 'node:crypto';
import type { Claim, Claims } from '../kit/amqp-claims';
import type { AmqpBroker } from '../kit/amqp-connection';
import type { AmqpQueue } from '../kit/amqp-link';
import type { AmqpMessage } from '../kit/amqp-message';
import type { EntraAuthenticator } from '../kit/entra';
import type { Kept } from '../kit/intake';
import type { ServiceBus } from './config';
import { packed } from './inbox-payload';
import type { Headers } from './native';
import { contextIn, streamOf } from './stream-of';

export interface BusOptions {
  /** Entra ID's session for the Service Bus. */
  readonly entra: EntraAuthenticator;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** What tokens of Entra ID are asked for, whatever the namespace. */
export const busAudience = 'https://servicebus.azure.net';

/** The queue or subscription, entered with the key of a shared access policy (SASL PLAIN), or with tokens (claims-based security). */
export function busQueue(bus: ServiceBus, { entra, now }: BusOptions): AmqpQueue {
  const { url } = bus;
  const address = 'queue' in bus ? bus.queue : `${bus.topic}/Subscriptions/${bus.subscription}`;
  if (bus.claims === undefined) {
    const { keyName: username, key: password } = bus;
    return { address, broker: { url, login: () => Promise.resolve({ kind: 'plain', username, password }) } };
  }
  const audience = `sb://${new URL(url).hostname}/${address}`;
  const claim = bus.claims === 'sas' ? () => Promise.resolve(sasClaim(bus, audience, now)) : entraClaim(entra);
  const broker: AmqpBroker = { url, login: () => Promise.resolve({ kind: 'anonymous' }) };
  return { address, broker, claims: { audience, claim, now } };
}

const sasLifeMs = 60 * 60_000;
const sasSpareMs = 5 * 60_000;

/** A token for one queue and one hour: the key itself is not sent. */
function sasClaim(
  { keyName, key }: { readonly keyName: string; readonly key: string },
  audience: string,
  now: () => number,
): Claim {
  const resource = encodeURIComponent(audience.toLowerCase());
  const expiry = Math.ceil((now() + sasLifeMs) / 1000);
  const signature = createHmac('sha256', key).update(`${resource}\n${expiry}`).digest('base64');
  const parts = { sr: resource, sig: encodeURIComponent(signature), se: expiry, skn: encodeURIComponent(keyName) };
  const token = `SharedAccessSignature ${Object.entries(parts)
    .map(([name, value]) => `${name}=${value}`)
    .join('&')}`;
  return { type: 'servicebus.windows.net:sastoken', token, renewAt: now() + sasLifeMs - sasSpareMs };
}

function entraClaim(entra: EntraAuthenticator): Claims['claim'] {
  return async (refused) => {
    const { accessToken: token, renewAt } = await (refused === undefined
      ? entra.session()
      : entra.sessionAfter(refused));
    return { type: 'jwt', token, renewAt };
  };
}

const xrmClaims = 'http://schemas.microsoft.com/xrm/2011/Claims/';

/** What a message says in properties and a webhook in headers. */
const headerNames: Readonly<Record<string, string>> = {
  [`${xrmClaims}Organization`]: 'x-ms-dynamics-organization',
  [`${xrmClaims}EntityLogicalName`]: 'x-ms-dynamics-entity-name',
  [`${xrmClaims}RequestName`]: 'x-ms-dynamics-request-name',
  MessageMaxSizeExceeded: 'x-ms-dynamics-msg-size-exceeded',
};

/**
 * A message as the receiver would have kept it, for the stream of its table. One about a table that is not heard stays in
 * no queue, and is kept with the first stream: somebody has registered a step for it.
 */
export function keepContext(
  { contentType, properties, body }: AmqpMessage,
  streams: readonly string[],
): readonly Kept[] {
  const headers: Headers = {
    ...(contentType === undefined ? {} : { 'content-type': contentType }),
    ...Object.fromEntries(
      Object.entries(headerNames).flatMap(([property, name]) => {
        const value = properties[property];
        return typeof value === 'string' || typeof value === 'boolean' ? [[name, String(value)]] : [];
      }),
    ),
  };
  const stream = streamOf(contextIn(body), headers, streams) ?? streams[0] ?? '';
  return [{ stream, payload: packed(headers, body) }];
}
