import type { FieldDefinition, ObjectDefinition } from './definitions';
import { address, all, audit, checkbox, field, lookup, owner, personName, picklist, text } from './field-kinds';

const leadSources = ['Web', 'Phone Inquiry', 'Partner Referral', 'Purchased List', 'Other'];
const industries = ['Agriculture', 'Banking', 'Construction', 'Education', 'Finance', 'Healthcare', 'Retail', 'Other'];
const ratings = ['Hot', 'Warm', 'Cold'];

// Order as in the LeadChangeEvent of the Change Data Capture guide's conversion example (bitmap 0x08F81000).
const lead: ObjectDefinition = {
  name: 'Lead',
  keyPrefix: '00Q',
  fields: [
    ...personName(),
    text('Title', 128),
    text('Company', 255, { required: true }),
    ...address(''),
    ...all('phone', 'Phone', 'MobilePhone', 'Fax'),
    ...all('email', 'Email'),
    ...all('url', 'Website'),
    field('Description', 'textarea', { length: 32_000 }),
    picklist('LeadSource', leadSources),
    picklist(
      'Status',
      ['Open - Not Contacted', 'Working - Contacted', 'Closed - Converted', 'Closed - Not Converted'],
      {
        default: 'Open - Not Contacted',
      },
    ),
    picklist('Industry', industries),
    picklist('Rating', ratings),
    ...all('currency', 'AnnualRevenue'),
    ...all('int', 'NumberOfEmployees'),
    owner('Group'),
    checkbox('HasOptedOutOfEmail'),
    checkbox('IsConverted', false, { readOnly: true }),
    field('ConvertedDate', 'date', { readOnly: true }),
    lookup('ConvertedAccountId', ['Account'], { readOnly: true }),
    lookup('ConvertedContactId', ['Contact'], { readOnly: true }),
    lookup('ConvertedOpportunityId', ['Opportunity'], { readOnly: true }),
    checkbox('IsUnreadByOwner', true),
    ...audit(),
    checkbox('DoNotCall'),
    checkbox('HasOptedOutOfFax'),
    field('LastTransferDate', 'date', { readOnly: true }),
    text('Jigsaw', 20),
    ...all('string', 'CompanyDunsNumber'),
    text('EmailBouncedReason', 255),
    field('EmailBouncedDate', 'datetime'),
  ],
};

const contact: ObjectDefinition = {
  name: 'Contact',
  keyPrefix: '003',
  fields: [
    lookup('AccountId', ['Account']),
    ...personName(),
    ...address('Other'),
    ...address('Mailing'),
    ...all('phone', 'Phone', 'Fax', 'MobilePhone', 'HomePhone', 'OtherPhone', 'AssistantPhone'),
    lookup('ReportsToId', ['Contact']),
    ...all('email', 'Email'),
    text('Title', 128),
    text('Department', 80),
    text('AssistantName', 40),
    picklist('LeadSource', leadSources),
    field('Birthdate', 'date'),
    field('Description', 'textarea', { length: 32_000 }),
    owner(),
    checkbox('HasOptedOutOfEmail'),
    checkbox('HasOptedOutOfFax'),
    checkbox('DoNotCall'),
    ...audit(),
    text('EmailBouncedReason', 255),
    field('EmailBouncedDate', 'datetime'),
    text('Jigsaw', 20),
  ],
};

const account: ObjectDefinition = {
  name: 'Account',
  keyPrefix: '001',
  fields: [
    text('Name', 255, { required: true, eventDoc: 'Data:Switchable_PersonName' }),
    picklist('Type', ['Prospect', 'Customer - Direct', 'Customer - Channel', 'Partner', 'Other']),
    lookup('ParentId', ['Account']),
    ...address('Billing'),
    ...address('Shipping'),
    ...all('phone', 'Phone', 'Fax'),
    text('AccountNumber', 40),
    ...all('url', 'Website'),
    text('Sic', 20),
    picklist('Industry', industries),
    ...all('currency', 'AnnualRevenue'),
    ...all('int', 'NumberOfEmployees'),
    picklist('Ownership', ['Public', 'Private', 'Subsidiary', 'Other']),
    text('TickerSymbol', 20),
    field('Description', 'textarea', { length: 32_000 }),
    picklist('Rating', ratings),
    text('Site', 80),
    owner(),
    ...audit(),
    picklist('AccountSource', leadSources),
    text('SicDesc', 80),
  ],
};

const opportunity: ObjectDefinition = {
  name: 'Opportunity',
  keyPrefix: '006',
  fields: [
    lookup('AccountId', ['Account']),
    checkbox('IsPrivate'),
    text('Name', 120, { required: true }),
    field('Description', 'textarea', { length: 32_000 }),
    picklist(
      'StageName',
      ['Prospecting', 'Qualification', 'Needs Analysis', 'Proposal/Price Quote', 'Closed Won', 'Closed Lost'],
      { required: true },
    ),
    ...all('currency', 'Amount'),
    ...all('percent', 'Probability'),
    field('ExpectedRevenue', 'currency', { readOnly: true }),
    ...all('double', 'TotalOpportunityQuantity'),
    field('CloseDate', 'date', { required: true }),
    picklist('Type', ['Existing Customer - Upgrade', 'New Customer']),
    text('NextStep', 255),
    picklist('LeadSource', leadSources),
    checkbox('IsClosed', false, { readOnly: true }),
    checkbox('IsWon', false, { readOnly: true }),
    owner(),
    ...audit(),
    lookup('ContactId', ['Contact']),
  ],
};

const supportCase: ObjectDefinition = {
  name: 'Case',
  keyPrefix: '500',
  fields: [
    text('CaseNumber', 30, { readOnly: true }),
    lookup('ContactId', ['Contact']),
    lookup('AccountId', ['Account']),
    lookup('ParentId', ['Case']),
    text('SuppliedName', 80),
    field('SuppliedEmail', 'email'),
    text('SuppliedPhone', 40),
    text('SuppliedCompany', 80),
    picklist('Type', ['Question', 'Problem', 'Feature Request']),
    picklist('Status', ['New', 'Working', 'Escalated', 'Closed'], { default: 'New' }),
    picklist('Reason', ['Installation', 'Performance', 'Breakdown', 'Feedback', 'Other']),
    picklist('Origin', ['Phone', 'Email', 'Web']),
    text('Subject', 255),
    picklist('Priority', ['High', 'Medium', 'Low'], { default: 'Medium' }),
    field('Description', 'textarea', { length: 32_000 }),
    checkbox('IsClosed', false, { readOnly: true }),
    field('ClosedDate', 'datetime', { readOnly: true }),
    checkbox('IsEscalated'),
    owner('Group'),
    ...audit(),
  ],
};

const taskFields: readonly FieldDefinition[] = [
  lookup('WhoId', ['Lead', 'Contact']),
  lookup('WhatId', ['Account', 'Opportunity', 'Case']),
  text('Subject', 255),
  field('ActivityDate', 'date'),
  picklist('Status', ['Not Started', 'In Progress', 'Completed', 'Waiting on someone else', 'Deferred'], {
    default: 'Not Started',
  }),
  picklist('Priority', ['High', 'Normal', 'Low'], { default: 'Normal' }),
  checkbox('IsHighPriority', false, { readOnly: true, inEvents: false }),
  owner(),
  field('Description', 'textarea', { length: 32_000 }),
  lookup('AccountId', ['Account'], { readOnly: true }),
  checkbox('IsClosed', false, { readOnly: true, inEvents: false }),
  ...audit(),
  field('CallDurationInSeconds', 'int'),
  picklist('CallType', ['Internal', 'Inbound', 'Outbound']),
  text('CallDisposition', 255),
  text('CallObject', 255),
  field('ReminderDateTime', 'datetime'),
  checkbox('IsReminderSet'),
  picklist('TaskSubtype', ['Task', 'Email', 'Call', 'ListEmail', 'Cadence'], { default: 'Task' }),
  field('CompletedDateTime', 'datetime', { readOnly: true }),
];

const user: ObjectDefinition = {
  name: 'User',
  keyPrefix: '005',
  fields: [
    text('Username', 80, { required: true, unique: true }),
    ...personName(),
    text('CompanyName', 80),
    text('Title', 80),
    field('Email', 'email', { required: true }),
    text('Alias', 8),
    checkbox('IsActive', true),
    text('TimeZoneSidKey', 40, { default: 'Europe/Berlin' }),
    ...audit(),
  ],
};

/** Groups of type Queue may own leads and cases. */
const group: ObjectDefinition = {
  name: 'Group',
  keyPrefix: '00G',
  fields: [text('Name', 40, { required: true }), text('DeveloperName', 80), text('Type', 40), ...audit()],
};

/** Lead, Contact, Account, Opportunity, Case, Task, User and Group with their standard fields. */
export const standardObjects: readonly ObjectDefinition[] = [
  lead,
  contact,
  account,
  opportunity,
  supportCase,
  { name: 'Task', keyPrefix: '00T', fields: taskFields },
  user,
  group,
];
