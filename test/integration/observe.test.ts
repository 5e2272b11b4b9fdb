import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Provided } from '../../services/provision/ways';
import { provideAll } from '../../services/provision/provide';
import { projectRoot } from '../../services/project-root';
import { Observation, type Verdict } from '../../services/observe/observation';
import { Observer } from '../../services/observe/observer';
import { Traces, type Span } from '../../services/observe/traces';
import { startSignalbox, type Signalbox } from '../../services/signalbox';
import { connectors } from '../../connectors/registry';
import { subscriptionId } from '../../workflows/names';
import { eventOf } from '../fixtures/events';
import { coldLead, hotLead, log, startLine, until, type Line } from '../line';

// Longer than any poll, whose own failure says what was waited for.
jest.setTimeout(120_000);

const stream = '/data/LeadChangeEvent';
const stateDir = path.join(projectRoot, '.signalbox');
const saved = { AMQP_URL: process.env['AMQP_URL'], TEMPORAL_ADDRESS: process.env['TEMPORAL_ADDRESS'] };
const closers: (() => Promise<unknown>)[] = [];
const spans: Span[] = [];
let line: Line;
let signalbox: Signalbox;
let observation: Observation;
let servers: Readonly<Record<'broker' | 'temporal', Provided>>;
let whileStarting: Verdict;

/** The whole line on servers that only this test knows, for it stops them; with all that `signalbox up` opens. */
beforeAll(async () => {
  const dir = await mkdtemp(path.join(tmpdir(), 'signalbox-observe-'));
  closers.push(() => rm(dir, { recursive: true, force: true }));
  await mkdir(path.join(stateDir, 'cache'), { recursive: true });
  await symlink(path.join(stateDir, 'cache'), path.join(dir, 'cache'));
  const own = await provideAll({ rabbit: true, temporal: true, isPrivate: true, isPersistent: true, stateDir: dir });
  closers.push(() => own.stop());
  if (own.rabbit === undefined || own.temporal === undefined) throw new Error('no servers were provided');
  servers = { broker: own.rabbit, temporal: own.temporal };
  Object.assign(process.env, { AMQP_URL: own.rabbit.url, TEMPORAL_ADDRESS: own.temporal.url });
  line = await startLine({ roles: [] });
  closers.push(() => line.stop());
  const send = (span: Span): void => void spans.push(span);
  const observer = new Observer(new Traces({ send, stop: () => Promise.resolve() }));
  observation = await new Observation(log, observer).open({ host: '127.0.0.1', port: 0 });
  closers.push(() => observation.stop());
  const follow = () => ({
    ...{ folder: dir, started: [], everyMs: 100 },
    load: () => Promise.resolve({ connectors: [...connectors.values()], models: new Map() }),
  });
  const starting = startSignalbox({ ...line.runtime, observation, observer }, undefined, follow);
  whileStarting = (await (await fetch(`${observation.url}/readyz`)).json()) as Verdict;
  signalbox = await starting;
  closers.push(() => signalbox.stop());
});

afterAll(async () => {
  Object.assign(process.env, saved);
  for (const close of closers.splice(0).reverse()) await close();
});

async function verdict(): Promise<Verdict> {
  const answer = await fetch(`${observation.url}/readyz`);
  const told = (await answer.json()) as Verdict;
  expect(answer.status).toBe(told.ready ? 200 : 503);
  return told;
}

/** The first reason of a check, once there is one; asks as an orchestrator does. */
const reason = (check: string, what: RegExp): Promise<Verdict['reasons'][number]> =>
  until(
    `readiness to say that ${check} is not well`,
    async () => (await verdict()).reasons.find((one) => one.check === check && what.test(one.what)),
    40_000,
  );

const green = (): Promise<unknown> => until('the process to be ready', async () => (await verdict()).ready, 90_000);

const page = async (): Promise<string> => (await fetch(`${observation.url}/metrics`)).text();

/** The sum of a metric's samples of the tenant that have all of these labels. */
async function sum(name: string, labels: Readonly<Record<string, string>> = {}): Promise<number> {
  const wanted = Object.entries({ tenant: line.tenant.tenant, ...labels }).map(([key, value]) => `${key}="${value}"`);
  return (await page())
    .split('\n')
    .filter((row) => row.startsWith(`${name}{`) && wanted.every((label) => row.includes(label)))
    .reduce((total, row) => total + Number(row.slice(row.lastIndexOf(' ') + 1)), 0);
}

test('a start that is not finished is not ready; a finished one is', async () => {
  expect(whileStarting).toEqual({
    ready: false,
    reasons: [{ check: 'process', what: 'the start is not finished' }],
  });
  await green();
});

test('what is scraped is what the ledger holds', async () => {
  const { tenant } = line.tenant;
  const { ledger } = signalbox.runtime;
  for (let n = 0; n < 30; n += 1)
    line.org.admin.create('Lead', { ...(n % 3 === 0 ? hotLead : coldLead), LastName: `Lead ${n}` });
  // Ten tasks, each with two echoes: the task's and that of the lead's rating.
  await until('the tasks', async () => (await ledger.counts(tenant)).tasksCreated === 10);
  const isQuiet = async (): Promise<boolean> =>
    (await ledger.counts(tenant)).events === (await sum('signalbox_events_published_total')) &&
    (await sum('signalbox_events_heard_total')) === (await sum('signalbox_events_published_total'));
  await until('the echoes', async () => (await isQuiet()) && (await ledger.counts(tenant)).events >= 50);
  // What is open is read from the ledger every 3 s at most.
  await until('the engagements', async () => (await sum('signalbox_engagements_open')) === 10);
  const counts = await ledger.counts(tenant);
  const recorded = await sum('signalbox_events_recorded_total');
  const duplicates = await sum('signalbox_events_recorded_total', { status: 'duplicate' });
  expect({
    events: recorded - duplicates,
    duplicatesDropped: duplicates,
    decisions: await sum('signalbox_decisions_total'),
    tasksCreated: await sum('signalbox_actions_total', { kind: 'create-task', crm: 'salesforce', result: 'applied' }),
    engagementsOpen: await sum('signalbox_engagements_open'),
    gapsOpen: await sum('signalbox_gaps_open'),
    parked: await sum('signalbox_events_parked'),
    quarantined: await sum('signalbox_quarantine_entries'),
  }).toEqual({
    ...{ events: counts.events, duplicatesDropped: counts.duplicatesDropped, decisions: counts.decisions },
    ...{ tasksCreated: 10, engagementsOpen: 10, gapsOpen: 0, parked: 0, quarantined: 0 },
  });
  expect(await sum('signalbox_decisions_total', { band: 'hot', outcome: 'act' })).toBe(10);
  expect(await sum('signalbox_event_to_task_seconds_count')).toBe(10);
  expect(await page()).toContain('\nsignalbox_inference_rows_total{model="lead-scoring"} 30\n');
  expect(await sum('signalbox_crm_request_wait_seconds_count', { priority: 'write' })).toBeGreaterThan(0);
  expect(await sum('signalbox_lane_batch_duration_seconds_count')).toBeGreaterThan(0);
  expect(await sum('signalbox_stream_up', { stream })).toBe(1);
});

test('no label holds anything of a record', async () => {
  const told = await page();
  const ids = line.org.admin.records('Lead').map(({ Id }) => String(Id));
  for (const text of [...ids, 'Lopez', 'Bluewater']) expect(told).not.toContain(text);
});

test('one event has one trace, from its source to its task', async () => {
  const lead = line.org.admin.create('Lead', { ...hotLead, LastName: 'Traced' });
  const decision = await until('the decision', async () => {
    const told = await signalbox.runtime.ledger.history(line.tenant.tenant, `lead/${lead}`);
    return told.find((entry) => entry.kind === 'decision')?.decision;
  });
  const traceId = decision.eventid.replaceAll('-', '');
  const own = await until('the act to be traced', () => {
    const found = spans.filter((span) => span.traceId === traceId);
    return found.some(({ name }) => name === 'act') && found;
  });
  const [publish, decide, act] = ['publish', 'decide', 'act'].map((name) => own.find((span) => span.name === name));
  expect([publish?.parent, decide?.parent, act?.parent]).toEqual([undefined, publish?.spanId, decide?.spanId]);
  expect(decide?.attributes).toMatchObject({ 'signalbox.decisions': ['lead-scoring: act, band hot'] });
  const batch = spans.find(({ spanId }) => spanId === decide?.links[0]?.spanId);
  expect(batch?.links.map(({ spanId }) => spanId)).toContain(publish?.spanId);
});

test('a lane that cannot read from the CRM shows as stalled, with its cause, until it goes on', async () => {
  const { tenant } = line.tenant;
  const lead = line.org.admin.create('Lead', coldLead);
  line.org.admin.fault({ kind: 'serverUnavailable', times: 10_000 });
  const event = eventOf({
    ...{ tenant, id: 'stuck', provenance: 'missing', change: { kind: 'updated', gap: true } },
    ...{ record: { id: `${lead.slice(0, -4)}ZAAA`, nativeType: 'Lead' }, time: new Date().toISOString() },
  });
  await signalbox.runtime.publisher.publish(event);
  const stalled = await reason('lanes', /stalled/);
  expect(stalled).toMatchObject({
    lane: expect.stringMatching(`^lane/${tenant}/\\d$`) as string,
    since: expect.any(String) as string,
    what: expect.stringMatching(/in context: .*unavailable/i) as string,
  });
  expect(await sum('signalbox_lanes_stalled')).toBe(1);
  expect(await sum('signalbox_lane_stalled_since_timestamp_seconds')).toBeGreaterThan(Date.now() / 1_000 - 60);
  line.org.admin.fault({ kind: 'clear' });
  await green();
  expect(await sum('signalbox_lanes_stalled')).toBe(0);
});

test('a stream that waits for a person, or has no place, makes the process not ready', async () => {
  const { tenant } = line.tenant;
  const { ledger, temporal } = signalbox.runtime;
  const at = new Date().toISOString();
  const gap = await ledger.gaps.open({
    tenant,
    connection: 'sales',
    stream,
    cause: 'a test',
    from: at,
    policy: 'halt',
  });
  expect(await reason('streams', /onGap is halt/)).toMatchObject({ tenant, connection: 'sales', stream });
  await ledger.gaps.close(tenant, gap, { recovered: 0, duplicates: 0, at });
  await green();
  const task = subscriptionId(tenant, 'sales', '/data/TaskChangeEvent');
  await temporal.workflow.getHandle(task).terminate('a test');
  expect(await reason('streams', /nobody hears the stream: its subscription is terminated/)).toMatchObject({
    stream: '/data/TaskChangeEvent',
  });
  expect(await sum('signalbox_stream_up', { stream: '/data/TaskChangeEvent' })).toBe(0);
  await temporal.workflow.start('subscription', {
    workflowId: task,
    taskQueue: 'signalbox',
    args: [{ tenant, connection: 'sales', stream: '/data/TaskChangeEvent' }],
  });
  await green();
});

test.each(['broker', 'temporal'] as const)(
  'while the %s is away the process is alive and not ready, within seconds, and ready again afterwards',
  async (server) => {
    await servers[server].kill();
    const killedAt = performance.now();
    await reason(server, /does not answer|:/);
    expect(performance.now() - killedAt).toBeLessThan(15_000);
    expect((await fetch(`${observation.url}/healthz`)).status).toBe(200);
    await servers[server].restart();
    await green();
    const before = await sum('signalbox_decisions_total');
    line.org.admin.create('Lead', coldLead);
    await until('the line to go on', async () => (await sum('signalbox_decisions_total')) > before, 60_000);
  },
);

test('a CRM that is away shows by its streams, with the cause', async () => {
  await line.org.stop();
  expect(await reason('streams', /nobody hears the stream: .*[A-Z]{3}/)).toMatchObject({ connection: 'sales' });
});

test('a process that serves an old version of a tenant is not ready', async () => {
  const { tenant } = line.tenant;
  const { ledger } = signalbox.runtime;
  const change = { digest: 'sha256:x', document: { tenant }, policies: {}, changes: [], by: 'a test' };
  await ledger.tenants.apply(tenant, change, 0);
  expect(await reason('tenants', /version 0 is served here and version 1 is in force: .+/)).toMatchObject({ tenant });
});
