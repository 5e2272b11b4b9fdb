import { Transport } from 'jsforce/lib/transport';
import type { HttpRequest, HttpRequestOptions, HttpResponse } from 'jsforce/lib/types';
import { StreamPromise } from 'jsforce/lib/util/promise';
import { failureOfAnswer } from './rest-failure';

/** Salesforce ends requests itself after 10 minutes; ours are small. */
const answerMs = 60_000;

/**
 * jsforce's transport, less its retries: it would retry reads without regard to Retry-After, and the caller retries anyway.
 * Refusals keep their status and delay, which jsforce's own errors lose.
 */
export class RestTransport extends Transport {
  readonly #refused = new WeakSet<HttpRequest>();

  override httpRequest(request: HttpRequest, options: HttpRequestOptions = {}): StreamPromise<HttpResponse> {
    return StreamPromise.create(() => {
      const sent = super.httpRequest(request, { ...options, timeout: answerMs, retry: { methods: [] } });
      return { stream: sent.stream(), promise: sent.then((response) => this.#checked(request, response)) };
    });
  }

  #checked(request: HttpRequest, response: HttpResponse): HttpResponse {
    const { statusCode, headers, body } = response;
    if (statusCode < 400) return response;
    // The first 401 makes jsforce renew the token and send the same request again; a second one would do so for ever.
    if (statusCode === 401 && !this.#refused.has(request)) {
      this.#refused.add(request);
      return response;
    }
    throw failureOfAnswer(statusCode, headers['retry-after'], body);
  }
}
