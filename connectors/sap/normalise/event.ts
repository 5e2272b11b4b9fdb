import { canonicalJson } from '../../../canonical-schema/canonical-json';
import type { ChangeKind } from '../../../canonical-schema/event';
import { stableId } from '../../../canonical-schema/identity';
import { type Fields, firstText, listOf, objectOf, objectsOf, ownOf, textOf } from '../json';
import type { EventNative } from '../native';
import { refuse } from '../../kit/canonical-event';
import { type EventName, isOfCustomer, readEventType } from './event-type';
import { differing } from './map-record';
import { leavesOf, plainFields, valueAt } from './paths';
import { anyObject } from './objects-s4';
import type { Table } from './table';
import { isKeyOnly, keyOf, knownTable } from './tables';
import { momentOf, originOf, sequenceAt, type Told } from './told';
import { instantOf, nanosOf } from './values';

/** What an event's data says of its record. */
type Content = Pick<Told, 'kind' | 'gap' | 'changed' | 'nulled' | 'fields' | 'provenance'> & {
  readonly before?: Fields;
  readonly by?: string;
};

/** A CloudEvent of S/4HANA, Cloud for Customer, or Sales and Service Cloud V2: one telling for each record that it names. */
export function toldByEvent(native: EventNative): readonly Told[] {
  const type = textOf(native.type);
  if (type === undefined) throw refuse('SBX_SAP_EVENT_TYPE', 'an event without a type');
  const name = readEventType(type);
  const table = name.table ?? { ...anyObject, nativeType: name.word ?? type };
  const several = recordsIn(native.data, table) ?? [native.data];
  return several.map((data) => toldOf({ ...native, data }, type, name, table));
}

/**
 * The records of data that names several: a list, or the `KEY` of S/4HANA's first events, whose fields are in capitals:
 * `{"KEY": [{"SALESORDER": "4711"}]}`. Undefined for any other data, and where one of them does not say its key.
 */
function recordsIn(data: unknown, table: Table): readonly Fields[] | undefined {
  const list = listOf(data) ?? listOf(ownOf(objectOf(data) ?? {}, 'KEY'));
  if (list === undefined || list.length === 0) return undefined;
  const records = objectsOf(list).map((fields) => namedAs([...table.keys, table.nativeType], fields));
  const isTold = records.length === list.length && records.every((fields) => keyOf(table, fields) !== undefined);
  return isTold ? records : undefined;
}

/** Fields whose names are those names in capitals, under them. */
function namedAs(names: readonly string[], fields: Fields): Fields {
  const byCapitals = new Map(names.map((name) => [name.toUpperCase(), name]));
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [byCapitals.get(name) ?? name, value]));
}

function toldOf(native: EventNative, type: string, name: EventName, table: Table): Told {
  const content = contentOf(name, table, dataOf(native.data), isOfCustomer(type));
  const identity = identityOf(native);
  const key = recordOf(native, table, content.fields);
  if (key === undefined && content.gap && knownTable(table.nativeType) !== undefined) {
    const what = `an event ${type} that does not say which ${table.nativeType} it is about, in its data or as its subject`;
    throw refuse('SBX_SAP_EVENT_KEY', what);
  }
  return {
    table,
    id: keyForm(native, key ?? identity[1]),
    identity: ['event', ...identity],
    ...when(native, content.fields),
    origin: originOf(content.by, native.own),
    ...(name.word === undefined ? {} : { native: { eventType: type } }),
    ...content,
  };
}

function keyForm({ objectIds }: EventNative, id: string): string {
  const isUuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(id);
  return objectIds === true && isUuid ? id.replaceAll('-', '').toUpperCase() : id;
}

/** The key of the event's record: that of the data goes before the event's subject, which may be a path. */
function recordOf({ subject }: EventNative, table: Table, fields: Fields): string | undefined {
  return firstText(fields, table.keys) ?? textOf(subject) ?? keyOf(table, fields);
}

/** Data that is no object is kept under that name. */
function dataOf(data: unknown): Fields {
  return objectOf(data) ?? (data === null || data === undefined ? {} : { data });
}

/** Source and id, as CloudEvents has it; of an event without an id, its content. */
function identityOf({ id, source, data, type }: EventNative): readonly [string, string] {
  const own = textOf(id);
  if (own !== undefined) return [textOf(source) ?? '', own];
  try {
    return [textOf(source) ?? '', stableId(type, canonicalJson(data ?? null))];
  } catch (error) {
    throw refuse('SBX_SAP_EVENT_DATA', `the event's data is not JSON: ${(error as Error).message}`);
  }
}

/** The event's time; its place by the record's own time of change, where the event tells that. */
function when(native: EventNative, fields: Fields): { readonly time: string; readonly sequence: string } {
  const changedOn = valueAt(fields, 'adminData.updatedOn') ?? valueAt(fields, 'LastChangeDateTime');
  const { time, sequence } = momentOf([native.time, changedOn, native.receivedAt]);
  const changed = instantOf(changedOn);
  // The record's time orders finer than the event's; only within the event's own second, so that it never goes backwards.
  const isSame = changed?.slice(0, 19) === time.slice(0, 19);
  return { time, sequence: isSame ? sequenceAt(time, nanosOf(changedOn)) : sequence };
}

function contentOf(name: EventName, table: Table, data: Fields, isPicked: boolean): Content {
  const images = imagesOf(data);
  if (images !== undefined) return ofImages(name, data, images, isPicked);
  const root = firstText(data, ['root-entity-id', 'rootEntityId']);
  if (root !== undefined) return ofCloudChange(name, data, root);
  const fields = plainFields(data);
  const kind = name.kind ?? 'published';
  if (kind === 'deleted') return { kind, gap: false, changed: [], nulled: [], fields, provenance: 'event' };
  if (kind !== 'published' && isKeyOnly(table, fields)) {
    // Of an object that nobody knows there is no more to be read: it is told by its key.
    return { ...untold(kind, fields), ...(table.entity === 'record' ? { provenance: 'partial' } : {}) };
  }
  const changed = kind === 'updated' ? [...leavesOf(fields).keys()].filter((path) => !table.keys.includes(path)) : [];
  return { kind, gap: false, changed, nulled: [], fields, provenance: kind === 'published' ? 'event' : 'partial' };
}

/** Something happened, and not what. */
function untold(kind: ChangeKind, fields: Fields): Content {
  return { kind, gap: true, changed: [], nulled: [], fields, provenance: 'missing' };
}

interface Images {
  readonly before: Fields | undefined;
  readonly current: Fields | undefined;
}

/** The record before and after, as Sales and Service Cloud V2 tells it. */
function imagesOf(data: Fields): Images | undefined {
  if (!('currentImage' in data) && !('beforeImage' in data)) return undefined;
  const image = (name: string): Fields | undefined => {
    const fields = objectOf(ownOf(data, name));
    return fields === undefined || Object.keys(fields).length === 0 ? undefined : plainFields(fields);
  };
  return { before: image('beforeImage'), current: image('currentImage') };
}

function ofImages(name: EventName, data: Fields, { before, current }: Images, isPicked: boolean): Content {
  const by =
    firstText(objectOf(ownOf(data, 'dataContext')), ['requestedByUser', 'requestedBy']) ??
    firstText(objectOf(current?.adminData), ['updatedBy', 'createdBy']);
  const who = by === undefined ? {} : { by };
  if (current === undefined) {
    return { kind: 'deleted', gap: false, changed: [], nulled: [], fields: before ?? {}, provenance: 'event', ...who };
  }
  // A customer's event carries the fields that were picked for it.
  const whole = isPicked ? 'partial' : 'event';
  if (before === undefined) {
    const kind = name.kind === 'updated' ? 'updated' : 'created';
    const changed = kind === 'updated' ? differing({}, current) : [];
    return { kind, gap: false, changed, nulled: [], fields: current, provenance: whole, ...who };
  }
  const changed = differing(before, current);
  const now = leavesOf(current);
  const old = leavesOf(before);
  const isGone = (path: string): boolean => now.get(path) === undefined || now.get(path) === null;
  return {
    kind: 'updated',
    gap: false,
    changed,
    nulled: changed.filter((path) => isGone(path)),
    before: Object.fromEntries(changed.flatMap((path) => (old.get(path) == null ? [] : [[path, old.get(path)]]))),
    fields: current,
    provenance: whole,
    ...who,
  };
}

/** A notification of Cloud for Customer: ids, and with the enhanced payload what has changed in the object's root. */
function ofCloudChange(name: EventName, data: Fields, root: string): Content {
  const kind = name.kind ?? 'updated';
  const key = { ObjectID: root };
  const changes = objectsOf(ownOf(data, 'Changes'));
  const by = changes.map((change) => firstText(change, ['ChangedBy'])).find((user) => user !== undefined);
  const who = by === undefined ? {} : { by };
  if (kind === 'deleted') {
    return { kind, gap: false, changed: [], nulled: [], fields: key, provenance: 'event', ...who };
  }
  const ofRoot = changes.filter((change) => firstText(change, ['nodeID', 'NodeID']) === root);
  const changed = ofRoot.flatMap((change) => objectsOf(ownOf(change, 'ChangedFields')));
  const values = (which: 'New' | 'Old'): Fields =>
    Object.fromEntries(
      changed.flatMap((field) => {
        const path = firstText(field, ['Fieldname', 'FieldName']);
        return path === undefined ? [] : [[path, field[which] ?? '']];
      }),
    );
  const now = values('New');
  const paths = Object.keys(now);
  if (paths.length === 0) return { ...untold(kind, key), ...who };
  const isEmpty = (path: string): boolean => now[path] === '';
  const isUpdate = kind === 'updated';
  return {
    kind,
    gap: false,
    changed: isUpdate ? paths : [],
    nulled: isUpdate ? paths.filter(isEmpty) : [],
    ...(isUpdate ? { before: values('Old') } : {}),
    fields: { ...now, ...key },
    provenance: 'partial',
    ...who,
  };
}
