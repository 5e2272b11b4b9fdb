import { databases, type LedgerDatabase } from '../test/database';
import { openMemory, openPostgres, type Database } from './database';
import { inboxes, type Inboxes } from './inbox';
import { migrate } from './migrate';
import type { StreamName } from './positions';

const most = 1_000;
const bytesOf = (...texts: readonly string[]): Buffer[] => texts.map((text) => Buffer.from(text));

describe.each(databases)('an inbox over $name', ({ open, isThere }) => {
  const it = isThere ? test : test.skip;
  let server: LedgerDatabase;
  let database: Database;
  let inbox: Inboxes;
  let stream: StreamName;
  let streams = 0;

  const opened = (): Promise<Database> =>
    server.url === undefined ? openMemory(migrate) : openPostgres(server.url, migrate);
  const read = async (after = 0, atMost = 100) => {
    const page = await inbox.read(stream, after, atMost);
    return page.entries.map(({ number, payload }) => `${number} ${payload.toString()}`);
  };

  beforeAll(async () => {
    if (!isThere) return;
    server = await open();
    database = await opened();
    inbox = inboxes(database.kysely);
  }, 120_000);
  afterAll(async () => {
    if (!isThere) return;
    await database.close();
    await server.stop();
  });
  beforeEach(() => {
    stream = { tenant: 'acme', connection: 'web', stream: `s${++streams}` };
  });

  it('numbers what is appended from 1, in order, apart from other streams', async () => {
    expect(await inbox.state(stream)).toEqual({ newest: 0, released: 0 });
    await inbox.append(stream, bytesOf('a', 'b'), most);
    for (const other of [{ tenant: 'other' }, { connection: 'other' }, { stream: 'other' }])
      await inbox.append({ ...stream, ...other }, bytesOf('x'), most);
    await inbox.append(stream, bytesOf('c'), most);
    await inbox.append(stream, [], most);
    expect(await read()).toEqual(['1 a', '2 b', '3 c']);
    expect(await read(1, 1)).toEqual(['2 b']);
    expect(await inbox.state(stream)).toEqual({ newest: 3, released: 0 });
  });

  it('keeps bytes as they are, empty and large ones', async () => {
    const large = Buffer.alloc(2 * 1024 * 1024, Buffer.from([0, 255, 92, 39, 34, 44, 123, 125]));
    await inbox.append(stream, [Buffer.alloc(0), large], most);
    const { entries } = await inbox.read(stream, 0, 10);
    expect(entries.map(({ number }) => number)).toEqual([1, 2]);
    expect(entries[0]?.payload).toHaveLength(0);
    expect(entries[1]?.payload.equals(large)).toBe(true);
  });

  it('keeps all of a request or nothing', async () => {
    await inbox.append(stream, bytesOf('a'), most);
    // Somebody sits on the number of the second payload of the next request.
    const number = '3';
    await database.kysely
      .insertInto('inbox')
      .values({ ...stream, number, payload: Buffer.from('x') })
      .execute();
    await expect(inbox.append(stream, bytesOf('b', 'c'), most)).rejects.toThrow(/inbox_pkey/);
    expect(await inbox.state(stream)).toEqual({ newest: 1, released: 0 });
    await database.kysely
      .deleteFrom('inbox')
      .where('stream', '=', stream.stream)
      .where('number', '=', number)
      .execute();
    await inbox.append(stream, bytesOf('b', 'c'), most);
    expect(await read()).toEqual(['1 a', '2 b', '3 c']);
  });

  it('forgets what was released, up to the number, and goes on counting', async () => {
    await inbox.append(stream, bytesOf('a', 'b', 'c'), most);
    await inbox.release(stream, 2);
    expect(await inbox.read(stream, 2, 10)).toMatchObject({ newest: 3, released: 2 });
    expect(await read(0)).toEqual(['3 c']);
    await inbox.release(stream, 1);
    expect(await inbox.state(stream)).toEqual({ newest: 3, released: 2 });
    await inbox.release(stream, 3);
    await inbox.append(stream, bytesOf('d'), most);
    expect(await read(3)).toEqual(['4 d']);
    expect(await inbox.state(stream)).toEqual({ newest: 4, released: 3 });
  });

  it('takes no more than may wait, and takes again when some were released', async () => {
    expect(await inbox.append(stream, bytesOf('a', 'b'), 3)).toBe(true);
    expect(await inbox.append(stream, bytesOf('c', 'd'), 3)).toBe(false);
    expect(await inbox.state(stream)).toEqual({ newest: 2, released: 0 });
    await inbox.release(stream, 1);
    expect(await inbox.append(stream, bytesOf('c', 'd'), 3)).toBe(true);
    expect(await read(1)).toEqual(['2 b', '3 c', '4 d']);
    await inbox.release(stream, 4);
    // Else a request larger than the limit never would be taken.
    expect(await inbox.append(stream, bytesOf('e', 'f', 'g', 'h'), 3)).toBe(true);
  });

  it('lets a reader see the numbers of concurrent writers in order and without a hole', async () => {
    const others = server.url === undefined ? [] : await Promise.all([opened(), opened()]);
    const writers = [inbox, ...others.map(({ kysely }) => inboxes(kysely))];
    const each = 40;
    let writing = true;
    const written = Promise.all(
      writers.flatMap((writer, w) =>
        Array.from({ length: each }, (_, n) => writer.append(stream, bytesOf(`${w}.${n}.a`, `${w}.${n}.b`), most)),
      ),
    ).finally(() => (writing = false));
    const seen: { number: number; text: string }[] = [];
    const isDone = (): boolean => !writing;
    for (let last = false; ; last = isDone()) {
      const { entries } = await inbox.read(stream, seen.length, 7);
      // A hole that is filled later would be skipped by a reader that goes on from the newest number it has seen.
      expect(entries.map(({ number }) => number)).toEqual(entries.map((_, at) => seen.length + at + 1));
      seen.push(...entries.map(({ number, payload }) => ({ number, text: payload.toString() })));
      if (last && entries.length === 0) break;
    }
    await written;
    const texts = seen.map(({ text }) => text);
    expect(texts).toHaveLength(writers.length * each * 2);
    expect(new Set(texts).size).toBe(texts.length);
    // The payloads of one request lie side by side.
    for (let at = 0; at < texts.length; at += 2) expect(texts[at + 1]).toBe(texts[at]?.replace(/a$/, 'b'));
    await Promise.all(others.map(({ close }) => close()));
  });
});
