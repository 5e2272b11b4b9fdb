import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startDynamics365, type RunningDynamics365 } from '../index';
import { connect, type RawClient, type Reply } from '../test-support/raw-client';

let running: RunningDynamics365;
let client: RawClient;
let account: string;
beforeEach(async () => {
  running = await startDynamics365();
  client = await connect(running);
  account = await running.admin.create('account', { name: 'Acme' });
});
afterEach(() => running.stop());

const lines = (...all: readonly string[]): string => all.join('\r\n');

const http = ['Content-Type: application/http', 'Content-Transfer-Encoding: binary'];

const task = (subject: string): string =>
  lines(
    'POST /api/data/v9.2/tasks HTTP/1.1',
    'Content-Type: application/json; type=entry',
    '',
    JSON.stringify({ subject, 'regardingobjectid_account_task@odata.bind': `accounts(${account})` }),
  );

const part = (request: string, id?: number): string =>
  lines(...http, ...(id === undefined ? [] : [`Content-ID: ${id}`]), '', request);

const set = (...requests: readonly string[]): string => {
  const parts = requests.map((request, index) => lines('--set', part(request, index + 1)));
  return lines('Content-Type: multipart/mixed; boundary="set"', '', ...parts, '--set--', '');
};

const send = (parts: readonly string[], headers: Record<string, string> = {}): Promise<Reply> => {
  const body = lines(...parts.map((one) => lines('--batch_1', one)), '--batch_1--', '');
  return client.call('POST', '$batch', body, { 'content-type': 'multipart/mixed; boundary="batch_1"', ...headers });
};

const read = (path: string): string => part(lines(`GET /api/data/v9.2/${path} HTTP/1.1`, '', ''));

const subjects = (): readonly unknown[] => running.admin.tasks().map(({ subject }) => subject);

const capture = join(__dirname, '../../../../shared/fixtures/dynamics365/webapi/batch-changeset.response.http');
const itCaptured = existsSync(capture) ? it : it.skip;

/** A response with everything of chance and place in it replaced, and without how JSON is laid out. */
const plain = (text: string): string =>
  text
    .replace(/^HTTP\/1\.1 200 OK\nOData-Version: 4\.0\n\n/, '')
    .replaceAll('\r\n', '\n')
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'ID')
    .replaceAll(/https?:\/\/[\w.:]+|\[Organization Uri\]/g, 'ROOT')
    .replaceAll(/W\/\\"\d+\\"/g, 'VERSION')
    .replaceAll(/\n+/g, '\n')
    .replaceAll(/\n\s+|\s+(?=[\]}])/g, '')
    .replaceAll(/":\s+/g, '":')
    .replaceAll(/([,{[])\n/g, '$1')
    .trim();

itCaptured('answers as captured: a change set, then what it made (needs ../shared/fixtures/dynamics365)', async () => {
  const made = set(task('Task 1 in batch'), task('Task 2 in batch'), task('Task 3 in batch'));
  const reply = await send([made, read(`accounts(${account})/Account_Tasks?$select=subject&$orderby=subject`)]);
  expect(reply.status).toBe(200);
  expect(reply.headers.get('content-type')).toMatch(/^multipart\/mixed; boundary=batchresponse_/);
  const captured = plain(readFileSync(capture, 'utf8'));
  expect(plain(reply.text)).toBe(captured);
});

it('does a change set whole or not at all, and answers for it with the one error', async () => {
  const reply = await send([set(task('one'), task('x'.repeat(201)), task('three'))]);
  expect(reply.status).toBe(400);
  expect(reply.text).toContain('HTTP/1.1 400 Bad Request\r\nREQ_ID: ');
  expect(reply.text).toContain('"code":"0x80044331"');
  expect(reply.text).not.toContain('changesetresponse');
  expect(subjects()).toEqual([]);
});

it('stops at the first failure, and goes on where the caller prefers it', async () => {
  const parts = [part(task('one')), part(task('x'.repeat(201))), part(task('three'))];
  const stopped = await send(parts);
  expect(stopped.status).toBe(400);
  expect(subjects()).toEqual(['one']);
  const whole = await send(parts, { prefer: 'odata.continue-on-error' });
  expect(whole.status).toBe(200);
  expect(whole.text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 204', 'HTTP/1.1 400', 'HTTP/1.1 204']);
  expect(subjects()).toEqual(['one', 'one', 'three']);
});

it('refers to rows of the same change set by their content id, not to later ones', async () => {
  const contact = lines('POST contacts HTTP/1.1', 'Content-Type: application/json', '', '{"lastname":"Ek"}');
  const link = lines(
    'PUT $1/primarycontactid/$ref HTTP/1.1',
    'Content-Type: application/json',
    '',
    '{"@odata.id":"$2"}',
  );
  const made = lines('POST accounts HTTP/1.1', 'Content-Type: application/json', '', '{"name":"New"}');
  expect((await send([set(made, contact, link)])).status).toBe(200);
  const created = running.admin.records('account').find(({ name }) => name === 'New');
  expect(created?.['_primarycontactid_value']).toBe(running.admin.records('contact')[0]?.['contactid']);
  const early = lines('POST tasks HTTP/1.1', '', '{"regardingobjectid_account_task@odata.bind":"$2"}');
  const refused = await send([set(early, made)]);
  expect(refused.status).toBe(400);
  expect(refused.text).toContain("Content-ID Reference: '$2' does not exist in the batch context.");
});

it('upserts with conditions in parts of their own', async () => {
  const id = randomUUID();
  const upsert = lines(
    `PATCH tasks(${id}) HTTP/1.1`,
    'Content-Type: application/json',
    'If-None-Match: *',
    '',
    '{"subject":"a"}',
  );
  const reply = await send([part(upsert), part(upsert)], { prefer: 'odata.continue-on-error' });
  expect(reply.text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 204', 'HTTP/1.1 412']);
});

it.each([
  ['lines that end with LF only', () => lines('--batch_1', part(task('a')), '--batch_1--').replaceAll('\r\n', '\n')],
  ['no closing boundary', () => lines('--batch_1', part(task('a')))],
  ['a GET without its blank lines', () => lines('--batch_1', part('GET tasks HTTP/1.1'), '--batch_1--')],
  ['a GET in a change set', () => lines('--batch_1', set(lines('GET tasks HTTP/1.1', '', '')), '--batch_1--')],
  ['a part of another kind', () => lines('--batch_1', 'Content-Type: text/plain', '', 'x', '--batch_1--')],
])('refuses %s', async (_, body) => {
  const reply = await client.call('POST', '$batch', body(), { 'content-type': 'multipart/mixed; boundary=batch_1' });
  expect(reply.status).toBe(400);
  expect(subjects()).toEqual([]);
});

it('refuses JSON batches and more than 1,000 requests', async () => {
  expect((await client.call('POST', '$batch', { requests: [] })).status).toBe(415);
  const many = await send(Array.from({ length: 1001 }, () => read('tasks')));
  expect([many.status, many.body.error.message]).toEqual([400, 'A batch can have up to 1000 requests.']);
});
