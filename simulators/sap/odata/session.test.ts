import { ask, basic, startLandscape, type Landscape } from '../test-support/client';

let landscape: Landscape;

beforeEach(async () => {
  landscape = await startLandscape();
});
afterEach(() => landscape.sap.stop());

const partner = { BusinessPartnerCategory: '2', OrganizationBPName1: 'Acme' };
const task = { Subject: 'Call back' };

const tokenOf = async (): Promise<string> => {
  const { sap } = landscape;
  const answer = await ask(sap.tokenUrl, {
    method: 'POST',
    auth: `Basic ${Buffer.from(`${sap.clientId}:${sap.clientSecret}`).toString('base64')}`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'grant_type=client_credentials',
  });
  expect(answer.json).toMatchObject({ token_type: 'bearer', expires_in: 43_200 });
  return `Bearer ${(answer.json as { access_token: string }).access_token}`;
};

it('writes need the token and the cookie of one session', async () => {
  const { partners, sap } = landscape;
  const post = (headers: Record<string, string>) =>
    ask(`${partners.serviceUrl}/A_BusinessPartner`, { method: 'POST', auth: basic(sap), body: partner, headers });
  const bare = await post({});
  expect([bare.status, bare.headers.get('x-csrf-token')]).toEqual([403, 'Required']);
  const fetched = await ask(`${partners.serviceUrl}/`, { auth: basic(sap), headers: { 'x-csrf-token': 'fetch' } });
  const token = fetched.headers.get('x-csrf-token') ?? '';
  const cookie = fetched.headers
    .getSetCookie()
    .map((each) => each.split(';')[0])
    .join('; ');
  expect((await post({ 'x-csrf-token': token })).status).toBe(403);
  expect((await post({ cookie })).status).toBe(403);
  expect((await post({ cookie, 'x-csrf-token': await partners.fetchToken() })).status).toBe(403);
  expect((await post({ cookie, 'x-csrf-token': token })).status).toBe(201);
  expect(sap.admin.counts().records['A_BusinessPartner']).toBe(1);
});

it('a session that was dropped is told with 403 and Required, and can be begun again', async () => {
  const { partners, sap } = landscape;
  sap.admin.fault({ kind: 'csrfLoss' });
  const stale = await partners.ask('A_BusinessPartner', { method: 'POST', body: partner });
  expect([stale.status, stale.headers.get('x-csrf-token')]).toEqual([403, 'Required']);
  await partners.fetchToken();
  expect((await partners.ask('A_BusinessPartner', { method: 'POST', body: partner })).status).toBe(201);
});

it('C4C wants no CSRF token from who comes with an access token; S/4 does', async () => {
  const { c4c, partners } = landscape;
  const auth = await tokenOf();
  const c4cAnswer = await ask(`${c4c.serviceUrl}/TaskCollection`, { method: 'POST', auth, body: task });
  expect(c4cAnswer.status).toBe(201);
  const s4Answer = await ask(`${partners.serviceUrl}/A_BusinessPartner`, { method: 'POST', auth, body: partner });
  expect(s4Answer.status).toBe(403);
  const basicAnswer = await ask(`${c4c.serviceUrl}/TaskCollection`, {
    method: 'POST',
    auth: c4c.authorization,
    body: task,
  });
  expect(basicAnswer.status).toBe(403);
});

it('refuses wrong passwords, unknown clients and tokens that were revoked', async () => {
  const { c4c, sap } = landscape;
  const wrong = `Basic ${Buffer.from(`${sap.basicUser}:no`).toString('base64')}`;
  const refused = await ask(`${c4c.serviceUrl}/TaskCollection`, { auth: wrong });
  expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, expect.stringContaining('Basic')]);
  const auth = await tokenOf();
  expect((await ask(`${c4c.serviceUrl}/TaskCollection`, { auth })).status).toBe(200);
  sap.admin.fault({ kind: 'tokenExpiry' });
  expect((await ask(`${c4c.serviceUrl}/TaskCollection`, { auth })).status).toBe(401);
  const unknown = await ask(sap.tokenUrl, { method: 'POST', auth: wrong, body: 'grant_type=client_credentials' });
  expect([unknown.status, unknown.json]).toEqual([401, expect.objectContaining({ error: 'unauthorized' })]);
});

it('tokens and sessions end by age', async () => {
  await landscape.sap.stop();
  landscape = await startLandscape({ tokenLifeMs: 0, sessionLifeMs: 0 });
  const { c4c, sap } = landscape;
  const answer = await ask(sap.tokenUrl, {
    method: 'POST',
    auth: `Basic ${Buffer.from(`${sap.clientId}:${sap.clientSecret}`).toString('base64')}`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'grant_type=client_credentials',
  });
  const auth = `Bearer ${(answer.json as { access_token: string }).access_token}`;
  const statuses = [
    (await ask(`${c4c.serviceUrl}/TaskCollection`, { auth })).status,
    (await c4c.ask('TaskCollection', { method: 'POST', body: task })).status,
  ];
  expect(statuses).toEqual([401, 403]);
});
