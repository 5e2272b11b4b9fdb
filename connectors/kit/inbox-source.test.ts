import { MemoryInbox } from '../../test/contract/memory-inbox';
import { Permanent, PositionExpired, type Delivery, type Position, type Start } from '../contract';
import { inboxSource } from './inbox-source';

const stream = 's';
const bytesOf = (...texts: readonly string[]): Buffer[] => texts.map((text) => Buffer.from(text));

let inbox: MemoryInbox;
let abort: AbortController;
beforeEach(() => {
  inbox = new MemoryInbox();
  abort = new AbortController();
});
afterEach(() => {
  abort.abort();
});

const source = () =>
  inboxSource(inbox, (payload) => {
    const text = Buffer.from(payload).toString();
    return text === 'bad' ? { bytes: payload, code: 'SBX_X', message: 'no event' } : { native: text };
  });

const subscribe = (start: Start) =>
  source().subscribe(stream, { start, maxInFlight: 10, signal: abort.signal })[Symbol.asyncIterator]();

const at = (position: Position): Start => ({ from: 'position', position });

/** The next deliveries, as `<number> <what>`. */
async function take(from: AsyncIterator<Delivery<string>>, count: number): Promise<readonly string[]> {
  const taken: string[] = [];
  while (taken.length < count) {
    const { value } = (await from.next()) as { value: Delivery<string> };
    const what = value.kind === 'event' ? value.native : value.kind;
    taken.push(`${String(value.position['number'])} ${what}`);
  }
  return taken;
}

test('from the earliest: everything that was not released, then what comes', async () => {
  await inbox.append(stream, bytesOf('a', 'b', 'c'));
  await inbox.release(stream, 1);
  const deliveries = subscribe({ from: 'earliest' });
  expect(await take(deliveries, 2)).toEqual(['2 b', '3 c']);
  const next = take(deliveries, 1);
  await inbox.append(stream, bytesOf('d'));
  expect(await next).toEqual(['4 d']);
});

test('from the latest: only what comes after the subscription began', async () => {
  await inbox.append(stream, bytesOf('a'));
  const deliveries = subscribe({ from: 'latest' });
  const next = take(deliveries, 1);
  // The subscription asks for the newest number before it can see this one.
  await inbox.append(stream, bytesOf('b'));
  expect(await next).toEqual(['2 b']);
});

test('from a position, also one that came through JSON: what comes after it', async () => {
  await inbox.append(stream, bytesOf('a', 'b', 'c'));
  const { value } = (await subscribe({ from: 'earliest' }).next()) as { value: Delivery<string> };
  const position = JSON.parse(JSON.stringify(value.position)) as Position;
  expect(await take(subscribe(at(position)), 2)).toEqual(['2 b', '3 c']);
});

test('a position before what was released has expired; the one that was released last has not', async () => {
  await inbox.append(stream, bytesOf('a', 'b', 'c'));
  await inbox.release(stream, 2);
  await expect(subscribe(at({ v: 1, number: 1 })).next()).rejects.toThrow(PositionExpired);
  expect(await take(subscribe(at({ v: 1, number: 2 })), 1)).toEqual(['3 c']);
});

test('a position that was never given out has expired, instead of skipping up to it', async () => {
  await inbox.append(stream, bytesOf('a'));
  await expect(subscribe(at({ v: 1, number: 2 })).next()).rejects.toThrow(/number 2 .* never given out/);
  await expect(subscribe(at({ v: 1, number: 2 })).next()).rejects.toThrow(PositionExpired);
});

test('a position of another kind is told apart', async () => {
  for (const position of [{ v: 0, number: 1 }, { v: 1 }, { v: 1, number: '1' }])
    await expect(subscribe(at(position)).next()).rejects.toThrow(Permanent);
});

test('what is no event is delivered with its bytes, and the next one after it', async () => {
  await inbox.append(stream, bytesOf('bad', 'b'));
  const deliveries = subscribe({ from: 'earliest' });
  const { value } = (await deliveries.next()) as { value: Delivery<string> };
  expect(value).toEqual({
    kind: 'undecodable',
    bytes: Buffer.from('bad'),
    code: 'SBX_X',
    message: 'no event',
    position: { v: 1, number: 1 },
  });
  expect(await take(deliveries, 1)).toEqual(['2 b']);
});

test('what is acknowledged is released, itself included', async () => {
  await inbox.append(stream, bytesOf('a', 'b', 'c'));
  await source().ack(stream, { v: 1, number: 2 });
  await source().ack(stream, { v: 1, number: 1 });
  expect(await inbox.released(stream)).toBe(2);
});

test('ends without an error when aborted: before it began, while quiet, between two entries', async () => {
  const quiet = subscribe({ from: 'earliest' });
  const waiting = quiet.next();
  await inbox.append('other', bytesOf('x'));
  abort.abort();
  expect(await waiting).toEqual({ done: true, value: undefined });
  expect(await subscribe({ from: 'earliest' }).next()).toEqual({ done: true, value: undefined });
  abort = new AbortController();
  await inbox.append(stream, bytesOf('a', 'b'));
  const busy = subscribe({ from: 'earliest' });
  expect(await take(busy, 1)).toEqual(['1 a']);
  abort.abort();
  expect(await busy.next()).toEqual({ done: true, value: undefined });
});

describe('a feed', () => {
  const fed = (feed: (signal: AbortSignal) => Promise<void>, start: Start) =>
    inboxSource(
      inbox,
      (payload) => ({ native: Buffer.from(payload).toString() }),
      () => feed,
    )
      .subscribe(stream, { start, maxInFlight: 10, signal: abort.signal })
      [Symbol.asyncIterator]();
  const untilOver = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      signal.addEventListener('abort', () => {
        resolve();
      });
    });

  test('fills the inbox behind the start, and ends with the subscription', async () => {
    await inbox.append(stream, bytesOf('before'));
    let isEnded = false;
    const feed = async (signal: AbortSignal): Promise<void> => {
      await inbox.append(stream, bytesOf('fed'));
      await untilOver(signal);
      isEnded = true;
    };
    const deliveries = fed(feed, { from: 'latest' });
    expect(await take(deliveries, 1)).toEqual(['2 fed']);
    await deliveries.return?.();
    expect(isEnded).toBe(true);
  });

  test('that fails ends the subscription with its error, unless that is over', async () => {
    const failing = fed(() => Promise.reject(new Permanent('SBX_X', 'no folder')), { from: 'earliest' });
    await expect(failing.next()).rejects.toThrow('no folder');
    const late = async (signal: AbortSignal): Promise<void> => {
      await untilOver(signal);
      throw new Error('too late to matter');
    };
    await inbox.append(stream, bytesOf('a'));
    const deliveries = fed(late, { from: 'earliest' });
    await take(deliveries, 1);
    abort.abort();
    expect(await deliveries.next()).toEqual({ done: true, value: undefined });
  });
});
