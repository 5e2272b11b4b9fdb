import { type Sample, startSample, subscribeAll } from '../../test/graph-directory';
import type { Connection } from '../contract';

const signal = AbortSignal.timeout(20_000);
let sample: Sample;
beforeAll(async () => {
  sample = await startSample(['messages', 'events']);
});
afterAll(() => sample.stop());

const planned = async (connection: Connection<unknown>, wanted: 'connected' | 'disconnected') =>
  ((await connection.registration?.plan(wanted, signal)) ?? []).map(({ kind, what }) => `${kind} ${what}`);

it('makes one subscription for each stream, once, and removes those of no stream and all at the end', async () => {
  const { connection, user } = sample;
  const [messages, events] = [`subscription to users/${user}/messages`, `subscription to users/${user}/events`];
  expect(await planned(connection, 'connected')).toEqual([`create ${messages}`, `create ${events}`]);
  await subscribeAll(connection);
  await subscribeAll(connection);
  expect(await planned(connection, 'connected')).toEqual([`keep ${messages}`, `keep ${events}`]);
  const fewer = await sample.connect({ subscribe: [`users/${user}/events`] });
  expect(await planned(fewer, 'connected')).toEqual([`keep ${events}`, `remove ${messages}`]);
  // Without a certificate the resource cannot come along: another subscription.
  const { url = '', clientState = '' } = sample.config.notifications ?? {};
  const notifications = { url, clientState };
  const bare = await sample.connect({ notifications, subscribe: [`users/${user}/events`] });
  expect(await planned(bare, 'connected')).toEqual([
    `create ${events}`,
    expect.stringMatching(/^remove/),
    expect.stringMatching(/^remove/),
  ]);
  for (const { apply } of (await connection.registration?.plan('disconnected', signal)) ?? []) await apply?.(signal);
  expect(sample.directory.admin.subscriptions()).toEqual([]);
});

it('leaves subscriptions alone that go to another address', async () => {
  const elsewhere = await startSample([]);
  try {
    const notifications = { url: elsewhere.door.url, clientState: 'a secret of somebody else' };
    const theirs = await sample.connect({ notifications });
    elsewhere.door.open(theirs);
    await subscribeAll(theirs);
    sample.door.open(sample.connection);
    expect(sample.directory.admin.subscriptions()).toHaveLength(2);
    expect(await planned(sample.connection, 'disconnected')).toEqual([]);
  } finally {
    await elsewhere.stop();
  }
});
