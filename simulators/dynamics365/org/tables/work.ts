import type { LookupTarget, TableDefinition } from '../definitions';
import {
  anyOf,
  choices,
  customer,
  day,
  entityName,
  flag,
  integer,
  lookup,
  memo,
  moment,
  money,
  pick,
  state,
  text,
} from '../columns';

const regarded = ['account', 'contact', 'lead', 'opportunity', 'incident'];

const capital = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

const regarding = (activity: string, collection: string): readonly LookupTarget[] =>
  regarded.map((table) => ({
    table,
    navigation: `regardingobjectid_${table}_${activity}`,
    collection: `${capital(table)}_${collection}`,
  }));

/** Opportunities and cases. */
const deals: readonly TableDefinition[] = [
  {
    name: 'opportunity',
    set: 'opportunities',
    primaryName: 'name',
    typeCode: 3,
    states: [
      state(0, 'Open', { 1: 'In Progress', 2: 'On Hold' }),
      state(1, 'Won', { 3: 'Won' }),
      state(2, 'Lost', { 4: 'Canceled', 5: 'Out-Sold' }),
    ],
    attributes: [
      text('name', 'Topic', 300),
      memo('description', 'Description'),
      money('estimatedvalue', 'Est. Revenue', { min: -922_337_203_685_477, max: 922_337_203_685_477 }),
      money('actualvalue', 'Actual Revenue', { min: 0, max: 100_000_000_000 }),
      money('budgetamount', 'Budget Amount', { min: 0, max: 1_000_000_000_000 }),
      day('estimatedclosedate', 'Est. Close Date'),
      day('actualclosedate', 'Actual Close Date'),
      integer('closeprobability', 'Probability', { min: 0, max: 100 }),
      text('stepname', 'Pipeline Phase', 200),
      pick('opportunityratingcode', 'Rating', { 1: 'Hot', 2: 'Warm', 3: 'Cold' }, { default: 2 }),
      pick('salesstagecode', 'Process Code', { 1: 'Default Value' }, { default: 1 }),
      customer('customerid', 'Potential Customer', 'opportunity_customer'),
      lookup('parentaccountid', 'Account', 'account'),
      lookup('parentcontactid', 'Contact', 'contact'),
      lookup('originatingleadid', 'Originating Lead', 'lead'),
      lookup('transactioncurrencyid', 'Currency', 'transactioncurrency'),
    ],
  },
  {
    name: 'incident',
    set: 'incidents',
    primaryName: 'title',
    typeCode: 112,
    states: [
      state(0, 'Active', { 1: 'In Progress', 2: 'On Hold', 3: 'Waiting for Details', 4: 'Researching' }),
      state(1, 'Resolved', { 5: 'Problem Solved', 1000: 'Information Provided' }),
      state(2, 'Canceled', { 6: 'Canceled', 2000: 'Merged' }),
    ],
    attributes: [
      text('title', 'Case Title', 200),
      text('ticketnumber', 'Case Number', 100, { readOnly: true }),
      memo('description', 'Description'),
      pick('prioritycode', 'Priority', { 1: 'High', 2: 'Normal', 3: 'Low' }, { default: 2 }),
      pick('severitycode', 'Severity', { 1: 'Default Value' }, { default: 1 }),
      pick('casetypecode', 'Case Type', { 1: 'Question', 2: 'Problem', 3: 'Request' }),
      pick('caseorigincode', 'Origin', { 1: 'Phone', 2: 'Email', 3: 'Web' }),
      flag('isescalated', 'Is Escalated', { default: false }),
      moment('responseby', 'First Response By'),
      moment('resolveby', 'Resolve By'),
      customer('customerid', 'Customer', 'incident_customer', { required: true }),
      lookup('primarycontactid', 'Contact', 'contact'),
      lookup('parentcaseid', 'Parent Case', 'incident'),
    ],
  },
];

/** Tasks, phone calls, notes and queues. */
const activities: readonly TableDefinition[] = [
  {
    name: 'task',
    set: 'tasks',
    id: 'activityid',
    primaryName: 'subject',
    typeCode: 4212,
    isActivity: true,
    states: [
      state(0, 'Open', { 2: 'Not Started', 3: 'In Progress', 4: 'Waiting on someone else', 7: 'Deferred' }),
      state(1, 'Completed', { 5: 'Completed' }),
      state(2, 'Canceled', { 6: 'Canceled' }),
    ],
    attributes: [
      text('subject', 'Subject', 200),
      memo('description', 'Description'),
      text('category', 'Category', 250),
      text('subcategory', 'Sub-Category', 250),
      pick('prioritycode', 'Priority', { 0: 'Low', 1: 'Normal', 2: 'High' }, { default: 1 }),
      moment('scheduledstart', 'Start Date'),
      moment('scheduledend', 'Due Date'),
      moment('actualstart', 'Actual Start'),
      moment('actualend', 'Actual End'),
      integer('actualdurationminutes', 'Duration', { min: 0, max: 2_147_483_647 }),
      integer('percentcomplete', 'Percent Complete', { min: 0, max: 100 }),
      flag('isbilled', 'Is Billed', { default: false }),
      flag('isworkflowcreated', 'Is Workflow Created', { default: false }),
      anyOf('regardingobjectid', 'Regarding', regarding('task', 'Tasks')),
    ],
  },
  {
    name: 'phonecall',
    set: 'phonecalls',
    id: 'activityid',
    primaryName: 'subject',
    typeCode: 4210,
    isActivity: true,
    states: [
      state(0, 'Open', { 1: 'Open' }),
      state(1, 'Completed', { 2: 'Made', 4: 'Received' }),
      state(2, 'Canceled', { 3: 'Canceled' }),
    ],
    attributes: [
      text('subject', 'Subject', 200),
      memo('description', 'Description'),
      text('phonenumber', 'Phone Number', 200),
      flag('directioncode', 'Direction', { default: true, options: choices({ 0: 'Incoming', 1: 'Outgoing' }) }),
      pick('prioritycode', 'Priority', { 0: 'Low', 1: 'Normal', 2: 'High' }, { default: 1 }),
      moment('scheduledend', 'Due'),
      moment('actualend', 'Actual End'),
      anyOf('regardingobjectid', 'Regarding', regarding('phonecall', 'Phonecalls')),
    ],
  },
  {
    name: 'annotation',
    set: 'annotations',
    primaryName: 'subject',
    typeCode: 5,
    states: [],
    attributes: [
      text('subject', 'Title', 500),
      memo('notetext', 'Description', 100_000),
      flag('isdocument', 'Is Document', { default: false }),
      text('filename', 'File Name', 255),
      text('mimetype', 'Mime Type', 256),
      entityName('objecttypecode', 'Object Type', { readOnly: true }),
      anyOf(
        'objectid',
        'Regarding',
        [...regarded, 'task'].map((table) => ({
          table,
          navigation: `objectid_${table}`,
          collection: `${capital(table)}_Annotation`,
        })),
      ),
    ],
  },
  {
    name: 'queue',
    set: 'queues',
    primaryName: 'name',
    typeCode: 2020,
    attributes: [text('name', 'Name', 200), memo('description', 'Description'), text('emailaddress', 'Incoming Email')],
  },
  {
    name: 'queueitem',
    set: 'queueitems',
    primaryName: 'title',
    typeCode: 2029,
    attributes: [
      text('title', 'Title', 300),
      moment('enteredon', 'Entered Queue', { readOnly: true }),
      entityName('objecttypecode', 'Type', { readOnly: true }),
      {
        ...lookup('queueid', 'Queue', 'queue'),
        targets: [{ table: 'queue', navigation: 'queueid', collection: 'queue_entries' }],
      },
      anyOf(
        'workerid',
        'Worked By',
        ['systemuser', 'team'].map((table) => ({ table, navigation: `workerid_${table}` })),
      ),
      anyOf(
        'objectid',
        'Object',
        ['incident', 'task', 'phonecall'].map((table) => ({
          table,
          navigation: `objectid_${table}`,
          collection: `${table}_QueueItem`,
        })),
      ),
    ],
  },
];

/** Everything people work on. */
export const work: readonly TableDefinition[] = [...deals, ...activities];
