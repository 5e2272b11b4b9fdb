/** A request below `/v1.0/`. */
export interface Call {
  readonly method: string;
  /** Decoded, without slashes around it. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: unknown;
  /** The application that calls. */
  readonly clientId: string;
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}
