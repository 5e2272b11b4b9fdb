import { randomBytes } from 'node:crypto';
import { headerOf } from './message';
import type { IncomingHttpHeaders } from 'node:http';

interface Session {
  readonly token: string;
  readonly user: string;
  until: number;
}

/** The sessions of a system: each has the CSRF token that writes in it need. */
export class Sessions {
  readonly #sessions = new Map<string, Session>();

  constructor(
    /** Name of the session cookie. */
    readonly cookie: string,
    private readonly lifeMs: number,
  ) {}

  /** The token of the request's session; begins one where there is none, and then hands out its cookies. */
  join(headers: IncomingHttpHeaders, user: string): { readonly token: string; readonly cookies: readonly string[] } {
    const known = this.#of(headers, user);
    if (known !== undefined) return { token: known.token, cookies: [] };
    const id = randomBytes(24).toString('base64url');
    const token = randomBytes(16).toString('base64');
    this.#sessions.set(id, { token, user, until: Date.now() + this.lifeMs });
    return {
      token,
      cookies: [`${this.cookie}=${id}; path=/; HttpOnly`, 'sap-usercontext=sap-client=100; path=/'],
    };
  }

  /** Whether the request brings the token of its own live session. */
  holds(headers: IncomingHttpHeaders, user: string): boolean {
    const session = this.#of(headers, user);
    return session !== undefined && session.token === headerOf(headers, 'x-csrf-token');
  }

  /** Ends every session. */
  drop(): void {
    this.#sessions.clear();
  }

  #of(headers: IncomingHttpHeaders, user: string): Session | undefined {
    const cookies = (headerOf(headers, 'cookie') ?? '').split(/;\s*/);
    const mine = cookies.find((each) => each.startsWith(`${this.cookie}=`));
    const session = this.#sessions.get(mine?.slice(this.cookie.length + 1) ?? '');
    if (session === undefined || session.user !== user || session.until <= Date.now()) return undefined;
    session.until = Date.now() + this.lifeMs;
    return session;
  }
}
