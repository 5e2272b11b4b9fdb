import { readNatives } from './read-natives';
import { all, only } from './shapes.fixture';

// What CAP, brokers and tools make of events and rows, and people then have at hand.

const type = 'sap.s4.beh.salesorder.v1.SalesOrder.Changed.v1';
const attributes = {
  type,
  specversion: '1.0',
  source: '/default/sap.s4.beh/Q7',
  id: 'e-1',
  time: '2026-03-01T09:30:00Z',
};
const data = { SalesOrder: '0000004711' };
const event = { ...attributes, data };

const kafka = Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`ce_${name}`, value]));
const binary = Object.entries(attributes).map(([name, value]) => `ce-${name}: ${value}`);

it.each([
  ['a message of CAP', { event: type, data, headers: attributes, inbound: true }],
  ['its headers and body', { headers: attributes, body: data }],
  ['a record of Kafka', { headers: kafka, value: data, offset: 1 }],
  ['an HTTP message in binary mode', `POST /in HTTP/1.1\r\n${binary.join('\r\n')}\r\n\r\n${JSON.stringify(data)}`],
  [
    'an HTTP message in structured mode',
    `POST /in HTTP/1.1\nContent-Type: application/json\n\n${JSON.stringify(event)}`,
  ],
  ['a list of events', { events: [event] }],
  ['what a broker shows', { topic: 'a/b', payload: JSON.stringify(event) }],
])('%s is the event that it is', async (_, payload) => {
  expect(await only(payload)).toEqual(await only(event));
});

it('a message of CAP without headers has its name, and a topic for one', async () => {
  const { type: told, subject } = await only({ event: type.replaceAll('.', '/'), data, headers: {} });
  expect([told, subject]).toEqual(['io.signalbox.order.updated.v1', 'order/0000004711']);
});

it.each([
  [
    'without a version',
    { 'event-type': 'Opportunity.Root.Created', 'event-id': 'e', 'event-time': '2026-03-01T09:30:00Z' },
    'opportunity.created',
  ],
  ['as Kyma names it', { ...attributes, type: 'sap.kyma.custom.c4c.account.root.updated.v1' }, 'account.updated'],
])('an event of C4C %s is told', async (_, told, what) => {
  const root = '00163E0A1B2C1EE7A0B1C2D3E4F50617';
  const { type: name, subject } = await only({ ...told, data: { 'root-entity-id': root, 'entity-id': root } });
  expect([name, subject]).toEqual([`io.signalbox.${what}.v1`, `${what.split('.')[0]}/${root}`]);
});

it('the creation of an object whose name ends in what was created is one', async () => {
  const told = { ...event, type: 'sap.s4.beh.zorder.v1.ZR_SalesOrder.SalesOrderCreated.v1', subject: '7' };
  expect((await only(told)).type).toBe('io.signalbox.record.created.v1');
  const item = { ...event, type: 'sap.s4.beh.salesorder.v1.SalesOrder.ItemCreated.v1' };
  expect((await only(item)).type).toBe('io.signalbox.order.updated.v1');
});

it('a key that is a number is the key, and data that is no object is kept', async () => {
  expect((await only({ ...event, data: { SalesOrder: 4711 } })).subject).toBe('order/4711');
  const xml = await only({ ...event, type: 'sap.s4.beh.x.v1.X.Created.v1', data: '<a/>' });
  expect(xml.data.record.attributes).toEqual({ data: '<a/>' });
});

it('a message without its event’s name, and an empty list, are refused by name', () => {
  const refused = (payload: unknown, code: string): void => {
    expect(() => readNatives(payload)).toThrow(expect.objectContaining({ code }) as Error);
  };
  refused({ data, headers: {} }, 'SBX_SAP_EVENT_TYPE');
  refused({ events: [] }, 'SBX_SAP_PAYLOAD');
});

describe('an event that names several records', () => {
  const old = { eventType: 'BO.SalesOrder.Changed', eventID: 'e-7', eventTime: attributes.time, source: 'x' };

  it('under KEY, as S/4HANA once did, is one event for each', async () => {
    const told = await all({
      ...old,
      cloudEventsVersion: '0.1',
      data: { KEY: [{ SALESORDER: '0815' }, { SALESORDER: '0816' }] },
    });
    expect(told.map(({ type: what, subject }) => [what, subject])).toEqual([
      ['io.signalbox.order.updated.v1', 'order/0815'],
      ['io.signalbox.order.updated.v1', 'order/0816'],
    ]);
    expect(new Set(told.map(({ id }) => id)).size).toBe(2);
    expect(told.map(({ data: { change, native } }) => [change.gap, native])).toEqual([
      [true, {}],
      [true, {}],
    ]);
  });

  it('in a list is one event for each, unless one does not say its key', async () => {
    expect(
      (await all({ ...event, data: [{ SalesOrder: '1' }, { SalesOrder: '2' }] })).map(({ subject }) => subject),
    ).toEqual(['order/1', 'order/2']);
    const { data: kept } = await only({ ...event, data: [{ SalesOrder: '1' }, { Note: 'x' }] });
    expect(kept.native.data).toEqual([{ SalesOrder: '1' }, { Note: 'x' }]);
  });
});

it.each([
  [
    'sap.s4.beh.materialdocument.v1.MaterialDocument.Created.v1',
    { MaterialDocumentYear: '2026', MaterialDocument: '49' },
    '49/2026',
  ],
  ['sap.s4.beh.supplierinvoice.v1.SupplierInvoice.Posted.v1', { SupplierInvoice: '51', FiscalYear: '2026' }, '51/2026'],
  [
    'sap.s4.beh.journalentry.v1.JournalEntry.Created.v1',
    { FiscalYear: '2026', AccountingDocument: '18', CompanyCode: '1010' },
    '1010/18/2026',
  ],
  [
    'sap.s4.beh.purchaserequisitionitem.v1.PurchaseRequisitionItem.Changed.v1',
    { PurchaseRequisitionItem: '10', PurchaseRequisition: '77' },
    '77/10',
  ],
])('a key of several fields is told whole: %s', async (name, key, id) => {
  const { subject, data: told } = await only({ ...event, type: name, data: key });
  expect([subject, told.change.gap]).toEqual([`record/${id}`, true]);
  expect(told.record.attributes).toEqual(key);
});

it('a batch answer of OData gives its rows, also beside a part that failed', () => {
  const part = (status: string, body: object): string =>
    `--b\nContent-Type: application/http\n\nHTTP/1.1 ${status}\nContent-Type: application/json\n\n${JSON.stringify(body)}\n`;
  const row = { __metadata: { type: 'API_SALES_ORDER_SRV.A_SalesOrderType' }, SalesOrder: '1' };
  const answer = `HTTP/1.1 202 Accepted\nContent-Type: multipart/mixed; boundary=b\n\n${part('200 OK', { d: row })}${part('404 Not Found', { error: { code: 'x' } })}--b--`;
  expect(readNatives(answer).map(({ kind }) => kind)).toEqual(['row', 'unreadable']);
});

it('a day and a time of day are the instant that they are together', async () => {
  const row = {
    __metadata: { type: 'API_BUSINESS_PARTNER.A_BusinessPartnerType' },
    BusinessPartner: '11',
    CreationDate: '/Date(1772323200000)/',
    CreationTime: 'PT9H30M5S',
    LastChangeDate: '/Date(1772409600000)/',
    LastChangeTime: 'PT23H0M0S',
  };
  const { time, data: told } = await only({ d: row });
  expect([told.record.createdAt, told.record.modifiedAt, time]).toEqual([
    '2026-03-01T09:30:05.000Z',
    '2026-03-02T23:00:00.000Z',
    '2026-03-02T23:00:00.000Z',
  ]);
});

it('a number for people is no name', async () => {
  const image = { id: '6f0b2a8e-58c1-4d0e-9d3f-0b7a1c2d3e4f', displayId: '30041', status: 'OPEN' };
  const { data: told } = await only({
    ...event,
    type: 'sap.ssc.md.leadservice.entity.lead',
    data: { currentImage: image },
  });
  expect([told.record.name, told.native.displayId]).toEqual([undefined, '30041']);
});

describe('a delta answer of OData', () => {
  const gone = { '@odata.context': '$metadata#SalesOrder/$deletedEntity', id: "SalesOrder('2')", reason: 'deleted' };
  const answer = {
    '@odata.context': '$metadata#SalesOrder/$delta',
    value: [
      { SalesOrder: '1', LastChangeDateTime: '2026-03-01T09:30:00Z' },
      gone,
      { '@removed': { reason: 'deleted' }, '@id': "https://x/SalesOrder('3')" },
    ],
  };

  it('tells what changed and what is gone, at the Date of its message', async () => {
    const message = `HTTP/1.1 200 OK\nDate: Sun, 01 Mar 2026 09:31:00 GMT\n\n${JSON.stringify(answer)}`;
    expect((await all(message)).map(({ type: what, subject, time }) => [what, subject, time])).toEqual([
      ['io.signalbox.order.observed.v1', 'order/1', '2026-03-01T09:30:00.000Z'],
      ['io.signalbox.order.deleted.v1', 'order/2', '2026-03-01T09:31:00.000Z'],
      ['io.signalbox.order.deleted.v1', 'order/3', '2026-03-01T09:31:00.000Z'],
    ]);
  });

  it('without it does not date what is gone', () =>
    expect(all({ ...answer, value: [gone] })).rejects.toMatchObject({ code: 'SBX_SAP_TIME' }));
});

it('an event of a known object without its key is refused, not told of a record that is none', async () => {
  await expect(all({ ...event, data: {} })).rejects.toMatchObject({ code: 'SBX_SAP_EVENT_KEY' });
  const own = await only({ ...event, type: 'zcorp.ZBatch.Finished.v1', data: {} });
  expect(own.subject).toBe('record/e-1');
});

it('what tells no time has that of the HTTP message that it was captured in', async () => {
  const timeless = { ...event, time: undefined };
  const message = `POST /in HTTP/1.1\nDate: Sun, 01 Mar 2026 09:30:01 GMT\n\n`;
  expect((await only(`${message}${JSON.stringify(timeless)}`)).time).toBe('2026-03-01T09:30:01.000Z');
  expect((await only(`${message}${JSON.stringify(event)}`)).time).toBe('2026-03-01T09:30:00.000Z');
});
