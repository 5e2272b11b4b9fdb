import type { Store } from '../odata/store';
import type { Values } from '../odata/values';
import type { Segment } from './idoc-xml';

/** Keys are filled with zeros up to their length. */
const alpha = (value: unknown, length: number): string => {
  const text = String(value);
  return /^\d+$/.test(text) ? text.padStart(length, '0') : text;
};

const text = (values: Values | undefined, name: string): string => String(values?.[name] ?? '');

/** Fields that hold something: SAP leaves initial texts out, and writes initial numbers and dates as zeros. */
const filled = (fields: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''));

const day = (value: unknown): string =>
  typeof value === 'number' ? new Date(value).toISOString().slice(0, 10).replaceAll('-', '') : '00000000';

/** DEBMAS: a business partner as the customer of the same number. */
export const customerSegments = (values: Values, function_: '004' | '009', store: Store): readonly Segment[] => {
  const [address] = store.table('A_BusinessPartnerAddress').matching([['BusinessPartner', values['BusinessPartner']]]);
  const below = (set: string): Values | undefined =>
    address === undefined
      ? undefined
      : store.table(set).matching([['AddressID', address.values['AddressID']]])[0]?.values;
  const isPerson = values['BusinessPartnerCategory'] === '1';
  const place = address?.values;
  const street = [text(place, 'StreetName'), text(place, 'HouseNumber')].filter((part) => part !== '').join(' ');
  return [
    {
      name: 'E1KNA1M',
      fields: filled({
        MSGFN: function_,
        KUNNR: alpha(values['BusinessPartner'], 10),
        BBBNR: '0000000',
        BBSNR: '00000',
        BUBKZ: '0',
        KTOKD: 'DEBI',
        LAND1: text(place, 'Country'),
        NAME1: isPerson ? text(values, 'LastName') : text(values, 'OrganizationBPName1'),
        NAME2: isPerson ? text(values, 'FirstName') : text(values, 'OrganizationBPName2'),
        ORT01: text(place, 'CityName'),
        PSTLZ: text(place, 'PostalCode'),
        REGIO: text(place, 'Region'),
        SORTL: text(values, 'SearchTerm1').slice(0, 10),
        SPRAS: text(values, 'CorrespondenceLanguage').slice(0, 1),
        STRAS: street.slice(0, 35),
        TELF1: text(below('A_AddressPhoneNumber'), 'PhoneNumber').slice(0, 16),
        UMJAH: '0000',
        JMZAH: '000000',
        JMJAH: '0000',
      }),
    },
  ];
};

/** ORDERS: a sales order with its items. */
export const orderSegments = (values: Values, function_: '004' | '009', store: Store): readonly Segment[] => {
  const number = alpha(values['SalesOrder'], 10);
  const items = store.table('A_SalesOrderItem').matching([['SalesOrder', values['SalesOrder']]]);
  return [
    {
      name: 'E1EDK01',
      fields: filled({ ACTION: function_, CURCY: text(values, 'TransactionCurrency'), BELNR: number }),
    },
    { name: 'E1EDKA1', fields: { PARVW: 'AG', PARTN: alpha(values['SoldToParty'], 10) } },
    {
      name: 'E1EDK02',
      fields: { QUALF: '001', BELNR: text(values, 'PurchaseOrderByCustomer'), DATUM: day(values['SalesOrderDate']) },
    },
    ...items.map(({ values: item }) => ({
      name: 'E1EDP01',
      fields: filled({
        POSEX: alpha(item['SalesOrderItem'], 6),
        MENGE: text(item, 'RequestedQuantity'),
        MENEE: text(item, 'RequestedQuantityUnit'),
        NETWR: text(item, 'NetAmount'),
      }),
      below: [{ name: 'E1EDP19', fields: { QUALF: '002', IDTNR: text(item, 'Material') } }],
    })),
  ];
};
