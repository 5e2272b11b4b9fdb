import type { CreateTask } from '../canonical-schema/action';
import type { Decision } from '../canonical-schema/decision';
import type { CanonicalEvent } from '../canonical-schema/event';
import type { ActionAttempt, Batch, EngagementTouch, RecordRow } from './ledger';

/** What the samples are about. Each test takes a tenant of its own. */
export const subject = 'lead/00Q000000000001AAA';

/** The CRM's order of the n-th change, as connectors write it. */
export const sequence = (n: number): string => String(n).padStart(20, '0');

/** Whose records the samples are. */
const sourceOf = (tenant: string): string => `/tenants/${tenant}/salesforce/00D000000000001`;

/** The n-th change of a lead, a second after the one before. */
export function sampleEvent(tenant: string, n: number, about = subject): CanonicalEvent {
  const id = about.slice(about.indexOf('/') + 1);
  return {
    specversion: '1.0',
    id: `${about}-${n}`,
    source: sourceOf(tenant),
    type: 'io.signalbox.lead.updated.v1',
    subject: about,
    time: new Date(Date.UTC(2026, 0, 1, 0, 0, n)).toISOString(),
    datacontenttype: 'application/json',
    dataschema: 'https://signalbox.io/schemas/lead',
    tenantid: tenant,
    connection: 'sales',
    partitionkey: `${tenant}/salesforce/${about}`,
    sequence: sequence(n),
    origin: 'external',
    data: {
      entity: 'lead',
      change: { kind: 'updated', fields: ['status'] },
      record: { id, nativeType: 'Lead', status: `state ${n}` },
      native: { Score__c: n },
      provenance: { record: 'event' },
    },
  };
}

/** A decision on an event, half a second after it. */
export function sampleDecision(event: CanonicalEvent): Decision {
  return {
    id: `${event.id}:lead-scoring`,
    tenantid: event.tenantid,
    connection: event.connection,
    eventid: event.id,
    subject: event.subject,
    usecase: 'lead-scoring',
    outcome: 'act',
    score: 0.71,
    band: 'hot',
    reasons: [{ term: 'euribor3m', contribution: 0.4, text: 'Rates are low' }],
    contributions: { euribor3m: 0.4, age: -0.1 },
    intercept: -2.5,
    features: { euribor3m: 4.857, job: 'technician', age: null },
    model: { name: 'lead-scoring', version: '1.0.0', digest: 'a'.repeat(64) },
    policy: 'b'.repeat(64),
    decidedat: new Date(Date.parse(event.time) + 500).toISOString(),
    sequence: event.sequence,
  };
}

/** The engagement that a decision opens or renews. */
export function sampleTouch(decision: Decision): EngagementTouch {
  return {
    workflowid: `engagement/${decision.tenantid}/${decision.subject}`,
    source: sourceOf(decision.tenantid),
    subject: decision.subject,
    usecase: decision.usecase,
    connection: decision.connection,
    lastscore: 0.71,
    lastband: 'hot',
    lastdecision: decision.id,
    lastsequence: decision.sequence,
  };
}

/** The snapshot that an event leaves. */
export function sampleRecord({ source, subject: about, sequence: at, data }: CanonicalEvent): RecordRow {
  return { source, subject: about, sequence: at, record: data.record, native: data.native, deleted: false };
}

/** A batch in which every event was decided. */
export function sampleBatch(batchid: string, events: readonly CanonicalEvent[]): Batch {
  const decisions = events.map(sampleDecision);
  return {
    batchid,
    lane: { workflowid: 'lane/acme/1', runid: 'run-1' },
    events: events.map((event) => ({ event, status: 'decided' })),
    records: events.map(sampleRecord),
    decisions,
    engagements: decisions.map(sampleTouch),
  };
}

/** The task that a decision calls for. */
export function sampleAction(decision: Decision): CreateTask {
  return {
    kind: 'create-task',
    id: `${decision.id}:task`,
    tenantid: decision.tenantid,
    connection: decision.connection,
    about: { entity: 'lead', id: decision.subject.slice('lead/'.length) },
    decisionid: decision.id,
    task: { subject: 'Call', description: 'because', priority: 'high' },
  };
}

/** The first try at that task: the CRM made it. */
export function sampleAttempt(decision: Decision, taskid: string): ActionAttempt {
  const action = sampleAction(decision);
  const { workflowid: engagement, source } = sampleTouch(decision);
  return {
    ...{ action, engagement, source },
    workflowid: 'w',
    runid: 'r',
    result: { actionId: action.id, outcome: 'applied', nativeId: taskid, answer: { success: true } },
    attempt: 1,
    at: '2026-01-01T00:00:04.000Z',
  };
}
