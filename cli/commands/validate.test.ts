import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../services/project-root';
import { signalbox } from '../terminal.fixture';

const example = join(projectRoot, 'tenants', 'examples', 'acme.yaml');
const env = { SF_CLIENT_ID: 'the-client-id', SF_PRIVATE_KEY: 'the-private-key' };
const folder = mkdtempSync(join(tmpdir(), 'signalbox-validate-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

test('says what was understood, and no secret', async () => {
  const { code, out, err } = await signalbox(['validate', example], { env });
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toContain('acme.yaml: ok: tenant acme, 8 partitions');
  expect(out).toContain(
    'connection sales (salesforce): /data/LeadChangeEvent, /data/CaseChangeEvent, /event/Payment__e; maps lead',
  );
  expect(out).toContain(
    'use case lead-scoring: scores each lead of sales with lead-scoring; hot from 0.6, warm from 0.3',
  );
  const json = await signalbox(['validate', '--json', example], { env });
  expect(JSON.parse(json.out)).toMatchObject({ files: [{ faults: [], understood: { tenant: 'acme' } }] });
  expect(out + json.out).not.toMatch(/the-client-id|the-private-key/);
});

test('names file, line, column, what is wrong and what would be right, of every file', async () => {
  const bad = join(folder, 'bad.yaml');
  writeFileSync(
    bad,
    readFileSync(example, 'utf8').replace('partitions: 8', 'partitons: 8').replace('start: latest', 'start: now'),
  );
  const { code, out, err } = await signalbox(['validate', bad, example], { env });
  expect(code).toBe(1);
  expect(err).toContain(`${bad}:4:1: partitons: "partitons" is not known here\n  fix: did you mean "partitions"?`);
  expect(err).toContain(`${bad}:13:12: connections.sales.start: "now" is not one of latest, earliest`);
  expect(out).toContain('acme.yaml: ok');
  const json = await signalbox(['validate', '--json', bad], { env });
  expect(json.code).toBe(1);
  expect(JSON.parse(json.out)).toMatchObject({
    files: [
      {
        file: bad,
        faults: [
          { line: 4, column: 1 },
          { line: 13, column: 12 },
        ],
      },
    ],
  });
});

test('names a missing secret', async () => {
  const { code, err } = await signalbox(['validate', example]);
  expect(code).toBe(1);
  expect(err).toMatch(
    /acme\.yaml:11:\d+: connections\.sales\.auth\.clientId: the environment variable SF_CLIENT_ID is not set/,
  );
});

test('prints the schema for editors', async () => {
  const { code, out } = await signalbox(['validate', '--schema']);
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $defs: { 'connector-salesforce': {} },
  });
});

test('without a file is refused', async () => {
  await expect(signalbox(['validate'])).resolves.toMatchObject({
    code: 2,
    err: expect.stringContaining('no file was given') as string,
  });
});
