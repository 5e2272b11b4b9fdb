/** Why the template's own text is used instead of a draft. The message names no personal data. */
export class DraftFault extends Error {
  constructor(
    /** An error code of docs/errors.md. */
    readonly code: string,
    message: string,
    /** Tokens that were spent all the same. */
    readonly usage?: Usage,
  ) {
    super(message);
    this.name = 'DraftFault';
  }
}

/** Tokens that the endpoint counted; 0 where it tells none. */
export interface Usage {
  readonly input: number;
  readonly output: number;
}
