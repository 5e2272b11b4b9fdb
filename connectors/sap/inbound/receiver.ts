import type { Inbox, InboundReply, InboundRequest, Log, Receiver } from '../../contract';
import type { Stream } from '../config';
import { eventsIn, idocsIn } from './parts';
import { pack } from './payload';
import type { Proof } from './proof';

export interface ReceiverOptions {
  readonly inbox: Inbox;
  readonly proof: Proof;
  readonly streams: readonly Stream[];
  readonly log: Log;
  readonly now: () => number;
}

/** Event Mesh sends up to 1 MB, an IDoc packet may be larger. */
const mostBytes = 16 * 1024 * 1024;

const paths: Readonly<Record<string, Stream>> = {
  '': 'events',
  '/events': 'events',
  '/idocs': 'idocs',
  '/idoc': 'idocs',
};

/**
 * Takes what SAP pushes: answers the handshake of CloudEvents' webhooks, proves the sender, keeps the body, and only then
 * answers. A body that says nothing to us is kept like any other: the source tells it to be undecodable.
 */
export class SapReceiver implements Receiver {
  constructor(private readonly options: ReceiverOptions) {}

  /** See Receiver. */
  async receive(request: InboundRequest): Promise<InboundReply> {
    const stream = paths[request.path.replace(/\/+$/, '')];
    if (stream === undefined || !this.options.streams.includes(stream)) {
      return text(404, stream === undefined ? 'nothing is received here' : `${stream} are not subscribed to`);
    }
    if (request.method === 'OPTIONS') return this.#handshake(request);
    if (request.method !== 'POST') return { ...text(405, 'POST events here'), headers: { allow: 'POST, OPTIONS' } };
    if (!(await this.options.proof(request))) return this.#refuse(request);
    if (request.body.length === 0) return text(400, 'the body is empty');
    if (request.body.length > mostBytes) return text(413, `the body is larger than ${mostBytes} bytes`);
    const receivedAt = new Date(this.options.now()).toISOString();
    const parts = stream === 'idocs' ? idocsIn(request.body) : eventsIn(request.body);
    await this.options.inbox.append(
      stream,
      parts.map((part) => pack(headersOf(request, parts), part, receivedAt)),
    );
    return { status: 200 };
  }

  /**
   * The sender asks whether it may push. It says who it is where it can; that it may ask without harms nobody, since it must prove
   * itself with each event. Wrong credentials are refused here, so that a set-up fails at once.
   */
  async #handshake(request: InboundRequest): Promise<InboundReply> {
    const { headers } = request;
    const origin = headers['webhook-request-origin'];
    if (origin === undefined) return { status: 204, headers: { allow: 'POST, OPTIONS' } };
    if (headers.authorization !== undefined && !(await this.options.proof(request))) return this.#refuse(request);
    const rate = headers['webhook-request-rate'] === undefined ? {} : { 'webhook-allowed-rate': '*' };
    return { status: 200, headers: { allow: 'POST, OPTIONS', 'webhook-allowed-origin': origin, ...rate } };
  }

  #refuse({ path, method }: InboundRequest): InboundReply {
    this.options.log.warn(
      { method, path, code: 'SBX_SAP_CALLER' },
      'a sender that has not proved who it is was refused',
    );
    return text(401, 'who is calling is not proved: see `inbound` of the connection');
  }
}

function text(status: number, body: string): InboundReply {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body };
}

/** What belongs to a batch as a whole does not belong to its events. */
function headersOf({ headers }: InboundRequest, parts: readonly Uint8Array[]): Readonly<Record<string, string>> {
  return parts.length === 1 ? headers : { 'content-type': headers['content-type'] ?? '' };
}
