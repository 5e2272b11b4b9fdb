import { Permanent, Retryable } from '../../contract';
import type { Auth } from '../config';
import { objectOf, textOf } from '../json';
import { classOf, failureOf, jsonOf } from './failure';

/** Renewed this long before its end. */
const earlyMs = 60_000;
/** Where the answer does not say how long a token lives. */
const usualLifeMs = 10 * 60_000;
const answerMs = 30_000;

interface Token {
  readonly text: string;
  readonly renewAt: number;
}

/** The `Authorization` of a connection's requests; a token is kept for all of them and renewed by one at a time. */
export class Credentials {
  #token: Token | undefined;
  #renewal: Promise<Token> | undefined;

  constructor(
    private readonly auth: Auth,
    private readonly now: () => number,
  ) {}

  /** Rejects with Permanent (refused) or Retryable (the token endpoint cannot be reached). */
  async authorization(): Promise<string> {
    const { auth } = this;
    if (auth.kind === 'basic') {
      return `Basic ${Buffer.from(`${auth.username}:${auth.password}`, 'utf8').toString('base64')}`;
    }
    const token = this.#token;
    if (token !== undefined && this.now() < token.renewAt) return `Bearer ${token.text}`;
    return `Bearer ${(await this.#renew(auth)).text}`;
  }

  /** Forgets what was refused. True where asking again may give something else. */
  refused(authorization: string): boolean {
    if (this.auth.kind === 'basic') return false;
    if (authorization === `Bearer ${this.#token?.text ?? ''}`) this.#token = undefined;
    return true;
  }

  async #renew(auth: Auth & { kind: 'client-credentials' }): Promise<Token> {
    this.#renewal ??= request(auth, this.now()).finally(() => {
      this.#renewal = undefined;
    });
    this.#token = await this.#renewal;
    return this.#token;
  }
}

async function request(
  { loginUrl, clientId, clientSecret }: Auth & { kind: 'client-credentials' },
  asked: number,
): Promise<Token> {
  const response = await post(loginUrl, clientId, clientSecret);
  const body = await response.text();
  if (!response.ok) throw refusalOf(loginUrl, response, body);
  const answer = objectOf(jsonOf(body)) ?? {};
  const text = textOf(answer.access_token);
  if (text === undefined) {
    throw new Permanent('SBX_SAP_TOKEN_ANSWER', `${loginUrl} answered without access_token: is it a token endpoint?`);
  }
  const lifeMs = Number(answer.expires_in) > 0 ? Number(answer.expires_in) * 1000 : usualLifeMs;
  return { text, renewAt: asked + Math.max(lifeMs - earlyMs, lifeMs / 2) };
}

async function post(url: string, clientId: string, clientSecret: string): Promise<Response> {
  const pair = `${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`;
  try {
    return await fetch(url, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(pair, 'utf8').toString('base64')}`, accept: 'application/json' },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
      redirect: 'manual',
      signal: AbortSignal.timeout(answerMs),
    });
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new Retryable('SBX_SAP_UNREACHABLE', `${url} cannot be reached: ${cause}`, undefined, { cause: error });
  }
}

function refusalOf(url: string, response: Response, body: string): Permanent | Retryable {
  const { status } = response;
  const failure = failureOf({ status, headers: Object.fromEntries(response.headers), body });
  const told = objectOf(jsonOf(body));
  const code = textOf(told?.error) ?? failure.code;
  const message = `${url} answered ${status} ${code}: ${textOf(told?.error_description) ?? failure.message}`;
  if (classOf(status) === 'retryable') return new Retryable(code, message, failure.retryAfterMs);
  return new Permanent(code, `${message}. Fix: check clientId and clientSecret of the communication arrangement`);
}
