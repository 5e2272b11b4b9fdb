import { badRequest } from '../odata/odata-error';
import type { Author, Store } from '../odata/store';
import type { Value, Values } from '../odata/values';
import { codeTexts } from './code-texts';
import type { EntityType } from './entity-type';
import type { RuleContext, Rules } from './rules';
import { dashed } from './stamps';

/** Defaults of new records. */
const defaults: Readonly<Record<string, Values>> = {
  LeadCollection: {
    UserStatusCode: '01',
    PriorityCode: '3',
    ApprovalStatusCode: '1',
    ConsistencyStatusCode: '3',
    LifeCycleStatusCode: '1',
    NameLanguageCode: 'EN',
  },
  OpportunityCollection: { LifeCycleStatusCode: '1', ProcessingTypeCode: 'OPPT', PriorityCode: '3' },
  ServiceRequestCollection: {
    ProcessingTypeCode: 'SRRQ',
    ServicePriorityCode: '3',
    ServiceRequestUserLifeCycleStatusCode: '1',
    ServiceRequestLifeCycleStatusCode: '1',
    EscalationStatus: '1',
    DataOriginTypeCode: '1',
  },
  TaskCollection: { DocumentType: '0006', Status: '1', PriorityCode: '3', DataOriginTypeCode: '1' },
  CorporateAccountCollection: { RoleCode: 'CRM000', LifeCycleStatusCode: '2' },
  IndividualCustomerCollection: { RoleCode: 'CRM000', LifeCycleStatusCode: '2' },
  ContactCollection: { LifeCycleStatusCode: '2' },
};

/** First number of the range that a set draws its display ids from. */
const ranges: Readonly<Record<string, readonly [string, number]>> = {
  LeadCollection: ['lead', 25_780],
  OpportunityCollection: ['opportunity', 9_100],
  ServiceRequestCollection: ['ticket', 5_197],
  TaskCollection: ['activity', 47_470],
  CorporateAccountCollection: ['partner', 1_001_700],
  IndividualCustomerCollection: ['partner', 1_001_700],
  ContactCollection: ['partner', 1_001_700],
};

const needed: Readonly<Record<string, string>> = {
  LeadCollection: 'Name',
  OpportunityCollection: 'Name',
  ServiceRequestCollection: 'Name',
  TaskCollection: 'Subject',
  CorporateAccountCollection: 'Name',
  IndividualCustomerCollection: 'LastName',
  ContactCollection: 'LastName',
};

const displayName: Readonly<Record<string, string>> = {
  CorporateAccountCollection: 'AccountID',
  IndividualCustomerCollection: 'CustomerID',
  ContactCollection: 'ContactID',
};

/** Names that come with the id of a partner: the property of the id, of the name, and how that set calls its name. */
const partnerNames: readonly (readonly [string, string])[] = [
  ['AccountPartyID', 'AccountPartyName'],
  ['ProspectPartyID', 'ProspectPartyName'],
  ['PrimaryContactPartyID', 'PrimaryContactPartyName'],
  ['ContactID', 'ContactName'],
  ['CustomerID', 'Customer'],
  ['CustomerMainContactPartyID', 'Contact'],
  ['MainAccountPartyID', 'Account'],
  ['MainContactPartyID', 'PrimaryContact'],
  ['AccountID', 'AccountFormattedName'],
];

const nameOfPartner = (store: Store, id: Value): string => {
  if (id === '' || id === null) return '';
  for (const [set, number] of Object.entries(displayName)) {
    const [row] = store.table(set).matching([[number, id]]);
    if (row !== undefined) return String(row.values['BusinessPartnerFormattedName'] ?? row.values['FormattedName']);
  }
  return '';
};

const has = (type: EntityType, name: string): boolean => type.properties.some((property) => property.name === name);

const deriveTexts = (type: EntityType, values: Values): void => {
  for (const { name } of type.properties) {
    const code = name.replace(/Text$/, '');
    if (code !== name && has(type, code)) values[name] = codeTexts[code]?.[String(values[code])] ?? '';
  }
};

const deriveNames = (type: EntityType, values: Values, store: Store): void => {
  for (const [id, name] of partnerNames) {
    if (has(type, id) && has(type, name)) values[name] = nameOfPartner(store, values[id] ?? null);
  }
  const fullName = [values['FirstName'], values['LastName']].filter((part) => part !== '').join(' ');
  if (has(type, 'FormattedName')) values['FormattedName'] = values['Name'] = fullName;
  if (has(type, 'BusinessPartnerFormattedName')) values['BusinessPartnerFormattedName'] = values['Name'] ?? '';
};

const stamp = (type: EntityType, values: Values, { user, at }: Author): void => {
  values['ETag'] = at;
  if (has(type, 'ParentObjectID')) {
    values['UpdatedOn'] = at;
    values['LastUpdatedBy'] = user;
    return;
  }
  values['LastChangeDateTime'] = at;
  values['EntityLastChangedOn'] = at;
  values['ChangedBy'] = user;
};

/** Everything that follows from other properties, and from who changed it when. */
const derive = (type: EntityType, values: Values, { author, store }: RuleContext): void => {
  deriveTexts(type, values);
  deriveNames(type, values, store);
  if (has(type, 'CompletionDateTime')) {
    values['CompletionDateTime'] = values['Status'] === '3' ? (values['CompletionDateTime'] ?? author.at) : null;
  }
  stamp(type, values, author);
};

const parentSets: Readonly<Record<string, string>> = {
  CorporateAccountTextCollection: 'CorporateAccountCollection',
  ContactTextCollection: 'ContactCollection',
  LeadTextCollection: 'LeadCollection',
  OpportunityTextCollection: 'OpportunityCollection',
  ServiceRequestDescriptionCollection: 'ServiceRequestCollection',
  TaskTextCollection: 'TaskCollection',
};

const createNote = (type: EntityType, values: Values, { author, store }: RuleContext): void => {
  const parent = String(values['ParentObjectID']);
  if (store.table(parentSets[type.set] ?? '').find(`'${parent}'`) === undefined) {
    throw badRequest(`ParentObjectID '${parent}' does not exist`, 'ParentObjectID');
  }
  values['CreatedOn'] = author.at;
};

const fillDefaults = (set: string, values: Values): void => {
  for (const [property, value] of Object.entries(defaults[set] ?? {})) {
    if (values[property] === '') values[property] = value;
  }
};

const createObject = (type: EntityType, values: Values, { author, numbers }: RuleContext): void => {
  const name = needed[type.set] ?? '';
  if (values[name] === '') throw badRequest(`${name} is missing`, name);
  fillDefaults(type.set, values);
  const [range, first] = ranges[type.set] ?? ['object', 1];
  values['UUID'] = dashed(String(values['ObjectID']));
  values['ID'] = numbers.take(range, first);
  values[displayName[type.set] ?? 'ID'] = values['ID'];
  values['CreationDateTime'] = author.at;
  if (has(type, 'ReportedDateTime')) values['ReportedDateTime'] = author.at;
};

/** What Cloud for Customer does of itself to its business objects and notes. */
export const c4cRules: Rules = {
  create: (type, values, context) => {
    values['ObjectID'] = context.numbers.objectId();
    if (has(type, 'ParentObjectID')) createNote(type, values, context);
    else createObject(type, values, context);
    values['CreatedBy'] = context.author.user;
    derive(type, values, context);
  },
  change: derive,
  etag: (_, __, { author, numbers }) => numbers.instantTag(author.at),
  root: ({ set }, values) => {
    const parent = parentSets[set];
    return parent === undefined ? undefined : { set: parent, key: `'${String(values['ParentObjectID'])}'` };
  },
};
