import type { CanonicalEvent } from '../../canonical-schema/event';
import { validateEvent } from '../../canonical-schema/validate';
import { normalise } from './normalise';
import { readNatives } from './read-natives';

// What CAP, brokers, converters and tools make of events and IDocs, and people then have at hand.

const context = { tenant: 'acme', connection: 'erp', org: 'Q7', mapping: {} };
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

async function all(payload: unknown): Promise<readonly CanonicalEvent[]> {
  const made = await Promise.all(readNatives(payload).map((native) => normalise(native, context)));
  for (const one of made.flat()) expect(validateEvent(one)).toEqual([]);
  return made.flat();
}

async function only(payload: unknown): Promise<CanonicalEvent> {
  const [one, ...others] = await all(payload);
  expect(others).toEqual([]);
  return one!;
}

const binary = Object.entries(attributes).map(([name, value]) => `ce-${name}: ${value}`);

it.each([
  ['a message of CAP', { event: type, data, headers: attributes, inbound: true }],
  ['its headers and body', { headers: attributes, body: data }],
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

const control = {
  DOCNUM: '0000000000000012',
  IDOCTYP: 'MATMAS05',
  MESTYP: 'MATMAS',
  CREDAT: '20260301',
  CRETIM: '093000',
};
const elements = (fields: Readonly<Record<string, string>>): string =>
  Object.entries(fields)
    .map(([name, value]) => `<${name}>${value}</${name}>`)
    .join('');
const listed = (fields: object) => Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, [value]]));

it.each([
  ['by itself', { IDOC: { EDI_DC40: control, E1MARAM: { MATNR: 'M1' } } }],
  [
    'with a declaration',
    { '?xml': { '@version': '1.0' }, MATMAS05: { IDOC: { EDI_DC40: control, E1MARAM: { MATNR: 'M1' } } } },
  ],
  [
    'all in lists',
    { MATMAS05: { IDOC: [{ $: { BEGIN: '1' }, EDI_DC40: [listed(control)], E1MARAM: [listed({ MATNR: 'M1' })] }] } },
  ],
  ['as XML, by itself', `<IDOC><EDI_DC40>${elements(control)}</EDI_DC40><E1MARAM><MATNR>M1</MATNR></E1MARAM></IDOC>`],
])('an IDoc %s is told like any', async (_, payload) => {
  expect(await only(payload)).toMatchObject({ subject: 'record/M1', time: '2026-03-01T09:30:00.000Z' });
});

it('an order keeps what does not fit on one level: further segments, and what its positions say beyond the lines', async () => {
  const position = {
    POSEX: '10',
    MENGE: '2',
    WERKS: '1000',
    E1EDP19: [
      { QUALF: '002', IDTNR: 'A' },
      { QUALF: '003', IDTNR: 'B' },
    ],
  };
  const segments = {
    E1EDK01: [{ BELNR: '77' }],
    E1EDK14: [
      { QUALF: '006', ORGID: '00' },
      { QUALF: '007', ORGID: '10' },
    ],
    E1EDP01: [position, { POSEX: '20', MENGE: '1' }],
  };
  const { data: told } = await only({ ORDERS05: { IDOC: segments } });
  expect(told.record.lines).toEqual([
    { id: '10', productId: 'A', quantity: '2' },
    { id: '20', quantity: '1' },
  ]);
  expect(told.native).toEqual({
    'E1EDK14.QUALF': '006',
    E1EDK14: [{ QUALF: '007', ORGID: '10' }],
    E1EDP01: [{ POSEX: '10', WERKS: '1000', E1EDP19: [{ QUALF: '003', IDTNR: 'B' }] }],
  });
});

it('a delivery keeps its positions', async () => {
  const position = { POSNR: '000010', VGBEL: '0000004711', LFIMG: '2.000' };
  const { data: told } = await only({
    DELVRY03: { IDOC: { EDI_DC40: { MESTYP: 'DESADV' }, E1EDL20: { VBELN: '0080000001', E1EDL24: position } } },
  });
  expect(told.record.orderId).toBe('0000004711');
  expect(told.native.E1EDL24).toEqual([position]);
});

it('XML that is nested without end is refused', () => {
  const deep = `<D><IDOC>${'<a>'.repeat(3000)}x${'</a>'.repeat(3000)}</IDOC></D>`;
  expect(() => readNatives(deep)).toThrow(expect.objectContaining({ code: 'SBX_SAP_XML' }) as Error);
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

const idocXml = (type: string, segments: string): string =>
  `<${type}><IDOC><EDI_DC40>${elements({ ...control, MESTYP: type, IDOCTYP: `${type}05` })}</EDI_DC40>${segments}</IDOC></${type}>`;

it('CREMAS tells a supplier under its number', async () => {
  const segment = '<E1LFA1M><MSGFN>009</MSGFN><LIFNR>0000100042</LIFNR><NAME1>Bolt</NAME1><NAME2>Ltd</NAME2></E1LFA1M>';
  expect(await only(idocXml('CREMAS', segment))).toMatchObject({
    type: 'io.signalbox.record.created.v1',
    subject: 'record/0000100042',
    data: { record: { nativeType: 'Supplier', name: 'Bolt Ltd' } },
  });
});

describe('IDocs as XML', () => {
  const one = idocXml('MATMAS', '<E1MARAM><MATNR>M1</MATNR></E1MARAM>');

  it.each([
    ['in a list of documents', `<Messages><Message1>${one}</Message1></Messages>`],
    ['in the body of a request', { headers: { 'Content-Type': 'text/xml' }, body: one }],
    [
      'in base64, as a workflow tool holds it',
      { '$content-type': 'application/xml', $content: Buffer.from(one).toString('base64') },
    ],
  ])('%s are told like any', async (_, payload) => {
    expect(await only(payload)).toEqual(await only(one));
  });
});

it('IDocs as the adapters of BizTalk and Logic Apps write them are told like any', async () => {
  const fields = { ...control, IDOCTYP: 'ORDERS05', MESTYP: 'ORDERS' };
  const bodies = { head: '<BELNR>77</BELNR><CURCY>EUR</CURCY>', line: '<POSEX>10</POSEX><MENGE>2</MENGE>' };
  const plain = `<ORDERS05><IDOC><EDI_DC40>${elements(fields)}</EDI_DC40><E1EDK01>${bodies.head}</E1EDK01><E1EDP01>${bodies.line}<E1EDP19><QUALF>002</QUALF><IDTNR>A</IDTNR></E1EDP19></E1EDP01></IDOC></ORDERS05>`;
  const header = '<DATAHEADERCOLUMN_SEGNAM>E2EDK01005</DATAHEADERCOLUMN_SEGNAM>';
  const lines = `<E2EDP01008GRP><E2EDP01008>${header}${bodies.line}</E2EDP01008><E2EDP19003>${header}<QUALF>002</QUALF><IDTNR>A</IDTNR></E2EDP19003></E2EDP01008GRP>`;
  const idoc = `<idocData><t:EDI_DC40 xmlns:t="urn:t">${elements(fields)}</t:EDI_DC40><E2EDK01005>${header}${bodies.head}</E2EDK01005>${lines}</idocData>`;
  const adapters = `<Receive xmlns="http://Microsoft.LobServices.Sap/2007/03/Idoc/3/ORDERS05//700/Receive">${idoc}</Receive>`;
  expect(await only(adapters)).toEqual(await only(plain));
});

it('what tells no time has that of the HTTP message that it was captured in', async () => {
  const timeless = { ...event, time: undefined };
  const message = `POST /in HTTP/1.1\nDate: Sun, 01 Mar 2026 09:30:01 GMT\n\n`;
  expect((await only(`${message}${JSON.stringify(timeless)}`)).time).toBe('2026-03-01T09:30:01.000Z');
  expect((await only(`${message}${JSON.stringify(event)}`)).time).toBe('2026-03-01T09:30:00.000Z');
});
