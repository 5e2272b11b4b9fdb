import type { ChangeKind } from '../../../canonical-schema/event';
import { sequenceOf } from '../../../canonical-schema/identity';
import { isBitmap } from '../bitmap';
import { objectOf, textOf, textsOf } from '../../kit/json';
import { callClient, type DateType, type Fields, type JsonNative, type PubSubNative } from '../native';
import { instantOf } from './dates';
import { flatFieldName, flatten } from './flatten';
import { refuse } from '../../kit/canonical-event';
import type { Told } from './told';
import { fullId } from './values';

const kinds: Readonly<Record<string, ChangeKind>> = {
  CREATE: 'created',
  UPDATE: 'updated',
  DELETE: 'deleted',
  UNDELETE: 'undeleted',
  SNAPSHOT: 'observed',
  OVERFLOW: 'overflowed',
};

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
  const named = (list: unknown): readonly string[] | undefined => {
    const texts = textsOf(list);
    return texts.some(isBitmap) ? undefined : texts;
  };
  const isNull = (name: string): boolean => body[name] === null;
  const names = Object.keys(body).filter((name) => name !== 'ChangeEventHeader');
  const tellsNulls = header.nulledFields === undefined;
  const told = names.filter((name) => !isNull(name) || tellsNulls);
  const changed = named(header.changedFields);
  return changeOf(header, {
    fields: Object.fromEntries(names.filter((name) => !isNull(name)).map((name) => [name, withoutNulls(body[name])])),
    dateTypes: {},
    changed: changed === undefined || changed.length === 0 ? told : changed,
    nulled: tellsNulls ? names.filter(isNull) : (named(header.nulledFields) ?? []),
    diff: named(header.diffFields) ?? [],
  });
}

function changeOf(header: Fields, body: Body): Told {
  const nativeType = required(header, 'entityName');
  const ids = recordIdsOf(header);
  const { kind, gap } = ids.some(isWildcard) ? wholeEntity : kindOf(header);
  const transactionKey = required(header, 'transactionKey');
  const sequenceNumber = sequenceNumberOf(header);
  const by = textOf(header.commitUser);
  return {
    nativeType,
    recordIds: kind === 'overflowed' ? ['*'] : ids,
    kind,
    gap,
    identity: ['change', nativeType, transactionKey, String(sequenceNumber)],
    time: timeOf(header),
    sequence: sequenceOfCommit(header, sequenceNumber),
    ...(by === undefined ? {} : { by }),
    transaction: { id: transactionKey, sequence: sequenceNumber },
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

function recordIdsOf(header: Fields): readonly string[] {
  const ids = textsOf(header.recordIds);
  if (ids.length === 0) throw refuse('SBX_SALESFORCE_HEADER', 'ChangeEventHeader.recordIds is missing or empty');
  return [...new Set(ids.map(fullId))];
}

function timeOf(header: Fields): string {
  const time = instantOf(header.commitTimestamp);
  if (time !== undefined) return time;
  const value = JSON.stringify(header.commitTimestamp);
  throw refuse('SBX_SALESFORCE_TIME', `ChangeEventHeader.commitTimestamp is not an instant in ms: ${value}`);
}

function sequenceNumberOf(header: Fields): number {
  const { sequenceNumber } = header;
  if (typeof sequenceNumber === 'number' && Number.isSafeInteger(sequenceNumber) && sequenceNumber >= 0)
    return sequenceNumber;
  throw refuse('SBX_SALESFORCE_HEADER', 'ChangeEventHeader.sequenceNumber is not a whole number');
}

/** A commit number read by JSON.parse may have lost its last digits: better those it has than no order at all. */
function sequenceOfCommit(header: Fields, sequenceNumber: number): string {
  const { commitNumber = 0 } = header;
  const digits = typeof commitNumber === 'number' ? String(commitNumber) : commitNumber;
  if (typeof digits === 'string' && /^\d{1,20}$/.test(digits)) return sequenceOf(digits, sequenceNumber);
  throw refuse('SBX_SALESFORCE_HEADER', 'ChangeEventHeader.commitNumber is not a whole number');
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
