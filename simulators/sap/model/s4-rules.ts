import { badRequest, ODataError } from '../odata/odata-error';
import type { Store } from '../odata/store';
import type { Value, Values } from '../odata/values';
import type { EntityType } from './entity-type';
import type { RuleContext, Rules } from './rules';
import { dayOf, partnerStamp, timeOf } from './stamps';

type Rule = (values: Values, context: RuleContext) => void;

const words = (...parts: readonly (Value | undefined)[]): string =>
  parts.filter((part) => part !== '' && part != null).join(' ');

const missing = (name: string): ODataError =>
  new ODataError(400, 'R11/401', `Enter a value for required field ${name}`, name);

/** Keys are upper case and may be shorter than their field; nothing else is checked of them. */
const numbered = (values: Values, name: string, first: number, { numbers }: RuleContext): void => {
  if (values[name] === '') values[name] = numbers.take(name, first);
};

const partnerChanged: Rule = (values, { author, isNew }) => {
  const isPerson = values['BusinessPartnerCategory'] === '1';
  const name = isPerson
    ? words(values['FirstName'], values['MiddleName'], values['LastName'])
    : words(values['OrganizationBPName1'], values['OrganizationBPName2']);
  values['BusinessPartnerFullName'] = name;
  values['BusinessPartnerName'] = name;
  values['ETag'] = partnerStamp(author.user, author.at);
  // Created and not changed yet: these stay initial.
  values['LastChangeDate'] = isNew ? null : dayOf(author.at);
  values['LastChangeTime'] = isNew ? 'PT00H00M00S' : timeOf(author.at);
  values['LastChangedByUser'] = isNew ? '' : author.user;
};

const partnerCreated: Rule = (values, context) => {
  const { author, numbers } = context;
  if (!['1', '2', '3'].includes(String(values['BusinessPartnerCategory']))) throw missing('BusinessPartnerCategory');
  if (values['BusinessPartnerCategory'] === '1' && values['LastName'] === '') throw missing('LastName');
  if (values['BusinessPartnerCategory'] === '2' && values['OrganizationBPName1'] === '')
    throw missing('OrganizationBPName1');
  numbered(values, 'BusinessPartner', 1_000_000, context);
  values['BusinessPartnerUUID'] = numbers.guid();
  values['BusinessPartnerGrouping'] ||= 'BP02';
  values['CreatedByUser'] = author.user;
  values['CreationDate'] = dayOf(author.at);
  values['CreationTime'] = timeOf(author.at);
  partnerChanged(values, context);
};

const ordinal = (values: Values, { store }: RuleContext, set: string): void => {
  if (values['OrdinalNumber'] !== '') return;
  const others = store.table(set).matching([['AddressID', values['AddressID']]]);
  values['OrdinalNumber'] = String(others.length + 1);
};

/** A child without its parent is refused. */
const below = (values: Values, { store }: RuleContext, set: string, name: string): void => {
  if (store.table(set).matching([[name, values[name]]]).length > 0) return;
  throw badRequest(`${name} '${String(values[name])}' does not exist`, name);
};

const orderChanged: Rule = (values, { author, store }) => {
  const items = store.table('A_SalesOrderItem').matching([['SalesOrder', values['SalesOrder']]]);
  const total = items.reduce((sum, item) => sum + Number(item.values['NetAmount']), 0);
  values['TotalNetAmount'] = total.toFixed(3);
  values['LastChangeDate'] = dayOf(author.at);
  values['LastChangeDateTime'] = author.at;
};

const created: Readonly<Record<string, Rule>> = {
  A_BusinessPartner: partnerCreated,
  A_BusinessPartnerAddress: (values, context) => {
    below(values, context, 'A_BusinessPartner', 'BusinessPartner');
    numbered(values, 'AddressID', 20_000, context);
    values['AddressUUID'] = context.numbers.guid();
  },
  A_AddressEmailAddress: (values, context) => {
    below(values, context, 'A_BusinessPartnerAddress', 'AddressID');
    ordinal(values, context, 'A_AddressEmailAddress');
    values['SearchEmailAddress'] = String(values['EmailAddress']).toUpperCase().slice(0, 20);
  },
  A_AddressPhoneNumber: (values, context) => {
    below(values, context, 'A_BusinessPartnerAddress', 'AddressID');
    ordinal(values, context, 'A_AddressPhoneNumber');
    values['PhoneNumberType'] ||= '1';
  },
  A_BusinessPartnerRole: (values, context) => {
    below(values, context, 'A_BusinessPartner', 'BusinessPartner');
  },
  A_CustomerText: (values, context) => {
    below(values, context, 'A_Customer', 'Customer');
  },
  A_SalesOrder: (values, context) => {
    if (values['SoldToParty'] === '') throw missing('SoldToParty');
    numbered(values, 'SalesOrder', 1, context);
    values['SalesOrderType'] ||= 'OR';
    values['OverallSDProcessStatus'] = 'A';
    values['CreatedByUser'] = context.author.user;
    values['CreationDate'] = dayOf(context.author.at);
    values['SalesOrderDate'] ??= dayOf(context.author.at);
    orderChanged(values, context);
  },
  A_SalesOrderItem: (values, context) => {
    below(values, context, 'A_SalesOrder', 'SalesOrder');
    const others = context.store.table('A_SalesOrderItem').matching([['SalesOrder', values['SalesOrder']]]);
    if (values['SalesOrderItem'] === '') values['SalesOrderItem'] = String((others.length + 1) * 10);
  },
};

const changed: Readonly<Record<string, Rule>> = { A_BusinessPartner: partnerChanged, A_SalesOrder: orderChanged };

const rootOf = (type: EntityType, values: Values, store: Store): { set: string; key: string } | undefined => {
  const partner = (number: Value | undefined) => ({ set: 'A_BusinessPartner', key: `'${String(number)}'` });
  switch (type.set) {
    case 'A_BusinessPartnerAddress':
    case 'A_BusinessPartnerRole':
      return partner(values['BusinessPartner']);
    case 'A_AddressEmailAddress':
    case 'A_AddressPhoneNumber':
      return partner(
        store.table('A_BusinessPartnerAddress').matching([['AddressID', values['AddressID']]])[0]?.values[
          'BusinessPartner'
        ],
      );
    case 'A_SalesOrderItem':
      return { set: 'A_SalesOrder', key: `'${String(values['SalesOrder'])}'` };
    default:
      return undefined;
  }
};

/** What S/4HANA does of itself to business partners and sales orders. */
export const s4Rules: Rules = {
  create: (type, values, context) => created[type.set]?.(values, context),
  change: (type, values, context) => changed[type.set]?.(values, context),
  etag: (type, values, { author, numbers }) => {
    if (type.set === 'A_BusinessPartner') return `W/"'${String(values['ETag'])}'"`;
    return type.etag ? numbers.instantTag(author.at) : '';
  },
  root: rootOf,
};
