import { randomUUID } from 'node:crypto';

/** A request that Graph refuses, in the form in which it says so. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.name = new.target.name;
  }

  get body(): object {
    const date = new Date().toISOString().slice(0, 19);
    const id = randomUUID();
    const innerError = { date, 'request-id': id, 'client-request-id': id };
    return { error: { code: this.code, message: this.message, innerError } };
  }
}

export const badRequest = (message: string): Refusal => new Refusal(400, 'BadRequest', message);
export const notFound = (what: string): Refusal =>
  new Refusal(404, 'ErrorItemNotFound', `The specified object was not found in the store., ${what}`);
