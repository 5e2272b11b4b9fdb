/** A kind of record that a V2 service keeps. */
export interface V2Object {
  /** The collection's name, the last part of its path. */
  readonly set: string;
  /** `case-service` */
  readonly service: string;
  readonly eventType: string;
  /** What a new record must have. */
  readonly needed: string;
  /** First display number. */
  readonly first: number;
  readonly defaults: Readonly<Record<string, unknown>>;
  /** The member that is made of others. */
  readonly derived?: { readonly member: string; readonly of: readonly string[] };
  /** Lists of nodes that have an id of their own. */
  readonly nodes: readonly string[];
  /** Whether a change of the record may bring such lists along. */
  readonly takesNodes: boolean;
}

const person = { member: 'formattedName', of: ['givenName', 'familyName'] };

/** The services there are. */
export const v2Objects: readonly V2Object[] = [
  {
    set: 'accounts',
    service: 'account-service',
    eventType: 'sap.ssc.md.accountservice.entity.account',
    needed: 'firstLineName',
    first: 1_001_700,
    defaults: { lifeCycleStatus: 'ACTIVE', isProspect: false },
    derived: { member: 'formattedName', of: ['firstLineName'] },
    nodes: ['notes'],
    takesNodes: true,
  },
  {
    set: 'contactPersons',
    service: 'contact-person-service',
    eventType: 'sap.ssc.md.contactpersonservice.entity.contactperson',
    needed: 'familyName',
    first: 2_001_700,
    defaults: { lifeCycleStatus: 'ACTIVE' },
    derived: person,
    nodes: ['notes'],
    takesNodes: true,
  },
  {
    set: 'leads',
    service: 'lead-service',
    eventType: 'sap.ssc.leadservice.entity.lead',
    needed: 'name',
    first: 25_780,
    defaults: { status: '01', lifeCycleStatus: 'OPEN' },
    nodes: ['notes'],
    takesNodes: true,
  },
  {
    set: 'opportunities',
    service: 'opportunity-service',
    eventType: 'sap.ssc.opportunityservice.entity.opportunity',
    needed: 'name',
    first: 9_100,
    defaults: { lifeCycleStatus: 'OPEN', salesPhase: '001' },
    nodes: ['notes'],
    // Its service was seen to refuse a change that has lists of nodes (opportunity.2042).
    takesNodes: false,
  },
  {
    set: 'cases',
    service: 'case-service',
    eventType: 'sap.ssc.caseservice.entity.case',
    needed: 'subject',
    first: 5_197,
    defaults: { status: '01', lifeCycleStatus: 'OPEN', priority: '03', caseType: 'ZCRM', origin: 'MANUAL_DATA_ENTRY' },
    nodes: ['notes', 'relatedObjects'],
    takesNodes: true,
  },
  {
    set: 'tasks',
    service: 'task-service',
    eventType: 'sap.ssc.taskservice.entity.task',
    needed: 'description',
    first: 47_470,
    defaults: { status: 'OPEN', priority: 'NORMAL', taskCategory: '0001' },
    nodes: ['notes'],
    takesNodes: true,
  },
  {
    set: 'registeredProducts',
    service: 'registered-product-service',
    eventType: 'sap.ssc.registeredproductservice.entity.registeredproduct',
    needed: 'serialId',
    first: 31_000,
    defaults: { status: 'ACTIVE' },
    nodes: ['notes'],
    takesNodes: true,
  },
];

/** What only the system writes. */
export const readOnly: readonly string[] = ['id', 'displayId', 'adminData'];

/** The members by which `extensions` of a set are known, as `extensionFields` of the options has them under its name. */
export const extensionsOf = (set: string, fields: Readonly<Record<string, readonly string[]>>): readonly string[] =>
  fields[set] ?? [];
