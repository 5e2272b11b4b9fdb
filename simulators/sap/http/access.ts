import { randomUUID, timingSafeEqual } from 'node:crypto';
import { headerOf, json, type HttpAnswer, type HttpRequest } from './message';
import { keySet, signToken, type TokenKeys } from './token-keys';

/** Who may call, and as whom. */
export interface Credentials {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly basicUser: string;
  readonly basicPassword: string;
}

const same = (left: string, right: string): boolean => {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
};

/** User and password of a basic header. */
const basicOf = (header: string | undefined): { readonly user: string; readonly password: string } | undefined => {
  const [, encoded] = /^Basic\s+(\S+)$/i.exec(header ?? '') ?? [];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return { user: text.slice(0, colon), password: text.slice(colon + 1) };
};

/** A client that may ask for tokens. */
export interface TokenClient {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** The access tokens and the user of the landscape. */
export class Access {
  /** `http://127.0.0.1:port` of the token endpoint. */
  issuer = '';
  /** Clients of the tokens that are good, by token. */
  readonly #tokens = new Map<string, { readonly clientId: string; readonly until: number }>();

  constructor(
    readonly credentials: Credentials,
    /** Whose tokens pushes bring: no good for the services. */
    readonly webhookClient: TokenClient,
    private readonly tokenLifeMs: number,
    private readonly keys: TokenKeys,
  ) {}

  /** Answers the token endpoint: client credentials in the form or in a basic header. */
  issue({ headers, body }: HttpRequest): HttpAnswer {
    const form = new URLSearchParams(body.toString('utf8'));
    if (form.get('grant_type') !== 'client_credentials') {
      return json(400, { error: 'unsupported_grant_type', error_description: 'Only client_credentials is supported' });
    }
    const basic = basicOf(headerOf(headers, 'authorization'));
    const clientId = basic?.user ?? form.get('client_id') ?? '';
    const secret = basic?.password ?? form.get('client_secret') ?? '';
    const client = [this.credentials, this.webhookClient].find((each) => same(clientId, each.clientId));
    if (client === undefined || !same(secret, client.clientSecret)) {
      return json(401, { error: 'unauthorized', error_description: 'Bad credentials' });
    }
    const token = this.#sign(clientId);
    this.#tokens.set(token, { clientId, until: Date.now() + this.tokenLifeMs });
    return json(
      200,
      {
        access_token: token,
        token_type: 'bearer',
        expires_in: Math.floor(this.tokenLifeMs / 1000),
        scope: 'uaa.resource',
      },
      { 'cache-control': 'no-store' },
    );
  }

  /** The keys that verify tokens. */
  tokenKeys(): HttpAnswer {
    return json(200, keySet(this.keys));
  }

  /** How a caller proved who it is; undefined where it did not. */
  check(authorization: string | undefined): 'basic' | 'bearer' | undefined {
    const basic = basicOf(authorization);
    if (basic !== undefined) {
      const { basicUser, basicPassword } = this.credentials;
      return same(basic.user, basicUser) && same(basic.password, basicPassword) ? 'basic' : undefined;
    }
    const [, token = ''] = /^Bearer\s+(\S+)$/i.exec(authorization ?? '') ?? [];
    const known = this.#tokens.get(token);
    if (known?.clientId !== this.credentials.clientId) return undefined;
    return known.until > Date.now() ? 'bearer' : undefined;
  }

  /** Makes every token invalid. */
  revokeAll(): void {
    this.#tokens.clear();
  }

  #sign(clientId: string): string {
    const now = Math.floor(Date.now() / 1000);
    return signToken(this.keys, `${this.issuer}/token_keys`, {
      jti: randomUUID(),
      iss: `${this.issuer}/oauth/token`,
      sub: clientId,
      client_id: clientId,
      cid: clientId,
      azp: clientId,
      aud: [clientId, 'uaa'],
      scope: ['uaa.resource'],
      grant_type: 'client_credentials',
      iat: now,
      exp: now + Math.floor(this.tokenLifeMs / 1000),
    });
  }
}
