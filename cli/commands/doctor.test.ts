import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Finding } from '../../connectors/contract';
import { projectRoot } from '../../services/project-root';
import { startOpenAi } from '../../simulators/openai';
import { signalbox } from '../terminal.fixture';

const state = ['--state', '/nowhere/at/all'];

const findingsOf = async (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
  const { code, out, err } = await signalbox(['doctor', '--json', ...state, ...args], { env });
  expect(err).toBe('');
  return { code, findings: (JSON.parse(out) as { findings: readonly Finding[] }).findings };
};

const about = (findings: readonly Finding[], what: RegExp): Finding | undefined =>
  findings.find((finding) => what.test(finding.what));

/** A port of loopback that nobody listens on. */
const closedPort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};

test('tells what is in order: Node, ports, the models by their digests', async () => {
  const { code, findings } = await findingsOf([]);
  expect(code).toBe(0);
  expect(about(findings, /^Node 2/)?.level).toBe('ok');
  expect(about(findings, /^ports/)?.level).toBe('ok');
  expect(about(findings, /^model lead-scoring .* sha256:[0-9a-f]{64}$/)?.level).toBe('ok');
  expect(about(findings, /^ledger: none yet/)?.level).toBe('ok');
});

test('tells servers that do not answer, with the fix and without their passwords', async () => {
  const port = await closedPort();
  const env = { AMQP_URL: `amqp://guest:hunter2@127.0.0.1:${port}`, TEMPORAL_ADDRESS: `127.0.0.1:${port}` };
  const { code, findings } = await findingsOf([], env);
  expect(code).toBe(1);
  expect(about(findings, /^RabbitMQ/)).toMatchObject({
    level: 'error',
    what: `RabbitMQ at 127.0.0.1:${port}`,
    fix: expect.stringContaining('AMQP_URL') as string,
  });
  expect(about(findings, /^Temporal/)).toMatchObject({
    level: 'error',
    fix: expect.stringContaining('TEMPORAL_ADDRESS') as string,
  });
  expect(JSON.stringify(findings)).not.toContain('hunter2');
});

test('tells a tenant file that cannot be used, and models that are not there', async () => {
  const { code, findings } = await findingsOf([
    '--tenant-file',
    join(projectRoot, 'tenants/examples/acme.yaml'),
    '--models',
    '/nowhere',
  ]);
  expect(code).toBe(1);
  expect(about(findings, /^tenant file/)?.why).toMatch(/SF_CLIENT_ID is not set/);
  expect(about(findings, /^models/)).toMatchObject({
    level: 'error',
    why: expect.stringContaining('ENOENT') as string,
  });
});

test('tells a connection that cannot be made', async () => {
  const port = await closedPort();
  const file = join(projectRoot, 'tenants/examples/acme.yaml');
  const { code, findings } = await findingsOf(['--tenant-file', file], {
    SF_CLIENT_ID: 'the-client-id',
    SF_PRIVATE_KEY: `not a key ${port}`,
  });
  expect(code).toBe(1);
  expect(about(findings, /^connection sales of acme/)?.level).toBe('error');
  expect(JSON.stringify(findings)).not.toContain('not a key');
});

test('asks the assistant whether it knows the model, and warns where no task asks for it', async () => {
  const stub = await startOpenAi({ apiKey: 'the-key' });
  const dir = await mkdtemp(join(tmpdir(), 'signalbox-doctor-'));
  try {
    const example = await readFile(join(projectRoot, 'tenants/examples/acme.yaml'), 'utf8');
    const file = join(dir, 'acme.yaml');
    const env = { SF_CLIENT_ID: 'the-client-id', SF_PRIVATE_KEY: 'no key', ASSISTANT_KEY: 'the-key' };
    const findingsWith = async (model: string) => {
      const block = `assistant: { baseUrl: '${stub.baseUrl}', model: ${model}, apiKey: env:ASSISTANT_KEY }\n`;
      await writeFile(file, `${block}${example}`);
      return (await findingsOf(['--tenant-file', file], env)).findings;
    };
    const known = await findingsWith('local-model');
    expect(about(known, /^assistant local-model at 127\.0\.0\.1:\d+ for acme/)?.level).toBe('ok');
    expect(about(known, /^assistant of acme/)).toMatchObject({ level: 'warning', why: 'no task asks for it' });
    const unknown = await findingsWith('nobody');
    expect(about(unknown, /^assistant nobody/)).toMatchObject({ level: 'error', fix: 'correct assistant.model' });
    expect(JSON.stringify([known, unknown])).not.toContain('the-key');
  } finally {
    await rm(dir, { recursive: true });
    await stub.stop();
  }
});

test('tells the same to a person', async () => {
  const { code, out } = await signalbox(['doctor', ...state, '--models', '/nowhere']);
  expect(code).toBe(1);
  expect(out).toMatch(/^ok {7}Node /m);
  expect(out).toMatch(/^error {4}models\n {9}why: .*\n {9}fix: /m);
});
