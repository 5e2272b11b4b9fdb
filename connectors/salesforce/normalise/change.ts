import type { ChangeKind } from '../../../canonical-schema/event';
import { sequenceOf } from '../../../canonical-schema/identity';
import { millisOf } from '../../../canonical-schema/time';
import { isBitmap } from '../bitmap';
import { objectOf, textOf, textsOf } from '../../kit/json';
import { callClient, type DateType, type Fields, type JsonNative, type PubSubNative } from '../native';
import { instantOf } from './dates';
import { flatFieldName, flatten } from './flatten';
import { refuse } from '../../kit/canonical-event';
import { contentOf as contentOfChange, type Told } from './told';
import { fullId } from './values';

const kinds: Readonly<Record<string, ChangeKind>> = {
  CREATE: 'created',
  UPDATE: 'updated',
  DELETE: 'deleted',
  UNDELETE: 'undeleted',
  SNAPSHOT: 'observed',
  OVERFLOW: 'overflowed',
};

/** What clients write into a body: none of it can have changed. */
const beside: ReadonlySet<string> = new Set(['Id', 'ReplayId', '_ObjectType', '_EventType']);

/** A change event's body beside its header. */
interface Body {
  readonly fields: Fields;
  readonly dateTypes: Readonly<Record<string, DateType>>;
  readonly changed: readonly string[];
  readonly nulled: readonly string[];
  readonly diff: readonly string[];
}

/** A change event of the Pub/Sub API. */
export function changeOfPubSub(native: PubSubNative): Told {
  return changeOf(objectOf(native.header) ?? {}, {
    fields: objectOf(native.fields) ?? {},
    dateTypes: objectOf(native.dateTypes) === undefined ? {} : native.dateTypes,
    changed: textsOf(native.changedFields),
    nulled: textsOf(native.nulledFields),
    diff: textsOf(native.diffFields),
  });
}

/**
 * A change event as JSON. A message of the Streaming API has the changed fields only, so a null in it is a cleared field.
 * A decoded Pub/Sub event has all fields, null where unchanged; bitmaps that were left in it cannot be read without the
 * schema, so what changed is what is not null.
 */
export function changeOfJson(native: JsonNative, header: Fields): Told {
  const body = objectOf(native.payload) ?? {};
  const isNull = (name: string): boolean => body[name] === null;
  const names = Object.keys(body).filter((name) => name !== 'ChangeEventHeader');
  const tellsNulls = header.nulledFields === undefined;
  const told = names
    .filter((name) => !beside.has(name) && (!isNull(name) || tellsNulls))
    .flatMap((name) => partsOf(name, body[name], (part) => tellsNulls || part !== null));
  const emptied = names.flatMap((name) => (isNull(name) ? [name] : emptiedPartsOf(name, body[name])));
  const changed = namedIn(header, 'changed');
  const fields = Object.fromEntries(
    names.filter((name) => !isNull(name)).map((name) => [name, withoutNulls(body[name])]),
  );
  return changeOf(
    header,
    {
      fields,
      dateTypes: {},
      changed: changed === undefined || changed.length === 0 ? told : changed,
      nulled: tellsNulls ? emptied : (namedIn(header, 'nulled') ?? []),
      diff: namedIn(header, 'diff') ?? [],
    },
    native.createdDate,
  );
}

/** A field list by its names; undefined where it is bitmaps, unless the client that left them in names the fields beside them. */
function namedIn(header: Fields, which: 'changed' | 'nulled' | 'diff'): readonly string[] | undefined {
  const texts = textsOf(header[`${which}Fields`]);
  if (!texts.some(isBitmap)) return texts;
  const beside = header[`${which}FieldNames`] ?? header[`${which}FieldsNames`];
  return Array.isArray(beside) ? textsOf(beside) : undefined;
}

/** A field, or the parts of a compound one. */
function partsOf(name: string, value: unknown, isTold: (part: unknown) => boolean): readonly string[] {
  const parts = Object.entries(objectOf(value) ?? {}).filter(([, part]) => isTold(part));
  return parts.length === 0 ? [name] : parts.map(([part]) => `${name}.${part}`);
}

function emptiedPartsOf(name: string, value: unknown): readonly string[] {
  const parts = Object.entries(objectOf(value) ?? {}).filter(([, part]) => part === null);
  return parts.map(([part]) => `${name}.${part}`);
}

/** @param sentAt when the envelope says that the event was sent */
function changeOf(header: Fields, body: Body, sentAt?: string): Told {
  const nativeType = required(header, 'entityName');
  const ids = recordIdsOf(header, body.fields.Id);
  const { kind, gap } = ids.some(isWildcard) ? wholeEntity : kindOf(header);
  const transactionKey = textOf(header.transactionKey);
  const sequenceNumber = sequenceNumberOf(header);
  const isNumbered = transactionKey !== undefined && sequenceNumber !== undefined;
  const by = textOf(header.commitUser);
  const time = timeOf(header, [body.fields.LastModifiedDate, body.fields.CreatedDate, sentAt]);
  return {
    nativeType,
    recordIds: kind === 'overflowed' ? ['*'] : ids,
    kind,
    gap,
    identity: isNumbered
      ? ['change', nativeType, transactionKey, String(sequenceNumber)]
      : // Without the number of the change, two of one transaction would be one: what it says tells them apart.
        ['change', nativeType, contentOfChange({ header, fields: body.fields, nulled: body.nulled })],
    time,
    sequence: sequenceOfCommit(header, sequenceNumber ?? 0, time),
    ...(by === undefined ? {} : { by }),
    ...(isNumbered ? { transaction: { id: transactionKey, sequence: sequenceNumber } } : {}),
    origin: isOwn(header.changeOrigin) ? 'self' : 'external',
    ...(gap ? untold : contentOf(kind, body)),
  };
}

type Content = Pick<Told, 'changed' | 'nulled' | 'diff' | 'fields' | 'provenance'>;

/** Any record of the entity may have changed, and none is named. */
const wholeEntity = { kind: 'overflowed', gap: true } as const;

/** `00Q*` after a change of a field's type, `000000000000000AAA` after an overflow: no ids that could be read. */
function isWildcard(id: string): boolean {
  return id.endsWith('*') || /^0{15}(AAA)?$/.test(id);
}

/** A gap event says that something happened, not what. */
const untold: Content = { changed: [], nulled: [], diff: [], fields: {}, provenance: 'missing' };

function contentOf(kind: ChangeKind, body: Body): Content {
  const isWhole = kind === 'created' || kind === 'undeleted' || kind === 'observed';
  const diff = body.diff.map(flatFieldName);
  const fields = flatten(body.fields, body.dateTypes, isWhole);
  if (kind !== 'updated') return { changed: [], nulled: [], diff, fields, provenance: 'event' };
  const nulled = body.nulled.map(flatFieldName);
  const changed = [...new Set([...body.changed.map(flatFieldName), ...nulled])];
  return { changed, nulled, diff, fields, provenance: 'partial' };
}

function kindOf(header: Fields): { readonly kind: ChangeKind; readonly gap: boolean } {
  const changeType = required(header, 'changeType');
  const name = changeType.replace(/^GAP_/, '');
  const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
  if (kind !== undefined) return { kind, gap: changeType !== name };
  throw refuse('SBX_SALESFORCE_CHANGE_TYPE', `unknown changeType ${changeType}`);
}

function required(header: Fields, name: string): string {
  const text = textOf(header[name]);
  if (text === undefined) throw refuse('SBX_SALESFORCE_HEADER', `ChangeEventHeader.${name} is missing`);
  return text;
}

/** @param own the body's `Id`, which stands there where somebody took the header's ids out */
function recordIdsOf({ recordIds }: Fields, own: unknown): readonly string[] {
  const told = recordIds ?? own;
  const ids = textsOf(Array.isArray(told) ? told : [told]);
  if (ids.length === 0) throw refuse('SBX_SALESFORCE_HEADER', 'ChangeEventHeader.recordIds is missing or empty');
  return [...new Set(ids.map(fullId))];
}

/** @param others what tells the time where the header was cut, best first */
function timeOf({ commitTimestamp: told }: Fields, others: readonly unknown[]): string {
  const isDigits = typeof told === 'string' && /^\d{1,16}$/.test(told);
  const time = instantOf(isDigits ? Number(told) : told);
  if (time !== undefined) return time;
  const other =
    told === undefined || told === null ? others.map(instantOf).find((one) => one !== undefined) : undefined;
  if (other !== undefined) return other;
  const value = JSON.stringify(told) as string | undefined;
  throw refuse(
    'SBX_SALESFORCE_TIME',
    value === undefined
      ? 'ChangeEventHeader.commitTimestamp is missing, and neither LastModifiedDate nor the envelope tells a time'
      : `ChangeEventHeader.commitTimestamp is not an instant in ms: ${value}`,
  );
}

/** Undefined where it is not told. */
function sequenceNumberOf({ sequenceNumber: told }: Fields): number | undefined {
  if (told === undefined || told === null) return undefined;
  const number = typeof told === 'string' && /^\d{1,15}$/.test(told) ? Number(told) : told;
  if (typeof number === 'number' && Number.isSafeInteger(number) && number >= 0) return number;
  throw refuse('SBX_SALESFORCE_HEADER', 'ChangeEventHeader.sequenceNumber is not a whole number');
}

/**
 * A commit number read by JSON.parse may have lost its last digits: better those it has than no order at all. Where it is not
 * told, the time as Salesforce's newer commit numbers have it, in nanoseconds.
 */
function sequenceOfCommit({ commitNumber }: Fields, sequenceNumber: number, time: string): string {
  const told = commitNumber ?? (BigInt(Math.max(0, millisOf(time))) * 1_000_000n).toString();
  const digits = typeof told === 'string' || typeof told === 'number' ? withoutExponent(String(told)) : '';
  if (/^\d{1,20}$/.test(digits)) return sequenceOf(digits, sequenceNumber);
  throw refuse('SBX_SALESFORCE_HEADER', 'ChangeEventHeader.commitNumber is not a whole number');
}

/** `1.7209112317623419e+18`, as some languages print a double, as `1720911231762341900`. */
function withoutExponent(text: string): string {
  const [, first = '', rest = '', exponent = ''] = /^(\d)(?:\.(\d+))?[eE]\+?(\d{1,2})$/.exec(text) ?? [];
  const zeros = Number(exponent) - rest.replace(/0+$/, '').length;
  return exponent === '' || zeros < 0 ? text : `${first}${rest.replace(/0+$/, '')}${'0'.repeat(zeros)}`;
}

/** `com/salesforce/api/rest/62.0;client=Signalbox`: the client is what the writer put into Sforce-Call-Options. */
function isOwn(changeOrigin: unknown): boolean {
  const client = typeof changeOrigin === 'string' ? /;client=([^;/]*)/.exec(changeOrigin)?.[1] : undefined;
  return client === callClient;
}

function withoutNulls(value: unknown): unknown {
  const parts = objectOf(value);
  return parts === undefined ? value : Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== null));
}
