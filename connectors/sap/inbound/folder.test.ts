import { appendFile, mkdir, mkdtemp, readdir, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MemoryInbox } from '../../../test/contract/memory-inbox';
import { type Delivery, Permanent, Retryable } from '../../contract';
import { inboxSource } from '../../kit/inbox-source';
import type { SapNative } from '../native';
import { normalise } from '../normalise';
import { checkFolder, watchFolder } from './folder';
import { decode } from './payload';

const stream = 'idocs';
const hints = { own: [], product: 's4' } as const;
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const context = { tenant: 't', connection: 'erp', org: 'o', mapping: {} };

let folder: string;
let inbox: MemoryInbox;
const stops: AbortController[] = [];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'signalbox-folder-'));
  inbox = new MemoryInbox();
});
afterEach(async () => {
  for (const stop of stops.splice(0)) stop.abort();
  await rm(folder, { recursive: true, force: true });
});

const idoc = (number: number, control = `<EDI_DC40><MANDT>200</MANDT><DOCNUM>${number}</DOCNUM></EDI_DC40>`): string =>
  `<IDOC BEGIN="1">${control}<E1KNA1M SEGMENT="1"><KUNNR>${number}</KUNNR></E1KNA1M></IDOC>`;
const packet = (...idocs: readonly string[]): string => `<DEBMAS07>${idocs.join('')}</DEBMAS07>`;
const put = (name: string | Buffer, text: string): Promise<void> =>
  writeFile(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name)]), text, 'latin1');

/** The deliveries of one subscription from the start, as the pump sees them. */
function subscribe(into = inbox): AsyncIterator<Delivery<SapNative>> {
  const stop = new AbortController();
  stops.push(stop);
  const feed = (signal: AbortSignal): Promise<void> =>
    watchFolder({ folder, pollMs: 2, stream, inbox: into, hints, log: silent }, signal);
  return inboxSource(
    into,
    (payload) => decode(payload, hints),
    () => feed,
  )
    .subscribe(stream, { start: { from: 'earliest' }, maxInFlight: 10, signal: stop.signal })
    [Symbol.asyncIterator]();
}

/** The next deliveries: ids of their events, or the code of what is none. */
async function take(deliveries: AsyncIterator<Delivery<SapNative>>, count: number): Promise<readonly string[]> {
  const told: string[] = [];
  while (told.length < count) {
    const { value } = (await deliveries.next()) as { value: Delivery<SapNative> };
    if (value.kind === 'undecodable') told.push(value.code);
    if (value.kind === 'event') told.push(...(await normalise(value.native, context)).map(({ id }) => id));
  }
  return told;
}

/** Polls until the folder below holds what is expected; jest's own limit ends it. */
async function settled(below: string, names: readonly string[]): Promise<void> {
  for (;;) {
    const found = await readdir(`${folder}/${below}`).catch(() => []);
    if (JSON.stringify(found.toSorted()) === JSON.stringify(names)) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test('files are told in the order of their times, and moved once they are in the inbox', async () => {
  await put('b.xml', packet(idoc(1), idoc(2)));
  await put('a.xml', packet(idoc(3)));
  await utimes(`${folder}/b.xml`, 1_000, 1_000);
  const ids = await take(subscribe(), 3);
  expect(new Set(ids).size).toBe(3);
  await settled('done', ['a.xml', 'b.xml']);
  expect(await readdir(folder)).toEqual(['done', 'failed']);
  const read = await inbox.newest(stream);
  expect(read).toBe(3);
});

test('what is still written, hidden, a link, a folder or empty stays', async () => {
  for (const name of ['x.tmp', '.hidden.xml', 'y.xml.part', 'z~']) await put(name, packet(idoc(1)));
  await put('empty.xml', '');
  await mkdir(`${folder}/sub`);
  await symlink(`${folder}/x.tmp`, `${folder}/link.xml`);
  await put('good.xml', packet(idoc(2)));
  await take(subscribe(), 1);
  await settled('done', ['good.xml']);
  // A rename into place is how a careful sender finishes.
  await rename(`${folder}/x.tmp`, `${folder}/x.xml`);
  await settled('done', ['good.xml', 'x.xml']);
  expect((await readdir(folder)).toSorted()).toEqual(
    ['.hidden.xml', 'done', 'empty.xml', 'failed', 'link.xml', 'sub', 'y.xml.part', 'z~'].toSorted(),
  );
  expect(await inbox.newest(stream)).toBe(2);
});

test('what is no IDoc is handed over for quarantine and lies in failed; nothing there is overwritten', async () => {
  await put('bad.xml', packet(idoc(1), '<IDOC><broken></IDOC>', idoc(2)));
  const deliveries = subscribe();
  expect((await take(deliveries, 3))[1]).toBe('SBX_SAP_XML');
  await settled('failed', ['bad.xml']);
  await put('bad.xml', '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>');
  expect(await take(deliveries, 1)).toEqual(['SBX_SAP_XML_DOCTYPE']);
  await settled('failed', ['bad.xml', 'bad.xml~2']);
  expect(await checkFolder(folder)).toMatchObject([
    { level: 'warning', why: expect.stringContaining('2 file') as unknown },
  ]);
});

test('an IDoc above the limit fails its file, and none of its neighbours', async () => {
  const long = idoc(2).replace('</IDOC>', `${' '.repeat(2 * 1024 * 1024)}</IDOC>`);
  await put('large.xml', packet(idoc(1), long, idoc(3)));
  const ids = await take(subscribe(), 2);
  await settled('failed', ['large.xml']);
  expect([new Set(ids).size, await inbox.newest(stream)]).toEqual([2, 2]);
});

test('a large packet is read in pieces', async () => {
  const count = 3_000;
  await put('large.xml', packet(...Array.from({ length: count }, (_, index) => idoc(index + 1))));
  const appended: number[] = [];
  const append = inbox.append.bind(inbox);
  inbox.append = (name, payloads) => {
    appended.push(payloads.length);
    return append(name, payloads);
  };
  expect(new Set(await take(subscribe(), count)).size).toBe(count);
  expect(Math.max(...appended)).toBeLessThanOrEqual(200);
});

test.each(['Ünïcode ☃.xml', 'a b\n$(c);\'".xml', '-rf', `${'n'.repeat(251)}.xml`])('a file named %j', async (name) => {
  await put(name, packet(idoc(1)));
  await take(subscribe(), 1);
  await settled('done', [name]);
  await put(name, packet(idoc(2)));
  await settled('done', [name, `${Buffer.from(name).subarray(0, 240).toString()}~2`].toSorted());
});

test('a name that is not UTF-8', async () => {
  await put(Buffer.from('k\xf6ln.xml', 'latin1'), packet(idoc(1)));
  await take(subscribe(), 1);
  await settled('done', ['k\ufffdln.xml']);
});

test.each([
  ['known by its control record', idoc(1)],
  ['known by its content', idoc(1, '')],
])('who dies between the inbox and the move tells the same events again: an IDoc %s', async (_, document) => {
  await put('a.xml', packet(document));
  const kept = new MemoryInbox();
  const dying = new AbortController();
  stops.push(dying);
  const append = kept.append.bind(kept);
  // The process ends when the inbox has it and before anybody knows.
  kept.append = async (name, payloads) => {
    await append(name, payloads);
    dying.abort();
    throw new Permanent('SBX_X', 'the process died');
  };
  await watchFolder({ folder, pollMs: 2, stream, inbox: kept, hints, log: silent }, dying.signal);
  expect(await readdir(`${folder}/done`)).toEqual([]);
  kept.append = append;
  const [first, second] = await take(subscribe(kept), 2);
  expect(first).toBe(second);
  await settled('done', ['a.xml']);
});

test('a full inbox leaves the file where it is until there is room', async () => {
  await put('a.xml', packet(idoc(1)));
  const append = inbox.append.bind(inbox);
  let refusals = 0;
  inbox.append = (name, payloads) => {
    if (refusals++ < 3) return Promise.reject(new Retryable('SBX_INBOX_FULL', 'full'));
    return append(name, payloads);
  };
  await take(subscribe(), 1);
  await settled('done', ['a.xml']);
  expect(refusals).toBe(4);
});

test('a file that grows while it is read is read again as a whole', async () => {
  await put('a.xml', packet(idoc(1)));
  const append = inbox.append.bind(inbox);
  let isFirst = true;
  inbox.append = async (name, payloads) => {
    if (isFirst) await appendFile(`${folder}/a.xml`, '\n');
    isFirst = false;
    return append(name, payloads);
  };
  const [first, second] = await take(subscribe(), 2);
  expect(first).toBe(second);
  await settled('done', ['a.xml']);
});

test('a folder that is not there is told with its fix, and the check says so without making it', async () => {
  await rm(folder, { recursive: true });
  expect(await checkFolder(folder)).toMatchObject([{ level: 'error' }]);
  await writeFile(folder, 'a file');
  await expect(subscribe().next()).rejects.toMatchObject({ code: 'SBX_SAP_FOLDER' });
});
