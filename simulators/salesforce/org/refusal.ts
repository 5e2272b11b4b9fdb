/** One entry of a Salesforce error body. */
export interface ErrorEntry {
  readonly message: string;
  readonly errorCode: string;
  readonly fields?: readonly string[];
}

/** A refused request or row: becomes `[{message, errorCode, fields}]` with the HTTP status, or a row's `errors`. */
export class Refusal extends Error {
  readonly entries: readonly ErrorEntry[];

  /**
   * @param status HTTP status where the refusal ends a whole request.
   * @param errorCode Salesforce's code, for example `STRING_TOO_LONG`.
   */
  constructor(
    readonly status: number,
    errorCode: string,
    message: string,
    fields?: readonly string[],
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.entries = [{ message, errorCode, ...(fields === undefined ? {} : { fields }) }];
  }

  /** The error as a row of a collections answer carries it. */
  get rowErrors(): readonly { statusCode: string; message: string; fields: readonly string[] }[] {
    return this.entries.map(({ errorCode, message, fields }) => ({
      statusCode: errorCode,
      message,
      fields: fields ?? [],
    }));
  }
}

/** The record named in the path does not exist. */
export const notFound = (message = 'The requested resource does not exist'): Refusal =>
  new Refusal(404, 'NOT_FOUND', message);
