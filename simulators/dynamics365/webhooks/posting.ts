import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { EndpointAuth } from './steps';

/** A request to an endpoint, ready to be sent any number of times. */
export interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What came of an attempt: a status, or why there was none. */
export type Outcome = { readonly status: number } | { readonly error: string };

/** The endpoint's URL and headers with what identifies the caller. */
export const authorised = (url: string, auth: EndpointAuth, headers: Readonly<Record<string, string>>) => {
  if (auth.type === 'HttpHeader') return { url, headers: { ...headers, ...auth.values } };
  const target = new URL(url);
  const values = auth.type === 'WebhookKey' ? { code: auth.key } : auth.values;
  for (const [name, value] of Object.entries(values)) target.searchParams.append(name, value);
  return { url: target.href, headers };
};

/** Sends a post once, on a connection of its own. Never rejects. */
export const send = (post: Post, timeoutMs: number, signal: AbortSignal): Promise<Outcome> =>
  new Promise((resolve) => {
    const start = post.url.startsWith('https:') ? httpsRequest : httpRequest;
    const length = String(Buffer.byteLength(post.body));
    const options = {
      method: 'POST',
      agent: false as const,
      signal,
      headers: { ...post.headers, 'content-length': length },
    };
    const request = start(post.url, options, (response) => {
      // The body means nothing to the service; only the status does.
      response.resume();
      response.once('close', () => {
        resolve({ status: response.statusCode ?? 0 });
      });
      response.once('error', (error) => {
        resolve({ error: error.message });
      });
    });
    request.setTimeout(timeoutMs, () => {
      request.destroy(new Error(`No answer within ${timeoutMs / 1000} seconds`));
    });
    request.once('error', (error) => {
      resolve({ error: error.message });
    });
    request.end(post.body);
  });
