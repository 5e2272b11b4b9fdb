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
