import { encode, Sender } from '../../simulators/cloudevents';
import { openLedger } from '../../ledger/ledger';
import { until } from '../line';
import { Applied } from './applied';
import { settled, shareServers } from './settled';
import { none } from './compare';
import { startTraffic } from './traffic';

jest.setTimeout(120_000);

const key = { id: 'k1', secret: 'k'.repeat(32) };
const web = {
  connector: 'cloudevents',
  channel: 'web',
  auth: { kind: 'hmac', keys: [{ id: key.id, secret: 'env:WEB_KEY' }] },
  subscribe: ['events'],
  start: 'earliest',
  requestsPerSecond: 1_000,
};

let stopServers: () => Promise<void>;
let applied: Applied;

beforeAll(async () => {
  process.env['WEB_KEY'] = key.secret;
  stopServers = await shareServers();
  applied = await Applied.start();
});
afterAll(async () => {
  await applied.stop();
  await stopServers();
});

const url = (tenant = applied.tenant): string => applied.doorUrl('web', tenant);

let sent = 0;
const chat = () => {
  const id = `chat-${++sent}`;
  return { id, source: '/web', type: 'com.acme.interaction.created', data: { id, channel: 'chat', body: 'Hello' } };
};
/** Posts once, whatever is answered. */
const post = async (at: string, event = chat()): Promise<{ readonly id: string; readonly status: number }> => {
  const { status } = await new Sender({ url: at, auth: key }).post(encode([event], 'structured'));
  return { id: event.id, status };
};
const eventsOf = async (id: string, tenant = applied.tenant): Promise<number> =>
  (await applied.signalbox.runtime.ledger.history(tenant, `interaction/${id}`)).filter(({ kind }) => kind === 'event')
    .length;
const untilKnown = (id: string) => until(`${id} in the ledger`, async () => (await eventsOf(id)) > 0);

const addWeb = () => applied.apply((file) => Object.assign(file.connections, { web }));
const removeWeb = () => applied.apply((file) => delete file.connections['web']);
const inbox = () => ({ tenant: applied.tenant, connection: 'web', stream: 'events' });
const waiting = async (): Promise<number> => {
  const { newest, released } = await applied.signalbox.runtime.ledger.inboxes.state(inbox());
  return newest - released;
};
const isHeard = (): Promise<boolean> => applied.isHearing('web', 'events');

/** Sends without a pause until it is told to stop; resolves with what was answered, in order. */
function stream(at: string) {
  const stop = new AbortController();
  const run = async () => {
    const answers: Awaited<ReturnType<typeof post>>[] = [];
    while (!stop.signal.aborted) answers.push(...(await Promise.all([post(at), post(at), post(at)])));
    return answers;
  };
  const answers = run();
  return {
    stop: () => {
      stop.abort();
      return answers;
    },
  };
}

const idsOf = (answers: readonly { readonly id: string; readonly status: number }[], status: number) =>
  answers.filter((answer) => answer.status === status).map(({ id }) => id);

test('a door is opened, shut and opened again while events flow: what was accepted is decided, once', async () => {
  const { line, tenant, signalbox } = applied;
  expect(signalbox.door).toBeUndefined();
  const traffic = startTraffic(line.org, 20, 25);
  expect(await addWeb()).toMatchObject({ code: 0, err: '' });
  expect((await post(url('nobody'))).status).toBe(404);
  const [first] = idsOf([await post(url())], 202);
  await untilKnown(first!);

  const at = url();
  const flow = stream(at);
  await until('a few of them', async () => (await waiting()) > 0 || (await eventsOf(`chat-${sent - 20}`)) > 0);
  expect(await removeWeb()).toMatchObject({ code: 0, err: '' });
  await until('the door to be shut', async () => (await post(at)).status === 404);
  const answers = await flow.stop();
  const accepted = idsOf(answers, 202);
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202, 404]));
  for (const id of accepted) await untilKnown(id);
  await until('the stream to end', async () => !(await isHeard()));
  expect(await waiting()).toBe(0);

  expect(await addWeb()).toMatchObject({ code: 0, err: '' });
  const again = await post(at);
  expect(again.status).toBe(202);
  await untilKnown(again.id);
  expect(await Promise.all(accepted.map((id) => eventsOf(id)))).toEqual(accepted.map(() => 1));
  const { ledger } = signalbox.runtime;
  expect(await settled({ org: line.org, ledger, tenant }, await traffic.leads, 60_000)).toEqual(none);
  // It went on where it was: neither a gap nor anything in quarantine.
  expect(await ledger.counts(tenant)).toMatchObject({ gapsOpen: 0, quarantined: 0, parked: 0 });
  expect(await ledger.gaps.list(tenant, 'all')).toEqual([]);
});

test('a connection that was taken out while no process was there: what it had accepted is published, and its stream ends', async () => {
  const at = url();
  const before = await Promise.all([post(at), post(at)]);
  const left = chat();
  await applied.restart(async () => {
    // As a process leaves it that dies between the answer and the broker.
    const ledger = await openLedger({ folder: applied.ledgerFolder });
    const native = { event: { specversion: '1.0', ...left }, received: new Date().toISOString() };
    await ledger.inboxes.append(inbox(), [Buffer.from(JSON.stringify(native))], 10);
    await ledger.close();
    expect(await removeWeb()).toMatchObject({ code: 0 });
  });
  for (const { id } of [...before, left]) await untilKnown(id);
  await until('the stream to end', async () => !(await isHeard()));
  expect(await Promise.all([...before, left].map(({ id }) => eventsOf(id)))).toEqual([1, 1, 1]);
  expect(applied.signalbox.door).toBeUndefined();
});

test('of a removed tenant nothing more is taken, though its lanes still finish', async () => {
  const name = `${applied.tenant}b`;
  const neighbour = { ...applied.written(), tenant: name, connections: { web }, useCases: {} };
  expect(await applied.applyFile(applied.write('other.yaml', neighbour))).toMatchObject({ code: 0, err: '' });
  const at = url(name);
  const kept = await post(at);
  expect(kept.status).toBe(202);
  await until('the event', async () => (await eventsOf(kept.id, name)) === 1);
  expect(await applied.run(['apply', '--remove', name, '--yes', '--by', 'Ada Byron'])).toMatchObject({ code: 0 });
  expect((await post(at)).status).toBe(404);
  expect(await applied.applyFile(applied.write('other.yaml', neighbour))).toMatchObject({ code: 0, err: '' });
  const again = await post(at);
  expect(again.status).toBe(202);
  await until('the event after it came back', async () => (await eventsOf(again.id, name)) === 1);
});
