import type { EntityName } from '../../../canonical-schema/entity';
import * as choices from './choices';
import type { Choices } from './choices';
import type { Rule } from './rules';

/** Canonical field, and how it is made. */
type FieldRule = readonly [target: string, rule: Rule];

/** How a table becomes a canonical record. Native fields that are not named stay native. */
export interface Table {
  readonly entity: EntityName;
  /** By logical name; a column may say several things. */
  readonly fields: Readonly<Record<string, readonly FieldRule[]>>;
  /** Prefix of an address' columns -> canonical address field. */
  readonly addresses?: Readonly<Record<string, string>>;
  /** Canonical fields that follow from the table alone. */
  readonly constants?: Readonly<Record<string, string>>;
  readonly isActivity?: boolean;
}

type Rules = Table['fields'];

const to = (target: string, rule: Rule = 'text'): readonly FieldRule[] => [[target, rule]];
const choice = (target: string, words: Choices): readonly FieldRule[] => [[target, { choices: words }]];
const lookups = (...rules: readonly (readonly [target: string, table: string])[]): readonly FieldRule[] =>
  rules.map(([target, lookup]) => [target, { lookup }]);

const audit: Rules = {
  createdon: to('createdAt', 'instant'),
  modifiedon: to('modifiedAt', 'instant'),
  ownerid: to('ownerId', 'id'),
};

/** Of persons, as leads and contacts have them. */
const person: Rules = {
  fullname: to('name'),
  salutation: to('salutation'),
  firstname: to('firstName'),
  middlename: to('middleName'),
  lastname: to('lastName'),
  suffix: to('suffix'),
  jobtitle: to('title'),
  emailaddress1: to('email'),
  telephone1: to('phone'),
  mobilephone: to('mobilePhone'),
  fax: to('fax'),
  donotphone: to('doNotCall', 'boolean'),
  donotemail: to('hasOptedOutOfEmail', 'boolean'),
  description: to('description'),
};

const company: Rules = {
  industrycode: choice('industry', choices.industry),
  websiteurl: to('website'),
  numberofemployees: to('employees', 'count'),
  revenue: to('annualRevenue', 'decimal'),
  isocurrencycode: to('currency', 'currency'),
};

const lead: Table = {
  entity: 'lead',
  fields: {
    ...audit,
    ...person,
    ...company,
    companyname: to('company'),
    leadsourcecode: choice('source', choices.leadSource),
    leadqualitycode: choice('rating', choices.rating),
    statuscode: choice('status', choices.leadStatus),
    statecode: to('isConverted', { isOneOf: [1] }),
    campaignid: to('campaignId', 'id'),
    // Its parent account and contact are whom it belongs to, also before it is qualified: they stay native.
    qualifyingopportunityid: to('convertedOpportunityId', 'id'),
  },
  addresses: { address1_: 'address' },
};

const contact: Table = {
  entity: 'contact',
  fields: {
    ...audit,
    ...person,
    parentcustomerid: lookups(['accountId', 'account'], ['reportsToId', 'contact']),
    department: to('department'),
    birthdate: to('birthdate', 'date'),
    leadsourcecode: choice('source', {}),
    statecode: choice('status', choices.activeState),
  },
  addresses: { address1_: 'mailingAddress', address2_: 'otherAddress' },
};

const account: Table = {
  entity: 'account',
  fields: {
    ...audit,
    ...company,
    name: to('name'),
    accountnumber: to('number'),
    customertypecode: choice('type', choices.accountType),
    parentaccountid: to('parentId', 'id'),
    emailaddress1: to('email'),
    telephone1: to('phone'),
    fax: to('fax'),
    ownershipcode: choice('ownership', choices.ownership),
    statecode: choice('status', choices.activeState),
    description: to('description'),
  },
  addresses: { address1_: 'billingAddress', address2_: 'shippingAddress' },
};

const customer: Rules = { customerid: lookups(['accountId', 'account'], ['contactId', 'contact']) };

const opportunity: Table = {
  entity: 'opportunity',
  fields: {
    ...audit,
    ...customer,
    name: to('name'),
    parentaccountid: to('accountId', 'id'),
    parentcontactid: to('contactId', 'id'),
    originatingleadid: to('leadId', 'id'),
    campaignid: to('campaignId', 'id'),
    stepname: to('stage'),
    estimatedvalue: to('amount', 'decimal'),
    isocurrencycode: to('currency', 'currency'),
    closeprobability: to('probability', 'decimal'),
    estimatedclosedate: to('closeDate', 'date'),
    msdyn_forecastcategory: choice('forecastCategory', {}),
    statecode: [
      ['isClosed', { isOneOf: [1, 2] }],
      ['isWon', { isOneOf: [1] }],
    ],
    actualclosedate: to('closedAt', 'instant'),
    description: to('description'),
  },
};

const supportCase: Table = {
  entity: 'case',
  fields: {
    ...audit,
    ...customer,
    primarycontactid: to('contactId', 'id'),
    ticketnumber: to('number'),
    title: to('subject'),
    description: to('description'),
    statuscode: choice('status', choices.caseStatus),
    prioritycode: choice('priority', choices.casePriority),
    caseorigincode: choice('origin', choices.caseOrigin),
    casetypecode: choice('type', choices.caseType),
    productid: to('productId', 'id'),
    parentcaseid: to('parentId', 'id'),
    emailaddress: to('contactEmail'),
    isescalated: to('isEscalated', 'boolean'),
    statecode: to('isClosed', { isOneOf: [1, 2] }),
    resolveby: to('due', 'instant'),
  },
};

const task: Table = {
  entity: 'task',
  isActivity: true,
  fields: {
    ...audit,
    subject: to('subject'),
    description: to('description'),
    category: to('type'),
    statuscode: choice('status', choices.taskStatus),
    prioritycode: choice('priority', choices.activityPriority),
    scheduledend: to('due', 'instant'),
    regardingobjectid: to('relatedTo', 'relation'),
    statecode: to('isClosed', { isOneOf: [1, 2] }),
    actualend: to('completedAt', 'instant'),
  },
};

const activity: Rules = {
  ...audit,
  subject: to('subject'),
  description: to('body'),
  statecode: choice('status', choices.activityState),
  regardingobjectid: to('relatedTo', 'relation'),
  actualdurationminutes: to('duration', 'minutes'),
};

const interaction = (channel: string, fields: Rules): Table => ({
  entity: 'interaction',
  isActivity: true,
  fields: { ...activity, ...fields },
  constants: { channel },
});

const fromTo: Rules = {
  from: to('participants', { role: 'from' }),
  to: to('participants', { role: 'to' }),
  cc: to('participants', { role: 'cc' }),
  bcc: to('participants', { role: 'bcc' }),
  directioncode: to('direction', 'direction'),
};

const order: Table = {
  entity: 'order',
  fields: {
    ...audit,
    ...customer,
    ordernumber: to('number'),
    name: to('name'),
    opportunityid: to('opportunityId', 'id'),
    totalamount: to('amount', 'decimal'),
    isocurrencycode: to('currency', 'currency'),
    submitdate: to('orderedAt', 'instant'),
    statecode: choice('status', choices.orderState),
    description: to('description'),
  },
  addresses: { billto_: 'billingAddress', shipto_: 'shippingAddress' },
};

const invoice: Table = {
  entity: 'transaction',
  fields: {
    ...audit,
    ...customer,
    invoicenumber: to('number'),
    salesorderid: to('orderId', 'id'),
    totalamount: to('amount', 'decimal'),
    totaltax: to('taxAmount', 'decimal'),
    isocurrencycode: to('currency', 'currency'),
    duedate: to('due', 'date'),
    statecode: choice('status', choices.invoiceState),
    description: to('description'),
  },
  constants: { kind: 'invoice' },
};

const asset: Table = {
  entity: 'asset',
  fields: {
    ...audit,
    msdyn_name: to('name'),
    msdyn_product: to('productId', 'id'),
    msdyn_account: to('accountId', 'id'),
    msdyn_parentasset: to('parentId', 'id'),
    statecode: choice('status', choices.activeState),
  },
};

/** By logical name. */
export const standardTables: Readonly<Record<string, Table>> = {
  lead,
  contact,
  account,
  opportunity,
  incident: supportCase,
  task,
  email: interaction('email', { ...fromTo, senton: to('at', 'instant'), conversationindex: to('threadId') }),
  phonecall: interaction('phone', { ...fromTo, actualend: to('at', 'instant') }),
  appointment: interaction('meeting', {
    scheduledstart: to('at', 'instant'),
    scheduledend: to('endedAt', 'instant'),
    organizer: to('participants', { role: 'organizer' }),
    requiredattendees: to('participants', { role: 'attendee' }),
    optionalattendees: to('participants', { role: 'attendee' }),
  }),
  letter: interaction('letter', { ...fromTo, actualend: to('at', 'instant') }),
  fax: interaction('other', { ...fromTo, actualend: to('at', 'instant') }),
  socialactivity: interaction('social', { ...fromTo, actualend: to('at', 'instant') }),
  salesorder: order,
  invoice,
  msdyn_customerasset: asset,
};

/** Of every other table: what nearly all have; the rest are attributes. */
export const anyTable: Table = { entity: 'record', fields: audit };
