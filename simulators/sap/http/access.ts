import { randomBytes, timingSafeEqual } from 'node:crypto';
import { headerOf, json, type HttpAnswer, type HttpRequest } from './message';

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
export const basicOf = (
  header: string | undefined,
): { readonly user: string; readonly password: string } | undefined => {
  const [, encoded] = /^Basic\s+(\S+)$/i.exec(header ?? '') ?? [];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return { user: text.slice(0, colon), password: text.slice(colon + 1) };
};

/** The access tokens and the user of the landscape. */
export class Access {
  readonly #tokens = new Map<string, number>();

  constructor(
    readonly credentials: Credentials,
    private readonly tokenLifeMs: number,
  ) {}

  /** Answers the token endpoint: client credentials in the form or in a basic header. */
  issue({ headers, body }: HttpRequest): HttpAnswer {
    const form = new URLSearchParams(body.toString('utf8'));
    if (form.get('grant_type') !== 'client_credentials') {
      return json(400, { error: 'unsupported_grant_type', error_description: 'Only client_credentials is supported' });
    }
    const basic = basicOf(headerOf(headers, 'authorization'));
    const clientId = basic?.user ?? form.get('client_id') ?? '';
    const clientSecret = basic?.password ?? form.get('client_secret') ?? '';
    if (!same(clientId, this.credentials.clientId) || !same(clientSecret, this.credentials.clientSecret)) {
      return json(401, { error: 'unauthorized', error_description: 'Bad credentials' });
    }
    const token = randomBytes(40).toString('base64url');
    this.#tokens.set(token, Date.now() + this.tokenLifeMs);
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

  /** How a caller proved who it is; undefined where it did not. */
  check(authorization: string | undefined): 'basic' | 'bearer' | undefined {
    const basic = basicOf(authorization);
    if (basic !== undefined) {
      const { basicUser, basicPassword } = this.credentials;
      return same(basic.user, basicUser) && same(basic.password, basicPassword) ? 'basic' : undefined;
    }
    const [, token = ''] = /^Bearer\s+(\S+)$/i.exec(authorization ?? '') ?? [];
    return (this.#tokens.get(token) ?? 0) > Date.now() ? 'bearer' : undefined;
  }

  /** Makes every token invalid. */
  revokeAll(): void {
    this.#tokens.clear();
  }
}
