import type { CanonicalEvent } from '../../../canonical-schema/event';
import { type NormaliseContext, Unmappable } from '../../contract';
import { type Fields, objectOf } from '../json';
import type { EventNative, IdocNative, RowNative, SapNative, UnreadableNative } from '../native';
import { canonicalEvent, changeOf, type MappedRecord, refuse } from '../../kit/canonical-event';
import { toldByEvent } from './event';
import { toldByIdoc } from './idoc';
import { mapRecord } from './map-record';
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
      return toldByEvent(native as EventNative);
    case 'row':
      return [toldByRow(native as RowNative)];
    case 'idoc':
      return toldByIdoc(native as IdocNative);
    default:
      throw refuse('SBX_SAP_NATIVE', 'not a native of the SAP connector');
  }
}

function eventOf(told: Told, mapped: MappedRecord, context: NormaliseContext): CanonicalEvent {
  const { id: recordId, time, sequence, origin } = told;
  const { nativeType } = told.table;
  const record = {
    ...mapped,
    fields: { ...mapped.fields, ...told.record },
    native: { ...mapped.native, ...told.native },
  };
  const change = changeOf(told, mapped, beforeOf(told, mapped));
  const identity = [...told.identity, nativeType, recordId];
  const parts = { crm, identity, recordId, nativeType, time, sequence, origin };
  return canonicalEvent({ ...parts, change, record, provenance: { record: told.provenance } }, context);
}

function beforeOf({ before = {} }: Told, mapped: MappedRecord): Fields | undefined {
  const old = Object.entries(before).flatMap(([path, value]) => mapped.pathsOf(path).map((name) => [name, value]));
  return old.length === 0 ? undefined : (Object.fromEntries(old) as Fields);
}
