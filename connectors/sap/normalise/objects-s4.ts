import { audit, type Rule, type Table } from './table';

const orderRules = (key: string): readonly Rule[] => [
  ['createdAt', 'instant', 'CreationDateTime', 'adminData.createdOn', 'CreationDate'],
  ['modifiedAt', 'instant', 'LastChangeDateTime', 'EntityLastChangedOn', 'adminData.updatedOn', 'LastChangeDate'],
  ['number', 'text', key, 'ID', 'displayId'],
  ['type', 'text', `${key}Type`, 'ProcessingTypeCode'],
  ['status', 'text', 'OverallSDProcessStatus', 'LifeCycleStatusCodeText', 'status'],
  ['accountId', 'uuid', 'BuyerPartyUUID', 'account.id'],
  ['accountId', 'id', 'SoldToParty', 'BuyerPartyID'],
  ['reference', 'text', 'PurchaseOrderByCustomer', 'BuyerID', 'ExternalReference'],
  ['amount', 'decimal', 'TotalNetAmount', 'NetAmount', 'totalNetAmount.content'],
  ['currency', 'currency', 'TransactionCurrency', 'CurrencyCode', 'totalNetAmount.currencyCode'],
  ['orderedAt', 'midnight', `${key}Date`, 'Date', 'RequestedFulfillmentStartDateTime'],
  ['startDate', 'date', 'RequestedDeliveryDate'],
];

const order = (nativeType: string, aliases: readonly string[] = []): Table => ({
  nativeType,
  entity: 'order',
  aliases,
  keys: [nativeType, 'ObjectID', 'id', 'root-entity-id'],
  rules: orderRules(nativeType),
});

const businessPartner: Table = {
  nativeType: 'BusinessPartner',
  entity: 'account',
  aliases: ['businesspartners'],
  keys: ['BusinessPartner'],
  rules: [
    ['createdAt', 'instant', 'CreationDateTime', 'CreationDate'],
    ['modifiedAt', 'instant', 'LastChangeDateTime', 'LastChangeDate'],
    ['name', 'text', 'BusinessPartnerFullName', 'BusinessPartnerName', 'OrganizationBPName1'],
    ['number', 'text', 'Customer', 'BusinessPartner'],
    ['type', 'text', 'BusinessPartnerGrouping'],
    ['industry', 'text', 'Industry'],
    ['email', 'text', 'EmailAddress'],
    ['phone', 'text', 'PhoneNumber'],
    ['billingAddress.street', 'text', 'StreetName'],
    ['billingAddress.city', 'text', 'CityName'],
    ['billingAddress.postalCode', 'text', 'PostalCode'],
    ['billingAddress.state', 'text', 'Region'],
    ['billingAddress.countryCode', 'countryCode', 'Country'],
  ],
};

const billingDocument: Table = {
  nativeType: 'BillingDocument',
  entity: 'transaction',
  aliases: ['billingdocuments', 'customerinvoice', 'invoice'],
  keys: ['BillingDocument', 'ObjectID'],
  constants: { kind: 'invoice' },
  rules: [
    ['createdAt', 'instant', 'CreationDateTime', 'CreationDate'],
    ['modifiedAt', 'instant', 'LastChangeDateTime', 'LastChangeDate'],
    ['number', 'text', 'BillingDocument', 'ID'],
    ['status', 'text', 'OverallBillingStatus', 'AccountingPostingStatus', 'AccountingTransferStatus'],
    ['amount', 'decimal', 'TotalGrossAmount', 'TotalNetAmount'],
    ['taxAmount', 'decimal', 'TotalTaxAmount', 'TaxAmount'],
    ['currency', 'currency', 'TransactionCurrency'],
    ['at', 'midnight', 'BillingDocumentDate'],
    ['due', 'date', 'NetDueDate', 'PaymentDueDate'],
    ['accountId', 'id', 'SoldToParty', 'PayerParty'],
    ['orderId', 'id', 'SalesDocument', 'SalesOrder', 'ReferenceSDDocument'],
  ],
};

/** A delivery is a movement towards the customer: what it is due for is the planned arrival, its state that of the goods. */
const delivery: Table = {
  nativeType: 'OutboundDelivery',
  entity: 'transaction',
  aliases: ['outbounddeliveries', 'outbdelivery', 'outbdeliveryheader', 'delivery'],
  keys: ['OutboundDelivery', 'DeliveryDocument'],
  constants: { kind: 'delivery' },
  rules: [
    ['createdAt', 'instant', 'CreationDateTime', 'CreationDate'],
    ['modifiedAt', 'instant', 'LastChangeDateTime', 'LastChangeDate'],
    ['number', 'text', 'DeliveryDocument', 'OutboundDelivery'],
    ['status', 'text', 'OverallGoodsMovementStatus', 'OverallSDProcessStatus'],
    ['at', 'midnight', 'ActualGoodsMovementDate'],
    ['due', 'date', 'DeliveryDate', 'PlannedGoodsIssueDate'],
    ['accountId', 'id', 'SoldToParty', 'ShipToParty'],
    ['orderId', 'id', 'ReferenceSDDocument', 'SalesOrder'],
  ],
};

/** Everything else: what nearly all have; the other fields are attributes. */
export const anyObject: Omit<Table, 'nativeType'> = {
  entity: 'record',
  keys: ['ObjectID', 'id', 'root-entity-id'],
  rules: [...audit, ['name', 'text', 'name', 'Name']],
};

/** Freight orders are known by their UUID; the number is for people. */
const freightOrder: Table = {
  ...anyObject,
  nativeType: 'FreightOrder',
  keys: ['TransportationOrderUUID', 'TransportationOrder'],
};

/** Documents whose numbers begin anew each year. */
const yearly = (nativeType: string, parts: readonly string[]): Table => ({ ...anyObject, nativeType, keys: [], parts });

/** Objects of S/4HANA. */
export const s4Objects: readonly Table[] = [
  businessPartner,
  order('SalesOrder', ['salesorders', 'salesorderwithoutcharge', 'salesorderservice']),
  order('SalesContract', ['salescontracts']),
  order('ServiceOrder', ['serviceorders']),
  billingDocument,
  delivery,
  freightOrder,
  yearly('MaterialDocument', ['MaterialDocument', 'MaterialDocumentYear']),
  yearly('SupplierInvoice', ['SupplierInvoice', 'FiscalYear']),
  yearly('JournalEntry', ['CompanyCode', 'AccountingDocument', 'FiscalYear']),
];
