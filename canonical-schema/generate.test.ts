import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Parser } from '@asyncapi/parser';
import { eventTypes } from './catalog';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'signalbox-schemas-'));
  cpSync(join(__dirname, 'schemas'), join(folder, 'schemas'), { recursive: true });
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function generate(...options: string[]): { readonly status: number | null; readonly stderr: string } {
  return spawnSync(process.execPath, [join(__dirname, 'generate.mjs'), ...options], { encoding: 'utf8' });
}

function change(file: string, from: string, to: string): void {
  const text = readFileSync(join(folder, 'schemas', file), 'utf8');
  expect(text).toContain(from);
  writeFileSync(join(folder, 'schemas', file), text.replace(from, to));
}

test('what is generated is up to date', () => {
  expect(generate('--check')).toMatchObject({ status: 0, stderr: '' });
});

test('names what a changed constraint makes stale', () => {
  change(
    'entities/lead.schema.json',
    '"isConverted": {\n      "title": "Is converted",\n      "type": "boolean"',
    '"isConverted": {\n      "title": "Is converted",\n      "type": "integer"',
  );
  const { status, stderr } = generate('--check', '--schemas', join(folder, 'schemas'));
  expect(status).toBe(1);
  for (const file of ['types.ts', 'validate.ts', 'schemas.ts', 'asyncapi.yaml']) expect(stderr).toContain(file);
  expect(stderr).toContain('node canonical-schema/generate.mjs');
});

test('names only what a changed text makes stale', () => {
  change('entities/lead.schema.json', 'Form of address', 'A form of address');
  const { status, stderr } = generate('--check', '--schemas', join(folder, 'schemas'));
  expect(status).toBe(1);
  expect(stderr).toContain('types.ts');
  expect(stderr).not.toContain('validate.ts');
});

test.each([
  [
    'a schema that the strict compiler refuses',
    'task.schema.json',
    '"type": "object"',
    '"typ": "object"',
    'unknown keyword',
  ],
  [
    'a common part that there is not',
    'task.schema.json',
    '$defs/ownerId',
    '$defs/ownerld',
    'ownerld is not in common.schema.json',
  ],
])('fails on %s', (_, file, from, to, message) => {
  change(`entities/${file}`, from, to);
  const { status, stderr } = generate('--check', '--schemas', join(folder, 'schemas'));
  expect(status).not.toBe(0);
  expect(stderr).toContain(message);
});

test('the AsyncAPI document is valid, and has a message for every event type on its exchange', async () => {
  const text = readFileSync(join(__dirname, 'generated/asyncapi.yaml'), 'utf8');
  const { document, diagnostics } = await new Parser().parse(text);
  expect(diagnostics.filter(({ severity }) => severity.valueOf() === 0)).toEqual([]);
  const typesOn = (channel: string): (string | undefined)[] =>
    document!
      .channels()
      .get(channel)!
      .messages()
      .all()
      .map((message) => message.name())
      .sort();
  expect(document!.version()).toBe('3.0.0');
  expect(typesOn('events')).toEqual([...eventTypes()].sort());
  expect(typesOn('predictions')).toHaveLength(1);
  expect(document!.channels().get('events')!.bindings().get('amqp')!.value()).toMatchObject({
    exchange: { name: 'sbx.events' },
  });
}, 60_000);
