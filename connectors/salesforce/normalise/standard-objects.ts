import type { EntityName } from '../../../canonical-schema/entity';
import type { Kind } from './values';

/** Canonical field, and how it holds its value. */
type FieldRule = readonly [target: string, kind: Kind];

/** How an object becomes a canonical record. Native fields that are not named stay native. */
export interface Table {
  readonly entity: EntityName;
  /** By REST field name. */
  readonly fields: Readonly<Record<string, FieldRule>>;
  /** Prefix of an address' fields -> canonical address field. */
  readonly addresses?: Readonly<Record<string, string>>;
  /** Canonical fields that follow from the object alone. */
  readonly constants?: Readonly<Record<string, string>>;
}

type Rules = Readonly<Record<string, FieldRule>>;

const dates: Rules = {
  CreatedDate: ['createdAt', 'instant'],
  LastModifiedDate: ['modifiedAt', 'instant'],
};

const audit: Rules = { ...dates, OwnerId: ['ownerId', 'id'] };

/** Of persons, as leads and contacts have them. */
const person: Rules = {
  Name: ['name', 'text'],
  Salutation: ['salutation', 'text'],
  FirstName: ['firstName', 'text'],
  MiddleName: ['middleName', 'text'],
  LastName: ['lastName', 'text'],
  Suffix: ['suffix', 'text'],
  Title: ['title', 'text'],
  Email: ['email', 'text'],
  Phone: ['phone', 'text'],
  MobilePhone: ['mobilePhone', 'text'],
  Fax: ['fax', 'text'],
  LeadSource: ['source', 'text'],
  DoNotCall: ['doNotCall', 'boolean'],
  HasOptedOutOfEmail: ['hasOptedOutOfEmail', 'boolean'],
  Description: ['description', 'text'],
};

const company: Rules = {
  Industry: ['industry', 'text'],
  Website: ['website', 'text'],
  Rating: ['rating', 'text'],
  NumberOfEmployees: ['employees', 'count'],
  AnnualRevenue: ['annualRevenue', 'decimal'],
  CurrencyIsoCode: ['currency', 'currency'],
};

const lead: Table = {
  entity: 'lead',
  fields: {
    ...audit,
    ...person,
    ...company,
    Company: ['company', 'text'],
    Status: ['status', 'text'],
    IsConverted: ['isConverted', 'boolean'],
    ConvertedDate: ['convertedAt', 'midnight'],
    ConvertedAccountId: ['convertedAccountId', 'id'],
    ConvertedContactId: ['convertedContactId', 'id'],
    ConvertedOpportunityId: ['convertedOpportunityId', 'id'],
  },
  addresses: { '': 'address' },
};

const contact: Table = {
  entity: 'contact',
  fields: {
    ...audit,
    ...person,
    AccountId: ['accountId', 'id'],
    Department: ['department', 'text'],
    ReportsToId: ['reportsToId', 'id'],
    Birthdate: ['birthdate', 'date'],
  },
  addresses: { Mailing: 'mailingAddress', Other: 'otherAddress' },
};

const account: Table = {
  entity: 'account',
  fields: {
    ...audit,
    ...company,
    Name: ['name', 'text'],
    AccountNumber: ['number', 'text'],
    Type: ['type', 'text'],
    ParentId: ['parentId', 'id'],
    IsPersonAccount: ['isPerson', 'boolean'],
    PersonEmail: ['email', 'text'],
    Phone: ['phone', 'text'],
    Fax: ['fax', 'text'],
    Ownership: ['ownership', 'text'],
    AccountSource: ['source', 'text'],
    Description: ['description', 'text'],
  },
  addresses: { Billing: 'billingAddress', Shipping: 'shippingAddress' },
};

const opportunity: Table = {
  entity: 'opportunity',
  fields: {
    ...audit,
    Name: ['name', 'text'],
    AccountId: ['accountId', 'id'],
    ContactId: ['contactId', 'id'],
    CampaignId: ['campaignId', 'id'],
    Type: ['type', 'text'],
    StageName: ['stage', 'text'],
    Amount: ['amount', 'decimal'],
    ExpectedRevenue: ['expectedRevenue', 'decimal'],
    CurrencyIsoCode: ['currency', 'currency'],
    Probability: ['probability', 'decimal'],
    CloseDate: ['closeDate', 'date'],
    ForecastCategoryName: ['forecastCategory', 'text'],
    NextStep: ['nextStep', 'text'],
    LeadSource: ['source', 'text'],
    IsClosed: ['isClosed', 'boolean'],
    IsWon: ['isWon', 'boolean'],
    Description: ['description', 'text'],
  },
};

const supportCase: Table = {
  entity: 'case',
  fields: {
    ...audit,
    CaseNumber: ['number', 'text'],
    Subject: ['subject', 'text'],
    Description: ['description', 'text'],
    Status: ['status', 'text'],
    Priority: ['priority', 'text'],
    Origin: ['origin', 'text'],
    Reason: ['reason', 'text'],
    Type: ['type', 'text'],
    AccountId: ['accountId', 'id'],
    ContactId: ['contactId', 'id'],
    AssetId: ['assetId', 'id'],
    ProductId: ['productId', 'id'],
    ParentId: ['parentId', 'id'],
    SuppliedName: ['contactName', 'text'],
    SuppliedEmail: ['contactEmail', 'text'],
    SuppliedPhone: ['contactPhone', 'text'],
    IsClosed: ['isClosed', 'boolean'],
    IsEscalated: ['isEscalated', 'boolean'],
    ClosedDate: ['closedAt', 'instant'],
  },
};

const task: Table = {
  entity: 'task',
  fields: {
    ...audit,
    Signalbox_Key__c: ['key', 'text'],
    Subject: ['subject', 'text'],
    Description: ['description', 'text'],
    TaskSubtype: ['type', 'text'],
    Status: ['status', 'text'],
    Priority: ['priority', 'text'],
    ActivityDate: ['due', 'date'],
    ReminderDateTime: ['reminderAt', 'instant'],
    WhatId: ['relatedTo', 'relation'],
    WhoId: ['person', 'relation'],
    IsClosed: ['isClosed', 'boolean'],
    CompletedDateTime: ['completedAt', 'instant'],
  },
};

const meeting: Table = {
  entity: 'interaction',
  fields: {
    ...audit,
    StartDateTime: ['at', 'instant'],
    EndDateTime: ['endedAt', 'instant'],
    DurationInMinutes: ['duration', 'minutes'],
    Subject: ['subject', 'text'],
    Description: ['body', 'text'],
    WhatId: ['relatedTo', 'relation'],
  },
  constants: { channel: 'meeting' },
};

const emailMessage: Table = {
  entity: 'interaction',
  fields: {
    ...dates,
    Incoming: ['direction', 'direction'],
    MessageDate: ['at', 'instant'],
    Subject: ['subject', 'text'],
    TextBody: ['body', 'text'],
    ThreadIdentifier: ['threadId', 'text'],
    RelatedToId: ['relatedTo', 'relation'],
  },
  constants: { channel: 'email' },
};

const order: Table = {
  entity: 'order',
  fields: {
    ...audit,
    OrderNumber: ['number', 'text'],
    Name: ['name', 'text'],
    Type: ['type', 'text'],
    Status: ['status', 'text'],
    AccountId: ['accountId', 'id'],
    BillToContactId: ['contactId', 'id'],
    OpportunityId: ['opportunityId', 'id'],
    PoNumber: ['reference', 'text'],
    TotalAmount: ['amount', 'decimal'],
    CurrencyIsoCode: ['currency', 'currency'],
    OrderedDate: ['orderedAt', 'instant'],
    EffectiveDate: ['startDate', 'date'],
    EndDate: ['endDate', 'date'],
    Description: ['description', 'text'],
  },
  addresses: { Billing: 'billingAddress', Shipping: 'shippingAddress' },
};

const asset: Table = {
  entity: 'asset',
  fields: {
    ...audit,
    Name: ['name', 'text'],
    SerialNumber: ['serialNumber', 'text'],
    Product2Id: ['productId', 'id'],
    AccountId: ['accountId', 'id'],
    ContactId: ['contactId', 'id'],
    ParentId: ['parentId', 'id'],
    Status: ['status', 'text'],
    Quantity: ['quantity', 'decimal'],
    Price: ['price', 'decimal'],
    CurrencyIsoCode: ['currency', 'currency'],
    PurchaseDate: ['purchasedOn', 'date'],
    InstallDate: ['installedOn', 'date'],
    UsageEndDate: ['usageEndsOn', 'date'],
    IsCompetitorProduct: ['isCompetitorProduct', 'boolean'],
    Description: ['description', 'text'],
  },
  addresses: { '': 'address' },
};

/** By native type. */
export const standardObjects: Readonly<Record<string, Table>> = {
  Lead: lead,
  Contact: contact,
  Account: account,
  Opportunity: opportunity,
  Case: supportCase,
  Task: task,
  Event: meeting,
  EmailMessage: emailMessage,
  Order: order,
  Asset: asset,
};

/** Of every other object and of platform events: what nearly all have; the rest are attributes. */
export const anyObject: Table = { entity: 'record', fields: { ...audit, Name: ['name', 'text'] } };
