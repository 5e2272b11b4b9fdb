import { clientState, type Sample, startSample, subscribeAll } from '../../test/graph-directory';
import type { Connection, InboundReply, InboundRequest } from '../contract';
import { clientStateOf } from './client-state';

let sample: Sample;
let stream: string;
let other: string;

beforeEach(async () => {
  sample = await startSample(['messages', 'events']);
  [stream = '', other = ''] = sample.connection.streams;
});
afterEach(() => sample.stop());

async function receive(
  over: Partial<InboundRequest> = {},
  connection: Connection<unknown> = sample.connection,
): Promise<InboundReply> {
  const request = { method: 'POST', path: '', query: new URLSearchParams(), headers: {}, body: Buffer.from('') };
  const reply = await connection.receiver?.receive({ ...request, ...over });
  if (reply === undefined) throw new Error('the connection has no receiver');
  return reply;
}

const post = (value: readonly object[], more: object = {}): Partial<InboundRequest> => ({
  body: Buffer.from(JSON.stringify({ value, ...more })),
});

const notification = (of: string, over: object = {}) => ({
  subscriptionId: 's-1',
  subscriptionExpirationDateTime: '2026-03-01T09:30:00Z',
  clientState: clientStateOf(clientState, of),
  changeType: 'created',
  resource: `${of}/m1`,
  resourceData: { id: 'm1', '@odata.etag': 'W/"1"' },
  ...over,
});

const kept = async () => [await sample.inbox.newest(stream), await sample.inbox.newest(other)];

it('answers the handshake with the decoded token as plain text, whatever is in it', async () => {
  const token = '<script>Validation: 100 % & "quoted"</script>';
  const reply = await receive({ query: new URLSearchParams({ validationToken: token }) });
  expect(reply).toMatchObject({ status: 200, body: token });
  expect(reply.headers?.['content-type']).toMatch(/^text\/plain/);
  const long = new URLSearchParams({ validationToken: 'x'.repeat(5000) });
  expect(await receive({ query: long })).toMatchObject({ status: 400 });
  expect(await kept()).toEqual([0, 0]);
});

it('keeps each notification of a post in the stream of its own subscription, without the client state', async () => {
  const value = [notification(stream), notification(other), notification(stream, { changeType: 'updated' })];
  expect(await receive(post(value))).toEqual({ status: 202 });
  expect(await kept()).toEqual([2, 1]);
  for await (const { payload } of sample.inbox.read(stream, 0, AbortSignal.timeout(5000))) {
    expect(Buffer.from(payload).toString()).not.toContain(clientStateOf(clientState, stream));
    break;
  }
});

it.each([
  ['another secret', { clientState: clientStateOf('another secret', 'users/u/messages') }],
  ['no client state', { clientState: undefined }],
  ['the secret itself', { clientState }],
])('refuses a post with %s, and drops such a notification from a post that has others', async (_, over) => {
  expect(await receive(post([notification(stream, over)]))).toMatchObject({ status: 403 });
  expect(await kept()).toEqual([0, 0]);
  expect(await receive(post([notification(stream, over), notification(stream)]))).toEqual({ status: 202 });
  expect(await kept()).toEqual([1, 0]);
});

it.each([
  ['GET', { method: 'GET' }, 405],
  ['another path', { path: '/x' }, 404],
  ['no JSON', { body: Buffer.from('{') }, 400],
  ['no list', { body: Buffer.from('{}') }, 400],
  ['an empty list', post([]), 403],
])('refuses %s', async (_, request, status) => {
  expect(await receive(request)).toMatchObject({ status });
});

it('asks a post with resources for tokens of Graph', async () => {
  const whole = notification(stream, { encryptedContent: { data: '' } });
  expect(await receive(post([whole]))).toMatchObject({ status: 403 });
  expect(await receive(post([whole], { validationTokens: ['a.b.c'] }))).toMatchObject({ status: 403 });
  expect(await kept()).toEqual([0, 0]);
});

it('takes the tokens of Graph, and not those that Graph gave for another application', async () => {
  await subscribeAll(sample.connection);
  const { admin } = sample.directory;
  admin.create(stream, { subject: 'Offer' });
  await admin.idle();
  expect(await kept()).toEqual([1, 0]);
  const [told] = admin.posts();
  const body = Buffer.from(told?.body ?? '');
  expect(await receive({ body })).toEqual({ status: 202 });
  const auth = { ...sample.config.auth, clientId: 'another application' };
  expect(await receive({ body }, await sample.connect({ auth }))).toMatchObject({ status: 403 });
});

it('renews a subscription that Graph wants reauthorised, and makes one anew that it removed', async () => {
  await subscribeAll(sample.connection);
  const { admin } = sample.directory;
  const ids = () => admin.subscriptions().map(({ id }) => id);
  const before = ids();
  const ends = () => admin.subscriptions().map(({ expirationDateTime }) => String(expirationDateTime));
  const [first = ''] = ends();
  admin.fault({ kind: 'reauthorization' });
  await admin.idle();
  await until(() => ends().every((end) => end > first));
  expect(ids()).toEqual(before);
  admin.fault({ kind: 'expiredSubscriptions' });
  await admin.idle();
  await until(() => ids().length === 2);
  expect(ids().some((id) => before.includes(id))).toBe(false);
  // What was lost meanwhile is read again: the stream tells so.
  expect(await kept()).toEqual([1, 1]);
});

async function until(holds: () => boolean): Promise<void> {
  const end = Date.now() + 10_000;
  while (!holds()) {
    if (Date.now() > end) throw new Error('not within 10 s');
    await new Promise((resolve) => setImmediate(resolve));
  }
}
