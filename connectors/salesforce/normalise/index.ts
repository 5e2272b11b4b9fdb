import type { CanonicalEvent, Change, Provenance } from '../../../canonical-schema/event';
import {
  dataSchemaOf,
  eventSource,
  eventType,
  partitionKey,
  stableId,
  subjectOf,
} from '../../../canonical-schema/identity';
import { type NormaliseContext, Unmappable } from '../../contract';
import { objectOf } from '../../kit/json';
import type { JsonNative, PubSubNative, RecordNative, SalesforceNative, UnreadableNative } from '../native';
import { changeOfJson, changeOfPubSub } from './change';
import { type MappedRecord, mapRecord } from './map-record';
import { messageOfJson, messageOfPubSub, observationOf } from './message';
import { refuse, type Told } from './told';

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

function eventOf(told: Told, id: string, mapped: MappedRecord, context: NormaliseContext): CanonicalEvent {
  const { entity } = mapped;
  const { tenant, connection, org } = context;
  return {
    specversion: '1.0',
    id: stableId(crm, ...told.identity, id),
    source: eventSource(tenant, crm, org),
    type: eventType(entity, told.kind),
    subject: subjectOf(entity, id),
    time: told.time,
    datacontenttype: 'application/json',
    dataschema: dataSchemaOf(entity),
    tenantid: tenant,
    connection,
    partitionkey: partitionKey(tenant, crm, entity, id),
    sequence: told.sequence,
    origin: told.origin,
    data: {
      entity,
      change: changeOf(told, mapped),
      record: {
        id,
        nativeType: told.nativeType,
        ...mapped.fields,
        ...(Object.keys(mapped.attributes).length === 0 ? {} : { attributes: mapped.attributes }),
      },
      native: mapped.native,
      provenance: provenanceOf(told, mapped),
    },
  };
}

function changeOf(told: Told, mapped: MappedRecord): Change {
  return {
    kind: told.kind,
    // A property may have an empty name, which says nothing of what changed.
    fields: [...new Set(told.changed.flatMap((field) => mapped.namesOf(field)))].filter((name) => name !== ''),
    ...(told.gap ? { gap: true } : {}),
    ...(told.by === undefined ? {} : { by: told.by }),
    ...(told.transaction === undefined ? {} : { transaction: told.transaction }),
    // A record has no null: that a field was emptied is said here.
    ...(told.nulled.length === 0
      ? {}
      : {
          after: Object.fromEntries(told.nulled.flatMap((field) => mapped.pathsOf(field)).map((path) => [path, null])),
        }),
  };
}

function provenanceOf(told: Told, mapped: MappedRecord): Provenance {
  const { provenance: record, diff } = told;
  return diff.length === 0 ? { record } : { record, diffFields: diff.flatMap((field) => mapped.namesOf(field)) };
}
