import { startLandscape, type Landscape, type Read } from '../test-support/client';

let landscape: Landscape;

beforeAll(async () => {
  landscape = await startLandscape();
});
afterAll(() => landscape.sap.stop());

type Entity = Record<string, unknown> & { readonly __metadata: Readonly<Record<string, string>> };
const entityOf = ({ json }: Read): Entity => (json as { d: { results: Entity } }).d.results;
const rowsOf = ({ json }: Read): readonly Entity[] => (json as { d: { results: Entity[] } }).d.results;

it('gives ids, texts of codes and names of partners, and wraps one entity in results', async () => {
  const { c4c, sap } = landscape;
  const account = sap.admin.create('CorporateAccountCollection', { Name: 'Porter LLC' });
  const number = sap.admin.record('CorporateAccountCollection', account)['AccountID'];
  const created = await c4c.ask('TaskCollection', {
    method: 'POST',
    body: { Subject: 'Call back', MainAccountPartyID: number, PriorityCode: '2', DueDateTime: '/Date(1772357400000)/' },
  });
  expect(created.status).toBe(201);
  const task = entityOf(created);
  expect(task).toMatchObject({
    ObjectID: expect.stringMatching(/^[0-9A-F]{32}$/) as string,
    UUID: expect.stringMatching(/^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/) as string,
    DocumentType: '0006',
    DocumentTypeText: 'Activity Task',
    StatusText: 'Open',
    PriorityCodeText: 'Urgent',
    Account: 'Porter LLC',
    DueDateTime: '/Date(1772357400000)/',
    CompletionPercent: '0.00',
    CompletionDateTime: null,
    CreatedBy: sap.users.api.name,
  });
  expect(String(task['UUID']).replaceAll('-', '')).toBe(task['ObjectID']);
  expect(task.__metadata).toEqual({
    uri: `${c4c.serviceUrl}/TaskCollection('${String(task['ObjectID'])}')`,
    type: 'c4codata.Task',
    etag: expect.stringMatching(/^W\/"datetimeoffset'\d{4}-\d\d-\d\dT\d\d%3A\d\d%3A\d\d\.\d{7}Z'"$/) as string,
  });
  const bare = entityOf(
    await c4c.ask(`TaskCollection('${String(task['ObjectID'])}')`, { headers: { 'odata-no-codedescs': 'true' } }),
  );
  expect(bare['Status']).toBe('1');
  expect(bare).not.toHaveProperty('StatusText');
});

it('changes without If-Match, refuses a stale one, and completes a task', async () => {
  const { c4c, sap } = landscape;
  const id = sap.admin.create('TaskCollection', { Subject: 'Visit' });
  const path = `TaskCollection('${id}')`;
  const first = entityOf(await c4c.ask(path)).__metadata['etag'] ?? '';
  const change = (body: object, headers = {}) => c4c.ask(path, { method: 'PATCH', body, headers });
  expect((await change({ StatusText: 'ignored', Category: '0005' })).status).toBe(204);
  expect((await change({ Status: '3' }, { 'if-match': first })).status).toBe(412);
  const second = entityOf(await c4c.ask(path)).__metadata['etag'] ?? '';
  expect((await change({ Status: '3' }, { 'if-match': second })).status).toBe(204);
  expect(sap.admin.record('TaskCollection', id)).toMatchObject({
    StatusText: 'Completed',
    CategoryText: 'Preparation',
    CompletionDateTime: expect.stringMatching(/^\/Date\(\d+\)\/$/) as string,
  });
});

it('refuses what only the system sets, functions and or across properties', async () => {
  const { c4c } = landscape;
  const answers = await Promise.all([
    c4c.ask('TaskCollection', { method: 'POST', body: { Subject: 'x', ID: '7' } }),
    c4c.ask('TaskCollection', { method: 'POST', body: {} }),
    c4c.ask("LeadCollection?$filter=startswith(Name,'a')"),
    c4c.ask("LeadCollection?$filter=Name eq 'a' or Company eq 'b'"),
    c4c.ask("LeadCollection?$filter=Name eq 'a' or Name eq 'b'"),
    c4c.ask('ServiceRequestDescriptionCollection', { method: 'POST', body: { ParentObjectID: 'none', Text: 'x' } }),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([400, 400, 501, 400, 200, 400]);
});

it('tells what changed since, finds by an extension field, and answers without a payload where asked', async () => {
  const { c4c } = landscape;
  const since = new Date(Date.now() - 1).toISOString();
  const created = await c4c.ask('TaskCollection', {
    method: 'POST',
    body: { Subject: 'Once', SignalboxKey_KUT: 'key-1' },
    headers: { 'odata-no-response-payload': 'true' },
  });
  expect([created.status, created.text]).toEqual([201, '']);
  expect(created.headers.get('location')).toMatch(/TaskCollection\('[0-9A-F]{32}'\)$/);
  const changed = await c4c.ask(
    `TaskCollection?$filter=EntityLastChangedOn ge datetimeoffset'${since}' and SignalboxKey_KUT eq 'key-1'`,
  );
  expect(rowsOf(changed)).toMatchObject([{ Subject: 'Once' }]);
});

it('shows names as objects with a language where the tenant does', async () => {
  const other = await startLandscape({ localisedTexts: true });
  const created = await other.c4c.ask('ServiceRequestCollection', {
    method: 'POST',
    body: { Name: { content: 'Rattling' }, ServiceRequestDescription: [{ Text: 'Help', TypeCode: '10004' }] },
  });
  const ticket = entityOf(created);
  expect(ticket['Name']).toEqual({
    __metadata: { type: 'c4codata.EXTENDED_Name' },
    languageCode: 'E',
    content: 'Rattling',
  });
  expect(ticket['AssignedToName']).toEqual({ __metadata: { type: 'c4codata.EXTENDED_Name' }, content: '' });
  const notes = await other.c4c.ask(
    `ServiceRequestCollection('${String(ticket['ObjectID'])}')/ServiceRequestDescription`,
  );
  expect(rowsOf(notes)).toMatchObject([{ Text: 'Help', ParentObjectID: ticket['ObjectID'] }]);
  await other.sap.stop();
});
