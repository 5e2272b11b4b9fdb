import { startSap, type RunningSap } from '../index';
import { ask, basic, type Ask, type Read } from '../test-support/client';
import { WebhookReceiver } from '../test-support/receiver';

let sap: RunningSap;
beforeEach(async () => {
  sap = await startSap({ redeliveryMs: 20, v2Denied: ['lead-service'] });
});
afterEach(() => sap.stop());

const call = (path: string, options: Ask = {}): Promise<Read> =>
  ask(`${sap.v2Url}/sap/c4c/api/v1/${path}`, { auth: basic(sap), ...options });
const valueOf = ({ json }: Read): Record<string, unknown> => (json as { value: Record<string, unknown> }).value;
const rows = async (path: string): Promise<readonly Record<string, unknown>[]> =>
  valueOf(await call(path)) as unknown as readonly Record<string, unknown>[];
const errorOf = ({ json }: Read): unknown => (json as { error: unknown }).error;
const subjects = async (query: string): Promise<readonly unknown[]> =>
  (await rows(`case-service/cases?${query}`)).map(({ subject }) => subject);
const filter = (text: string): string => `$filter=${encodeURIComponent(text)}`;

it('creates, reads, changes and deletes a record, each bound to its version', async () => {
  const made = await call('task-service/tasks', { method: 'POST', body: { description: 'Call' } });
  expect(made.status).toBe(201);
  const { id, adminData } = valueOf(made) as { id: string; adminData: { updatedOn: string; createdBy: string } };
  expect(made.headers.get('etag')).toBe(`"${adminData.updatedOn}"`);
  expect(adminData.createdBy).toBe(sap.users.api.id);
  const patch = { method: 'PATCH', body: { priority: 'URGENT' } };
  expect((await call(`task-service/tasks/${id}`, patch)).status).toBe(428);
  const headers = { 'if-match': made.headers.get('etag') ?? '' };
  const changed = await call(`task-service/tasks/${id}`, { ...patch, headers });
  expect(valueOf(changed)).toMatchObject({ description: 'Call', priority: 'URGENT', status: 'OPEN' });
  const stale = await call(`task-service/tasks/${id}`, { ...patch, headers });
  expect(stale.status).toBe(412);
  expect(errorOf(stale)).toMatchObject({ message: expect.stringContaining('parallel session') as string });
  expect((await call(`task-service/tasks/${id}`, { method: 'DELETE' })).status).toBe(204);
  expect((await call(`task-service/tasks/${id}`)).status).toBe(404);
});

it('merges a patch: null takes away, an object goes into the old one, a list takes its place', async () => {
  const id = sap.admin.v2.create('cases', { subject: 'A', account: { id: '1', name: 'X' }, notes: [{ content: 'a' }] });
  const headers = { 'content-type': 'application/merge-patch+json', 'if-match': '*' };
  const body = { account: { name: 'Y' }, origin: null, notes: [{ content: 'b' }, { content: 'c' }] };
  const changed = await call(`case-service/cases/${id}`, { method: 'PATCH', headers, body });
  expect(valueOf(changed)).toMatchObject({
    account: { id: '1', name: 'Y' },
    notes: [{ content: 'b', noteId: expect.any(String) as string }, { content: 'c' }],
  });
  expect(valueOf(changed)).not.toHaveProperty('origin');
});

it('answers queries: filters, order, pages, count', async () => {
  for (const subject of ['A', 'B', 'C'])
    sap.admin.v2.create('cases', { subject, extensions: { SignalboxKey: subject } });
  expect(await subjects(filter("extensions/SignalboxKey eq 'B' or subject eq 'C'"))).toEqual(['B', 'C']);
  expect(await subjects(filter("not (subject eq 'B') and extensions.SignalboxKey ge 'A'"))).toEqual(['A', 'C']);
  expect(await subjects('$orderby=subject desc&$top=2&$skip=1')).toEqual(['B', 'A']);
  const counted = await call('case-service/cases?$count=true&$top=1');
  expect(counted.json).toMatchObject({ count: 3, value: [{ subject: 'A' }] });
  for (const [query, code] of [
    [filter('subject like A'), 'query.1001'],
    [filter("extensions/Nothing eq 'A'"), 'cases.1004'],
    ['$skip=10000', 'query.1002'],
  ]) {
    const refused = await call(`case-service/cases?${query ?? ''}`);
    expect([refused.status, errorOf(refused)]).toMatchObject([400, { code }]);
  }
});

it('hands out 50 records where nobody says how many', async () => {
  for (let n = 0; n < 60; n++) sap.admin.v2.create('cases', { subject: `C${n}` });
  expect(await subjects('')).toHaveLength(50);
});

it('refuses who may not, what is read-only, unknown or missing', async () => {
  const post = (path: string, body: unknown) => call(path, { method: 'POST', body });
  expect((await call('task-service/tasks', { auth: false })).status).toBe(401);
  expect((await call('lead-service/leads')).status).toBe(403);
  expect((await call('quote-service/quotes')).status).toBe(404);
  expect(errorOf(await post('task-service/tasks', {}))).toMatchObject({ target: 'description' });
  expect(errorOf(await post('task-service/tasks', { description: 'A', id: 'x' }))).toMatchObject({ target: 'id' });
  expect((await post('task-service/tasks', 'no json')).status).toBe(400);
  const id = sap.admin.v2.create('opportunities', { name: 'Pumps' });
  const headers = { 'if-match': '*' };
  const patched = await call(`opportunity-service/opportunities/${id}`, {
    method: 'PATCH',
    headers,
    body: { notes: [] },
  });
  expect(errorOf(patched)).toMatchObject({ code: expect.stringContaining('2042') as string });
});

it('tells changes with both images and who asked', async () => {
  const receiver = await new WebhookReceiver().start();
  try {
    await sap.admin.subscribe({ endpoint: receiver.url });
    const id = sap.admin.v2.create('accounts', { firstLineName: 'Maier' });
    const headers = { 'if-match': '*' };
    await call(`account-service/accounts/${id}`, { method: 'PATCH', headers, body: { firstLineName: 'Mayer' } });
    const [created, changed] = await receiver.events(2);
    expect(created).toMatchObject({
      specversion: '0.2',
      type: 'sap.ssc.md.accountservice.entity.account',
      subject: id,
    });
    expect(changed?.data).toMatchObject({
      beforeImage: { formattedName: 'Maier' },
      currentImage: { formattedName: 'Mayer' },
      dataContext: { requestedByUser: sap.users.api.id },
    });
  } finally {
    await receiver.stop();
  }
});

it('has faults: a change in between, an index that lags behind, and those of the other systems', async () => {
  const id = sap.admin.v2.create('cases', { subject: 'A' });
  const read = await call(`case-service/cases/${id}`);
  sap.admin.fault({ kind: 'parallelChange' });
  const headers = { 'if-match': read.headers.get('etag') ?? '' };
  expect((await call(`case-service/cases/${id}`, { method: 'PATCH', headers, body: { subject: 'B' } })).status).toBe(
    412,
  );
  sap.admin.fault({ kind: 'lateIndex' });
  expect(await subjects('')).toEqual([]);
  expect(await subjects('')).toEqual(['A']);
  sap.admin.fault({ kind: 'tooManyRequests', retryAfter: 7 });
  expect((await call('case-service/cases')).headers.get('retry-after')).toBe('7');
  sap.admin.fault({ kind: 'dropResponse' });
  await expect(call('case-service/cases', { method: 'POST', body: { subject: 'C' } })).rejects.toThrow();
  expect(await subjects('')).toEqual(['A', 'C']);
});

it('is reached through the admin endpoint, too', async () => {
  const made = await ask(`${sap.adminUrl}/v2/accounts`, { method: 'POST', body: { firstLineName: 'A' } });
  const { id } = made.json as { id: string };
  await ask(`${sap.adminUrl}/v2/accounts/${id}`, { method: 'PATCH', body: { firstLineName: 'B' } });
  expect((await ask(`${sap.adminUrl}/v2/accounts/${id}`)).json).toMatchObject({ formattedName: 'B' });
  await ask(`${sap.adminUrl}/v2/accounts/${id}`, { method: 'DELETE' });
  expect((await ask(`${sap.adminUrl}/v2/accounts`)).json).toEqual([]);
});
