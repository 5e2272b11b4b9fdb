import type { Decision, PredictionEvent } from '../canonical-schema/decision';
import type { CanonicalEvent } from '../canonical-schema/event';
import { predictionDataSchema, predictionType } from '../canonical-schema/identity';

/** The decision as an event for any subscriber of the predictions exchange. Its id is the decision's. */
export function predictionOf(decision: Decision, cause: CanonicalEvent): PredictionEvent {
  return {
    specversion: '1.0',
    id: decision.id,
    source: `/tenants/${decision.tenantid}/signalbox`,
    type: predictionType(decision.usecase),
    subject: decision.subject,
    time: decision.decidedat,
    datacontenttype: 'application/json',
    dataschema: predictionDataSchema,
    tenantid: decision.tenantid,
    connection: decision.connection,
    partitionkey: cause.partitionkey,
    sequence: cause.sequence,
    origin: 'self',
    causationid: cause.id,
    correlationid: cause.correlationid ?? cause.id,
    ...(cause.traceparent === undefined ? {} : { traceparent: cause.traceparent }),
    ...(cause.dataclassification === undefined ? {} : { dataclassification: cause.dataclassification }),
    data: decision,
  };
}
