import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { readPayloads } from './payload-file';
import { scanJson } from './json-scan';

const folder = mkdtempSync(join(tmpdir(), 'signalbox-payload-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const terminal = (bytes: Uint8Array | string) => ({
  out: () => undefined,
  err: () => undefined,
  readInput: () => Promise.resolve(Buffer.from(bytes)),
  env: {},
  exitCode: 0,
});
const read = (bytes: Uint8Array | string) => readPayloads('-', terminal(bytes));
const payload = async (bytes: Uint8Array | string): Promise<unknown> => (await read(bytes)).payload;

const utf16be = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();

test.each([
  ['UTF-8 with a mark', '\uFEFF{"a":"ü"}'],
  ['UTF-16', Buffer.from('\uFEFF{"a":"ü"}', 'utf16le')],
  ['UTF-16 without a mark', Buffer.from('{"a":"ü"}', 'utf16le')],
  ['UTF-16, big end first', utf16be('\uFEFF{"a":"ü"}')],
  ['UTF-16, big end first, without a mark', utf16be('{"a":"ü"}')],
  ['gzip', gzipSync('{"a":"ü"}')],
])('%s is read', async (_, bytes) => {
  expect(await payload(bytes)).toEqual({ a: 'ü' });
});

test('a text that .NET serialised as binary XML is handed over as base64', async () => {
  const body = Buffer.concat([Buffer.from('@\u0006string\b'), Buffer.of(0x99, 1)]);
  expect(await payload(body)).toBe(body.toString('base64'));
});

test('an XML document is read as its declaration says', async () => {
  const xml = '<?xml version="1.0" encoding="ISO-8859-1"?><A>Müller</A>';
  expect(await payload(Buffer.from(xml, 'latin1'))).toBe(xml);
});

test('what Windows has beyond Latin 1 is read as it is meant', async () => {
  const declared = '<?xml version="1.0" encoding="windows-1252"?><A>';
  const bytes = Buffer.concat([Buffer.from(declared), Buffer.of(0x80, 0x93, 0xfc, 0x94, 0x9f), Buffer.from('</A>')]);
  expect(await payload(bytes)).toBe(`${declared}€“ü”Ÿ</A>`);
});

test.each([
  ['a list', '[{"a":1}]', [{ a: 1 }]],
  ['lines', '{"a":1}\r\n\r\n{"a":2}\n', [{ a: 1 }, { a: 2 }]],
  ['documents one after another', '{\n "a": 1\n}\n{\n "a": "}"\n}', [{ a: 1 }, { a: '}' }]],
  ['a log', '[2026-03-01T09:30Z] got {"a":1}\n[2026-03-01T09:31Z] got {"a":2}\n', [{ a: 1 }, { a: 2 }]],
  ['a log of one', 'INFO: payload: {"a": 1}', { a: 1 }],
  [
    'what CAP wrote into a file',
    'sap/s4/Changed/v1 {"data":{"a":1},"headers":{}}\na.b {"data":{},"headers":{},"event":"c"}\n',
    [
      { event: 'sap/s4/Changed/v1', data: { a: 1 }, headers: {} },
      { event: 'c', data: {}, headers: {} },
    ],
  ],
  ['what a client prints', 'Received 1 events\nevents: [\n {"a": 1}\n]\n', [{ a: 1 }]],
])('%s is what it says', async (_, text, value) => {
  expect(await payload(text)).toEqual(value);
});

test.each([
  ['prose', '# A page\n\nLike so:\n\n{"a": 1}\n'],
  ['prose around an example', 'Post {"a": 1} there\n'],
  ['an HTTP message', 'POST / HTTP/1.1\nDate: now\n\n{"a": 1}'],
  ['headers', 'Date: now\n\n{"a": 1}'],
  ['XML', '<a>{"a": 1}</a>'],
  ['what begins like JSON and is none', 'got {"a": 1\n'],
])('%s is left to the connector', async (_, text) => {
  expect(await payload(text)).toBe(text.trim());
});

test('a line that is none does not take the others with it', async () => {
  const { payload: values, faults } = await read('{"a":1}\n{"a":\n{"a":3}\n');
  expect(values).toEqual([{ a: 1 }, { a: 3 }]);
  expect(faults).toMatchObject([{ where: '-:2', fix: 'mend this line, or take it out', code: 2 }]);
});

test.each([
  ['a list without its end', '[{"a": 1}', /this is not JSON/],
  ['a trailing comma', '{"a": 1,}', /this is not JSON/],
  ['a Python dict', "{'a': None}", /json\.dumps/],
  ['nothing', '', /this is not JSON/],
  ['bytes that are no text', Buffer.from([0x40, 0xff, 0xfe, 0x99]), /no text in UTF-8.*JSON/s],
  ['half a gzip file', gzipSync('{"a": 1}').subarray(0, 15), /cannot be unpacked/],
])('%s is refused with place and fix', async (_, bytes, what) => {
  await expect(
    read(bytes).catch((error: unknown) => {
      const { message, where, fix } = error as Record<string, string>;
      throw new Error(`${message} (${where}) ${fix}`);
    }),
  ).rejects.toThrow(what);
});

test('a file is read like standard input', async () => {
  const file = join(folder, 'one.json.gz');
  writeFileSync(file, gzipSync('{"a":1}'));
  expect((await readPayloads(file, terminal(''))).payload).toEqual({ a: 1 });
});

test('a long text without a document is seen to be none at once', () => {
  expect(scanJson('a'.repeat(2_000_000))).toBeUndefined();
  expect(scanJson('[ '.repeat(500_000))).toBeUndefined();
  expect(scanJson('{'.repeat(500_000))).toBeUndefined();
});
