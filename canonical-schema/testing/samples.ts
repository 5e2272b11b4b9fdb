import type { Action, ActionResult } from '../action';
import type { Decision, PredictionEvent } from '../decision';
import { type EntityName, entityNames } from '../entity';
import type { CanonicalEvent, ChangeKind } from '../event';
import type { Entities } from '../generated/types';
import * as identity from '../identity';

const at = '2025-03-01T09:30:00.000Z';
const of = <T extends string>(nativeType: T, id: string) => ({
  nativeType,
  id,
  ownerId: '0055g000001',
  createdAt: at,
  modifiedAt: at,
});
const address = {
  street: 'Hauptstraße 1\n2. Stock',
  city: 'Wien',
  postalCode: '01010',
  country: 'Austria',
  countryCode: 'AT',
};
const total = { amount: '1200000.00', taxAmount: '200000.00', currency: 'EUR' };
const customer = { accountId: '001', contactId: '003' };

/** One plausible record of every entity. */
const sampleRecords: Readonly<Entities> = {
  lead: {
    ...of('Lead', '00Q1'),
    ...{ salutation: 'Ms.', firstName: 'Maria', lastName: 'Lopez', name: 'Maria Lopez', email: 'maria@example.org' },
    ...{
      phone: '+43 1 234',
      company: 'Acme',
      title: 'CFO',
      industry: 'Banking',
      employees: 0,
      annualRevenue: '1000000',
    },
    ...{ currency: 'USD', source: 'Web', status: 'Open', rating: 'Hot', address, isConverted: true, convertedAt: at },
    attributes: { region: 'EMEA', job: null, nested: { list: [1, 'a'] } },
  },
  contact: {
    ...of('Contact', '003'),
    accountId: '001',
    lastName: 'Lopez',
    birthdate: '1980-02-29',
    mailingAddress: address,
    doNotCall: false,
  },
  account: {
    ...of('Account', '001'),
    name: 'Acme',
    number: 'A-17',
    employees: 1200,
    annualRevenue: '-0.5',
    currency: 'EUR',
    billingAddress: address,
  },
  opportunity: {
    ...of('Opportunity', '006'),
    ...{
      name: 'Renewal',
      accountId: '001',
      stage: 'Proposal',
      amount: '99.90',
      expectedRevenue: '9.99',
      currency: 'EUR',
    },
    ...{ probability: '12.5', closeDate: '2025-12-31', isClosed: false, isWon: false },
  },
  case: {
    ...of('incident', '5f1c'),
    number: '00001026',
    subject: 'Broken',
    status: 'New',
    priority: 'High',
    isEscalated: true,
    due: at,
    ...customer,
  },
  task: {
    ...of('Task', '00T1'),
    ...{ key: 'act-1', subject: 'Call Maria Lopez today', status: 'Not Started', priority: 'High', due: '2025-03-01' },
    ...{
      relatedTo: { entity: 'opportunity', id: '006' },
      person: { entity: 'lead', id: '00Q1' },
      isClosed: true,
      completedAt: at,
    },
  },
  interaction: {
    ...of('email', 'm1'),
    ...{
      channel: 'email',
      direction: 'inbound',
      at,
      duration: 0,
      subject: 'Offer',
      body: 'Hello,\nplease',
      language: 'de-AT',
    },
    participants: [{ role: 'from', address: 'maria@example.org', record: { entity: 'contact', id: '003' } }],
  },
  transaction: {
    ...of('Payment__e', 'p1'),
    kind: 'payment',
    status: 'settled',
    at,
    method: 'card',
    orderId: '801',
    ...total,
    ...customer,
  },
  order: {
    ...of('SalesOrder', '4711'),
    ...{ number: '4711', status: 'Released', orderedAt: at, ...total, ...customer, shippingAddress: address },
    lines: [{ id: '10', product: 'Pump', quantity: '2.5', unit: 'EA', unitPrice: '480000.00', amount: '1200000.00' }],
  },
  asset: {
    ...of('Asset', '02i'),
    name: 'Pump 3',
    serialNumber: '007',
    installedOn: '2024-01-31',
    quantity: '1',
    price: '10',
    currency: 'JPY',
    address,
  },
  record: { ...of('Vendor_Profile__c', 'a01'), name: 'VP-1', attributes: { Score__c: 3 } },
  rhythm: {
    ...{ nativeType: 'rhythm', id: 'sales:lead.created:2025-03-01', stream: 'lead.created', what: 'leads created' },
    ...{ count: 214, startsAt: '2025-03-01T09:00:00.000Z', endsAt: '2025-03-01T10:00:00.000Z' },
  },
};

/** An event of the given type, with every attribute that an event can have. */
export function sampleEvent(entity: EntityName, kind: ChangeKind): CanonicalEvent {
  const id = kind === 'overflowed' ? '*' : sampleRecords[entity].id;
  return {
    specversion: '1.0',
    id: identity.stableId('acme', 'salesforce', entity, kind, id),
    source: identity.eventSource('acme', 'salesforce', '00D000000000001EAA'),
    type: identity.eventType(entity, kind),
    subject: identity.subjectOf(entity, id),
    time: at,
    datacontenttype: 'application/json',
    dataschema: identity.dataSchemaOf(entity),
    tenantid: 'acme',
    connection: 'sales',
    partitionkey: identity.partitionKey('acme', 'salesforce', entity, id),
    sequence: identity.sequenceOf(11_073_891_232n, 1),
    origin: 'external',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    causationid: 'a',
    correlationid: 'b',
    dataclassification: 'confidential',
    data: {
      entity,
      change: {
        kind,
        fields: ['status', 'attributes.region'],
        gap: false,
        by: '0055g000001',
        transaction: { id: '0002', sequence: 1 },
        before: { status: null },
        after: { status: 'Open', 'attributes.region': null },
      },
      record: { ...sampleRecords[entity], id },
      native: { CleanStatus: 'Pending', Score__c: 1.5 },
      provenance: { record: 'hydrated', hydratedFields: ['status'], diffFields: ['description'] },
    },
  };
}

/** An event of every type. */
export const sampleEvents: readonly CanonicalEvent[] = entityNames.flatMap((entity) =>
  (['created', 'updated', 'deleted', 'undeleted', 'observed', 'published', 'overflowed'] as const).map((kind) =>
    sampleEvent(entity, kind),
  ),
);

/** A decision that called for action. */
export const sampleDecision: Decision = {
  id: 'e1:lead-scoring',
  tenantid: 'acme',
  connection: 'sales',
  eventid: 'e1',
  subject: 'lead/00Q1',
  usecase: 'lead-scoring',
  outcome: 'act',
  because: 'score is above 0.6',
  score: 0.87,
  band: 'hot',
  reasons: [{ term: 'month & euribor3m', contribution: -0.7, text: 'Asked in a good month' }],
  contributions: { 'month & euribor3m': -0.7 },
  intercept: -2.1,
  features: { age: 41, job: 'admin.', education: null },
  model: { name: 'lead-scoring', version: '1.0.0', digest: 'sha256:00' },
  policy: 'ab12',
  decidedat: at,
  sequence: identity.sequenceOf(1),
};

/** The event of that decision. */
export const samplePrediction: PredictionEvent = {
  ...sampleEvent('lead', 'updated'),
  id: sampleDecision.id,
  source: '/tenants/acme/signalbox',
  type: identity.predictionType('lead-scoring'),
  dataschema: identity.predictionDataSchema,
  origin: 'self',
  data: sampleDecision,
};

const action = {
  id: 'act-1',
  tenantid: 'acme',
  connection: 'sales',
  about: { entity: 'lead', id: '00Q1' },
  decisionid: 'e1:lead-scoring',
};

/** One action of every kind. */
export const sampleActions: readonly Action[] = [
  {
    ...action,
    kind: 'create-task',
    task: { subject: 'Call', description: '', priority: 'high', due: at, assignTo: '0055g000001' },
  },
  { ...action, kind: 'update-task', taskId: '00T1', task: { subject: 'Call now' } },
  { ...action, kind: 'close-task', taskId: '00T1', description: 'The lead was converted' },
  {
    ...action,
    kind: 'set-fields',
    fields: { Rating: 'Hot', Score__c: 87, Flag__c: true, Old__c: null },
    expectedVersion: at,
  },
  { ...action, kind: 'add-note', note: { title: 'Likely to leave', text: 'Why\n+ Pays monthly' } },
  {
    ...action,
    kind: 'create-case',
    case: {
      subject: 'Pump 7 will fail',
      description: 'Why',
      priority: 'high',
      type: 'ZSRV',
      team: 'T1',
      assignTo: 'E7',
    },
  },
  { ...action, kind: 'update-case', caseId: '5001', case: { subject: 'Pump 7', description: 'Why', priority: 'low' } },
  { ...action, kind: 'add-to-queue', queue: '7f3d2c9a-0b1e-4c5d-8e6f-a1b2c3d4e5f6' },
];

/** One result of every outcome. */
export const sampleResults: readonly ActionResult[] = [
  { actionId: 'act-1', outcome: 'applied', nativeId: '00T1', nativeVersion: at, answer: { success: true } },
  { actionId: 'act-1', outcome: 'already-applied', nativeId: '00T1', answer: null },
  {
    actionId: 'act-1',
    outcome: 'failed',
    failure: 'retryable',
    code: 'UNABLE_TO_LOCK_ROW',
    message: 'unable',
    retryAfterMs: 10,
    answer: [],
  },
];
