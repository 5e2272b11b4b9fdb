import { createHash, timingSafeEqual } from 'node:crypto';
import type { Inbox, InboundReply, InboundRequest, Log, Receiver } from '../contract';
import type { Webhook } from './config';
import { packed } from './inbox-payload';
import { ownOf, textOf } from '../kit/json';
import type { Headers } from './native';
import { contextIn, streamOf } from './stream-of';

export interface ReceiverOptions {
  readonly webhook: Webhook | undefined;
  /** Tables that are heard, each a stream. */
  readonly streams: readonly string[];
  /** The organisation's id. */
  readonly org: string;
  readonly inbox: Inbox;
  readonly log: Log;
}

/** Dataverse posts 256 KB at most, headers included: beyond that it leaves the data out. */
const mostBytes = 256 * 1024;

/**
 * Takes the posts of a Dataverse service endpoint: proves who is calling, keeps the body as it came in the inbox, and only then
 * answers. Dataverse tries once more after 502, 503 and 504 and never again, so nothing else is done before the answer. A body
 * that is no JSON is kept, too: the caller has proved itself, and quarantine shows what it said.
 */
export class WebhookReceiver implements Receiver {
  readonly #options: ReceiverOptions;

  constructor(options: ReceiverOptions) {
    this.#options = options;
  }

  /** See Receiver. */
  async receive(request: InboundRequest): Promise<InboundReply> {
    const refusal = this.#refusalOf(request);
    if (refusal !== undefined) return this.#refuse(refusal);
    const headers = keptHeaders(request.headers);
    const context = contextIn(request.body);
    const organisation = textOf(ownOf(context ?? {}, 'OrganizationId'))?.toLowerCase();
    if (organisation !== undefined && organisation !== this.#options.org) {
      return this.#refuse({ status: 403, body: 'this address belongs to another organisation' });
    }
    const stream = streamOf(context, headers, this.#options.streams);
    if (stream === undefined) {
      return this.#refuse({ status: 422, body: 'the table is not among those that are heard (subscribe)' });
    }
    await this.#options.inbox.append(stream, [packed(headers, request.body)]);
    return { status: 202 };
  }

  #refusalOf({ method, path, query, headers, body }: InboundRequest): InboundReply | undefined {
    if (path !== '' && path !== '/') return { status: 404, body: 'there is nothing here' };
    if (method !== 'POST') return { status: 405, headers: { allow: 'POST' }, body: 'only POST is taken' };
    if (!isProven(this.#options.webhook, query, headers)) return { status: 401, body: 'the key is missing or wrong' };
    if (body.byteLength > mostBytes) return { status: 413, body: `more than ${mostBytes} bytes` };
    if (body.byteLength === 0) return { status: 400, body: 'the body is empty' };
    const type = headers['content-type'] ?? 'application/json';
    return /^\s*[\w.+/-]*json\b/i.test(type) ? undefined : { status: 415, body: 'only JSON is taken' };
  }

  #refuse(reply: InboundReply): InboundReply {
    this.#options.log.warn({ status: reply.status, why: reply.body }, 'a webhook was refused');
    return reply;
  }
}

/** Compared by their digests: equally long, so that the time tells nothing. */
function isEqual(given: string, wanted: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}

function isProven(webhook: Webhook | undefined, query: URLSearchParams, headers: InboundRequest['headers']): boolean {
  if (webhook === undefined) return false;
  if (webhook.kind === 'webhook-key') return isEqual(query.get('code') ?? '', webhook.key);
  const { kind, name, value } = webhook;
  return isEqual((kind === 'http-header' ? headers[name.toLowerCase()] : query.get(name)) ?? '', value);
}

/** What of the headers says more than the body: never the secret. */
function keptHeaders(headers: InboundRequest['headers']): Headers {
  const isKept = (name: string): boolean =>
    name.startsWith('x-ms-dynamics-') || name === 'x-ms-correlation-request-id' || name === 'content-type';
  return Object.fromEntries(Object.entries(headers).filter(([name]) => isKept(name)));
}
