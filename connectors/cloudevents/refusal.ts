import type { InboundReply } from '../contract';

/** Why a request is not taken, as its sender is told. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.name = 'Refusal';
  }

  /** The answer. */
  reply(): InboundReply {
    return replyOf(this.status, { message: this.message }, this.headers);
  }
}

/** An answer with a JSON body. */
export function replyOf(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): InboundReply {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}
