import { randomBytes, randomUUID } from 'node:crypto';

/** What an access token stands for. */
export interface TokenGrant {
  /** The organisation's URL or Graph's: the `aud` claim. */
  readonly audience: string;
  readonly clientId: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** The access tokens in use: they die by age or when all are revoked. Opaque to clients, in the form of a JWT as real ones are. */
export class Tokens {
  readonly #byToken = new Map<string, TokenGrant>();

  constructor(
    private readonly directoryId: string,
    private readonly lifeMs: number,
    /** Application permissions that an administrator has consented to. */
    private readonly roles: readonly string[] = [],
  ) {}

  /** A new token, and how many seconds it lives. */
  issue(audience: string, clientId: string): { readonly token: string; readonly expiresIn: number } {
    const now = Date.now();
    const grant: TokenGrant = { audience, clientId, expiresAt: now + this.lifeMs };
    const claims = {
      aud: audience,
      iss: `https://sts.windows.net/${this.directoryId}/`,
      iat: Math.floor(now / 1000),
      nbf: Math.floor(now / 1000),
      exp: Math.floor(grant.expiresAt / 1000),
      appid: clientId,
      idtyp: 'app',
      tid: this.directoryId,
      uti: randomBytes(16).toString('base64url'),
      ver: '1.0',
      // Absent where nothing was consented to.
      ...(this.roles.length === 0 ? {} : { roles: this.roles }),
    };
    const head = { typ: 'JWT', alg: 'RS256', kid: randomUUID().replaceAll('-', '') };
    const token = `${encode(head)}.${encode(claims)}.${randomBytes(64).toString('base64url')}`;
    this.#byToken.set(token, grant);
    return { token, expiresIn: Math.floor(this.lifeMs / 1000) };
  }

  /** The grant of a token that is known, not expired and meant for this audience. */
  find(token: string, audience: string): TokenGrant | undefined {
    const grant = this.#byToken.get(token);
    return grant !== undefined && grant.expiresAt > Date.now() && grant.audience === audience ? grant : undefined;
  }

  /** Ends every token. */
  revokeAll(): void {
    this.#byToken.clear();
  }
}
