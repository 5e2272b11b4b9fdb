import type { CanonicalEvent } from '../../canonical-schema/event';
import { validateEvent } from '../../canonical-schema/validate';
import { type NormaliseContext } from '../contract';
import { normalise } from './normalise';
import { readNatives, readText } from './read-natives';

const context: NormaliseContext = { tenant: 'acme', connection: 'erp', org: 'QM7CLNT200', mapping: {} };

async function eventsOf(payload: unknown, mapping = context.mapping): Promise<readonly CanonicalEvent[]> {
  const natives = typeof payload === 'string' ? readText(payload) : readNatives(payload);
  const events = (await Promise.all(natives.map((native) => normalise(native, { ...context, mapping })))).flat();
  for (const event of events) expect(validateEvent(event)).toEqual([]);
  return events;
}

async function eventOf(payload: unknown, mapping = context.mapping): Promise<CanonicalEvent> {
  const [event, ...others] = await eventsOf(payload, mapping);
  expect(others).toEqual([]);
  return event!;
}

describe('IDocs', () => {
  const control = (fields: string): string => `<EDI_DC40 SEGMENT="1">${fields}</EDI_DC40>`;
  const sent =
    '<MANDT>200</MANDT><DOCNUM>0000000000410077</DOCNUM><SNDPRN>QM7CLNT200</SNDPRN><CREDAT>20260302</CREDAT><CRETIM>071509</CRETIM>';

  it('DEBMAS are a customer and its contact persons', async () => {
    const events = await eventsOf(
      `<?xml version="1.1"?><DEBMAS07><IDOC BEGIN="1">${control(sent)}<E1KNA1M SEGMENT="1"><MSGFN>009</MSGFN>` +
        '<KUNNR>0000100234</KUNNR><NAME1>Pumpen Maier</NAME1><NAME2>&amp; S&#246;hne</NAME2><PSTLZ>00000</PSTLZ><UMSA1>0</UMSA1>' +
        '<E1KNVKM SEGMENT="1"><MSGFN>003</MSGFN><PARNR>0000000042</PARNR><NAMEV>Ida</NAMEV><NAME1>Maier</NAME1></E1KNVKM>' +
        '</E1KNA1M></IDOC></DEBMAS07>',
    );
    expect(events.map(({ type, subject, time, sequence }) => ({ type, subject, time, sequence }))).toEqual([
      {
        type: 'io.signalbox.account.created.v1',
        subject: 'account/0000100234',
        time: '2026-03-02T07:15:09.000Z',
        sequence: '00000020260302071509.00000000000000410077',
      },
      {
        type: 'io.signalbox.contact.deleted.v1',
        subject: 'contact/0000000042',
        time: '2026-03-02T07:15:09.000Z',
        sequence: '00000020260302071509.00000000000000410077',
      },
    ]);
    expect(events[0]?.data.record).toMatchObject({
      name: 'Pumpen Maier & Söhne',
      billingAddress: { postalCode: '00000' },
    });
    expect(events[0]?.data.record).not.toHaveProperty('annualRevenue');
    expect(events[1]?.data.record.accountId).toBe('0000100234');
  });

  it('ORDERS are an order with its lines', async () => {
    const order =
      `<ORDERS05><IDOC BEGIN="1">${control(`<MESTYP>ORDERS</MESTYP>${sent}`)}` +
      '<E1EDK01 SEGMENT="1"><CURCY>EUR</CURCY><BELNR>4500001234</BELNR></E1EDK01>' +
      '<E1EDK03 SEGMENT="1"><IDDAT>012</IDDAT><DATUM>20260301</DATUM></E1EDK03>' +
      '<E1EDKA1 SEGMENT="1"><PARVW>AG</PARVW><PARTN>0000100234</PARTN></E1EDKA1>' +
      '<E1EDKA1 SEGMENT="1"><PARVW>WE</PARVW><PARTN>0000100999</PARTN><ORT01>Ulm</ORT01></E1EDKA1>' +
      '<E1EDP01 SEGMENT="1"><POSEX>000010</POSEX><MENGE>3.000</MENGE><MENEE>PCE</MENEE><NETWR>90.00-</NETWR>' +
      '<E1EDP19 SEGMENT="1"><QUALF>002</QUALF><IDTNR>000000000000000815</IDTNR><KTEXT>Seal</KTEXT></E1EDP19></E1EDP01>' +
      '<E1EDS01 SEGMENT="1"><SUMID>002</SUMID><SUMME>90.00-</SUMME></E1EDS01></IDOC></ORDERS05>';
    const event = await eventOf(order);
    expect(event.type).toBe('io.signalbox.order.created.v1');
    expect(event.data.record).toEqual({
      id: '4500001234',
      nativeType: 'ORDERS',
      number: '4500001234',
      accountId: '0000100234',
      amount: '-90.00',
      currency: 'EUR',
      orderedAt: '2026-03-01T00:00:00.000Z',
      shippingAddress: { city: 'Ulm' },
      lines: [
        {
          id: '000010',
          productId: '000000000000000815',
          product: 'Seal',
          quantity: '3.000',
          unit: 'PCE',
          amount: '-90.00',
        },
      ],
    });
    expect((await eventOf(order)).id).toBe(event.id);
    expect((await eventOf(order.replace('410077', '410078'))).id).not.toBe(event.id);
    expect((await eventOf(order.replace('<MANDT>200', '<MANDT>300'))).id).not.toBe(event.id);
  });

  it('of other messages are records as they came', async () => {
    const { type, subject, data } = await eventOf(
      `<ZWORK01><IDOC BEGIN="1">${control(`<MESTYP>ZWORK</MESTYP>${sent}`)}<Z1WRK SEGMENT="1"><A>1</A></Z1WRK></IDOC></ZWORK01>`,
    );
    expect([type, subject]).toEqual(['io.signalbox.record.published.v1', 'record/200/QM7CLNT200/0000000000410077']);
    expect(data.record.attributes).toEqual({ Z1WRK: [{ A: '1' }] });
  });

  it('in a packet, a SOAP envelope or JSON are the same', async () => {
    const idoc = (number: string): string =>
      `<IDOC BEGIN="1"><EDI_DC40 SEGMENT="1"><DOCNUM>${number}</DOCNUM></EDI_DC40><E1MARAM SEGMENT="1"><MATNR>0815</MATNR></E1MARAM></IDOC>`;
    const packet = `<MATMAS05>${idoc('1')}${idoc('2')}</MATMAS05>`;
    const [first, second] = await eventsOf(packet);
    expect([first?.subject, second?.id === first?.id]).toEqual(['record/0815', false]);
    const soap = `<s:Envelope xmlns:s="x"><s:Header/><s:Body><n:MATMAS05 xmlns:n="y">${idoc('1')}</n:MATMAS05></s:Body></s:Envelope>`;
    expect(await eventOf(soap)).toEqual(first);
    const json = {
      MATMAS05: { IDOC: { '@BEGIN': '1', EDI_DC40: { DOCNUM: '1' }, E1MARAM: { '@SEGMENT': '1', MATNR: '0815' } } },
    };
    expect(await eventOf(json)).toEqual(first);
  });

  it('without a control record are known by content and arrival', async () => {
    const [native] = readText('<DEBMAS01><IDOC><E1KNA1M><KUNNR>7</KUNNR></E1KNA1M></IDOC></DEBMAS01>');
    const at = async (receivedAt?: string) =>
      (await normalise({ ...native, ...(receivedAt === undefined ? {} : { receivedAt }) } as never, context))[0]!;
    const [unknown, first, again] = [
      await at(),
      await at('2026-03-02T07:15:09.000Z'),
      await at('2026-03-02T08:00:00.000Z'),
    ];
    expect(unknown.time).toBe('1970-01-01T00:00:00.000Z');
    expect(first.time).toBe('2026-03-02T07:15:09.000Z');
    expect(new Set([unknown.id, first.id, again.id]).size).toBe(3);
    expect(await at('2026-03-02T07:15:09.000Z')).toEqual(first);
  });
});
