import { createSign, generateKeyPairSync } from 'node:crypto';
import { Connection } from 'jsforce';
import { startSalesforce, type RunningSalesforce } from '../index';

let salesforce: RunningSalesforce;
beforeAll(async () => {
  salesforce = await startSalesforce();
});
afterAll(() => salesforce.stop());

const now = (): number => Math.floor(Date.now() / 1000);

const assertion = (claims: object, key?: string): string => {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const { clientId, username, privateKeyPem } = salesforce.clients['integration']!;
  const standard = { iss: clientId, sub: username, aud: 'https://login.salesforce.com', exp: now() + 180 };
  const body = `${part({ alg: 'RS256' })}.${part({ ...standard, ...claims })}`;
  return `${body}.${createSign('RSA-SHA256')
    .update(body)
    .sign(key ?? privateKeyPem!, 'base64url')}`;
};

const token = async (form: Record<string, string>): Promise<{ status: number; body: Record<string, string> }> => {
  const response = await fetch(`${salesforce.baseUrl}/services/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams(form),
  });
  return { status: response.status, body: (await response.json()) as Record<string, string> };
};

const jwt = (claims: object, key?: string) =>
  token({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: assertion(claims, key) });

it('gives a token for a signed assertion, with org and user in its id', async () => {
  const { status, body } = await jwt({});
  const { userId } = salesforce.clients['integration']!;
  expect(status).toBe(200);
  expect(body).toMatchObject({
    instance_url: salesforce.baseUrl,
    token_type: 'Bearer',
    id: `${salesforce.baseUrl}/id/${salesforce.orgId}/${userId}`,
  });
  expect(body['access_token']).toMatch(/^00D.{12}!AQ/);
  expect(Number(body['issued_at'])).toBeGreaterThan(Date.now() - 10_000);
});

it.each([
  ['an expired assertion', { exp: 1 }, 'expired authorization code'],
  [
    'an assertion that lives too long',
    { exp: Math.floor(Date.now() / 1000) + 86_400 },
    'assertion expiry is too far in the future',
  ],
  ['another audience', { aud: 'https://example.com' }, 'audience is invalid'],
  ['a user that the app may not act as', { sub: 'nobody@example.com' }, "user hasn't approved this consumer"],
])('refuses %s with invalid_grant', async (_, claims, error_description) => {
  expect(await jwt(claims)).toEqual({ status: 400, body: { error: 'invalid_grant', error_description } });
});

it('refuses an assertion signed by another key, and an unknown app', async () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  expect((await jwt({}, key)).body).toEqual({ error: 'invalid_grant', error_description: 'invalid assertion' });
  expect((await jwt({ iss: 'nobody' })).body['error']).toBe('invalid_client_id');
});

it('refuses a wrong secret and an unknown grant', async () => {
  const { clientId } = salesforce.clients['integration']!;
  const wrong = await token({ grant_type: 'client_credentials', client_id: clientId, client_secret: 'x' });
  expect(wrong).toEqual({
    status: 400,
    body: { error: 'invalid_client', error_description: 'invalid client credentials' },
  });
  expect((await token({ grant_type: 'password' })).body['error']).toBe('unsupported_grant_type');
});

it('logs jsforce in with a JWT, knows who it is, and lets it log out', async () => {
  const { clientId, clientSecret, username } = salesforce.clients['integration']!;
  const connection = new Connection({
    oauth2: { loginUrl: salesforce.baseUrl, clientId, clientSecret },
    version: '62.0',
  });
  const user = await connection.authorize({
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    assertion: assertion({}),
  });
  expect(user.organizationId).toBe(salesforce.orgId);
  const identity = await connection.request<Record<string, string>>('/services/oauth2/userinfo');
  expect(identity).toMatchObject({ organization_id: salesforce.orgId, preferred_username: username });
  await connection.logout(true);
  const later = await fetch(`${salesforce.baseUrl}/services/data/v62.0/limits`, {
    headers: { authorization: 'Bearer gone' },
  });
  expect(later.status).toBe(401);
});

it('lets a token die of age and refuses it with INVALID_SESSION_ID; jsforce renews through refreshFn', async () => {
  const shortLived = await startSalesforce({ tokenLifeMs: 1 });
  try {
    const { clientId, clientSecret } = shortLived.clients['integration']!;
    const log = async (): Promise<string> => {
      const form = new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: clientId,
        client_secret: clientSecret,
      });
      const response = await fetch(`${shortLived.baseUrl}/services/oauth2/token`, { method: 'POST', body: form });
      return ((await response.json()) as { access_token: string }).access_token;
    };
    const accessToken = await log();
    const deadline = Date.now() + 5000;
    let status = 200;
    while (status !== 401 && Date.now() < deadline) {
      const response = await fetch(`${shortLived.baseUrl}/services/data/v62.0/limits`, {
        headers: { authorization: `Bearer ${accessToken}` },
      });
      status = response.status;
      if (status === 401)
        expect(await response.json()).toEqual([
          { errorCode: 'INVALID_SESSION_ID', message: 'Session expired or invalid' },
        ]);
    }
    expect(status).toBe(401);
  } finally {
    await shortLived.stop();
  }
  const { clientId, clientSecret } = salesforce.clients['integration']!;
  let renewed = 0;
  const connection = new Connection({
    instanceUrl: salesforce.baseUrl,
    accessToken: 'stale',
    version: '62.0',
    refreshFn: (_, done) => {
      renewed += 1;
      void token({ grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret }).then(
        ({ body }) => {
          done(null, body['access_token']);
        },
      );
    },
  });
  expect(await connection.query('SELECT Id FROM Lead')).toMatchObject({ totalSize: 0 });
  expect(renewed).toBe(1);
});
