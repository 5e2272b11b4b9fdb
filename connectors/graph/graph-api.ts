import { Client, type Context, GraphClientError, GraphError, type Middleware } from '@microsoft/microsoft-graph-client';
import { untilAborted } from '../kit/abort';
import type { EntraAuthenticator } from '../kit/entra';
import type { Priority, RateGovernor } from '../kit/rate';
import { delayOf } from '../kit/retry-after';
import { connectorErrorOf, GraphFailure } from './graph-failure';
import { rolesIn } from './permissions';

export interface GraphApiOptions {
  readonly auth: EntraAuthenticator;
  /** `https://graph.microsoft.com` */
  readonly baseUrl: string;
  readonly governor: RateGovernor;
}

/** A request; `path` is below the version, `users/x/messages?$top=1`, or a whole URL of the same service (a next link). */
export interface GraphRequest {
  readonly method: 'get' | 'post' | 'patch' | 'delete';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Most rows of a page, where `$top` is not taken. */
  readonly pageRows?: number;
}

const version = 'v1.0';
/** Longer than Graph lets a request run. */
const answerMs = 100_000;

/** Ids that outlive a move between folders, texts without markup, times in UTC. */
const prefer = 'IdType="ImmutableId", outlook.body-content-type="text", outlook.timezone="UTC"';

/**
 * Microsoft Graph through its own client, with a middleware of our own in place of the client's: that one repeats writes by itself
 * (a create answered 503 after its commit is made twice), and leaves the token out for any address but https without a port.
 */
export class GraphApi {
  readonly #options: GraphApiOptions;
  readonly #client: Client;

  constructor(options: GraphApiOptions) {
    this.#options = options;
    const middleware = new Sender(options.auth);
    this.#client = Client.initWithMiddleware({ baseUrl: `${options.baseUrl}/`, defaultVersion: version, middleware });
  }

  /**
   * Makes a request when the rate allows it; answers the JSON, undefined where there is none. Rejects with GraphFailure for a
   * refusal, with a ConnectorError when no token is to be had, with what Node says when the answer was lost, with the signal's
   * reason when aborted.
   */
  async send(request: GraphRequest, priority: Priority, signal: AbortSignal): Promise<unknown> {
    const { governor } = this.#options;
    return governor.run(
      async () => {
        try {
          return await this.#call(request, signal);
        } catch (error) {
          signal.throwIfAborted();
          const failure = failureIn(error);
          if (failure instanceof GraphFailure && failure.retryAfterMs !== undefined)
            governor.pauseFor(failure.retryAfterMs);
          throw failure;
        }
      },
      priority,
      signal,
    );
  }

  /** As `send` with GET, for reading: rejects with Retryable or Permanent, or with the signal's reason. */
  async read(what: string, path: string, signal: AbortSignal, pageRows?: number): Promise<unknown> {
    try {
      const paged = pageRows === undefined ? {} : { pageRows };
      return await this.send({ method: 'get', path, ...paged }, 'read', signal);
    } catch (error) {
      signal.throwIfAborted();
      throw connectorErrorOf(error, what);
    }
  }

  /** The application permissions of the token; undefined where it cannot be read. Rejects as `send` where no token is to be had. */
  async roles(): Promise<readonly string[] | undefined> {
    return rolesIn((await this.#options.auth.session()).accessToken);
  }

  #call({ method, path, headers, body, pageRows }: GraphRequest, signal: AbortSignal): Promise<unknown> {
    const root = `${this.#options.baseUrl}/${version}/`;
    // The client takes whole URLs of https only.
    const relative = path.startsWith(root) ? path.slice(root.length) : path;
    const request = this.#client
      .api(`/${relative}`)
      .headers({ prefer: pageRows === undefined ? prefer : `${prefer}, odata.maxpagesize=${pageRows}`, ...headers })
      .option('signal', AbortSignal.any([signal, AbortSignal.timeout(answerMs)]));
    switch (method) {
      case 'get':
        return request.get();
      case 'delete':
        return request.delete();
      default:
        return request[method](body);
    }
  }
}

/** Sends once with the token; with another one where it was refused. */
class Sender implements Middleware {
  constructor(private readonly auth: EntraAuthenticator) {}

  async execute(context: Context): Promise<void> {
    const { signal } = context.options ?? {};
    const wait = <T>(promise: Promise<T>): Promise<T> => (signal ? untilAborted(promise, signal) : promise);
    try {
      const { accessToken } = await wait(this.auth.session());
      context.response = await send(context, accessToken);
      if (context.response.status !== 401) return;
      context.response = await send(context, (await wait(this.auth.sessionAfter(accessToken))).accessToken);
    } catch (error) {
      // Anything else the client turns into an error of its own, and forgets what it was.
      throw Object.assign(new GraphClientError('not sent'), { customError: error });
    }
  }
}

function send({ request, options }: Context, token: string): Promise<Response> {
  const headers = new Headers(options?.headers);
  headers.set('authorization', `Bearer ${token}`);
  return fetch(String(request), { ...options, headers });
}

/** What the client threw: a refusal of Graph, or what kept the request from being answered. */
function failureIn(error: unknown): unknown {
  if (error instanceof GraphClientError) return (error.customError as unknown) ?? error;
  if (!(error instanceof GraphError) || error.statusCode < 400) return error;
  const { statusCode: status, code, message, headers } = error;
  const delay = delayOf(headers?.get('retry-after'));
  return new GraphFailure(status, code ?? `HTTP_${status}`, message || 'no reason given', delay);
}
