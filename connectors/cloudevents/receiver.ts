import { isoFromMillis } from '../../canonical-schema/time';
import type { Inbox, InboundReply, InboundRequest, Receiver } from '../contract';
import type { Settings } from './config';
import { eventsOf } from './decode';
import type { Gate } from './gate';
import { Lately, RateLimit } from './limits';
import type { CloudEventJson, CloudEventNative } from './native';
import { Refusal, replyOf } from './refusal';

/** The one stream of a connection. */
export const stream = 'events';

interface ReceiverParts {
  readonly settings: Settings;
  readonly gate: Gate;
  readonly inbox: Inbox;
  readonly now: () => number;
}

/** Takes CloudEvents over HTTP: answers 202 when all events of the request are in the inbox, and nothing before. */
export class CloudEventsReceiver implements Receiver {
  readonly #parts: ReceiverParts;
  readonly #rate: RateLimit;
  readonly #lately: Lately;

  constructor(parts: ReceiverParts) {
    this.#parts = parts;
    this.#rate = new RateLimit(parts.settings.requestsPerSecond, parts.now);
    this.#lately = new Lately(parts.now);
  }

  async receive(request: InboundRequest): Promise<InboundReply> {
    try {
      return await this.#answer(request);
    } catch (error) {
      if (error instanceof Refusal) return error.reply();
      throw error;
    }
  }

  async #answer(request: InboundRequest): Promise<InboundReply> {
    const { method, path, headers, body } = request;
    const { settings, gate } = this.#parts;
    if (path !== '' && path !== '/') throw new Refusal(404, 'there is nothing here');
    if (method === 'OPTIONS') return handshake(request, settings);
    if (method !== 'POST') throw new Refusal(405, 'send with POST', { allow: 'POST, OPTIONS' });
    if (body.length > settings.maxBytes)
      throw new Refusal(413, `${body.length} bytes: at most ${settings.maxBytes} are taken`);
    if ((headers['content-encoding'] ?? 'identity') !== 'identity')
      throw new Refusal(415, 'a compressed body is not taken', { 'accept-encoding': 'identity' });
    await gate.admit(request);
    const wait = this.#rate.take();
    if (wait > 0) {
      const seconds = Math.max(1, Math.ceil(wait / 1000));
      throw new Refusal(429, `at most ${settings.requestsPerSecond} requests per second are taken`, {
        'retry-after': String(seconds),
      });
    }
    return this.#keep(eventsOf(request, settings.maxEvents));
  }

  async #keep(events: readonly CloudEventJson[]): Promise<InboundReply> {
    const { inbox, now } = this.#parts;
    const received = isoFromMillis(now()) ?? '';
    const fresh = new Map<string, CloudEventJson>();
    for (const event of events) {
      const key = JSON.stringify([event['source'], event['id']]);
      if (!this.#lately.has(key) && !fresh.has(key)) fresh.set(key, event);
    }
    const payloads = [...fresh.values()].map((event) =>
      Buffer.from(JSON.stringify({ event, received } satisfies CloudEventNative)),
    );
    await inbox.append(stream, payloads);
    // Only now: what was not kept has to be sent again.
    for (const key of fresh.keys()) this.#lately.add(key);
    return replyOf(202, { accepted: fresh.size, duplicates: events.length - fresh.size });
  }
}

/** CloudEvents webhooks, "abuse protection": says who may send, and how fast. It is asked by whoever wants to. */
function handshake({ headers }: InboundRequest, { allowedOrigins, requestsPerSecond }: Settings): InboundReply {
  const allow = { allow: 'POST, OPTIONS' };
  const origin = headers['webhook-request-origin'];
  if (origin === undefined) return { status: 204, headers: allow };
  if (!allowedOrigins.includes('*') && !allowedOrigins.includes(origin))
    throw new Refusal(403, 'this origin may not send here', allow);
  const perMinute = String(Math.max(1, Math.floor(requestsPerSecond * 60)));
  return {
    status: 200,
    headers: {
      ...allow,
      'webhook-allowed-origin': origin,
      ...(headers['webhook-request-rate'] === undefined ? {} : { 'webhook-allowed-rate': perMinute }),
    },
  };
}
