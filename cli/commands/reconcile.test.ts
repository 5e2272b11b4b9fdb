import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { signalbox } from '../terminal.fixture';

const env = { SECRET: 'a secret of thirty-two letters and more' };
let folder: string;
let file: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'signalbox-reconcile-'));
  file = join(folder, 'acme.yaml');
  writeFileSync(
    file,
    `tenant: acme
connections:
  sales:
    connector: dynamics365
    baseUrl: https://acme.crm4.dynamics.com
    auth: { kind: client-credentials, directoryId: acme.example, clientId: 1f0e2d3c, clientSecret: env:SECRET }
    webhook: { kind: webhook-key, key: env:SECRET }
    subscribe: [lead, task]
  channel:
    connector: cloudevents
    channel: web
    auth: { kind: hmac, keys: [{ id: web, secret: 'env:SECRET' }] }
    subscribe: [events]
`,
  );
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

test.each([
  [
    ['--connection', 'sales'],
    /^signalbox: it is not said where Temporal is \(--temporal\)\n {2}fix: .*TEMPORAL_ADDRESS/,
  ],
  [['--connection', 'sals'], /the tenant has no connection sals .*\n {2}fix: name one of these .*: sales, channel/],
  [['--connection', 'channel'], /cloudevents tracks no changes to compare with \(connection channel\)\n {2}fix: /],
  [['--connection', 'sales', '--stream', 'contact'], /does not hear contact .*\n {2}fix: .*--stream: lead, task/],
  [['--connection', 'sales', '--grace', '5m'], /5m is no duration \(--grace\)\n {2}fix: write it as PT30S/],
])('%j is refused, with the fix', async (args, what) => {
  const { code, out, err } = await signalbox(['reconcile', '--tenant-file', file, ...args], { env });
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(what);
});
