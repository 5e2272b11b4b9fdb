import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CanonicalEvent } from '../../canonical-schema/event';
import { projectRoot } from '../../services/project-root';
import { signalbox } from '../terminal.fixture';

const folder = mkdtempSync(join(tmpdir(), 'signalbox-normalise-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const normalise = (input: string, ...more: readonly string[]) =>
  signalbox(['normalise', '--tenant', 'acme', '--connector', 'salesforce', ...more, '-'], { input });

const eventsIn = (out: string): readonly CanonicalEvent[] =>
  out
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as CanonicalEvent);

const change = (recordIds: readonly string[], replayId = '7') =>
  `{"data":{"schema":"x","payload":{"ChangeEventHeader":{"entityName":"Lead","recordIds":${JSON.stringify(recordIds)},"changeType":"UPDATE","transactionKey":"001b7375-0086-250e-e6ca-b99bc3a8b69f","sequenceNumber":1,"commitTimestamp":1501010206653,"commitNumber":92847272780,"commitUser":"005"},"Region__c":"North","Big__c":${replayId},"NumberOfEmployees":12},"event":{"replayId":${replayId}}},"channel":"/data/LeadChangeEvent"}`;

const one = '00Q000000000001AAA';
const two = '00Q000000000002AAA';

test('one change of two records gives two events, the same bytes on every run', async () => {
  const first = await normalise(change([one, two]));
  expect(first).toMatchObject({ code: 0, err: '' });
  expect(eventsIn(first.out).map(({ type, subject, tenantid }) => [type, subject, tenantid])).toEqual([
    ['io.signalbox.lead.updated.v1', `lead/${one}`, 'acme'],
    ['io.signalbox.lead.updated.v1', `lead/${two}`, 'acme'],
  ]);
  expect((await normalise(change([one, two]))).out).toBe(first.out);
});

test('a number that a double cannot hold keeps its digits', async () => {
  const { out } = await normalise(change([one], '9223372036854775807'));
  expect(out).toContain('9223372036854775807');
});

test('an array is taken, and documents one to a line', async () => {
  expect(eventsIn((await normalise(`[${change([one])},${change([two])}]`)).out)).toHaveLength(2);
  expect(eventsIn((await normalise(`${change([one])}\n${change([two])}\n`)).out)).toHaveLength(2);
  expect(eventsIn((await normalise(`\uFEFF${change([one])}`)).out)).toHaveLength(1);
});

test('what a CRM writes in XML goes to its connector as it is', async () => {
  const idoc =
    '<?xml version="1.1"?>\n<DEBMAS01><IDOC><E1KNA1M><KUNNR>0000000007</KUNNR></E1KNA1M></IDOC></DEBMAS01>\n';
  const told = await signalbox(['normalise', '--tenant', 'acme', '--connector', 'sap', '-'], { input: idoc });
  expect(eventsIn(told.out).map(({ subject }) => subject)).toEqual(['account/0000000007']);
  const prose = await signalbox(['normalise', '--tenant', 'acme', '--connector', 'sap', '-'], { input: '# A page' });
  expect([prose.code, prose.err]).toEqual([2, expect.stringContaining('SBX_SAP_TEXT')]);
});

test('a notification of Graph is read by its connector, also where Dynamics 365 was named', async () => {
  const resource = "Users('u1')/Messages('m1')";
  const subscriptionExpirationDateTime = '2026-03-01T09:30:00Z';
  const notification = { subscriptionId: 's', changeType: 'created', resource, subscriptionExpirationDateTime };
  const input = JSON.stringify({ value: [notification] });
  for (const connector of ['dynamics365', 'graph']) {
    const told = await signalbox(['normalise', '--tenant', 'acme', '--connector', connector, '-'], { input });
    expect(told).toMatchObject({ code: 0, err: '' });
    expect(eventsIn(told.out)).toMatchObject([
      { source: '/tenants/acme/graph/unknown', subject: 'interaction/users/u1/messages/m1' },
    ]);
  }
});

test("a tenant's file gives its mapping and the connection's name, without its secrets", async () => {
  const acme = join(projectRoot, 'tenants', 'examples', 'acme.yaml');
  const [event] = eventsIn((await normalise(change([one]), '--tenant-file', acme)).out);
  expect(event).toMatchObject({ connection: 'sales', data: { record: { attributes: { region: 'North' } } } });
  const plain = eventsIn((await normalise(change([one]))).out)[0];
  expect(plain?.data.record.attributes).toBeUndefined();
  expect(plain?.data.native).toMatchObject({ Region__c: 'North' });
  await expect(normalise(change([one]), '--tenant-file', acme, '--connection', 'service')).resolves.toMatchObject({
    code: 2,
    err: expect.stringContaining('name one with --connection: sales') as string,
  });
});

test('what cannot be mapped is refused by file and index; the rest is printed', async () => {
  const file = join(folder, 'mixed.json');
  writeFileSync(file, `[${change([one])}, {"what": "is this"}, ${change([two])}]`);
  const { code, out, err } = await signalbox(['normalise', '--tenant', 'acme', '--connector', 'salesforce', file]);
  expect(code).toBe(2);
  expect(eventsIn(out)).toHaveLength(2);
  expect(err).toMatch(/^signalbox: SBX_\w+: .* \(.*mixed\.json, payload 1\)\n {2}fix: .*\n$/);
});

test('schemas are found by the id in their name, and by their uuid', async () => {
  const schema = {
    type: 'record',
    name: 'Ink__e',
    fields: [
      { name: 'CreatedDate', type: 'long' },
      { name: 'CreatedById', type: 'string' },
    ],
  };
  const by = {
    name: { text: schema, file: 'Ink.by-name.avsc' },
    uuid: { text: { ...schema, uuid: 'by-uuid' }, file: 'Ink.avsc' },
  };
  for (const { text, file } of Object.values(by)) writeFileSync(join(folder, file), JSON.stringify(text));
  // zig-zag long 0, then a text of three characters.
  const payload = Buffer.from([0, 6, 0x30, 0x30, 0x35]).toString('base64');
  for (const schemaId of ['by-name', 'by-uuid']) {
    const { code, out, err } = await normalise(JSON.stringify({ id: 'e1', schemaId, payload }), '--schemas', folder);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(eventsIn(out)).toMatchObject([{ type: 'io.signalbox.record.published.v1' }]);
  }
  await expect(
    normalise(JSON.stringify({ id: 'e1', schemaId: 'other', payload }), '--schemas', folder),
  ).resolves.toMatchObject({
    code: 2,
    err: expect.stringContaining('other') as string,
  });
});

test.each([
  ['{"a": 1,\n "b" 2}', /this is not JSON: .* \(-:2:6\)/],
  ['{"a": 1}\n\n{"b": }', /this is not JSON: .* \(-:3\)/],
  ['', /this is not JSON/],
  ['DkFjY291bnQ=\n', /SBX_SALESFORCE_BARE_PAYLOAD: .*base64/],
])('%j is refused', async (input, what) => {
  const { code, out, err } = await normalise(input);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(what);
});

test.each([
  [['/nowhere.json'], /the file cannot be read: ENOENT \(\/nowhere\.json\)/],
  [['--schemas', '/nowhere', '-'], /the folder of schemas cannot be read: ENOENT \(\/nowhere\)/],
  [['--tenant-file', '/nowhere.yaml', '-'], /\/nowhere\.yaml:1:1: the file cannot be read/],
])('%j is refused', async (args, what) => {
  const ran = await signalbox(['normalise', '--tenant', 'a', '--connector', 'salesforce', ...args], { input: '{}' });
  expect(ran.code).toBe(2);
  expect(ran.err).toMatch(what);
});
