import { Retryable } from '../contract';

/** A token and how long it is good for. */
export interface Session {
  readonly accessToken: string;
  /** Epoch ms after which it is renewed before use. */
  readonly renewAt: number;
}

/** Keeps one session for all calls of a connection; one renewal at a time, shared by everyone who waits for it. */
export class SharedSession<S extends Session> {
  #current: S | undefined;
  #renewal: Promise<S> | undefined;

  /** @param request asks for a new one; rejects with Permanent (refused) or Retryable (not reached) */
  constructor(
    private readonly request: () => Promise<S>,
    private readonly now: () => number,
  ) {}

  /** A session, renewed in good time where that is possible. Rejects as `request` does. */
  async get(): Promise<S> {
    const current = this.#current;
    if (current === undefined) return this.#renew();
    if (this.now() < current.renewAt) return current;
    try {
      return await this.#renew();
    } catch (error) {
      // Renewed early: while the login host is away, the old token most likely still does.
      if (error instanceof Retryable) return current;
      throw error;
    }
  }

  /** A session other than the one that the CRM has just refused. */
  async after(refused: string): Promise<S> {
    const current = this.#current;
    if (current !== undefined && current.accessToken !== refused) return current;
    return this.#renew();
  }

  async #renew(): Promise<S> {
    this.#renewal ??= this.request().finally(() => {
      this.#renewal = undefined;
    });
    this.#current = await this.#renewal;
    return this.#current;
  }
}
