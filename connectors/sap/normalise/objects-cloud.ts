import { audit, cloudKeys, type Rule, type Table } from './table';

/**
 * Whom it is about. `Account` and `PrimaryContact` are the UUID in one collection and the name in another; a display number
 * is only the last resort, because records are known by their UUID.
 */
const accountOf: readonly Rule[] = [
  ['accountId', 'uuid', 'accountId', 'account.id', 'AccountUUID', 'Account', 'MainAccountPartyUUID'],
  ['accountId', 'id', 'ProspectPartyID', 'MainAccountPartyID', 'AccountPartyID', 'BuyerPartyID', 'CustomerID'],
];
const contactOf: readonly Rule[] = [
  ['contactId', 'uuid', 'contactId', 'primaryContact.id', 'contact.id', 'PrimaryContactUUID', 'PrimaryContact'],
  ['contactId', 'id', 'PrimaryContactPartyID', 'MainContactPartyID', 'CustomerMainContactPartyID'],
];
const relatedTo: readonly Rule[] = [
  ['relatedTo', { account: 'uuid' }, 'account.id', 'accountId', 'AccountUUID', 'Account', 'MainAccountPartyUUID'],
  ['relatedTo', { account: 'id' }, 'MainAccountPartyID'],
];
const described: readonly Rule[] = [['description', 'text', 'description', 'Description', 'Text', 'Note']];
const subjectOf: Rule = ['subject', 'text', 'subject', 'Subject', 'Name', 'description'];

const account: Table = {
  nativeType: 'Account',
  entity: 'account',
  aliases: ['corporateaccount', 'accounts', 'accountservice', 'individualcustomer', 'customer360'],
  keys: cloudKeys,
  rules: [
    ...audit,
    [
      'name',
      'text',
      'formattedName',
      'firstLineName',
      'name',
      'BusinessPartnerFormattedName',
      'AccountFormattedName',
      'Name',
    ],
    ['number', 'text', 'displayId', 'AccountID', 'CustomerID', 'InternalID', 'BusinessPartnerID'],
    ['parentId', 'uuid', 'parentAccountId', 'ParentAccountUUID'],
    ['parentId', 'id', 'ParentAccountID'],
    ['email', 'text', 'email', 'Email', 'defaultCommunication.eMail'],
    ['phone', 'text', 'phone', 'Phone', 'NormalisedPhone', 'defaultCommunication.phone'],
    ['website', 'text', 'webSite', 'WebSite', 'Website', 'WebURI'],
    ['industry', 'text', 'industrialSectorDescription', 'industrialSector', 'IndustrialSectorCodeText', 'IndustryCode'],
    ['rating', 'text', 'customerABCClassification', 'ABCClassificationCode', 'CustomerABCClassificationCode'],
    ['status', 'text', 'lifeCycleStatusDescription', 'lifeCycleStatus', 'LifeCycleStatusCodeText', 'StatusCode'],
    ['billingAddress.street', 'text', 'defaultAddress.street', 'Street'],
    ['billingAddress.city', 'text', 'defaultAddress.city', 'City'],
    ['billingAddress.postalCode', 'text', 'defaultAddress.postalCode', 'StreetPostalCode'],
    ['billingAddress.state', 'text', 'defaultAddress.state', 'StateCode'],
    ['billingAddress.countryCode', 'countryCode', 'defaultAddress.country', 'CountryCode'],
  ],
};

const contact: Table = {
  nativeType: 'Contact',
  entity: 'contact',
  aliases: ['contacts', 'contactperson', 'contactpersons', 'contactservice', 'contactpersonservice'],
  keys: cloudKeys,
  rules: [
    ...audit,
    ...accountOf,
    ['name', 'text', 'formattedName', 'BusinessPartnerRelationshipFormattedName', 'Name'],
    ['firstName', 'text', 'givenName', 'firstName', 'FirstName'],
    ['lastName', 'text', 'familyName', 'lastName', 'LastName'],
    ['email', 'text', 'eMail', 'email', 'Email', 'BusinessEmail'],
    ['phone', 'text', 'phone', 'Phone', 'BusinessPhone'],
    ['mobilePhone', 'text', 'mobile', 'Mobile', 'BusinessMobile'],
    ['title', 'text', 'jobTitle', 'JobTitle'],
    ['department', 'text', 'departmentDescription', 'DepartmentCodeText', 'Department'],
    ['status', 'text', 'lifeCycleStatus', 'LifeCycleStatusCodeText', 'StatusCode'],
  ],
};

const lead: Table = {
  nativeType: 'Lead',
  entity: 'lead',
  aliases: ['leads', 'leadservice'],
  keys: cloudKeys,
  rules: [
    ...audit,
    ...described,
    ['name', 'text', 'name', 'Name'],
    ['firstName', 'text', 'firstName', 'ContactFirstName', 'FirstName'],
    ['lastName', 'text', 'lastName', 'ContactLastName', 'LastName'],
    ['company', 'text', 'companyName', 'Company', 'AccountName'],
    ['email', 'text', 'email', 'ContactEMail', 'Email'],
    ['phone', 'text', 'phone', 'ContactPhone', 'Phone'],
    ['source', 'text', 'source', 'OriginTypeCodeText', 'OriginTypeCode'],
    ['rating', 'text', 'qualificationLevel', 'QualificationLevelCodeText', 'QualificationLevelCode'],
    ['status', 'text', 'status', 'UserStatusCodeText', 'LifeCycleStatusCodeText', 'UserStatusCode', 'StatusCode'],
  ],
};

const opportunity: Table = {
  nativeType: 'Opportunity',
  entity: 'opportunity',
  aliases: ['opportunities', 'opportunityservice'],
  keys: cloudKeys,
  rules: [
    ...audit,
    ...described,
    ...accountOf,
    ...contactOf,
    ['name', 'text', 'name', 'Name'],
    ['stage', 'text', 'salesCyclePhase', 'SalesCyclePhaseCodeText', 'SalesCyclePhaseCode'],
    ['amount', 'decimal', 'expectedRevenueAmount.content', 'expectedValue', 'ExpectedRevenueAmount'],
    ['currency', 'currency', 'expectedRevenueAmount.currencyCode', 'ExpectedRevenueAmountCurrencyCode'],
    ['probability', 'decimal', 'probability', 'ProbabilityPercent'],
    ['closeDate', 'date', 'closeDate', 'ExpectedProcessingEndDate'],
    ['source', 'text', 'source', 'OriginTypeCodeText'],
  ],
};

const ticket: Table = {
  nativeType: 'ServiceRequest',
  entity: 'case',
  aliases: ['ticket', 'tickets', 'case', 'cases', 'caseservice', 'servicerequests'],
  keys: cloudKeys,
  rules: [
    ...audit,
    ...described,
    ...accountOf,
    ...contactOf,
    ['ownerId', 'uuid', 'processor.id'],
    ['number', 'text', 'displayId', 'ID'],
    ['subject', 'text', 'subject', 'Name'],
    [
      'status',
      'text',
      'statusDescription',
      'status',
      'ServiceRequestUserLifeCycleStatusCodeText',
      'ServiceRequestLifeCycleStatusCodeText',
    ],
    ['priority', 'text', 'priorityDescription', 'priority', 'ServicePriorityCodeText', 'ServicePriorityCode'],
    ['origin', 'text', 'origin', 'DataOriginTypeCodeText'],
    ['type', 'text', 'caseType', 'ProcessingTypeCodeText', 'ProcessingTypeCode'],
    ['productId', 'id', 'ProductID'],
    ['isClosed', 'closed', 'lifeCycleStatus', 'ServiceRequestLifeCycleStatusCode'],
    ['due', 'instant', 'timePoints.completionDueOn', 'completionDueOn', 'CompletionDueDate'],
    ['contactEmail', 'text', 'ReporterEmail', 'ReportedForEmail'],
  ],
};

const task: Table = {
  nativeType: 'Task',
  entity: 'task',
  aliases: ['tasks', 'activitytask', 'taskservice'],
  keys: cloudKeys,
  rules: [
    ...audit,
    ...described,
    subjectOf,
    ['key', 'text', 'SignalboxKey_KUT', 'extensions.SignalboxKey'],
    ['type', 'text', 'categoryDescription', 'taskCategory', 'CategoryText', 'Category'],
    ['status', 'text', 'status', 'StatusText', 'LifeCycleStatusCodeText', 'Status', 'LifeCycleStatusCode'],
    ['priority', 'text', 'priority', 'PriorityCodeText', 'PriorityText', 'PriorityCode'],
    ['due', 'instant', 'dueDateTime', 'DueDateTime'],
    ['isClosed', 'closed', 'status', 'Status', 'LifeCycleStatusCode', 'StatusText'],
    ['completedAt', 'instant', 'completionDateTime', 'CompletionDateTime'],
    ...relatedTo,
    ['person', { contact: 'uuid' }, 'contact.id', 'PrimaryContactUUID', 'PrimaryContact'],
    ['person', { contact: 'id' }, 'MainContactPartyID'],
  ],
};

/** What meetings, calls and mails have. */
const activity: readonly Rule[] = [
  ...audit,
  subjectOf,
  ['status', 'text', 'status', 'StatusText', 'LifeCycleStatusCodeText', 'StatusCodeText', 'LifeCycleStatusCode'],
  ['at', 'instant', 'startDateTime', 'StartDateTime', 'StartDate', 'DateTime', 'ReportedDateTime'],
  ['endedAt', 'instant', 'endDateTime', 'EndDateTime', 'EndDate'],
  ['direction', 'direction', 'direction', 'Direction', 'DirectionCode', 'InitiatorCode'],
  ['body', 'text', 'text', 'Text', 'Note', 'description'],
  ...relatedTo,
];

const interaction = (nativeType: string, channel: string, aliases: readonly string[]): Table => ({
  nativeType,
  entity: 'interaction',
  aliases,
  keys: cloudKeys,
  rules: activity,
  constants: { channel },
});

const registeredProduct: Table = {
  nativeType: 'RegisteredProduct',
  entity: 'asset',
  aliases: ['registeredproducts', 'installationpoint', 'registeredproductservice'],
  keys: cloudKeys,
  rules: [
    ...audit,
    ...accountOf,
    ['name', 'text', 'description', 'Description', 'Name'],
    ['serialNumber', 'text', 'serialId', 'SerialID', 'SerialNumber'],
    ['productId', 'id', 'productId', 'ProductID'],
    ['status', 'text', 'status', 'StatusCodeText', 'Status'],
    ['warrantyEndsOn', 'date', 'warrantyEndDate', 'WarrantyEndDate'],
  ],
};

/** Objects of Cloud for Customer and of Sales and Service Cloud V2. */
export const cloudObjects: readonly Table[] = [
  account,
  contact,
  lead,
  opportunity,
  ticket,
  task,
  interaction('Appointment', 'meeting', ['appointments', 'appointmentservice', 'visit', 'visits', 'visitservice']),
  interaction('PhoneCall', 'phone', ['phonecalls', 'phonecallactivity', 'phonecallservice', 'call']),
  interaction('EMail', 'email', ['email', 'emails', 'emailservice', 'emailactivity']),
  interaction('Chat', 'chat', ['chats', 'chatactivity', 'chatservice']),
  registeredProduct,
];
