import { randomBytes } from 'node:crypto';

/** An access token in use. */
export interface Session {
  readonly token: string;
  readonly userId: string;
  readonly username: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/** The access tokens of the org; they die by age or when all are revoked. */
export class Sessions {
  readonly #byToken = new Map<string, Session>();

  constructor(
    private readonly orgId: string,
    private readonly lifeMs: number,
  ) {}

  /** A new token in the form of real ones: `00D…!AQ…`. */
  open(userId: string, username: string): Session {
    const token = `${this.orgId.slice(0, 15)}!AQ${randomBytes(48).toString('base64url').replaceAll('-', '.')}`;
    const session: Session = { token, userId, username, expiresAt: Date.now() + this.lifeMs };
    this.#byToken.set(token, session);
    return session;
  }

  /** The session of a token that is known and not expired. */
  find(token: string): Session | undefined {
    const session = this.#byToken.get(token);
    if (session === undefined || session.expiresAt > Date.now()) return session;
    this.#byToken.delete(token);
    return undefined;
  }

  /** Ends one session. */
  revoke(token: string): void {
    this.#byToken.delete(token);
  }

  /** Ends every session. */
  revokeAll(): void {
    this.#byToken.clear();
  }
}
