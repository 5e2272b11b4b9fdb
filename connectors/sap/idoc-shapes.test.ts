import { readNatives } from './read-natives';
import { only } from './shapes.fixture';

// What ports, converters and tools make of IDocs.

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

it('a day and a time with their separators are read, and a sign by itself is no empty number', async () => {
  const told = { ...control, IDOCTYP: 'ORDERS05', MESTYP: 'ORDERS', CREDAT: '2026-03-01', CRETIM: '09:30:00' };
  const segments = { E1EDK01: [{ BELNR: '77', WKURS: '0.00' }], E1EDK05: [{ ALCKZ: '-', BETRG: '10.00' }] };
  const { time, data } = await only({ ORDERS05: { IDOC: { EDI_DC40: told, ...segments } } });
  expect(time).toBe('2026-03-01T09:30:00.000Z');
  expect(data.native).toEqual({ 'E1EDK05.ALCKZ': '-', 'E1EDK05.BETRG': '10.00' });
});
