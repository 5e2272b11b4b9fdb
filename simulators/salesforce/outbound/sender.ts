import { setTimeout as delay } from 'node:timers/promises';

/** One attempt at a message: the answer's status, or why there was none, and whether it was acknowledged. */
export interface OutboundAttempt {
  readonly url: string;
  readonly body: string;
  readonly outcome: number | string;
  readonly isAcknowledged: boolean;
}

export interface OutboundSenderOptions {
  /** Wait before a message that was not acknowledged is sent again, doubled each time. */
  readonly retryMs: number;
  /** For how long; then it is dropped. */
  readonly lifeMs: number;
}

/** Longest wait between two attempts. */
const longestMs = 2 * 3_600_000;

/** Sends outbound messages until each is acknowledged: with 2xx and `Ack` true, anything else is no answer. */
export class OutboundSender {
  readonly attempts: OutboundAttempt[] = [];
  readonly #stop = new AbortController();
  readonly #underWay = new Set<Promise<void>>();

  constructor(private readonly options: OutboundSenderOptions) {}

  send(url: string, body: string): void {
    const sending = this.#send(url, body).finally(() => this.#underWay.delete(sending));
    this.#underWay.add(sending);
  }

  /** Resolves when every message was acknowledged or dropped. */
  async idle(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.idle();
  }

  async #send(url: string, body: string): Promise<void> {
    const { retryMs, lifeMs } = this.options;
    const until = Date.now() + lifeMs;
    for (let wait = retryMs; !this.#stop.signal.aborted && Date.now() <= until; wait = Math.min(2 * wait, longestMs)) {
      if (await this.#post(url, body)) return;
      await delay(wait, undefined, { signal: this.#stop.signal }).catch(() => undefined);
    }
  }

  async #post(url: string, body: string): Promise<boolean> {
    const headers = { 'content-type': 'text/xml; charset=utf-8', soapaction: '""' };
    const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(60_000)]);
    const attempt = await fetch(url, { method: 'POST', headers, body, signal }).then(
      async (response) => {
        const isAcknowledged = response.ok && /<(\w+:)?Ack>\s*true\s*<\//.test(await response.text());
        return { outcome: response.status, isAcknowledged };
      },
      (error: unknown) => ({ outcome: (error as Error).message, isAcknowledged: false }),
    );
    this.attempts.push({ url, body, ...attempt });
    return attempt.isAcknowledged;
  }
}
