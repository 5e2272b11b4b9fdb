import { canonicalJson } from '../../../canonical-schema/canonical-json';
import type { ChangeKind } from '../../../canonical-schema/event';
import { stableId } from '../../../canonical-schema/identity';
import { type Fields, firstText, objectOf, objectsOf, textOf, without } from '../json';
import type { IdocNative, Segment } from '../native';
import { refuse } from '../../kit/canonical-event';
import { beyondLines, documentTold, type DocumentTold, orderLines } from './documents';
import { anyObject } from './objects-s4';
import type { Table } from './table';
import { keyOf, tableOf } from './tables';
import { momentOf, type Moment, type Told } from './told';

/** Function of the message in master data: what to do with the segment. */
const functions: Readonly<Record<string, ChangeKind>> = {
  '003': 'deleted',
  '009': 'created',
  '018': 'observed',
};

/** What all records of one IDoc share. */
interface Frame extends Moment {
  readonly identity: readonly string[];
}

/** An IDoc as one telling for each record that it is about: a customer and its contact persons, one document, one material. */
export function toldByIdoc(native: IdocNative): readonly Told[] {
  const idocType = textOf(native.idocType);
  const segments = objectOf(native.segments);
  if (idocType === undefined || segments === undefined)
    throw refuse('SBX_SAP_IDOC', 'an IDoc without type or segments');
  const control = objectOf(native.control) ?? {};
  const message = textOf(control.MESTYP) ?? messageOf(idocType);
  const frame = frameOf(native, idocType, control, segments);
  return toldIn(message, segments, frame);
}

function toldIn(message: string, segments: Segment, frame: Frame): readonly Told[] {
  const family = familyOf(message) ?? '';
  const [root, nativeType] = Object.hasOwn(masters, family) ? (masters[family] ?? []) : [];
  if (root !== undefined && nativeType !== undefined) {
    return masterData(segments, root).map((segment) => recordOf(nativeType, segment, frame));
  }
  switch (family) {
    case 'DEBMAS':
      return masterData(segments, 'E1KNA1M').flatMap((segment) => customerAndPersons(segment, frame));
    case 'ORDERS':
    case 'INVOIC':
    case 'DESADV':
      return [documentOf(message, segments, frame)];
    default:
      return [unknown(message, segments, frame)];
  }
}

function customerAndPersons({ E1KNVKM: persons, ...segment }: Segment, frame: Frame): readonly Told[] {
  const customer = recordOf('Customer', segment, frame);
  const ofCustomer = (person: Segment): Told => recordOf('ContactPerson', { ...person, KUNNR: customer.id }, frame);
  return [customer, ...objectsOf(persons).map(ofCustomer)];
}

/** `DEBMAS07` and `ORDERS05.ZORD01` without version and extension: the message type that mostly goes with the IDoc type. */
function messageOf(idocType: string): string {
  return /^([A-Z_/-]+?)_?\d*$/.exec(idocType.split('.')[0] ?? '')?.[1] ?? idocType;
}

/** Messages that say the same in the same segments. */
const families: Readonly<Record<string, string>> = {
  DEBMAS: 'DEBMAS',
  CREMAS: 'CREMAS',
  MATMAS: 'MATMAS',
  ORDERS: 'ORDERS',
  ORDCHG: 'ORDERS',
  ORDRSP: 'ORDERS',
  INVOIC: 'INVOIC',
  DESADV: 'DESADV',
  DELVRY: 'DESADV',
  WHSCON: 'DESADV',
  SHPCON: 'DESADV',
};

/** Master data of one kind: the segment, and what it is of. */
const masters: Readonly<Record<string, readonly [segment: string, nativeType: string]>> = {
  CREMAS: ['E1LFA1M', 'Supplier'],
  MATMAS: ['E1MARAM', 'Material'],
};

function familyOf(message: string): string | undefined {
  return Object.hasOwn(families, message) ? families[message] : undefined;
}

/**
 * An IDoc is known by client, sender and number. Where the control record was left out its content is all there is, with the
 * time of its arrival: a state that comes back after another one is told again.
 */
function frameOf(native: IdocNative, idocType: string, control: Fields, segments: Segment): Frame {
  const number = textOf(control.DOCNUM);
  // Some converters write them as `2026-03-01` and `09:30:00`.
  const [day, time] = [control.CREDAT, control.CRETIM].map((told) => textOf(told)?.replace(/[-:]/g, ''));
  const written = `${day ?? ''}${time?.padEnd(6, '0') ?? '000000'}`;
  const serial = textOf(control.SERIAL)?.slice(0, 14);
  const moment = momentOf([written, serial, native.receivedAt], number);
  if (number !== undefined) {
    return {
      ...moment,
      identity: ['idoc', textOf(control.MANDT) ?? '', textOf(control.SNDPRN) ?? '', number.padStart(16, '0')],
    };
  }
  try {
    const content = stableId(idocType, canonicalJson(segments));
    return { ...moment, identity: ['idoc', idocType, content, textOf(native.receivedAt) ?? ''] };
  } catch (error) {
    throw refuse('SBX_SAP_IDOC', `the segments are not JSON: ${(error as Error).message}`);
  }
}

function masterData(segments: Segment, root: string): readonly Segment[] {
  const found = objectsOf(segments[root]);
  if (found.length === 0) throw refuse('SBX_SAP_IDOC_SEGMENT', `an IDoc without its segment ${root}`);
  return found;
}

function recordOf(nativeType: string, segment: Segment, frame: Frame): Told {
  const table = tableOf(nativeType);
  const id = keyOf(table, segment);
  if (id === undefined)
    throw refuse('SBX_SAP_IDOC_KEY', `a segment of ${nativeType} without ${table.keys[0] ?? 'key'}`);
  const function_ = textOf(segment.MSGFN);
  const kind = (Object.hasOwn(functions, function_ ?? '') ? functions[function_ ?? ''] : undefined) ?? 'updated';
  // `/` stands for a field that a reduced message does not carry: then the record is not told whole.
  const isReduced = Object.values(segment).includes('/');
  return {
    table,
    id,
    kind,
    gap: false,
    ...frame,
    origin: 'external',
    changed: [],
    nulled: [],
    fields: withoutInitial(table, named(nativeType, segment)),
    provenance: isReduced ? 'partial' : 'event',
  };
}

/** The name in one field: SAP cuts it into lines of 35, and a person's into two fields. */
function named(nativeType: string, segment: Segment): Fields {
  const parts = nativeType === 'ContactPerson' ? ['NAMEV', 'NAME1'] : ['NAME1', 'NAME2', 'NAME3', 'NAME4'];
  const name = parts.flatMap((part) => firstText(segment, [part]) ?? []).filter((part) => part !== '/');
  return nativeType === 'Material' || name.length === 0 ? segment : { ...segment, NAME: name.join(' ') };
}

/**
 * Fields without what is initial: numbers of zeros, days that are none, what a reduced message does not carry. A text of zeros
 * may be one: the postal code 00000.
 */
function withoutInitial({ rules }: Table, fields: Fields): Fields {
  const texts = new Set(rules.flatMap(([, kind, ...sources]) => (kind === 'text' ? sources : [])));
  const isInitial = (name: string, value: unknown): boolean =>
    typeof value === 'string' && (value === '/' || (!texts.has(name) && /^[.:-]*0[0.:-]*$/.test(value.trim())));
  return without(fields, (name, value) => name === 'MSGFN' || isInitial(name, value));
}

function documentOf(message: string, segments: Segment, frame: Frame): Told {
  const family = familyOf(message) ?? message;
  const table = tableOf(family);
  const { fields: all, more } = documentTold(segments);
  const fields = withoutInitial(table, all);
  const id = firstText(fields, table.keys);
  if (id === undefined)
    throw refuse('SBX_SAP_IDOC_KEY', `an IDoc ${message} without its number (${table.keys.join(' or ')})`);
  const lines = orderLines(segments);
  return {
    table,
    id,
    kind: message === 'ORDERS' || message === 'INVOIC' ? 'created' : 'updated',
    gap: false,
    ...frame,
    origin: 'external',
    changed: [],
    nulled: [],
    fields,
    provenance: 'event',
    ...(family === 'ORDERS' && lines.length > 0 ? { record: { lines } } : {}),
    native: family === 'ORDERS' ? beyond(more) : more,
  };
}

/** Further segments, the positions without what is told as lines. */
function beyond({ E1EDP01: positions = [], ...others }: DocumentTold['more']): DocumentTold['more'] {
  const rest = beyondLines(positions);
  return rest.length === 0 ? others : { ...others, E1EDP01: rest };
}

/** A message that nobody has taught us: kept whole, under the IDoc's own number. */
function unknown(message: string, segments: Segment, frame: Frame): Told {
  const table = { ...anyObject, nativeType: message };
  return {
    table,
    id: frame.identity
      .slice(1)
      .filter((part) => part !== '')
      .join('/'),
    kind: 'published',
    gap: false,
    ...frame,
    origin: 'external',
    changed: [],
    nulled: [],
    fields: segments,
    provenance: 'event',
  };
}
