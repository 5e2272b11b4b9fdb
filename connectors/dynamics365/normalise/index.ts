import type { CanonicalEvent } from '../../../canonical-schema/event';
import { type NormaliseContext, Unmappable } from '../../contract';
import { objectOf } from '../../kit/json';
import type { ContextNative, Dynamics365Native, Fields, RowNative, UnreadableNative } from '../native';
import { contextTold } from './context';
import { mapRecord } from './map-record';
import { rowTold } from './row';
import { canonicalEvent, changeOf, type MappedRecord, refuse } from '../../kit/canonical-event';
import type { Told } from './told';

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

async function eventOf(told: Told, record: MappedRecord, context: NormaliseContext): Promise<CanonicalEvent> {
  const { identity, recordId, nativeType, time, sequence, origin, transaction } = told;
  const extensions = transaction === undefined ? {} : { correlationid: transaction.id };
  const change = changeOf(told, record, await beforeOf(told, record, context));
  const parts = { crm, identity: [...identity, recordId], recordId, nativeType, time, sequence, origin, extensions };
  return canonicalEvent({ ...parts, change, record, provenance: { record: told.provenance } }, context);
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
