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
import { objectOf } from '../../kit/json';
import type { ContextNative, Dynamics365Native, Fields, RowNative, UnreadableNative } from '../native';
import { contextTold } from './context';
import { type MappedRecord, mapRecord } from './map-record';
import { rowTold } from './row';
import { refuse, type Told } from './told';

/** The connector's name in event sources and partition keys. */
export const crm = 'dynamics365';

/**
 * One context or row as canonical events, one for each record that it is about. Pure: the same native gives the same events.
 * Rejects with Unmappable, and nothing else, for what cannot be one.
 */
export async function normalise(
  native: Dynamics365Native,
  context: NormaliseContext,
): Promise<readonly CanonicalEvent[]> {
  const tellings = tellingsOf(native);
  return Promise.all(tellings.map(async (told) => eventOf(told, await mapRecord(told, context.mapping), context)));
}

function tellingsOf(native: Dynamics365Native): readonly Told[] {
  switch (objectOf(native)?.kind as Dynamics365Native['kind'] | undefined) {
    case 'unreadable': {
      const { code, message } = native as UnreadableNative;
      throw new Unmappable(code, message);
    }
    case 'row':
      return [rowTold(native as RowNative)];
    case 'context':
      return contextTold(native as ContextNative);
    default:
      throw refuse('SBX_DYNAMICS365_NATIVE', 'not a native of the Dynamics 365 connector');
  }
}

async function eventOf(told: Told, mapped: MappedRecord, context: NormaliseContext): Promise<CanonicalEvent> {
  const { entity } = mapped;
  const { recordId: id, nativeType, transaction } = told;
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
    ...(transaction === undefined ? {} : { correlationid: transaction.id }),
    data: {
      entity,
      change: await changeOf(told, mapped, context),
      record: {
        id,
        nativeType,
        ...mapped.fields,
        ...(Object.keys(mapped.attributes).length === 0 ? {} : { attributes: mapped.attributes }),
      },
      native: mapped.native,
      provenance: { record: told.provenance },
    },
  };
}

async function changeOf(told: Told, mapped: MappedRecord, context: NormaliseContext): Promise<Change> {
  const before = await beforeOf(told, mapped, context);
  return {
    kind: told.kind,
    // A property may have an empty name, which says nothing of what changed.
    fields: [...new Set(told.changed.flatMap((field) => mapped.namesOf(field)))].filter((name) => name !== ''),
    ...(told.gap ? { gap: true } : {}),
    ...(told.by === undefined ? {} : { by: told.by }),
    ...(told.transaction === undefined ? {} : { transaction: told.transaction }),
    ...(before === undefined ? {} : { before }),
    // A record has no null: that a field was emptied is said here.
    ...(told.nulled.length === 0
      ? {}
      : {
          after: Object.fromEntries(told.nulled.flatMap((field) => mapped.pathsOf(field)).map((path) => [path, null])),
        }),
  };
}

/** The changed fields before, in canonical words as after. */
async function beforeOf(told: Told, mapped: MappedRecord, context: NormaliseContext): Promise<Fields | undefined> {
  if (told.before === undefined || told.changed.length === 0) return undefined;
  const { nativeType, recordId, before } = told;
  const earlier = await mapRecord({ nativeType, recordId, fields: before }, context.mapping);
  const known: Fields = { ...earlier.native, ...earlier.attributes, ...earlier.fields };
  const names = told.changed
    .filter((field) => Object.hasOwn(before, field))
    .flatMap((field) => mapped.namesOf(field))
    .map((name) => [name, known[name.replace(/^attributes\./, '')] ?? null] as const);
  return names.length === 0 ? undefined : Object.fromEntries(names);
}
