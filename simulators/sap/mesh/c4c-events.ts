import { randomInt, randomUUID } from 'node:crypto';
import type { Change } from '../odata/store';
import type { Value, Values } from '../odata/values';
import { topicOf, type SystemEvent } from './s4-events';

/** What V2 calls an object: the type of its event and its members by the C4C property they come from. */
interface V2Object {
  readonly type: string;
  readonly members: Readonly<Record<string, string>>;
}

const person = { firstName: 'FirstName', lastName: 'LastName', formattedName: 'FormattedName' };

const objects: Readonly<Record<string, V2Object>> = {
  CorporateAccountCollection: {
    type: 'sap.ssc.md.accountservice.entity.account',
    members: {
      displayId: 'AccountID',
      formattedName: 'BusinessPartnerFormattedName',
      customerABCClassification: 'ABCClassificationCode',
      lifeCycleStatus: 'LifeCycleStatusCode',
    },
  },
  IndividualCustomerCollection: {
    type: 'sap.ssc.md.individualcustomerservice.entity.individualcustomer',
    members: { displayId: 'CustomerID', customerABCClassification: 'ABCClassificationCode', ...person },
  },
  ContactCollection: {
    type: 'sap.ssc.md.contactpersonservice.entity.contactperson',
    members: { displayId: 'ContactID', ...person },
  },
  ServiceRequestCollection: {
    type: 'sap.ssc.caseservice.entity.case',
    members: {
      displayId: 'ID',
      subject: 'Name',
      priority: 'ServicePriorityCode',
      status: 'ServiceRequestUserLifeCycleStatusCode',
      accountDisplayId: 'CustomerID',
    },
  },
  LeadCollection: {
    type: 'sap.ssc.leadservice.entity.lead',
    members: { displayId: 'ID', name: 'Name', status: 'UserStatusCode', companyName: 'Company' },
  },
  OpportunityCollection: {
    type: 'sap.ssc.opportunityservice.entity.opportunity',
    members: { displayId: 'ID', name: 'Name', status: 'LifeCycleStatusCode', salesPhase: 'SalesCyclePhaseCode' },
  },
  TaskCollection: {
    type: 'sap.ssc.taskservice.entity.task',
    members: { displayId: 'ID', subject: 'Subject', status: 'Status', priority: 'PriorityCode' },
  },
};

/** What events of C4C say about the tenant and its users. */
export interface C4cIdentity {
  /** V2 tenant id: 24 hex digits. */
  readonly tenant: string;
  /** GUID of a user of this name. */
  readonly userId: (name: string) => string;
}

const iso = (value: Value | undefined): string => new Date(Number(value ?? 0)).toISOString();

const extensionsOf = (values: Values): Values =>
  Object.fromEntries(
    Object.entries(values)
      .filter(([name]) => name.endsWith('_KUT'))
      .map(([name, value]) => [name.slice(0, -4), value]),
  );

const imageOf = ({ members }: V2Object, values: Values): Record<string, unknown> => ({
  id: String(values['UUID']),
  ...Object.fromEntries(Object.entries(members).map(([name, property]) => [name, values[property] ?? null])),
  ...('RoleCode' in values ? { isProspect: values['RoleCode'] === 'BUP002' } : {}),
});

/** Nanoseconds, as V2 has them. */
const nanoTime = (at: number): string =>
  new Date(at).toISOString().replace('Z', `${String(randomInt(1_000_000)).padStart(6, '0')}Z`);

const v2Event = (object: V2Object, { kind, before, after, author }: Change, identity: C4cIdentity): SystemEvent => {
  const extensions = (values: Values): object => {
    const found = extensionsOf(values);
    return Object.keys(found).length === 0 ? {} : { extensions: found };
  };
  const previous = before === undefined ? {} : { beforeImage: { ...imageOf(object, before), ...extensions(before) } };
  const adminData = { createdOn: iso(after['CreationDateTime']), updatedOn: iso(after['LastChangeDateTime']) };
  const current = { currentImage: { ...imageOf(object, after), adminData, ...extensions(after) } };
  return {
    topic: topicOf(object.type),
    event: {
      id: randomUUID(),
      specversion: '0.2',
      type: object.type,
      source: identity.tenant,
      subject: String(after['UUID']),
      time: nanoTime(author.at),
      datacontenttype: 'application/json',
      data: {
        ...previous,
        ...(kind === 'deleted' ? {} : current),
        dataContext: {
          requestedByUser: identity.userId(author.user),
          requestProcessedOn: new Date(author.at).toISOString(),
        },
      },
    },
  };
};

const notificationWords = { created: 'Created', changed: 'Updated', deleted: 'Deleted' } as const;

const notification = ({ kind, after, author, row }: Change, identity: C4cIdentity): SystemEvent => {
  const eventType = `${row.type.name}.Root.${notificationWords[kind]}`;
  const id = randomUUID();
  return {
    topic: topicOf(`sap.c4c.${eventType}`),
    event: {
      specversion: '1.0',
      type: `sap.c4c.${eventType}.v1`,
      source: `/default/sap.c4c/${identity.tenant}`,
      id,
      'event-type': eventType,
      'event-type-version': 'v1',
      'event-id': id,
      'event-time': `${new Date(author.at).toISOString().slice(0, 19)}Z`,
      data: { 'root-entity-id': String(after['ObjectID']), 'entity-id': String(after['ObjectID']) },
    },
  };
};

const mergedWith = (earlier: Change, { kind, row, after, author }: Change): Change => ({
  kind: kind === 'deleted' ? kind : earlier.kind,
  row,
  after,
  author,
  ...(earlier.before === undefined ? {} : { before: earlier.before }),
});

/** One event per object of a transaction, from its state before to its state after. */
export const c4cEvents = (
  changes: readonly Change[],
  form: 'v2' | 'notification',
  identity: C4cIdentity,
): readonly SystemEvent[] => {
  const merged = new Map<string, Change>();
  for (const change of changes) {
    if (objects[change.row.type.set] === undefined) continue;
    const id = String(change.after['ObjectID']);
    const earlier = merged.get(id);
    if (earlier === undefined) merged.set(id, change);
    else merged.set(id, mergedWith(earlier, change));
  }
  return [...merged.values()].map((change) => {
    const object = objects[change.row.type.set];
    return form === 'v2' && object !== undefined ? v2Event(object, change, identity) : notification(change, identity);
  });
};
