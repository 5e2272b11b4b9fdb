import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { signalbox } from '../../cli/terminal.fixture';
import { Encryption } from '../../services/temporal/encryption';
import { payloadKeysAt } from '../../services/temporal/payload-keys';
import { createServerIdentity } from '../../simulators/kit/tls/certificate';
import { hotLead, until } from '../line';
import { historiesOf, payloadsOf } from './histories';
import { openTemporalGateway, type TemporalGateway } from './temporal-gateway';
import { leadOf, startTenants, type TenantsLine } from './tenants-line';
import { tasksAbout, untilTask } from './watch';

// Longer than any poll, whose own failure says what was waited for.
jest.setTimeout(60_000);

// Temporal as a company has it: behind TLS, with an API key, and run by people who need not read what is decided about whom.

const plain = process.env['TEMPORAL_ADDRESS'] ?? '';
const apiKey = 'temporal-api-key-1';
const someone = 'Zebedee-Quirke';
const saved = { ...process.env };

let folder: string;
let gateway: TemporalGateway;
let line: TenantsLine<'asks'>;
let lead: string;
let env: Readonly<Record<string, string>>;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'signalbox-encryption-'));
  const [server, client] = [createServerIdentity(), createServerIdentity()];
  gateway = await openTemporalGateway(plain, server, { apiKey, clientCertPem: client.certPem });
  const file = async (name: string, text: string): Promise<string> => {
    await writeFile(path.join(folder, name), text);
    return path.join(folder, name);
  };
  env = {
    TEMPORAL_ADDRESS: gateway.address,
    TEMPORAL_API_KEY: apiKey,
    TEMPORAL_TLS_SERVER_CA_CERT_PATH: await file('ca.pem', server.caCertPem),
    TEMPORAL_TLS_CLIENT_CERT_PATH: await file('client.pem', client.certPem),
    TEMPORAL_TLS_CLIENT_KEY_PATH: await file('client.key', client.keyPem),
    SIGNALBOX_PAYLOAD_KEYS: await file('keys', `2026-12 ${Buffer.alloc(32, 7).toString('base64')}\n`),
  };
  Object.assign(process.env, env);
  line = await startTenants({ asks: { useCase: { approval: 'required' } } }, { stateDir: folder });
  lead = line.org.admin.create('Lead', leadOf('asks', { ...hotLead, LastName: someone }));
});
afterAll(async () => {
  await line.stop();
  await gateway.stop();
  process.env = saved;
  await rm(folder, { recursive: true });
});

const approvals = (verb: string, given: Readonly<Record<string, string>>): ReturnType<typeof signalbox> => {
  const by = verb === 'approve' ? ['--by', 'sam@example.org'] : [];
  const { tenant } = line.tenants.asks;
  return signalbox(['approvals', verb, '--tenant', tenant, '--state', folder, ...by, lead], { env: given });
};

test('a lead is decided, proposed, approved and acted on, every call with certificate and key', async () => {
  await until('the proposal', async () => ((await approvals('show', env)).code === 0 ? true : undefined));
  const before = gateway.passed();
  expect(await approvals('approve', env)).toMatchObject({ code: 0 });
  expect(gateway.passed()).toBeGreaterThan(before);
  await untilTask(line, line.tenants.asks, lead);
  expect(tasksAbout(line, lead)).toMatchObject([{ Subject: `Call Maria ${someone} today (92 % likely)` }]);
});

test('what Temporal stores has nothing of the person, but for who has the keys', async () => {
  const { tenant } = line.tenants.asks;
  const { temporal } = line.signalbox.runtime;
  const asItLies = await historiesOf(temporal, tenant);
  expect(asItLies.length).toBeGreaterThan(1);
  expect(asItLies.filter((text) => text.includes(someone))).toEqual([]);
  const codec = new Encryption(payloadKeysAt(env['SIGNALBOX_PAYLOAD_KEYS'] ?? ''));
  const payloads = await codec.decode(await payloadsOf(temporal, tenant));
  expect(payloads.some(({ data }) => Buffer.from(data ?? []).includes(someone))).toBe(true);
});

test.each([
  ['another API key', { TEMPORAL_API_KEY: 'wrong' }],
  ['no certificate', { TEMPORAL_TLS_CLIENT_CERT_PATH: '', TEMPORAL_TLS_CLIENT_KEY_PATH: '' }],
  ['no trust in its certificate', { TEMPORAL_TLS_SERVER_CA_CERT_PATH: '' }],
])('doctor tells of %s', async (_, wrong) => {
  const { code, out } = await signalbox(['doctor', '--json'], { env: { ...env, ...wrong } });
  expect(code).toBe(1);
  expect(JSON.parse(out)).toMatchObject({
    findings: expect.arrayContaining([
      expect.objectContaining({ level: 'error', what: `Temporal at ${gateway.address}` }),
    ]) as unknown,
  });
});
