import { entity, eventsOf, leadId, onlyOf, posted, without } from './normalise-sample';
import { readNatives } from './read-natives';

const post = posted('Update', { Target: entity('lead', { firstname: 'Ana' }) });
const text = JSON.stringify(post);
const http = `POST /in/acme/sales?code=k HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nx-ms-dynamics-entity-name: lead\r\n\r\n${text}`;

describe('contexts', () => {
  it.each([
    ['bare', post],
    ['a text', text],
    ['with a byte order mark', `\uFEFF${text}`],
    ['in base64', Buffer.from(text).toString('base64')],
    ['in a list', [post]],
    ['as a body', { headers: { Host: 'x' }, body: post }],
    ['as a text of a body', { statusCode: 200, body: text }],
    [
      'on the Service Bus in a Logic App',
      { ContentData: Buffer.from(text).toString('base64'), ContentType: 'application/json' },
    ],
    ['in an archive of HTTP', { log: { entries: [{ request: { headers: [], postData: { text } } }] } }],
    ['in an HTTP request', http],
    ['in an HTTP request without its first line', http.slice(http.indexOf('\r\n') + 2)],
  ])('%s', async (_, payload) => {
    expect(await onlyOf(payload)).toEqual(await onlyOf(post));
  });

  it('keep what their headers say', () => {
    const headers = { 'X-MS-Dynamics-Msg-Size-Exceeded': 'true', Authorization: 'secret' };
    expect(readNatives({ headers, body: post })).toMatchObject([
      { headers: { 'x-ms-dynamics-msg-size-exceeded': 'true' } },
    ]);
    expect(JSON.stringify(readNatives({ headers, body: post }))).not.toContain('secret');
  });

  it('are read with collections as objects and with other capitals', async () => {
    const rest = without(post, 'InputParameters');
    const target = { LogicalName: 'lead', Id: leadId, Attributes: { firstname: 'Ana', leadqualitycode: { Value: 2 } } };
    const event = await onlyOf({ ...rest, InputParameters: [{ Key: 'Target', Value: target }] });
    expect(event.data.record).toMatchObject({ firstName: 'Ana', rating: 'Warm' });
  });
});

describe('rows of the Web API', () => {
  const row = {
    '@odata.etag': 'W/"468026"',
    leadid: leadId,
    companyname: 'Bluewater',
    _ownerid_value: leadId,
    '_ownerid_value@OData.Community.Display.V1.FormattedValue': 'Jo',
    '_ownerid_value@Microsoft.Dynamics.CRM.lookuplogicalname': 'systemuser',
    statuscode: 1,
    'statuscode@OData.Community.Display.V1.FormattedValue': 'Neu',
    modifiedon: '2026-03-01T09:30:00Z',
    versionnumber: 468026,
  };
  const base = 'https://acme.crm4.dynamics.com/api/data/v9.2/$metadata#leads';

  it('are observed', async () => {
    const event = await onlyOf({ '@odata.context': `${base}/$entity`, ...row });
    expect(event).toMatchObject({
      type: 'io.signalbox.lead.observed.v1',
      time: '2026-03-01T09:30:00.000Z',
      sequence: '00000000000000468026.00020260301093000000',
    });
    expect(event.data.record).toMatchObject({ company: 'Bluewater', status: 'New', ownerId: leadId });
    expect(event.data.native).toMatchObject({ owneridname: 'Jo', statuscodename: 'Neu' });
  });

  it('come in collections and in pages of changes, deletions among them', async () => {
    const other = { ...row, leadid: '5c8a3e10-7b1f-ee11-9cbe-000d3a0b1c77' };
    const gone = {
      '@odata.context': `${base}/$deletedEntity`,
      id: '5c8a3e10-7b1f-ee11-9cbe-000d3a0b1c99',
      reason: 'deleted',
    };
    const events = await eventsOf({ '@odata.context': base, value: [row, other] });
    expect(events).toHaveLength(2);
    const capture = `HTTP/1.1 200 OK\nDate: Sun, 01 Mar 2026 10:00:00 GMT\n\n${JSON.stringify({ '@odata.context': `${base}/$delta`, value: [row, gone] })}`;
    expect((await eventsOf(capture)).map(({ type, time }) => [type, time])).toEqual([
      ['io.signalbox.lead.observed.v1', '2026-03-01T09:30:00.000Z'],
      ['io.signalbox.lead.deleted.v1', '2026-03-01T10:00:00.000Z'],
    ]);
  });

  it('come in batches', async () => {
    const part = (body: string) =>
      `--b_1\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n${body}\r\n`;
    const one = (id: string) => JSON.stringify({ '@odata.context': `${base}/$entity`, ...row, leadid: id });
    const batch = `HTTP/1.1 200 OK\r\nContent-Type: multipart/mixed; boundary=b_1\r\n\r\n${part(one(leadId))}${part(one('5c8a3e10-7b1f-ee11-9cbe-000d3a0b1c77'))}--b_1--\r\n`;
    expect(await eventsOf(batch)).toHaveLength(2);
  });

  it('without a table, an id or a time are refused by what they lack', async () => {
    const timeless = without(row, 'modifiedon');
    await expect(eventsOf({ '@odata.context': `${base}/$entity`, ...timeless })).rejects.toMatchObject({
      code: 'SBX_DYNAMICS365_TIME',
    });
    await expect(eventsOf({ '@odata.etag': 'W/"1"', colour: 'red' })).rejects.toMatchObject({
      code: 'SBX_DYNAMICS365_TABLE',
    });
    await expect(eventsOf({ '@odata.context': `${base}/$entity`, modifiedon: row.modifiedon })).rejects.toMatchObject({
      code: 'SBX_DYNAMICS365_RECORD',
    });
  });
});

it.each<[string, unknown, string]>([
  ['an error', { error: { code: '0x80040333', message: 'a duplicate' } }, 'SBX_DYNAMICS365_ERROR_ANSWER'],
  ['a notification of Graph', { value: [{ subscriptionId: 's', changeType: 'created' }] }, 'SBX_DYNAMICS365_GRAPH'],
  ['$metadata', '<?xml version="1.0"?><edmx:Edmx Version="4.0"/>', 'SBX_DYNAMICS365_METADATA'],
  ['XML', '<RemoteExecutionContext/>', 'SBX_DYNAMICS365_XML'],
  ['nothing', [], 'SBX_DYNAMICS365_PAYLOAD'],
  ['a number', 7, 'SBX_DYNAMICS365_PAYLOAD'],
  ['another object', { lead: 1 }, 'SBX_DYNAMICS365_PAYLOAD'],
])('%s is refused by name', async (_, payload, code) => {
  await expect((async () => eventsOf(payload))()).rejects.toMatchObject({ code });
});

it('a text that .NET serialised is opened, bare and in the envelope of a tool that caught it', async () => {
  const namespace = 'http://schemas.microsoft.com/2003/10/Serialization/';
  const json = JSON.stringify(post);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(Buffer.byteLength(json));
  const head = `@\u0006string\b3${namespace}`;
  const body = Buffer.concat([Buffer.from(head), Buffer.of(0x9d), length, Buffer.from(json)]);
  const xml = `<string xmlns="${namespace}">${json.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</string>`;
  const expected = await eventsOf(post);
  for (const payload of [
    body.toString('base64'),
    body.toString('latin1'),
    xml,
    { ContentData: body.toString('base64') },
  ])
    expect(await eventsOf(payload)).toEqual(expected);
});

it('of several payloads, one that cannot be read does not stop the others', () => {
  expect(readNatives([post, { lead: 1 }]).map(({ kind }) => kind)).toEqual(['context', 'unreadable']);
});
