import { startDynamics365, type RunningDynamics365 } from '../../simulators/dynamics365';
import { Permanent, Retryable } from '../contract';
import { Authenticator } from './auth';
import { configOf } from '../../test/dynamics365-org';
import { settingsOf } from './config';

let org: RunningDynamics365;
let now = 1_772_357_400_000;
beforeAll(async () => {
  org = await startDynamics365();
});
afterAll(() => org.stop());

function authenticator(over: object = {}): Authenticator {
  const { auth, loginUrl, baseUrl } = settingsOf(configOf(org));
  return new Authenticator({ auth: { ...auth, ...over }, loginUrl, audience: baseUrl, now: () => now });
}

it('gets one token for all who wait for it, and keeps it', async () => {
  const auth = authenticator();
  const sessions = await Promise.all(Array.from({ length: 8 }, () => auth.session()));
  expect(new Set(sessions.map(({ accessToken }) => accessToken)).size).toBe(1);
  expect((await auth.session()).accessToken).toBe(sessions[0]?.accessToken);
});

it('renews a token before it ends, and one that was refused, once for all', async () => {
  const auth = authenticator();
  const first = await auth.session();
  now = first.renewAt + 1;
  const second = await auth.session();
  expect(second.accessToken).not.toBe(first.accessToken);
  const third = await Promise.all([auth.sessionAfter(second.accessToken), auth.sessionAfter(second.accessToken)]);
  expect(third[0].accessToken).not.toBe(second.accessToken);
  expect(third[1].accessToken).toBe(third[0].accessToken);
  expect((await auth.sessionAfter(first.accessToken)).accessToken).toBe(third[0].accessToken);
});

it.each([
  [{ clientSecret: 'wrong' }, /client secret, not its id/],
  [{ clientId: 'nobody' }, /Application \(client\) ID/],
])('tells what is wrong with %j', async (over, fix) => {
  const refused = authenticator(over).session();
  await expect(refused).rejects.toThrow(fix);
  await expect(refused).rejects.toBeInstanceOf(Permanent);
  await expect(refused).rejects.not.toThrow(/wrong|Trace ID/);
});

it('tells a log-in host that cannot be reached as something to try again', async () => {
  const { auth, baseUrl } = settingsOf(configOf(org));
  const away = new Authenticator({ auth, loginUrl: 'http://127.0.0.1:9/token', audience: baseUrl, now: () => now });
  await expect(away.session()).rejects.toBeInstanceOf(Retryable);
});
