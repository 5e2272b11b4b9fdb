import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type RunningDynamics365, startDynamics365 } from '../../simulators/dynamics365';
import { configOf } from '../../test/dynamics365-org';
import { signalbox, type Ran } from '../terminal.fixture';

const folder = mkdtempSync(join(tmpdir(), 'signalbox-connect-'));
let org: RunningDynamics365;
beforeAll(async () => {
  org = await startDynamics365();
  const config = configOf(org, { subscribe: ['lead'] });
  const sales = {
    connector: 'dynamics365',
    ...config,
    auth: { ...config.auth, clientSecret: 'env:D365_SECRET' },
    webhook: { ...config.webhook, key: 'env:D365_KEY' },
  };
  writeFileSync(join(folder, 'acme.yaml'), stringify({ tenant: 'acme', connections: { sales } }));
});
afterAll(async () => {
  await org.stop();
  rmSync(folder, { recursive: true });
});

const run = (command: string, ...args: readonly string[]): Promise<Ran> =>
  signalbox([command, 'dynamics365', '--tenant', 'acme', '--tenants', folder, ...args], {
    env: { D365_SECRET: org.clientSecret, D365_KEY: 'the-key' },
  });
const endpoints = (): number => org.admin.records('serviceendpoint').length;

test('connect shows a plan, carries it out when told to, and then has nothing to do; disconnect takes it back', async () => {
  const plan = await run('connect');
  expect({ code: plan.code, err: plan.err, made: endpoints() }).toEqual({ code: 1, err: '', made: 0 });
  expect(plan.out).toContain('+ acme/sales: service endpoint 127.0.0.1:9/in/acme/sales\n');
  expect(plan.out).toContain('+ acme/sales: step Update of lead\n');
  expect(plan.out).toContain('7 changes to be made: run it again with --yes');
  const done = await run('connect', '--yes');
  expect({ code: done.code, made: endpoints() }).toEqual({ code: 0, made: 1 });
  expect(done.out).toContain('7 changes made');
  const again = await run('connect', '--json');
  expect(again.code).toBe(0);
  expect(JSON.parse(again.out)).toMatchObject({
    tenant: 'acme',
    isApplied: false,
    connections: [{ connection: 'sales', due: 0 }],
  });
  const removal = await run('disconnect');
  expect({ code: removal.code, made: endpoints() }).toEqual({ code: 1, made: 1 });
  expect(removal.out).toContain('- acme/sales: step Update of lead\n');
  expect((await run('disconnect', '--yes')).code).toBe(0);
  expect(endpoints()).toBe(0);
  expect((await run('disconnect', '--yes')).out).toBe('nothing is to be done\n');
  expect(plan.out + done.out + again.out).not.toContain('the-key');
});

test.each<[readonly string[], RegExp]>([
  [['connect', 'siebel', '--tenant', 'acme', '--tenants', folder], /no connector "siebel".*\n.*dynamics365/],
  [['connect', 'dynamics365', '--tenant', 'other', '--tenants', folder], /no tenant other.*\n.*acme/],
  [['connect', 'dynamics365', '--tenant', 'acme', '--tenants', `${folder}/none`], /no such file or folder/],
  [['connect', 'dynamics365', '--tenant', 'acme', '--tenants', folder, '--connection', 'x'], /there are: sales/],
])('%j is refused with the fix', async (args, message) => {
  const { code, err } = await signalbox(args, { env: { D365_SECRET: 's', D365_KEY: 'k' } });
  expect(code).toBe(2);
  expect(err).toMatch(message);
});

test('a CRM that refuses is told with what it said', async () => {
  const args = ['connect', 'dynamics365', '--tenant', 'acme', '--tenants', folder];
  const { code, err } = await signalbox(args, { env: { D365_SECRET: 'wrong', D365_KEY: 'k' } });
  expect(code).toBe(1);
  expect(err).toMatch(/invalid_client[\s\S]*signalbox doctor/);
});
