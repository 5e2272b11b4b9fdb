import type { AmqpQueue } from '../kit/amqp-link';
import type { AmqpMessage } from '../kit/amqp-message';
import type { Kept } from '../kit/intake';
import type { ServiceBus } from './config';
import { packed } from './inbox-payload';
import type { Headers } from './native';
import { contextIn, streamOf } from './stream-of';

/** The queue or subscription, entered with the key of a shared access policy (SASL PLAIN). */
export function busQueue(bus: ServiceBus): AmqpQueue {
  const { url, keyName: username, key: password } = bus;
  const address = 'queue' in bus ? bus.queue : `${bus.topic}/Subscriptions/${bus.subscription}`;
  return { address, broker: { url, login: () => Promise.resolve({ kind: 'plain', username, password }) } };
}

const claims = 'http://schemas.microsoft.com/xrm/2011/Claims/';

/** What a message says in properties and a webhook in headers. */
const headerNames: Readonly<Record<string, string>> = {
  [`${claims}Organization`]: 'x-ms-dynamics-organization',
  [`${claims}EntityLogicalName`]: 'x-ms-dynamics-entity-name',
  [`${claims}RequestName`]: 'x-ms-dynamics-request-name',
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
