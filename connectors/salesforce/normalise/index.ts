import type { CanonicalEvent, Provenance } from '../../../canonical-schema/event';
import { stableId } from '../../../canonical-schema/identity';
import { type NormaliseContext, Unmappable } from '../../contract';
import { objectOf } from '../../kit/json';
import type {
  JsonNative,
  OutboundNative,
  PubSubNative,
  RecordNative,
  SalesforceNative,
  UnreadableNative,
} from '../native';
import { changeOfJson, changeOfPubSub } from './change';
import { mapRecord } from './map-record';
import { messageOfJson, messageOfPubSub, observationOf } from './message';
import { canonicalEvent, changeOf, type MappedRecord, refuse } from '../../kit/canonical-event';
import { changeOfOutbound } from './outbound';
import type { Told } from './told';

/** The connector's name in event sources and partition keys. */
export const crm = 'salesforce';

/**
 * One native event or record as canonical events, one for each record that it is about. Pure: the same native gives the
 * same events. Rejects with Unmappable, and nothing else, for what cannot be one.
 */
export async function normalise(
  native: SalesforceNative,
  context: NormaliseContext,
): Promise<readonly CanonicalEvent[]> {
  const told = tellingOf(native);
  const ids = told.recordIds.length === 0 ? [stableId(crm, ...told.identity)] : told.recordIds;
  return Promise.all(
    ids.map(async (id) => {
      return eventOf(told, id, await mapRecord({ ...told, id }, context.mapping), context);
    }),
  );
}

function tellingOf(native: SalesforceNative): Told {
  switch (objectOf(native)?.kind as SalesforceNative['kind'] | undefined) {
    case 'unreadable': {
      const { code, message } = native as UnreadableNative;
      throw new Unmappable(code, message);
    }
    case 'record':
      return observationOf(native as RecordNative);
    case 'outbound':
      return changeOfOutbound(native as OutboundNative);
    case 'pubsub': {
      const event = native as PubSubNative;
      return event.header === undefined ? messageOfPubSub(event) : changeOfPubSub(event);
    }
    case 'json': {
      const event = native as JsonNative;
      const header = objectOf(objectOf(event.payload)?.ChangeEventHeader);
      return header === undefined ? messageOfJson(event) : changeOfJson(event, header);
    }
    default:
      throw refuse('SBX_SALESFORCE_NATIVE', 'not a native of the Salesforce connector');
  }
}

function eventOf(told: Told, recordId: string, record: MappedRecord, context: NormaliseContext): CanonicalEvent {
  const { identity, nativeType, time, sequence, origin } = told;
  const [change, provenance] = [changeOf(told, record), provenanceOf(told, record)];
  const parts = { crm, identity: [...identity, recordId], recordId, nativeType, time, sequence, origin };
  return canonicalEvent({ ...parts, change, record, provenance }, context);
}

function provenanceOf(told: Told, mapped: MappedRecord): Provenance {
  const { provenance: record, diff } = told;
  return diff.length === 0 ? { record } : { record, diffFields: diff.flatMap((field) => mapped.namesOf(field)) };
}
