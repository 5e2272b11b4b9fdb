import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { randomBytes } from 'node:crypto';
import { stringify } from 'yaml';
import { leadFields } from '../../cli/demo/lead-fields';
import { allConnectors } from '../../cli/places';
import type { HistoryEntry } from '../../ledger/ledger';
import { provideAll } from '../../services/provision/provide';
import { projectRoot } from '../../services/project-root';
import type { RuntimeOptions } from '../../services/runtime';
import { startSignalbox, type Signalbox } from '../../services/signalbox';
import { encode, Sender, signature } from '../../simulators/cloudevents';
import { type RunningSalesforce, startSalesforce } from '../../simulators/salesforce';
import { loadTenant } from '../../tenants/load';
import { coldLead, hotLead, until, writeTenant as writeSales } from '../line';

const keys = { one: { id: 'k1', secret: '1'.repeat(32) }, two: { id: 'k1', secret: '2'.repeat(32) } };
type Name = keyof typeof keys;

const run = randomBytes(3).toString('hex');
const tenantOf = (name: Name): string => `push-${name}-${run}`;
const closers: (() => Promise<unknown>)[] = [];
const logged: string[] = [];
const outbound = { key: `${run}-in-the-address-alone`, tenant: '' };
let signalbox: Signalbox;
let runtime: RuntimeOptions;
let org: RunningSalesforce;

beforeAll(async () => {
  const servers = await provideAll({ rabbit: true, temporal: true, stateDir: path.join(projectRoot, '.signalbox') });
  closers.push(() => servers.stop());
  const dir = await mkdtemp(path.join(tmpdir(), 'signalbox-pushed-'));
  closers.push(() => rm(dir, { recursive: true, force: true }));
  const tenants = await Promise.all((['one', 'two'] as const).map((name) => writeTenant(dir, name)));
  const fields = leadFields.map(({ name, type }) => ({ name, type }));
  org = await startSalesforce({ fields: { Lead: fields }, outboundRetryMs: 20 });
  closers.push(() => org.stop());
  const keyFile = path.join(dir, 'outbound.key');
  await writeFile(keyFile, outbound.key);
  const heard = { subscribe: ['/outbound/Lead'], outboundMessages: { key: `file:${keyFile}` } };
  const sales = (await writeSales(dir, org, { connection: heard })).tenant;
  outbound.tenant = sales.tenant;
  const log = (fields: Readonly<Record<string, unknown>>, message: string): void => {
    logged.push(JSON.stringify({ ...fields, message }));
  };
  runtime = {
    amqpUrl: servers.rabbit?.url ?? '',
    temporalAddress: servers.temporal?.url ?? '',
    ledger: { folder: path.join(dir, 'ledger') },
    modelsDir: path.join(projectRoot, 'models'),
    tenants: new Map([...tenants, sales].map((tenant) => [tenant.tenant, tenant])),
    log: { info: log, warn: log, error: log },
    listen: { host: '127.0.0.1', port: 0 },
  };
  signalbox = await startSignalbox(runtime);
}, 120_000);

afterAll(async () => {
  await signalbox.stop();
  for (const close of closers.reverse()) await close();
}, 60_000);

async function writeTenant(dir: string, name: Name) {
  const file = path.join(dir, `${name}.yaml`);
  const web = {
    connector: 'cloudevents',
    channel: 'web',
    auth: { kind: 'hmac', keys: [{ id: keys[name].id, secret: 'env:KEY' }] },
    subscribe: ['events'],
    start: 'earliest',
    requestsPerSecond: name === 'one' ? 1_000 : 2,
  };
  await writeFile(file, stringify({ tenant: tenantOf(name), partitions: 2, connections: { web } }));
  return loadTenant(file, { env: { KEY: keys[name].secret }, connectors: allConnectors, models: new Map() });
}

const urlOf = (name: Name): string => addressOf(tenantOf(name));
function addressOf(tenant: string): string {
  const found = signalbox.door?.receivers.find((receiver) => receiver.tenant === tenant);
  if (found === undefined) throw new Error(`no address for ${tenant}`);
  return found.url;
}
const senderOf = (name: Name, key = keys[name]): Sender => new Sender({ url: urlOf(name), auth: key });
const answered = (name: Name) => signalbox.door?.answered(tenantOf(name), 'web') ?? {};

let events = 0;
const chat = (body = 'Is my order on its way?') => {
  const id = `chat-${++events}`;
  return { id, source: '/web', type: 'com.acme.interaction.created', data: { id, channel: 'chat', body } };
};

async function eventsOf(name: Name, subject: string): Promise<readonly HistoryEntry[]> {
  const story = await signalbox.runtime.ledger.history(tenantOf(name), subject);
  return story.filter(({ kind }) => kind === 'event');
}

/** Sends one and waits until a lane has it: the line works. */
async function arrives(name: Name, event = chat()): Promise<void> {
  expect((await senderOf(name).send([event])).status).toBe(202);
  await until(`${event.id} in the ledger`, async () => (await eventsOf(name, `interaction/${event.id}`)).length === 1);
}

// Whatever came before: what is good goes through.
afterEach(() => arrives('one'), 40_000);

test('what is sent in each mode is decided, once, however often it is sent', async () => {
  const sender = senderOf('one');
  const sent = [chat(), chat(), chat()];
  const modes = ['structured', 'binary', 'batch'] as const;
  for (const [n, event] of sent.entries()) {
    expect(await sender.send([event], modes[n])).toMatchObject({ status: 202, body: '{"accepted":1,"duplicates":0}' });
  }
  expect(await sender.send(sent, 'batch')).toMatchObject({ body: '{"accepted":0,"duplicates":3}' });
  for (const { id } of sent) {
    await until(`${id} in the ledger`, async () => (await eventsOf('one', `interaction/${id}`)).length > 0);
  }
  for (const { id } of sent) expect(await eventsOf('one', `interaction/${id}`)).toHaveLength(1);
  const { ledger } = signalbox.runtime;
  const name = { tenant: tenantOf('one'), connection: 'web', stream: 'events' };
  await until('the inbox to be released', async () => {
    const { newest, released } = await ledger.inboxes.state(name);
    return newest > 0 && newest === released;
  });
});

describe('is refused with its status, counted, and kept nowhere:', () => {
  const refused = async (status: number, post: () => Promise<{ readonly status: number }>): Promise<void> => {
    const { ledger } = signalbox.runtime;
    const name = { tenant: tenantOf('one'), connection: 'web', stream: 'events' };
    const before = { kept: (await ledger.inboxes.state(name)).newest, count: answered('one')[status] ?? 0 };
    expect((await post()).status).toBe(status);
    await until('the answer to be counted', () => (answered('one')[status] ?? 0) === before.count + 1);
    expect((await ledger.inboxes.state(name)).newest).toBe(before.kept);
  };

  it('a wrong key', () => refused(401, () => senderOf('one', { id: 'k1', secret: 'x'.repeat(32) }).send([chat()])));

  it("another tenant's key", () => refused(401, () => senderOf('one', keys.two).send([chat()])));

  it('a request of yesterday, replayed', async () => {
    const message = encode([chat()], 'structured');
    const body = Buffer.from(message.body as string);
    const at = Math.floor(Date.now() / 1000) - 86_400;
    const proof = signature({ method: 'POST', headers: message.headers, body }, keys.one, at);
    await refused(401, () => senderOf('one').post(message, { 'signalbox-signature': proof }));
  });

  it('a body of 300 KB', () => refused(413, () => senderOf('one').send([chat('x'.repeat(300_000))])));

  it('a body of 3 MB', () => refused(413, () => senderOf('one').send([chat('x'.repeat(3_000_000))])));

  it('what is not JSON', () =>
    refused(400, () =>
      senderOf('one').post({ headers: { 'content-type': 'application/cloudevents+json' }, body: '{"id":' }),
    ));

  it('an event without an id', () =>
    refused(400, () =>
      senderOf('one').post({
        headers: { 'content-type': 'application/cloudevents+json' },
        body: JSON.stringify({ ...chat(), id: undefined, specversion: '1.0' }),
      }),
    ));
});

test('a tenant or connection that is not there is 404, and none learns which', async () => {
  const wrong = [urlOf('one').replace(tenantOf('one'), 'nobody'), urlOf('one').replace(/web$/, 'sales')];
  const answers = await Promise.all(wrong.map((url) => new Sender({ url, auth: keys.one }).send([chat()])));
  expect(answers.map(({ status }) => status)).toEqual([404, 404]);
  expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
});

test('a request that is caught and sent again within the window changes nothing', async () => {
  const event = chat();
  const message = encode([event], 'structured');
  const at = Math.floor(Date.now() / 1000);
  const headers = { ...message.headers };
  const body = Buffer.from(message.body as string);
  const proof = signature({ method: 'POST', headers, body }, keys.one, at);
  const again = () => senderOf('one').post(message, { 'signalbox-signature': proof });
  expect([await again(), await again()].map(({ status }) => status)).toEqual([202, 202]);
  await arrives('one');
  expect(await eventsOf('one', `interaction/${event.id}`)).toHaveLength(1);
});

test('an entity that nobody knows is a record', async () => {
  const event = { id: `odd-${run}`, source: '/iot', type: 'machine.alarm', subject: `machine-${run}`, data: [1, null] };
  await senderOf('one').send([event]);
  await until('the record', async () => (await eventsOf('one', `record/machine-${run}`)).length === 1);
});

test('an outbound message of Salesforce becomes a task there, once however often it is sent, and its session is kept nowhere', async () => {
  const { admin } = org;
  const tasks = () => admin.records('Task');
  const url = `${addressOf(outbound.tenant)}/${outbound.key}`;
  const lead = admin.create('Lead', hotLead);
  // What the message leaves out is read before the lead is decided.
  const tell = async (): Promise<string> => {
    const count = admin.outboundAttempts().length;
    admin.sendOutbound({ url, ids: [lead], fields: ['LastName', 'SystemModstamp'], sessionId: `session-of-${run}` });
    const sent = await until('an answer', () => admin.outboundAttempts()[count]);
    expect(sent).toMatchObject({ outcome: 200, isAcknowledged: true });
    return sent.body;
  };
  const body = await tell();
  await until('a task for the lead', () => tasks().length > 0);
  expect((await fetch(url, { method: 'POST', body })).status).toBe(200);
  admin.update(lead, coldLead);
  await tell();
  await until('the task to be closed as moot', () => tasks()[0]?.Status === 'Completed');
  expect(tasks()).toMatchObject([
    { WhoId: lead, Subject: expect.stringMatching(/^Call Maria Lopez today \(\d+ % likely\)$/) as string },
  ]);
  const story = await signalbox.runtime.ledger.history(outbound.tenant, lead);
  expect(story.filter(({ kind }) => kind === 'event')).toHaveLength(2);
  expect(JSON.stringify([story, logged])).not.toContain(`session-of-${run}`);
});

test('a tenant that is too fast waits, and the other does not', async () => {
  const sender = senderOf('two');
  const { headers, body } = encode([chat()], 'structured');
  const statuses: number[] = [];
  while (!statuses.includes(429)) statuses.push((await sender.post({ headers, body })).status);
  expect(new Set(statuses)).toEqual(new Set([202, 429]));
  await arrives('one');
  // It obeys Retry-After, and is taken.
  await arrives('two');
});

test('what was answered with 202 survives a stop in the middle, and is decided once', async () => {
  const sender = senderOf('one');
  const sent = Array.from({ length: 60 }, () => chat());
  const answers = await Promise.allSettled(
    sent.map(async (event, n) => {
      const answer = await sender.post(encode([event], 'structured'));
      if (n === 30) await signalbox.stop();
      return answer.status;
    }),
  );
  signalbox = await startSignalbox(runtime);
  const kept = sent.filter((_, n) => {
    const answer = answers[n];
    return answer?.status === 'fulfilled' && answer.value === 202;
  });
  expect(kept.length).toBeGreaterThan(0);
  for (const { id } of kept) {
    await until(`${id} in the ledger`, async () => (await eventsOf('one', `interaction/${id}`)).length === 1);
  }
}, 60_000);

test('the log tells what was answered, and nothing of what was sent', async () => {
  const secret = `maria-${run}@lopez.example`;
  await senderOf('one').send([chat(secret)]);
  const bad = { headers: { 'content-type': 'application/cloudevents+json', 'x-mail': secret }, body: secret };
  await senderOf('one').post(bad);
  await new Sender({ url: `${urlOf('one')}?mail=${secret}`, auth: keys.two }).post(bad);
  await signalbox.stop();
  signalbox = await startSignalbox(runtime);
  expect(logged.filter((line) => line.includes('requests answered')).join('\n')).toMatch(/"400":\d+/);
  expect(logged.filter((line) => line.includes(secret) || line.includes('chat-'))).toEqual([]);
});
