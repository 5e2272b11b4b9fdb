import { type Sample, startSample, subscribeAll } from '../../test/graph-directory';
import { EntraAuthenticator } from '../kit/entra';
import { RateGovernor } from '../kit/rate';
import { settingsOf } from './config';
import { GraphApi } from './graph-api';
import { SubscriptionKeeper } from './keeper';
import { type Subscription, Subscriptions } from './subscriptions';

const hourMs = 3_600_000;
let sample: Sample;
beforeEach(async () => {
  sample = await startSample(['messages', 'todo/lists']);
});
afterEach(() => sample.stop());

/** Keeps one stream under a clock that stands still, ahead of the directory's; `passing` says what happens in each wait. */
async function keep(
  stream: string,
  passing: readonly ((ms: number) => void | Promise<void>)[],
  aheadMs = 0,
  Kept = Subscriptions,
): Promise<readonly string[]> {
  const { auth, tokenUrl, baseUrl, notifications } = settingsOf(sample.config);
  if (notifications === undefined) throw new Error('no notifications');
  const clock = Date.now() + aheadMs;
  const codes = { answer: 'SBX_GRAPH_LOGIN_ANSWER', unreachable: 'SBX_GRAPH_UNREACHABLE' };
  const entra = new EntraAuthenticator({ auth, tokenUrl, audience: baseUrl, now: Date.now, codes, audienceFix: '' });
  const api = new GraphApi({ auth: entra, baseUrl, governor: new RateGovernor({ requestsPerSecond: 500 }) });
  const now = (): number => clock;
  const logged: string[] = [];
  const note = (_: unknown, message: string): void => void logged.push(message);
  const log = { info: note, warn: note, error: note };
  const stop = new AbortController();
  const waits = [...passing];
  const sleep = async (ms: number): Promise<void> => {
    await waits.shift()?.(ms);
    if (waits.length === 0) stop.abort();
  };
  const subscriptions = new Kept({ api, notifications, now });
  await new SubscriptionKeeper({ subscriptions, log, now, sleep }).keep(stream, stop.signal);
  return logged;
}

const ends = () => sample.directory.admin.subscriptions().map(({ expirationDateTime: end }) => Date.parse(String(end)));

it('makes the missing subscription, and looks again at half of its life', async () => {
  const [stream = ''] = sample.connection.streams;
  const logged = await keep(stream, [
    (ms) => {
      expect(Math.round(ms / hourMs)).toBe(12);
    },
  ]);
  expect(logged).toEqual(['a subscription was made']);
  expect(sample.directory.admin.subscriptions()).toMatchObject([
    { changeType: 'created,updated,deleted', includeResourceData: true, notificationUrl: sample.door.url },
  ]);
});

it('lets one that is there be, and makes it anew when it has gone', async () => {
  const connection = await sample.connect({ subscribe: [`users/${sample.user}/messages`] });
  await subscribeAll(connection);
  const [stream = ''] = connection.streams;
  const [before] = ends();
  const removed = async (): Promise<void> => {
    expect(ends()).toEqual([before]);
    const signal = AbortSignal.timeout(10_000);
    for (const { apply } of (await connection.registration?.plan('disconnected', signal)) ?? []) await apply?.(signal);
    expect(ends()).toEqual([]);
  };
  await keep(stream, [removed, () => undefined]);
  expect(ends()).toHaveLength(1);
  expect(await keep(stream, [() => undefined])).toEqual([]);
});

it('renews one at half of its life', async () => {
  const [stream = ''] = sample.connection.streams;
  await keep(stream, [() => undefined], -13 * hourMs);
  const ids = sample.directory.admin.subscriptions().map(({ id }) => id);
  const [before = 0] = ends();
  expect(await keep(stream, [() => undefined])).toEqual([]);
  expect(sample.directory.admin.subscriptions().map(({ id }) => id)).toEqual(ids);
  const [after = 0] = ends();
  expect(Math.round((after - before) / hourMs)).toBe(13);
});

/** Of which each ends right after it was listed. */
class EndingSubscriptions extends Subscriptions {
  override async list(signal: AbortSignal): Promise<readonly Subscription[]> {
    const all = await super.list(signal);
    for (const one of all) await this.remove(one, signal);
    return all;
  }
}

it('makes one anew that has gone when it is to be renewed', async () => {
  const [stream = ''] = sample.connection.streams;
  await keep(stream, [() => undefined], -13 * hourMs);
  const [before] = sample.directory.admin.subscriptions();
  expect(await keep(stream, [() => undefined], 0, EndingSubscriptions)).toEqual(['a subscription was made']);
  const [after, ...others] = sample.directory.admin.subscriptions();
  expect(others).toEqual([]);
  expect(after?.id).not.toBe(before?.id);
});

it('takes away a second one', async () => {
  const connection = await sample.connect({ subscribe: [`users/${sample.user}/messages`] });
  const plan = await connection.registration?.plan('connected', AbortSignal.timeout(10_000));
  for (const { apply } of [...(plan ?? []), ...(plan ?? [])]) await apply?.(AbortSignal.timeout(10_000));
  expect(ends()).toHaveLength(2);
  expect(await keep(connection.streams[0] ?? '', [() => undefined])).toEqual([]);
  expect(ends()).toHaveLength(1);
});

it('goes on asking while Graph does not let it', async () => {
  sample.door.open({ ...sample.connection, receiver: { receive: () => Promise.resolve({ status: 500 }) } });
  const [stream = ''] = sample.connection.streams;
  const again = (): void => {
    sample.door.open(sample.connection);
  };
  expect(await keep(stream, [again, () => undefined])).toEqual([
    'a subscription cannot be kept',
    'a subscription was made',
  ]);
});
