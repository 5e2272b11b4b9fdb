import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startSap, type RunningSap } from '../index';
import { until, WebhookReceiver } from '../test-support/receiver';

const schema = join(__dirname, '..', '..', '..', '..', 'shared', 'fixtures', 'sap', 'idoc', 'DEBMAS01.xsd');
const itWithSchema = existsSync(schema) ? it : it.skip;
let sap: RunningSap;
let receiver: WebhookReceiver;

beforeEach(async () => {
  sap = await startSap({ redeliveryMs: 20 });
  receiver = await new WebhookReceiver().start();
});
afterEach(async () => {
  await sap.stop();
  await receiver.stop();
});

const partner = (): string =>
  sap.admin.create('A_BusinessPartner', {
    BusinessPartner: '7',
    BusinessPartnerCategory: '2',
    OrganizationBPName1: 'Berg & Sohn',
    to_BusinessPartnerAddress: [{ Country: 'DE', CityName: 'Köln', StreetName: 'Ring', HouseNumber: '5' }],
  });

const fieldsOf = (xml: string, segment: string): readonly string[] => {
  const [, inside = ''] = new RegExp(`<${segment} SEGMENT="1">(.*)</${segment}>`).exec(xml) ?? [];
  return [...inside.matchAll(/<(\w+)>/g)].map(([, name = '']) => name);
};

it('posts a customer with its control record, new and changed ones under numbers of their own', async () => {
  await sap.admin.subscribeIdocs({ endpoint: receiver.url, auth: { kind: 'basic', user: 'sap', password: 'secret' } });
  const id = partner();
  sap.admin.update('A_BusinessPartner', id, { SearchTerm1: 'BERG' });
  const pushes = await receiver.received(2);
  const [created = '', changed = ''] = pushes.map(({ text }) => text);
  expect(pushes[0]?.headers).toMatchObject({
    'content-type': 'text/xml',
    authorization: `Basic ${Buffer.from('sap:secret').toString('base64')}`,
  });
  expect(pushes[0]?.headers['x-address']).toBeUndefined();
  expect(receiver.handshakes).toHaveLength(0);
  for (const part of [
    '<DEBMAS01><IDOC BEGIN="1"><EDI_DC40 SEGMENT="1"><TABNAM>EDI_DC40</TABNAM>',
    '<MESTYP>DEBMAS</MESTYP>',
    '<SNDPRN>S4HCLNT100</SNDPRN>',
    '<MSGFN>009</MSGFN><KUNNR>0000000007</KUNNR>',
    '<NAME1>Berg &amp; Sohn</NAME1>',
    '<STRAS>Ring 5</STRAS>',
  ]) {
    expect(created).toContain(part);
  }
  expect(changed).toContain('<MSGFN>004</MSGFN>');
  const numbers = [created, changed].map((xml) => /<DOCNUM>(\d{16})<\/DOCNUM>/.exec(xml)?.[1]);
  expect(new Set(numbers).size).toBe(2);
});

it('posts the same IDoc until it is taken', async () => {
  await sap.admin.subscribeIdocs({ endpoint: receiver.url, messageTypes: ['DEBMAS'], withoutControl: true });
  receiver.script.push({ status: 500 });
  partner();
  const [refused, taken] = await receiver.received(2);
  expect(taken?.text).toBe(refused?.text);
  expect(taken?.text).not.toContain('EDI_DC40');
  await until(() => sap.admin.counts().pending === 0, 'an empty port');
});

it('posts orders with their items nested', async () => {
  await sap.admin.subscribeIdocs({ endpoint: receiver.url, messageTypes: ['ORDERS'] });
  partner();
  sap.admin.create('A_SalesOrder', {
    SoldToParty: '7',
    TransactionCurrency: 'EUR',
    to_Item: [{ Material: 'TG11', NetAmount: '10.5', RequestedQuantity: '2' }],
  });
  const [push] = await receiver.received(1);
  expect(push?.text).toContain('<E1EDKA1 SEGMENT="1"><PARVW>AG</PARVW><PARTN>0000000007</PARTN></E1EDKA1>');
  expect(push?.text).toContain(
    '<NETWR>10.500</NETWR><E1EDP19 SEGMENT="1"><QUALF>002</QUALF><IDTNR>TG11</IDTNR></E1EDP19>',
  );
});

itWithSchema('has its fields in the order of the captured schema (needs ../shared/fixtures/sap)', async () => {
  await sap.admin.subscribeIdocs({ endpoint: receiver.url });
  partner();
  const [push] = await receiver.received(1);
  const text = readFileSync(schema, 'utf8');
  const known = (segment: string): readonly string[] => {
    const inside = text.slice(text.indexOf(`name="${segment}"`) + segment.length);
    return [...inside.matchAll(/element name="(\w+)"/g)].map(([, name = '']) => name);
  };
  for (const segment of ['EDI_DC40', 'E1KNA1M']) {
    const ours = fieldsOf(push?.text ?? '', segment);
    expect(ours.length).toBeGreaterThan(10);
    const theirs = known(segment);
    const places = ours.map((name) => theirs.indexOf(name));
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
  }
});
