import { anyObject } from './objects-s4';
import type { Table } from './table';

/** The customer master, by the names of DEBMAS (segment E1KNA1M) and of S/4HANA's OData services. */
const customer: Table = {
  nativeType: 'Customer',
  entity: 'account',
  aliases: ['customers'],
  keys: ['KUNNR', 'Customer'],
  rules: [
    ['createdAt', 'midnight', 'ERDAT', 'CreationDate'],
    ['name', 'text', 'NAME', 'CustomerFullName', 'CustomerName'],
    ['number', 'text', 'KUNNR', 'Customer'],
    ['type', 'text', 'KTOKD', 'CustomerAccountGroup'],
    ['industry', 'text', 'BRSCH', 'Industry'],
    ['phone', 'text', 'TELF1', 'TelephoneNumber1'],
    ['fax', 'text', 'TELFX', 'FaxNumber'],
    ['website', 'text', 'KNURL'],
    ['employees', 'count', 'JMZAH'],
    ['annualRevenue', 'decimal', 'UMSA1'],
    ['currency', 'currency', 'UWAER'],
    ['billingAddress.street', 'text', 'STRAS'],
    ['billingAddress.city', 'text', 'ORT01'],
    ['billingAddress.postalCode', 'text', 'PSTLZ'],
    ['billingAddress.state', 'text', 'REGIO'],
    ['billingAddress.countryCode', 'countryCode', 'LAND1'],
  ],
};

/** A contact person of a customer: segment E1KNVKM, with its customer's number beside. */
const contactPerson: Table = {
  nativeType: 'ContactPerson',
  entity: 'contact',
  keys: ['PARNR', 'ContactPerson'],
  rules: [
    ['accountId', 'id', 'KUNNR', 'Customer'],
    ['salutation', 'text', 'ANRED'],
    ['firstName', 'text', 'NAMEV'],
    ['lastName', 'text', 'NAME1'],
    ['name', 'text', 'NAME'],
    ['phone', 'text', 'TELF1'],
    ['department', 'text', 'ABTNR'],
    ['title', 'text', 'PAFKT'],
    ['birthdate', 'date', 'GBDAT'],
    ['description', 'text', 'PARAU'],
  ],
};

/** ORDERS, ORDCHG, ORDRSP: header segments as `segment.qualifier.field`, see documents.ts. */
const order: Table = {
  nativeType: 'ORDERS',
  entity: 'order',
  aliases: ['ordrsp', 'ordchg'],
  keys: ['E1EDK01.BELNR', 'E1EDK02.001.BELNR', 'E1EDK02.002.BELNR'],
  rules: [
    ['number', 'text', 'E1EDK01.BELNR', 'E1EDK02.001.BELNR'],
    ['type', 'text', 'E1EDK01.BSART'],
    ['reference', 'text', 'E1EDK02.001.BELNR'],
    ['accountId', 'id', 'E1EDKA1.AG.PARTN', 'E1EDKA1.RE.PARTN', 'E1EDKA1.WE.PARTN'],
    ['amount', 'decimal', 'E1EDS01.002.SUMME', 'E1EDS01.001.SUMME'],
    ['currency', 'currency', 'E1EDK01.CURCY', 'E1EDS01.002.SUNIT'],
    ['orderedAt', 'midnight', 'E1EDK03.012.DATUM', 'E1EDK03.022.DATUM', 'E1EDK03.025.DATUM'],
    ['startDate', 'date', 'E1EDK03.002.DATUM'],
    ['shippingAddress.street', 'text', 'E1EDKA1.WE.STRAS'],
    ['shippingAddress.city', 'text', 'E1EDKA1.WE.ORT01'],
    ['shippingAddress.postalCode', 'text', 'E1EDKA1.WE.PSTLZ'],
    ['shippingAddress.countryCode', 'countryCode', 'E1EDKA1.WE.LAND1'],
  ],
};

const invoice: Table = {
  nativeType: 'INVOIC',
  entity: 'transaction',
  keys: ['E1EDK01.BELNR', 'E1EDK02.009.BELNR'],
  constants: { kind: 'invoice' },
  rules: [
    ['number', 'text', 'E1EDK01.BELNR'],
    ['amount', 'decimal', 'E1EDS01.011.SUMME', 'E1EDS01.010.SUMME'],
    ['taxAmount', 'decimal', 'E1EDS01.005.SUMME'],
    ['currency', 'currency', 'E1EDK01.CURCY'],
    ['at', 'midnight', 'E1EDK03.026.DATUM', 'E1EDK03.012.DATUM'],
    ['accountId', 'id', 'E1EDKA1.RG.PARTN', 'E1EDKA1.RE.PARTN', 'E1EDKA1.AG.PARTN'],
    ['orderId', 'id', 'E1EDK02.002.BELNR'],
    ['reference', 'text', 'E1EDK02.001.BELNR'],
  ],
};

/** DESADV: a delivery, as S/4HANA's OutboundDelivery is one. */
const delivery: Table = {
  nativeType: 'DESADV',
  entity: 'transaction',
  aliases: ['delvry', 'whscon', 'shpcon'],
  keys: ['E1EDL20.VBELN'],
  constants: { kind: 'delivery' },
  rules: [
    ['number', 'text', 'E1EDL20.VBELN'],
    ['accountId', 'id', 'E1ADRM1.AG.PARTNER_ID', 'E1ADRM1.WE.PARTNER_ID'],
    ['at', 'midnight', 'E1EDT13.006.ISDD'],
    ['due', 'date', 'E1EDT13.007.NTEND', 'E1EDT13.006.NTEND'],
    ['orderId', 'id', 'E1EDL24.VGBEL'],
  ],
};

/** MATMAS. */
const material: Table = {
  ...anyObject,
  nativeType: 'Material',
  aliases: ['matmas'],
  keys: ['MATNR', 'Product', 'Material'],
};

/** CREMAS. */
const supplier: Table = {
  nativeType: 'Supplier',
  entity: 'record',
  aliases: ['cremas', 'suppliers'],
  keys: ['LIFNR', 'Supplier'],
  rules: [...anyObject.rules, ['name', 'text', 'NAME', 'SupplierFullName', 'SupplierName']],
};

/** Objects that IDocs tell about. */
export const idocObjects: readonly Table[] = [customer, contactPerson, order, invoice, delivery, material, supplier];
