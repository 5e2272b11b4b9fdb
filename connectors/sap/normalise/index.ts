import type { CanonicalEvent, Change } from '../../../canonical-schema/event';
import {
  dataSchemaOf,
  eventSource,
  eventType,
  partitionKey,
  stableId,
  subjectOf,
} from '../../../canonical-schema/identity';
import { type NormaliseContext, Unmappable } from '../../contract';
import { objectOf } from '../json';
import type { EventNative, IdocNative, RowNative, SapNative, UnreadableNative } from '../native';
import { refuse } from '../refusal';
import { toldByEvent } from './event';
import { toldByIdoc } from './idoc';
import { type MappedRecord, mapRecord } from './map-record';
import { toldByRow } from './row';
import type { Told } from './told';

/** The connector's name in event sources and partition keys. */
export const crm = 'sap';

/**
 * One native as canonical events, one for each record that it is about. Pure: the same native gives the same events. Rejects
 * with Unmappable, and nothing else, for what cannot be one.
 */
export async function normalise(native: SapNative, context: NormaliseContext): Promise<readonly CanonicalEvent[]> {
  return Promise.all(
    tellingsOf(native).map(async (told) => eventOf(told, await mapRecord(told, context.mapping), context)),
  );
}

function tellingsOf(native: SapNative): readonly Told[] {
  switch (objectOf(native)?.kind as SapNative['kind'] | undefined) {
    case 'unreadable': {
      const { code, message } = native as UnreadableNative;
      throw new Unmappable(code, message);
    }
    case 'event':
      return [toldByEvent(native as EventNative)];
    case 'row':
      return [toldByRow(native as RowNative)];
    case 'idoc':
      return toldByIdoc(native as IdocNative);
    default:
      throw refuse('SBX_SAP_NATIVE', 'not a native of the SAP connector');
  }
}

function eventOf(told: Told, mapped: MappedRecord, context: NormaliseContext): CanonicalEvent {
  const { entity } = mapped;
  const { tenant, connection, org } = context;
  const { id, table } = told;
  return {
    specversion: '1.0',
    id: stableId(crm, ...told.identity, table.nativeType, id),
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
        nativeType: table.nativeType,
        ...mapped.fields,
        ...told.record,
        ...(Object.keys(mapped.attributes).length === 0 ? {} : { attributes: mapped.attributes }),
      },
      native: { ...mapped.native, ...told.native },
      provenance: { record: told.provenance },
    },
  };
}

function changeOf(told: Told, mapped: MappedRecord): Change {
  const { before } = told;
  const old = Object.entries(before ?? {}).flatMap(([path, value]) =>
    mapped.pathsOf(path).map((name) => [name, value]),
  );
  return {
    kind: told.kind,
    // A property may have an empty name, which says nothing of what changed.
    fields: [...new Set(told.changed.flatMap((path) => mapped.namesOf(path)))].filter((name) => name !== ''),
    ...(told.gap ? { gap: true } : {}),
    ...(told.by === undefined ? {} : { by: told.by }),
    ...(old.length === 0 ? {} : { before: Object.fromEntries(old) as Record<string, unknown> }),
    // A record has no null: that a field was emptied is said here.
    ...(told.nulled.length === 0
      ? {}
      : { after: Object.fromEntries(told.nulled.flatMap((path) => mapped.pathsOf(path)).map((name) => [name, null])) }),
  };
}
