import type { RegistrationChange } from '../contract';
import { MemoryInbox } from '../../test/contract/memory-inbox';
import { openDoor, type Door } from '../../test/contract/door';
import { dynamics365 } from '.';
import { imageName } from './native';
import { configOf, type Sample, startSample } from '../../test/dynamics365-org';

let sample: Sample;
let door: Door;
beforeEach(async () => {
  door = await openDoor();
  sample = await startSample({ webhook: webhookWith('k-1') });
});
afterEach(async () => {
  await sample.stop();
  await door.close();
});

const signal = (): AbortSignal => AbortSignal.timeout(20_000);
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const webhookWith = (key: string) => ({ kind: 'webhook-key', key, url: door.url }) as const;

async function planned(wanted: 'connected' | 'disconnected', over: Parameters<typeof configOf>[1] = {}) {
  const config = configOf(sample.org, { webhook: webhookWith('k-1'), ...over });
  const connection = await dynamics365.connect(config, { log, now: Date.now, inbox: new MemoryInbox() });
  return connection.registration!.plan(wanted, signal());
}
async function applied(changes: readonly RegistrationChange[]): Promise<void> {
  for (const { apply } of changes) await apply?.(signal());
}
const kinds = (changes: readonly RegistrationChange[]) => [...new Set(changes.map(({ kind }) => kind))];
const rows = (table: string) => sample.org.admin.records(table);
const registered = () =>
  ['serviceendpoint', 'sdkmessageprocessingstep', 'sdkmessageprocessingstepimage'].map((table) => rows(table).length);

it('plans without an effect, makes what is missing, and then finds nothing to do', async () => {
  const plan = await planned('connected');
  expect(kinds(plan)).toEqual(['create']);
  expect(plan.map(({ what }) => what)).toContain('step Update of lead');
  expect(registered()).toEqual([0, 0, 0]);
  await applied(plan);
  expect(registered()).toEqual([1, 6, 6]);
  expect(rows('sdkmessageprocessingstepimage').every(({ entityalias }) => entityalias === imageName)).toBe(true);
  expect(kinds(await planned('connected'))).toEqual(['keep']);
  // A plan that another has carried out meanwhile does no harm.
  await applied(plan);
  expect(registered()).toEqual([1, 6, 6]);
});

it('what it made works: a change arrives whole, with what was before', async () => {
  await applied(await planned('connected'));
  const inbox = new MemoryInbox();
  const config = configOf(sample.org, { webhook: webhookWith('k-1') });
  const connection = await dynamics365.connect(config, { log, now: Date.now, inbox });
  door.open(connection);
  const { admin } = sample.org;
  const lead = await admin.create('lead', { lastname: 'Lopez', companyname: 'Bluewater' });
  await admin.update('lead', lead, { companyname: 'Redwater' });
  await admin.remove('lead', lead);
  await admin.idle();
  expect(admin.counts()).toMatchObject({ delivered: 3, failed: 0 });
  const told = [];
  const start = { from: 'earliest' } as const;
  for await (const one of connection.source.subscribe('lead', { start, maxInFlight: 5, signal: signal() })) {
    if (one.kind !== 'event') throw new Error('not decoded');
    told.push(
      ...(await dynamics365.normalise(one.native, { tenant: 't', connection: 'c', org: connection.org, mapping: {} })),
    );
    if (told.length === 3) break;
  }
  expect(told.map(({ data }) => [data.change.kind, data.provenance.record])).toEqual([
    ['created', 'event'],
    ['updated', 'event'],
    ['deleted', 'event'],
  ]);
  expect(told[1]?.data.change).toMatchObject({
    fields: expect.arrayContaining(['company']) as unknown,
    before: { company: 'Bluewater' },
  });
  expect(told[1]?.data.record).toMatchObject({ company: 'Redwater', lastName: 'Lopez' });
});

it('mends what somebody changed: the secret, a disabled step, a removed one; drops tables that are no longer heard', async () => {
  await applied(await planned('connected'));
  const { admin } = sample.org;
  const other = { webhook: webhookWith('k-2') };
  const steps = rows('sdkmessageprocessingstep');
  await admin.setState('sdkmessageprocessingstep', String(steps[0]?.sdkmessageprocessingstepid), 1, 2);
  await admin.remove('sdkmessageprocessingstep', String(steps[1]?.sdkmessageprocessingstepid));
  const plan = await planned('connected', other);
  expect(plan.filter(({ kind }) => kind !== 'keep').map(({ kind, why }) => [kind, why])).toEqual(
    expect.arrayContaining([
      ['change', 'differs in secret'],
      ['change', expect.stringMatching('statecode')],
      ['create', undefined],
    ]),
  );
  await applied(plan);
  expect(kinds(await planned('connected', other))).toEqual(['keep']);
  const fewer = await planned('connected', { ...other, subscribe: ['lead'] });
  expect(fewer.filter(({ kind }) => kind === 'remove')).toHaveLength(3);
  await applied(fewer);
  expect(registered()[1]).toBe(3);
});

it('removes exactly what it made', async () => {
  const { admin } = sample.org;
  admin.registerWebhook({
    url: 'http://127.0.0.1:9/theirs',
    auth: { type: 'WebhookKey', key: 'x' },
    steps: [{ message: 'Create', table: 'lead' }],
  });
  const before = registered();
  await applied(await planned('connected'));
  const plan = await planned('disconnected');
  expect(kinds(plan)).toEqual(['remove']);
  await applied(plan);
  expect(registered()).toEqual(before);
  expect(await planned('disconnected')).toEqual([]);
});

it('leaves the endpoint where steps of others use it', async () => {
  await applied(await planned('connected'));
  const [endpoint] = rows('serviceendpoint');
  const [step] = rows('sdkmessageprocessingstep');
  await addTheirStep(endpoint, step);
  const plan = await planned('disconnected');
  expect(plan.at(-1)).toMatchObject({ kind: 'keep', why: expect.stringContaining('1 steps of others') as string });
  await applied(plan);
  expect(registered().slice(0, 2)).toEqual([1, 1]);
});

async function addTheirStep(endpoint: unknown, step: unknown): Promise<void> {
  const { serviceendpointid } = endpoint as { serviceendpointid: string };
  const { _sdkmessageid_value: message, _sdkmessagefilterid_value: filter } = step as Record<string, string>;
  await sample.org.admin.create('sdkmessageprocessingstep', {
    name: 'Theirs',
    mode: 1,
    stage: 40,
    'sdkmessageid@odata.bind': `/sdkmessages(${message})`,
    'sdkmessagefilterid@odata.bind': `/sdkmessagefilters(${filter})`,
    'eventhandler_serviceendpoint@odata.bind': `/serviceendpoints(${serviceendpointid})`,
  });
}

it('needs an address, and tables that there are', async () => {
  await expect(planned('connected', { webhook: { kind: 'webhook-key', key: 'k' } })).rejects.toMatchObject({
    code: 'SBX_DYNAMICS365_WEBHOOK',
  });
  await expect(planned('connected', { subscribe: ['new_nothing'] })).rejects.toMatchObject({
    code: 'SBX_DYNAMICS365_STEP',
  });
});

it('check says whether it is registered', async () => {
  const unregistered = await sample.connection.check(signal());
  expect(unregistered.filter(({ level }) => level === 'error')).toMatchObject([
    { what: 'webhook', fix: expect.stringContaining('signalbox connect') as string },
  ]);
  await applied(await planned('connected'));
  expect((await sample.connection.check(signal())).filter(({ level }) => level !== 'ok')).toEqual([]);
});
