import { startSap, type RunningSap, type SapOptions } from '../index';

/** An answer, read. */
export interface Read {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; undefined where it is none. */
  readonly json: unknown;
}

/** A request in few words. */
export interface Ask {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON unless it is text. */
  readonly body?: unknown;
  /** Without credentials where false. */
  readonly auth?: string | false;
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** Sends one request and reads the answer. */
export const ask = async (url: string, { method = 'GET', headers = {}, body, auth }: Ask = {}): Promise<Read> => {
  const response = await fetch(url, {
    method,
    headers: {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(typeof auth === 'string' ? { authorization: auth } : {}),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: parsed(text) };
};

/** A client of one system that logs on with the user's password and keeps a session, as scripts against SAP do. */
export class Client {
  #session: Record<string, string> = {};

  constructor(
    readonly serviceUrl: string,
    readonly authorization: string,
  ) {}

  /** Sends a request with the session's cookie and token. */
  ask(path: string, options: Ask = {}): Promise<Read> {
    return ask(`${this.serviceUrl}/${path}`, {
      auth: this.authorization,
      ...options,
      headers: { ...this.#session, ...options.headers },
    });
  }

  /** Fetches a token into the session; answers it. */
  async fetchToken(): Promise<string> {
    const read = await this.ask('', { headers: { 'x-csrf-token': 'Fetch' } });
    const token = read.headers.get('x-csrf-token') ?? '';
    const cookies = read.headers.getSetCookie().map((cookie) => cookie.split(';')[0] ?? '');
    if (cookies.length > 0) this.#session = { cookie: cookies.join('; ') };
    this.#session = { ...this.#session, 'x-csrf-token': token };
    return token;
  }
}

/** A running landscape with a client of each service. */
export interface Landscape {
  readonly sap: RunningSap;
  readonly partners: Client;
  readonly orders: Client;
  readonly c4c: Client;
}

/** The header of the user's password. */
export const basic = ({ basicUser, basicPassword }: RunningSap): string =>
  `Basic ${Buffer.from(`${basicUser}:${basicPassword}`).toString('base64')}`;

/** Starts a landscape for a test file, with sessions where wanted. */
export const startLandscape = async (options: SapOptions = {}): Promise<Landscape> => {
  const sap = await startSap(options);
  const client = (url: string, path: string) => new Client(`${url}${path}`, basic(sap));
  const landscape = {
    sap,
    partners: client(sap.s4Url, '/sap/opu/odata/sap/API_BUSINESS_PARTNER'),
    orders: client(sap.s4Url, '/sap/opu/odata/sap/API_SALES_ORDER_SRV'),
    c4c: client(sap.c4cUrl, '/sap/c4c/odata/v1/c4codataapi'),
  };
  await Promise.all([landscape.partners, landscape.orders, landscape.c4c].map((each) => each.fetchToken()));
  return landscape;
};
