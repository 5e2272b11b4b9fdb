import type { AmqpLogin } from '../../kit/amqp-connection';
import type { AmqpQueue } from '../../kit/amqp-link';
import type { AmqpMessage } from '../../kit/amqp-message';
import type { Kept } from '../../kit/intake';
import type { EventMesh, Stream } from '../config';
import { Credentials } from '../odata/credentials';
import { eventsIn } from './parts';
import { pack } from './payload';

/** The stream that an Event Mesh queue feeds. */
export const meshStream: Stream = 'events';

/** The queue of an Event Mesh instance, with a token for its WebSocket or a user for plain AMQPS. */
export function meshQueue({ url, queue, auth }: EventMesh, now: () => number): AmqpQueue {
  const credentials = new Credentials(auth, now);
  const scheme = 'Bearer ';
  const login = async (): Promise<AmqpLogin> =>
    auth.kind === 'basic'
      ? { kind: 'plain', username: auth.username, password: auth.password }
      : { kind: 'bearer', token: (await credentials.authorization()).slice(scheme.length) };
  const refused = (taken: AmqpLogin): boolean =>
    taken.kind === 'bearer' && credentials.refused(`${scheme}${taken.token}`);
  return { address: `queue:${queue}`, broker: { url, login, refused } };
}

/** A message as the receiver would have kept it: its topic as `x-address`, a CloudEvent's binary attributes as headers. */
export function keepEvents({ to, contentType, properties, body }: AmqpMessage, receivedAt: string): readonly Kept[] {
  const told = Object.entries(properties).map(([name, value]) => [name.toLowerCase(), String(value)] as const);
  const headers = {
    ...Object.fromEntries(told),
    ...(contentType === undefined ? {} : { 'content-type': contentType }),
    ...(to === undefined ? {} : { 'x-address': to }),
  };
  return eventsIn(body).map((event) => ({ stream: meshStream, payload: pack(headers, event, receivedAt) }));
}
