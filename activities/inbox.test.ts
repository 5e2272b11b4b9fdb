import { Retryable, type InboxEntry } from '../connectors/contract';
import type { Ledger } from '../ledger/ledger';
import { openLedger } from '../ledger/ledger';
import { inboxOf } from './inbox';

let ledger: Ledger;
let abort: AbortController;
let stream = '';
let streams = 0;
beforeAll(async () => {
  ledger = await openLedger({});
});
afterAll(() => ledger.close());
beforeEach(() => {
  stream = `s${++streams}`;
  abort = new AbortController();
});
afterEach(() => {
  abort.abort();
});

const bytesOf = (...texts: readonly string[]): Buffer[] => texts.map((text) => Buffer.from(text));
const own = () => inboxOf(ledger, 'acme', 'web');

const reading = (after = 0, inbox = own()) => inbox.read(stream, after, abort.signal)[Symbol.asyncIterator]();

async function take(entries: AsyncIterator<InboxEntry>, count: number): Promise<readonly string[]> {
  const taken: string[] = [];
  while (taken.length < count) {
    const { value } = (await entries.next()) as { value: InboxEntry };
    taken.push(`${value.number} ${Buffer.from(value.payload).toString()}`);
  }
  return taken;
}

test('a reader is woken by what its own process appends, long before it would look', async () => {
  // Time stands still, so it never looks by itself.
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'Date', 'performance', 'hrtime'] });
  try {
    const inbox = own();
    const entries = reading(0, inbox);
    for (let n = 1; n <= 20; n++) {
      const next = take(entries, 1);
      // Its next look is a timer: it waits.
      while (jest.getTimerCount() === 0) await new Promise(setImmediate);
      await inbox.append(stream, bytesOf('a'));
      expect(await next).toEqual([`${n} a`]);
    }
  } finally {
    jest.useRealTimers();
  }
});

test('a reader finds what another process has appended', async () => {
  const entries = reading();
  const next = take(entries, 2);
  // An inbox of its own shares nothing with the reader but the ledger.
  await own().append(stream, bytesOf('a', 'b'));
  expect(await next).toEqual(['1 a', '2 b']);
});

test('entries of many pages come in order, each once', async () => {
  await own().append(stream, bytesOf(...Array.from({ length: 120 }, (_, n) => `e${n + 1}`)));
  expect(await take(reading(5), 115)).toEqual(Array.from({ length: 115 }, (_, n) => `${n + 6} e${n + 6}`));
});

test('a reader that was overtaken by a release is told, and misses nothing in silence', async () => {
  const inbox = own();
  await inbox.append(stream, bytesOf('a', 'b', 'c'));
  await inbox.release(stream, 2);
  expect([await inbox.newest(stream), await inbox.released(stream)]).toEqual([3, 2]);
  await expect(reading(1).next()).rejects.toMatchObject({ name: 'PositionExpired', code: 'SBX_POSITION_EXPIRED' });
  expect(await take(reading(2), 1)).toEqual(['3 c']);
});

test('a full inbox takes nothing until something was released', async () => {
  const inbox = inboxOf(ledger, 'acme', 'web', 2);
  await inbox.append(stream, bytesOf('a', 'b'));
  const refused = await inbox.append(stream, bytesOf('c')).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(Retryable);
  expect(refused).toMatchObject({ code: 'SBX_INBOX_FULL', afterMs: 10_000 });
  await inbox.release(stream, 1);
  await inbox.append(stream, bytesOf('c'));
  expect(await take(reading(1), 2)).toEqual(['2 b', '3 c']);
});

test('ends without an error when aborted while it waits', async () => {
  const next = reading().next();
  abort.abort();
  expect(await next).toEqual({ done: true, value: undefined });
});

test('whatever the ledger cannot do now is Retryable, with the cause', async () => {
  const closed = await openLedger({});
  await closed.close();
  const inbox = inboxOf(closed, 'acme', 'web');
  const tries = [
    () => inbox.append(stream, bytesOf('a')),
    () => inbox.newest(stream),
    () => inbox.released(stream),
    () => inbox.release(stream, 1),
    () => reading(0, inbox).next(),
  ];
  for (const once of tries) {
    const failure = await once().then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(Retryable);
    expect(failure).toMatchObject({ code: 'SBX_INBOX_UNAVAILABLE', cause: expect.any(Error) as Error });
  }
});
