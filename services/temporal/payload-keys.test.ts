import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { payloadKeysAt } from './payload-keys';
import { refusalOf } from './refusal.fixture';

const folder = mkdtempSync(path.join(tmpdir(), 'signalbox-keys-'));
const file = path.join(folder, 'keys');
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const key = (byte: number): string => Buffer.alloc(32, byte).toString('base64');
const written = (text: string): string => {
  writeFileSync(file, text);
  return file;
};

test('reads names and keys in their order, whatever the line ends', () => {
  const keys = payloadKeysAt(written(`# newest first\r\n2026-12 ${key(2)}\r\n\n  2026-11  ${key(1)} \n`));
  expect([...keys]).toEqual([
    ['2026-12', Buffer.alloc(32, 2)],
    ['2026-11', Buffer.alloc(32, 1)],
  ]);
});

test.each([
  ['a key that is too short', `a ${Buffer.alloc(16).toString('base64')}\n`, `${file}:1`, /no key/],
  ['a key without a name', `# keys\n${key(1)}\n`, `${file}:2`, /no key/],
  ['a name twice', `a ${key(1)}\na ${key(2)}\n`, `${file}:2`, /a is taken/],
  ['no key at all', '# none yet\n', file, /no key/],
])('refuses %s, telling the line and never the key', (_, text, where, message) => {
  const refusal = refusalOf(() => payloadKeysAt(written(text)));
  expect(refusal).toMatchObject({ where, message: expect.stringMatching(message) as string });
  expect(String(refusal)).not.toContain(key(1));
});

test('names the variable where the file is not there', () => {
  expect(refusalOf(() => payloadKeysAt(path.join(folder, 'none')))).toMatchObject({
    where: 'SIGNALBOX_PAYLOAD_KEYS',
    fix: expect.stringContaining('openssl rand') as string,
  });
});
