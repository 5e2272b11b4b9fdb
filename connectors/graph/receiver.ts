import type { Inbox, InboundReply, InboundRequest, Log, Receiver } from '../contract';
import { objectOf, ownOf, textOf, textsOf } from '../kit/json';
import { parseLossless } from '../kit/lossless-json';
import { streamWith } from './client-state';
import { packed } from './inbox-payload';
import type { Fields } from './native';
import type { TokensCheck } from './validation-tokens';

export interface ReceiverOptions {
  readonly clientState: string;
  /** Collections that are heard, each a stream. */
  readonly streams: readonly string[];
  readonly checkTokens: TokensCheck;
  /** Mends the stream's subscription, after Graph has said that it needs it. Does not reject. */
  readonly mend: (stream: string, lifecycleEvent: string) => Promise<void>;
  readonly inbox: Inbox;
  readonly log: Log;
  readonly now: () => number;
}

/** Far longer than any that Graph sends. */
const longestToken = 4096;

/** Says nothing of a record or of lost changes: nothing to keep. */
const keepsNothing = 'reauthorizationRequired';

/** A notification whose client state is one of ours. */
interface Proven {
  readonly stream: string;
  readonly notification: Fields;
}

/**
 * Takes Graph's posts. Its handshake is answered with the token as plain text. Of a post of notifications, each must have the
 * client state of one of our streams' subscriptions, and where resources come along, the post the tokens of Entra ID; what has is
 * kept in the inbox, and only then 202 is answered. Graph repeats what is not answered so for four hours.
 */
export class NotificationReceiver implements Receiver {
  readonly #options: ReceiverOptions;

  constructor(options: ReceiverOptions) {
    this.#options = options;
  }

  /** See Receiver. */
  async receive({ method, path, query, body }: InboundRequest): Promise<InboundReply> {
    if (path !== '' && path !== '/') return this.#refuse(404, 'there is nothing here');
    if (method !== 'POST') return this.#refuse(405, 'only POST is taken', { allow: 'POST' });
    const token = query.get('validationToken');
    if (token !== null) return this.#handshake(token);
    const post = jsonIn(body) ?? {};
    const items = ownOf(post, 'value');
    return Array.isArray(items) ? this.#take(post, items) : this.#refuse(400, 'not a post of notifications');
  }

  async #take(post: Fields, items: readonly unknown[]): Promise<InboundReply> {
    const proven = items.flatMap((item) => this.#proven(item));
    if (proven.length < items.length) {
      const unknown = items.length - proven.length;
      this.#options.log.warn({ unknown }, 'notifications of no subscription of ours were dropped');
    }
    // Where none is ours it is no post of Graph's, or our secret was changed: then Graph had better repeat it.
    if (proven.length === 0) return this.#refuse(403, 'none of it is of a subscription of this connection');
    if (proven.some(({ notification }) => ownOf(notification, 'encryptedContent') !== undefined)) {
      const fault = await this.#options.checkTokens(textsOf(ownOf(post, 'validationTokens')));
      if (fault !== undefined) return this.#refuse(403, `the validation tokens do not prove Graph: ${fault}`);
    }
    await this.#keep(proven);
    for (const { stream, notification } of proven) {
      const lifecycle = lifecycleOf(notification);
      if (lifecycle !== undefined) void this.#options.mend(stream, lifecycle);
    }
    return { status: 202 };
  }

  #handshake(token: string): InboundReply {
    if (token === '' || token.length > longestToken) return this.#refuse(400, 'no validation token of Graph');
    // Whoever asks gets back what he sent: as text, so that no browser takes it for a page.
    const headers = { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' };
    return { status: 200, headers, body: token };
  }

  #proven(item: unknown): readonly Proven[] {
    const notification = objectOf(item);
    const { clientState, streams } = this.#options;
    const given = notification === undefined ? undefined : textOf(ownOf(notification, 'clientState'));
    const stream = given === undefined ? undefined : streamWith(clientState, streams, given);
    if (notification === undefined || stream === undefined) return [];
    // It has proved what it had to, and is a secret: not kept.
    const kept = Object.entries(notification).filter(([name]) => name !== 'clientState');
    return [{ stream, notification: Object.fromEntries(kept) }];
  }

  async #keep(proven: readonly Proven[]): Promise<void> {
    const receivedAt = new Date(this.#options.now()).toISOString();
    const byStream = new Map<string, Uint8Array[]>();
    for (const { stream, notification } of proven) {
      if (lifecycleOf(notification) === keepsNothing) continue;
      byStream.set(stream, [...(byStream.get(stream) ?? []), packed({ stream, receivedAt }, notification)]);
    }
    // A failure between two streams makes Graph repeat all of it: with the same ids.
    for (const [stream, payloads] of byStream) await this.#options.inbox.append(stream, payloads);
  }

  #refuse(status: number, why: string, headers: Readonly<Record<string, string>> = {}): InboundReply {
    this.#options.log.warn({ status, why }, 'a post was refused');
    return { status, headers, body: why };
  }
}

function lifecycleOf(notification: Fields): string | undefined {
  return textOf(ownOf(notification, 'lifecycleEvent'));
}

function jsonIn(body: Uint8Array): Fields | undefined {
  try {
    return objectOf(parseLossless(Buffer.from(body).toString('utf8')));
  } catch {
    return undefined;
  }
}
