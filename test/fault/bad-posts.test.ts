import { randomBytes } from 'node:crypto';
import { type RunningDynamics365 } from '../../simulators/dynamics365';
import { type RunningGraph, startGraph } from '../../simulators/graph';
import { type RunningSap, startSap } from '../../simulators/sap';
import { leadOf, startLeadOrg, tenantWith } from '../dynamics365-line';
import { certificate, configOf } from '../graph-directory';
import { coldLead, log, until } from '../line';
import { type PushedLine, type PushingTenant, startPushedLine } from '../pushed-line';

// Longer than any poll, whose own failure says what was waited for.
jest.setTimeout(60_000);

// What a CRM posts, changed on its way: through the real door, to one Signalbox with a tenant for each CRM.

const crms = ['dynamics365', 'graph', 'sap'] as const;
type Name = (typeof crms)[number];

/** A post as the CRM sends it, or as somebody else does. */
interface Post {
  readonly url: string;
  readonly method?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A post of the CRM, and the record that it tells of. */
interface Told {
  readonly post: Post;
  readonly subject: string;
}

const run = randomBytes(3).toString('hex');
const person = 'maria.lopez@bluewater.example';
const password = 'a-password-of-the-webhook';
const tenantOf = (name: Name): string => `bad-${name}-${run}`;
const connections: Readonly<Record<Name, string>> = { dynamics365: 'sales', graph: 'office', sap: 'erp' };

let line: PushedLine<RunningDynamics365>;
let directory: RunningGraph;
let system: RunningSap;
let inbox: string;
const logged: string[] = [];

beforeAll(async () => {
  for (const level of ['info', 'warn', 'error'] as const) {
    jest.spyOn(log, level).mockImplementation((...told: readonly unknown[]) => void logged.push(JSON.stringify(told)));
  }
  directory = await startGraph();
  system = await startSap();
  inbox = `users/${directory.admin.user('sales@acme.example').id}/messages`;
  line = await startPushedLine(startLeadOrg, (crm, origin) => {
    const webhook = { kind: 'webhook-key', key: 'env:D365_KEY' };
    const file = tenantWith({ tenant: tenantOf('dynamics365'), crm, settings: { webhook, reconcile: 'off' } });
    const env = { D365_SECRET: crm.clientSecret, D365_KEY: 'k-1' };
    return { tenant: tenantOf('dynamics365'), file, env, beside: [graphTenant(origin), sapTenant()] };
  });
  const auth = { type: 'WebhookKey', key: 'k-1' } as const;
  line.crm.admin.registerWebhook({ url: urlOf('dynamics365'), auth, steps: [{ message: 'Create', table: 'lead' }] });
  await until('the subscription', () => directory.admin.subscriptions().length === 1);
}, 120_000);

afterAll(async () => {
  // First: what is under way may still read from the others.
  await line.stop();
  await directory.stop();
  await system.stop();
}, 60_000);

function graphTenant(origin: string): PushingTenant {
  const url = `${origin}/in/${tenantOf('graph')}/office`;
  const { auth, notifications, ...config } = configOf(directory, url, [inbox]);
  const secrets = { clientState: 'env:GRAPH_STATE', certificates: [{ ...certificate, privateKey: 'env:GRAPH_KEY' }] };
  const office = {
    ...{ connector: 'graph', ...config, reconcile: 'off' },
    auth: { ...auth, clientSecret: 'env:GRAPH_SECRET' },
    notifications: { ...notifications, ...secrets },
  };
  const env = {
    GRAPH_SECRET: directory.clientSecret,
    GRAPH_STATE: 'a secret of this test',
    GRAPH_KEY: certificate.privateKey,
  };
  return { tenant: tenantOf('graph'), file: { tenant: tenantOf('graph'), connections: { office } }, env };
}

function sapTenant(): PushingTenant {
  const erp = {
    connector: 'sap',
    product: 's4',
    baseUrl: system.s4Url,
    auth: { kind: 'basic', username: system.basicUser, password: 'env:SAP_PASSWORD' },
    inbound: { kind: 'basic', username: 'EVENTMESH', password: 'env:SAP_PUSH' },
    subscribe: ['events'],
    start: 'earliest',
    requestsPerSecond: 200,
  };
  const env = { SAP_PASSWORD: system.basicPassword, SAP_PUSH: password };
  return { tenant: tenantOf('sap'), file: { tenant: tenantOf('sap'), connections: { erp } }, env };
}

const urlOf = (name: Name): string => `${line.origin}/in/${tenantOf(name)}/${connections[name]}`;
const json = { 'content-type': 'application/json' };
const basic = (secret: string): string => `Basic ${Buffer.from(`EVENTMESH:${secret}`).toString('base64')}`;

/** Lets something happen in a CRM and gives its post. */
const happening: Readonly<Record<Name, () => Promise<Told>>> = {
  dynamics365: async () => {
    const { admin } = line.crm;
    const lead = await admin.create('lead', { ...leadOf(coldLead), emailaddress1: person });
    await admin.idle();
    const { headers, body } = admin.posts().at(-1)!;
    return { post: { url: `${urlOf('dynamics365')}?code=k-1`, headers, body }, subject: `lead/${lead}` };
  },
  graph: async () => {
    const { admin } = directory;
    const id = admin.create(inbox, { subject: 'Offer', from: { emailAddress: { name: 'Maria', address: person } } });
    await admin.idle();
    const { body } = admin.posts().at(-1)!;
    return { post: { url: urlOf('graph'), headers: json, body }, subject: `interaction/${inbox}/${id}` };
  },
  sap: () => {
    const id = system.admin.create('A_SalesOrder', { SoldToParty: '0000100234', TransactionCurrency: 'EUR' });
    const event = {
      ...{ specversion: '1.0', id: `event-${id}`, source: '/default/sap.s4.beh/Q7', time: new Date().toISOString() },
      ...{ type: 'sap.s4.beh.salesorder.v1.SalesOrder.Created.v1', data: { SalesOrder: id } },
    };
    const headers = { 'content-type': 'application/cloudevents+json', authorization: basic(password) };
    return Promise.resolve({
      post: { url: urlOf('sap'), headers, body: JSON.stringify(event) },
      subject: `order/${id}`,
    });
  },
};

const send = async ({ url, method = 'POST', headers, body }: Post): Promise<number> => {
  const sent = body === undefined || method === 'GET' ? {} : { body };
  return (await fetch(url, { method, headers, ...sent })).status;
};

const ledger = () => line.signalbox.runtime.ledger;
const eventsOf = async (name: Name, subject: string): Promise<number> =>
  (await ledger().history(tenantOf(name), subject)).filter(({ kind }) => kind === 'event').length;
const streams: Readonly<Record<Name, () => string>> = {
  dynamics365: () => 'lead',
  graph: () => inbox,
  sap: () => 'events',
};
const kept = async (name: Name): Promise<number> => {
  const stream = { tenant: tenantOf(name), connection: connections[name], stream: streams[name]() };
  return (await ledger().inboxes.state(stream)).newest;
};
const answered = (name: Name, status: number): number =>
  line.signalbox.door?.answered(tenantOf(name), connections[name])[status] ?? 0;

/** The same post with another member of its body, or another body. */
const mended = (post: Post, mend: (body: Record<string, unknown>) => object): Post => ({
  ...post,
  body: JSON.stringify(mend(JSON.parse(post.body ?? '') as Record<string, unknown>)),
});
const stranger = '0badc0de-0000-4000-8000-000000000000';
const filler = (bytes: number): string => JSON.stringify({ mail: person, filler: 'x'.repeat(bytes) });
const withoutProof = (headers: Post['headers']): Post['headers'] =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'authorization'));
const firstOf = (value: unknown): object => (value as readonly object[])[0] ?? {};

const refusals: readonly (readonly [name: Name, what: string, status: number, change: (post: Post) => Post])[] = [
  ['dynamics365', 'another key', 401, (post) => ({ ...post, url: `${urlOf('dynamics365')}?code=k-2&mail=${person}` })],
  ['dynamics365', 'no key', 401, (post) => ({ ...post, url: urlOf('dynamics365') })],
  [
    'dynamics365',
    'another organisation',
    403,
    (post) => mended(post, (body) => ({ ...body, OrganizationId: stranger })),
  ],
  ['dynamics365', '300 KB', 413, (post) => ({ ...post, body: filler(300 * 1024) })],
  ['dynamics365', '3 MB', 413, (post) => ({ ...post, body: filler(3 * 1024 * 1024) })],
  [
    'dynamics365',
    'a table that nobody asked for',
    422,
    ({ headers, ...post }) => ({
      ...mended({ ...post, headers }, (body) => ({ ...body, PrimaryEntityName: 'contact', InputParameters: [] })),
      headers: { ...headers, 'x-ms-dynamics-entity-name': 'contact' },
    }),
  ],
  ['dynamics365', 'XML', 415, (post) => ({ ...post, headers: { 'content-type': 'text/xml' }, body: `<a>${person}` })],
  ['graph', 'the state of another subscription', 403, (post) => inGraph(post, { clientState: stranger })],
  ['graph', 'resources without the tokens of Graph', 403, (post) => mended(post, (body) => ({ value: body.value }))],
  ['graph', 'half a body', 400, (post) => ({ ...post, body: `{"value":[{"mail":"${person}"` })],
  ['graph', '300 KB of something else', 400, (post) => ({ ...post, body: filler(300 * 1024) })],
  ['graph', '3 MB', 413, (post) => ({ ...post, body: filler(3 * 1024 * 1024) })],
  ['sap', 'another password', 401, (post) => ({ ...post, headers: { ...post.headers, authorization: basic('no') } })],
  ['sap', 'no password', 401, (post) => ({ ...post, headers: withoutProof(post.headers) })],
  ['sap', 'nothing', 400, (post) => ({ ...post, body: '' })],
  ['sap', 'IDocs that are not heard', 404, (post) => ({ ...post, url: `${urlOf('sap')}/idocs` })],
  ['sap', '3 MB', 413, (post) => ({ ...post, body: filler(3 * 1024 * 1024) })],
  ...crms.map((name) => [name, 'a question', 405, (post: Post) => ({ ...post, method: 'GET' })] as const),
];

function inGraph(post: Post, over: object): Post {
  return mended(post, ({ value, ...body }) => ({ ...body, value: [{ ...firstOf(value), ...over }] }));
}

test.each(refusals)('%s: %s is refused with %i, counted, and kept nowhere', async (name, _, status, change) => {
  const { post, subject } = await happening[name]();
  if (name !== 'sap') await until('the change itself', async () => (await eventsOf(name, subject)) === 1);
  const before = { kept: await kept(name), answered: answered(name, status) };
  expect(await send(change(post))).toBe(status);
  await until('the answer to be counted', () => answered(name, status) === before.answered + 1);
  expect(await kept(name)).toBe(before.kept);
});

const quarantined = async (name: Name): Promise<readonly string[]> =>
  (await ledger().quarantine.list(tenantOf(name), 'open')).map(({ id }) => id);

test.each(['dynamics365', 'sap'] as const)('%s: half a body is kept in quarantine', async (name) => {
  const { post } = await happening[name]();
  const body = `{"mail":"${person}`;
  expect(await send({ ...post, body })).toBeLessThan(300);
  const [id = ''] = await until('the quarantine', async () => {
    const found = await quarantined(name);
    return found.length > 0 ? found : undefined;
  });
  expect((await ledger().quarantine.get(tenantOf(name), id))?.bytes.toString()).toBe(body);
});

test.each(crms)('%s: a post that is caught and sent again is one event', async (name) => {
  const dropped = async (): Promise<number> => (await ledger().counts(tenantOf(name))).duplicatesDropped;
  const before = await dropped();
  const { post, subject } = await happening[name]();
  expect([await send(post), await send(post)].every((status) => status < 300)).toBe(true);
  // Dataverse and Graph have posted it themselves.
  await until('the others to be dropped', async () => (await dropped()) === before + (name === 'sap' ? 1 : 2));
  expect(await eventsOf(name, subject)).toBe(1);
});

test("a CRM's post to another tenant's address is refused", async () => {
  for (const [n, name] of crms.entries()) {
    const { post } = await happening[name]();
    const other = crms[(n + 1) % crms.length]!;
    const before = await kept(other);
    expect([400, 401, 403]).toContain(await send({ ...post, url: urlOf(other) }));
    expect(await kept(other)).toBe(before);
  }
});

test('nothing of all that is in the log', () => {
  expect(logged.length).toBeGreaterThan(refusals.length / 2);
  expect(logged.filter((told) => told.includes(person) || told.includes('k-1') || told.includes(password))).toEqual([]);
});
