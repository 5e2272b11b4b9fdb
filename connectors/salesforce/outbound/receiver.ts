import { createHash, timingSafeEqual } from 'node:crypto';
import {
  type Inbox,
  type InboundReply,
  type InboundRequest,
  type Log,
  type Receiver,
  Unmappable,
} from '../../contract';
import type { OutboundNative } from '../native';
import { fullId } from '../normalise/values';
import { keepNotification } from './kept';
import { readOutboundMessage } from './message';
import { outboundStream } from './stream';

export interface OutboundReceiverOptions {
  /** What the address that Salesforce calls ends with. */
  readonly key: string;
  /** `/outbound/Lead`, each a stream. */
  readonly streams: readonly string[];
  /** The organisation's id. */
  readonly org: string;
  readonly inbox: Inbox;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

const acknowledged =
  '<?xml version="1.0" encoding="UTF-8"?>' +
  '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>' +
  '<notificationsResponse xmlns="http://soap.sforce.com/2005/09/outbound"><Ack>true</Ack></notificationsResponse>' +
  '</soapenv:Body></soapenv:Envelope>';

/**
 * Takes Salesforce's outbound messages. Salesforce shows no secret but the address, so that ends with one; the organisation must
 * be ours, too. What was told is kept without the session that comes along, and only then acknowledged: Salesforce repeats what is
 * not, for 24 hours.
 */
export class OutboundReceiver implements Receiver {
  readonly #options: OutboundReceiverOptions;

  constructor(options: OutboundReceiverOptions) {
    this.#options = options;
  }

  /** See Receiver. */
  async receive({ method, path, body }: InboundRequest): Promise<InboundReply> {
    const { key, org, now } = this.#options;
    // The same words as where nobody is.
    if (!isEqual(path.replace(/^\//, ''), key)) return this.#refuse(404, 'there is nothing here');
    if (method !== 'POST') return this.#refuse(405, 'only POST is taken', { allow: 'POST' });
    const natives = messageIn(body, new Date(now()).toISOString());
    if (typeof natives === 'string') return this.#refuse(400, `not an outbound message (${natives})`);
    if (natives.some(({ organizationId }) => fullId(organizationId) !== fullId(org))) {
      return this.#refuse(403, 'this address belongs to another organisation');
    }
    return this.#keep(natives);
  }

  async #keep(natives: readonly OutboundNative[]): Promise<InboundReply> {
    const { streams, inbox } = this.#options;
    const byStream = new Map<string, Uint8Array[]>();
    for (const native of natives) {
      // One without its object is kept all the same: quarantine shows it.
      const stream = native.nativeType === '' ? streams[0] : outboundStream(native.nativeType);
      if (stream === undefined || !streams.includes(stream)) {
        return this.#refuse(422, 'the object is not among those that are heard: add /outbound/OBJECT to subscribe');
      }
      byStream.set(stream, [...(byStream.get(stream) ?? []), keepNotification(native)]);
    }
    // A failure between two streams makes Salesforce repeat all of it: with the same ids.
    for (const [stream, payloads] of byStream) await inbox.append(stream, payloads);
    return { status: 200, headers: { 'content-type': 'text/xml; charset=utf-8' }, body: acknowledged };
  }

  #refuse(status: number, why: string, headers: Readonly<Record<string, string>> = {}): InboundReply {
    this.#options.log.warn({ status, why }, 'an outbound message was refused');
    return { status, headers, body: why };
  }
}

/** The notifications, or the code of why there are none: the words of a parser may repeat what was sent. */
function messageIn(body: Uint8Array, receivedAt: string): readonly OutboundNative[] | string {
  try {
    return readOutboundMessage(Buffer.from(body).toString('utf8'), receivedAt);
  } catch (error) {
    if (error instanceof Unmappable) return error.code;
    throw error;
  }
}

/** Compared by their digests: equally long, so that the time tells nothing. */
function isEqual(given: string, wanted: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}
