import { startLandscape, type Landscape, type Client } from '../test-support/client';

let landscape: Landscape;

beforeAll(async () => {
  landscape = await startLandscape();
});
afterAll(() => landscape.sap.stop());

const inner = (request: string, body = '', headers: readonly string[] = []): string =>
  [
    'Content-Type: application/http',
    'Content-Transfer-Encoding: binary',
    '',
    `${request} HTTP/1.1`,
    'Accept: application/json',
    'Content-Type: application/json',
    ...headers,
    '',
    body,
  ].join('\r\n');

const changeSet = (parts: readonly string[]): string =>
  `Content-Type: multipart/mixed; boundary=changeset_1\r\n\r\n${parts
    .map((part) => `--changeset_1\r\n${part}\r\n`)
    .join('')}--changeset_1--`;

const send = (client: Client, parts: readonly string[]) =>
  client.ask('$batch', {
    method: 'POST',
    headers: { 'content-type': 'multipart/mixed; boundary=batch_1' },
    body: `${parts.map((part) => `--batch_1\r\n${part}\r\n`).join('')}--batch_1--\r\n`,
  });

const statusLines = (text: string): readonly string[] => text.match(/HTTP\/1\.1 \d{3}[^\r]*/g) ?? [];

it('carries out what a ticket with notes needs in one change set, in the form of the developer’s guide', async () => {
  const { c4c, sap } = landscape;
  const id = sap.admin.create('ServiceRequestCollection', { Name: 'Piston rattling' });
  const answer = await send(c4c, [
    changeSet([
      inner(`PATCH ServiceRequestCollection('${id}')`, '{"ServicePriorityCode":"1"}'),
      inner(
        'POST ServiceRequestDescriptionCollection',
        JSON.stringify({ TypeCode: '10008', Text: 'Still rattling', ParentObjectID: id }),
      ),
    ]),
    inner(`GET ServiceRequestCollection?$filter=ObjectID%20eq%20'${id}'`),
  ]);
  expect(answer.status).toBe(202);
  expect(answer.headers.get('content-type')).toMatch(/^multipart\/mixed; boundary=/);
  expect(statusLines(answer.text)).toEqual(['HTTP/1.1 204 No Content', 'HTTP/1.1 201 Created', 'HTTP/1.1 200 OK']);
  expect(answer.text).toContain('"TypeCodeText":"Reply from Customer"');
  expect(sap.admin.record('ServiceRequestCollection', id)).toMatchObject({ ServicePriorityCodeText: 'Immediate' });
  expect(sap.admin.notes()).toMatchObject([{ ParentObjectID: id, Text: 'Still rattling' }]);
  // One transaction, one event.
  expect(sap.admin.events()).toHaveLength(2);
});

it('takes back a whole change set of which a part is refused, and answers it once', async () => {
  const { c4c, sap } = landscape;
  const before = sap.admin.tasks().length;
  const events = sap.admin.events().length;
  const answer = await send(c4c, [
    changeSet([
      inner('POST TaskCollection', '{"Subject":"First"}'),
      inner('POST TaskCollection', '{"Subject":"Second","Nonsense":1}'),
    ]),
    inner('GET TaskCollection/$count'),
  ]);
  expect(statusLines(answer.text)).toEqual(['HTTP/1.1 400 Bad Request', 'HTTP/1.1 200 OK']);
  expect(answer.text).toContain("Property 'Nonsense'");
  expect(sap.admin.tasks()).toHaveLength(before);
  expect(sap.admin.events()).toHaveLength(events);
});

it('lets a later part speak of what an earlier one created', async () => {
  const { partners, sap } = landscape;
  const answer = await send(partners, [
    changeSet([
      inner('POST A_BusinessPartner', '{"BusinessPartnerCategory":"2","OrganizationBPName1":"Acme"}', [
        'Content-ID: 1',
      ]),
      inner('POST $1/to_BusinessPartnerRole', '{"BusinessPartnerRole":"FLCU01"}', ['Content-ID: 2']),
    ]),
  ]);
  expect(statusLines(answer.text)).toEqual(['HTTP/1.1 201 Created', 'HTTP/1.1 201 Created']);
  expect(answer.text).toContain('Content-ID: 2');
  expect(sap.admin.records('A_BusinessPartnerRole')).toHaveLength(1);
});

it('needs the CSRF token, and a body that can be read', async () => {
  const { partners } = landscape;
  const bad = await partners.ask('$batch', {
    method: 'POST',
    headers: { 'content-type': 'multipart/mixed' },
    body: 'x',
  });
  expect(bad.status).toBe(400);
  const post = await send(partners, [inner('POST A_BusinessPartner', '{}')]);
  expect(post.status).toBe(400);
  const without = await partners.ask('$batch', {
    method: 'POST',
    headers: { 'content-type': 'multipart/mixed; boundary=b', 'x-csrf-token': '' },
    body: '--b--',
  });
  expect(without.status).toBe(403);
});
