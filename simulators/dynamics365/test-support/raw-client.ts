import type { RunningDynamics365 } from '../index';

/** A JSON body: what tests look into, each at its own risk. */
export interface ReplyBody {
  readonly [name: string]: unknown;
  readonly error: { readonly code: string; readonly message: string };
  readonly value: readonly Readonly<Record<string, unknown>>[];
}

/** An answer, read. Where the body is no JSON, `text` has it and `body` has nothing. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: ReplyBody;
}

const read = async (response: Response): Promise<Reply> => {
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true && text !== '';
  const body = (isJson ? JSON.parse(text) : {}) as ReplyBody;
  return { status: response.status, headers: response.headers, text, body };
};

/** Speaks the Web API with nothing in between, as the application. */
export interface RawClient {
  readonly token: string;
  readonly call: (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Reply>;
}

/** Asks the token endpoint. */
export const requestToken = async (running: RunningDynamics365, more: Record<string, string> = {}): Promise<Reply> => {
  const form = {
    grant_type: 'client_credentials',
    client_id: running.clientId,
    client_secret: running.clientSecret,
    scope: running.scope,
    ...more,
  };
  return read(await fetch(running.tokenUrl, { method: 'POST', body: new URLSearchParams(form) }));
};

/** A client with a token. */
export const connect = async (running: RunningDynamics365): Promise<RawClient> => {
  const { body: grant } = await requestToken(running);
  const token = String(grant['access_token']);
  const call: RawClient['call'] = async (method, path, body, headers = {}) => {
    const response = await fetch(path.startsWith('http') ? path : `${running.baseUrl}/api/data/v9.2/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'application/json',
        'odata-version': '4.0',
        'odata-maxversion': '4.0',
        ...(typeof body === 'object' ? { 'content-type': 'application/json' } : {}),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return read(response);
  };
  return { token, call };
};
