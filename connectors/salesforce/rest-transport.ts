import { PassThrough } from 'node:stream';
import { Transport } from 'jsforce/lib/transport';
import type { HttpRequest, HttpResponse } from 'jsforce/lib/types';
import { StreamPromise } from 'jsforce/lib/util/promise';
import { failureOfAnswer } from './rest-failure';

/** Salesforce ends requests itself after 10 minutes; ours are small. */
const answerMs = 60_000;

/**
 * Carries jsforce's requests over Node's own fetch. jsforce's carrier retries reads without regard to Retry-After, drops the
 * status and the delay of a refusal, and with node-fetch before 2.6.8 never settles when an answer is lost.
 * A request rejects with RestFailure when it was refused, with an Error that has a `code` when no answer came.
 */
export class RestTransport extends Transport {
  readonly #refused = new WeakSet<HttpRequest>();

  override httpRequest(request: HttpRequest): StreamPromise<HttpResponse> {
    return StreamPromise.create(() => ({ stream: new PassThrough(), promise: this.#send(request) }));
  }

  async #send(request: HttpRequest): Promise<HttpResponse> {
    const response = await answerTo(request);
    const { statusCode, headers, body } = response;
    if (statusCode < 300) return response;
    // The first 401 makes jsforce renew the token and send the same request again; a second one would do so for ever.
    if (statusCode === 401 && !this.#refused.has(request)) {
      this.#refused.add(request);
      return response;
    }
    throw failureOfAnswer(statusCode, headers['retry-after'], body);
  }
}

async function answerTo({ url, method, headers = {}, body }: HttpRequest): Promise<HttpResponse> {
  if (body !== undefined && typeof body !== 'string') throw new TypeError(`${method} ${url}: only texts are sent`);
  const signal = AbortSignal.timeout(answerMs);
  try {
    // A redirect would repeat a write as a read.
    const response = await fetch(url, {
      method,
      headers,
      redirect: 'manual',
      signal,
      ...(body === undefined ? {} : { body }),
    });
    return { statusCode: response.status, headers: Object.fromEntries(response.headers), body: await response.text() };
  } catch (error) {
    const { cause } = error as { cause?: { code?: unknown; message?: unknown } };
    const code = typeof cause?.code === 'string' ? cause.code : 'SBX_SALESFORCE_NO_ANSWER';
    const reason = typeof cause?.message === 'string' ? cause.message : (error as Error).message;
    throw Object.assign(new Error(`${method} ${new URL(url).pathname}: ${reason}`, { cause: error }), { code });
  }
}
