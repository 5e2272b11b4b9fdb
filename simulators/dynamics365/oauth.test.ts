import { startDynamics365, type RunningDynamics365 } from './index';
import { connect, requestToken } from './test-support/raw-client';

let running: RunningDynamics365;
beforeAll(async () => {
  running = await startDynamics365();
});
afterAll(() => running.stop());

it('gives a token for the organisation and says who the application is', async () => {
  const { status, body } = await requestToken(running);
  expect(status).toBe(200);
  expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 3599, ext_expires_in: 3599 });
  const { call } = await connect(running);
  const me = await call('GET', 'WhoAmI');
  expect(me.status).toBe(200);
  expect(me.body).toMatchObject({ UserId: running.applicationUserId, OrganizationId: running.organizationId });
});

it.each([
  ['a wrong secret', { client_secret: 'x' }, 401, 'invalid_client', 7000215],
  ['an unknown application', { client_id: 'x' }, 400, 'unauthorized_client', 700016],
  ['a scope of another resource', { scope: 'https://graph.microsoft.com/.default' }, 400, 'invalid_scope', 70011],
  ['another grant', { grant_type: 'password' }, 400, 'unsupported_grant_type', 70003],
])('refuses %s as Entra ID does', async (_, more, status, error, code) => {
  const reply = await requestToken(running, more);
  expect(reply.status).toBe(status);
  expect(reply.body).toMatchObject({
    error,
    error_codes: [code],
    error_uri: `https://login.microsoftonline.com/error?code=${code}`,
  });
  expect(reply.body['error_description']).toMatch(
    new RegExp(`^AADSTS${code}: .* Trace ID: .* Correlation ID: .* Timestamp: `),
  );
});

it('refuses a missing, foreign or expired token with a challenge', async () => {
  const url = `${running.baseUrl}/api/data/v9.2/WhoAmI`;
  const none = await fetch(url);
  expect(none.status).toBe(401);
  expect(none.headers.get('www-authenticate')).toBe(
    `Bearer authorization_uri=${running.baseUrl}/${running.directoryId}/oauth2/authorize, resource_id=${running.baseUrl}/`,
  );
  const short = await startDynamics365({ tokenLifeMs: 20 });
  const { call } = await connect(short);
  const until = Date.now() + 5000;
  let status = 200;
  while (status === 200 && Date.now() < until) status = (await call('GET', 'WhoAmI')).status;
  expect(status).toBe(401);
  await short.stop();
});

it('ends every token on request', async () => {
  const { call } = await connect(running);
  running.admin.fault({ kind: 'tokenExpiry' });
  expect((await call('GET', 'WhoAmI')).status).toBe(401);
  const again = await connect(running);
  expect((await again.call('GET', 'WhoAmI')).status).toBe(200);
});
