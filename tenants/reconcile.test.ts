import { faultsOf, load } from './broken-example.fixture';

const env = { SECRET: 'a secret' };

const fileWith = (...settings: readonly string[]): string => `tenant: acme
connections:
  sales:
    connector: dynamics365
    baseUrl: https://acme.crm4.dynamics.com
    auth: { kind: client-credentials, directoryId: acme.example, clientId: 1f0e2d3c, clientSecret: env:SECRET }
    subscribe: [lead]
${settings.map((line) => `    ${line}\n`).join('')}`;

const webhook = 'webhook: { kind: webhook-key, key: env:SECRET }';

test.each<[what: string, settings: readonly string[], ms: number | undefined]>([
  ['with a webhook', [webhook], 15 * 60_000],
  ['without one', [], undefined],
  ['asked for', ['reconcile: PT1H30M'], 90 * 60_000],
  ['asked for in days', [webhook, 'reconcile: P1D'], 24 * 3_600_000],
  ['off', [webhook, 'reconcile: off'], undefined],
])('a connection reconciles %s', (_, settings, ms) => {
  expect(load(fileWith(...settings), { env }).connections.sales?.reconcile).toBe(ms);
});

test.each(['PT0M', 'PT30S', 'P', 'PT', '15m', 'P99999D'])('%s is refused, at its place', (text) => {
  const [fault, ...more] = faultsOf(fileWith(webhook, `reconcile: ${text}`), { env });
  expect(more).toEqual([]);
  expect(fault).toMatchObject({
    path: 'connections.sales.reconcile',
    line: 9,
    fix: expect.stringMatching(/PT15M/) as string,
  });
});

test('a CRM that does not track its changes has no such setting', () => {
  const text = `tenant: acme
connections:
  web:
    connector: cloudevents
    channel: web
    auth: { kind: hmac, keys: [{ id: web, secret: 'env:SECRET' }] }
    subscribe: [events]
    reconcile: PT15M
`;
  expect(faultsOf(text, { env })).toMatchObject([
    { path: 'connections.web.reconcile', message: '"reconcile" is not known here' },
  ]);
});
