import { type Fields, firstText, listOf, objectOf, objectsOf, ownOf, textOf } from './json';
import type { RowNative } from './native';
import { s4Objects } from './normalise/objects-s4';

/** `API_BUSINESS_PARTNER.A_BusinessPartnerType`, `c4codata.ServiceRequest`, `TaskCollection`: the object's own name. */
function objectName(name: string): string {
  const last = name.split(/[./]/).at(-1) ?? name;
  return last
    .replace(/\(.*$/, '')
    .replace(/^A_/, '')
    .replace(/(Type|Collection)$/, '');
}

/**
 * Rows as people have them: an answer of an OData service (V2 `d`, V4 `value`), objects named after their collections, rows in
 * the message of a log line, one row. Undefined for what is none of these; a row's type is empty where nothing tells it.
 */
export function readRows(object: Fields): readonly RowNative[] | undefined {
  return logged(object) ?? answered(object) ?? collected(object) ?? single(object);
}

/** `{ function: "….TaskCollection", level, message: [rows] }` */
function logged(object: Fields): readonly RowNative[] | undefined {
  const rows = listOf(object.message);
  const name = textOf(object.function) ?? textOf(object.collection);
  if (rows === undefined || name === undefined || object.level === undefined) return undefined;
  return objectsOf(rows).map((row) => rowOf(row, objectName(name)));
}

function answered(object: Fields): readonly RowNative[] | undefined {
  const context = textOf(object['@odata.context'])
    ?.split('#')[1]
    ?.replace(/\/\$\w+$/, '');
  const type = context === undefined ? undefined : objectName(context);
  const d = objectOf(object.d);
  const results = d === undefined ? object.value : (d.results ?? d);
  if (d === undefined && !('value' in object)) return undefined;
  if (listOf(object.d) !== undefined) return rowsOf(object.d, type);
  return results === undefined ? undefined : rowsOf(results, type);
}

function rowsOf(value: unknown, type: string | undefined): readonly RowNative[] {
  const one = objectOf(value);
  return (one === undefined ? objectsOf(value) : [one]).map((row) => rowOf(row, type));
}

/** `{ TaskCollection: [rows], … }` */
function collected(object: Fields): readonly RowNative[] | undefined {
  const collections = Object.entries(object).filter(([name]) => /[a-z]Collection$/.test(name));
  if (collections.length === 0) return undefined;
  return collections.flatMap(([name, rows]) => rowsOf(rows, objectName(name)));
}

function single(object: Fields): readonly RowNative[] | undefined {
  const row = rowOf(object, undefined);
  return row.nativeType === '' ? undefined : [row];
}

/** @param collection the object that the rows' collection is named after */
function rowOf(fields: Fields, collection: string | undefined): RowNative {
  const gone = goneIn(fields, collection);
  if (gone !== undefined) return gone;
  const metadata = objectOf(fields.__metadata);
  const named = firstText(metadata, ['type', 'uri']) ?? textOf(fields['@odata.type'])?.replace(/^#/, '');
  return { kind: 'row', nativeType: named === undefined ? typeByShape(fields, collection) : objectName(named), fields };
}

/** A row that a delta answer says is gone: `SalesOrder('1')`, or with names: `Item(SalesOrder='1',Item='10')`, also as an address. */
function goneIn(fields: Fields, collection: string | undefined): RowNative | undefined {
  const isGone =
    objectOf(fields['@removed']) !== undefined || /\/\$deletedEntity$/.test(textOf(fields['@odata.context']) ?? '');
  const [, name = '', key = ''] = /(\w+)\(([^()]*)\)$/.exec(firstText(fields, ['@odata.id', '@id', 'id']) ?? '') ?? [];
  if (!isGone || name === '') return undefined;
  const nativeType = collection ?? objectName(name);
  const parts = [...key.matchAll(/(?:(\w+)=)?(?:'([^']*)'|([\w-]+))/g)];
  const keys = parts.map(([, field = nativeType, quoted, bare]) => [field, quoted ?? bare]);
  return { kind: 'row', nativeType, fields: Object.fromEntries(keys) as Fields, deleted: true };
}

/** Kinds of activities that Cloud for Customer tells apart by their document type. */
const documentTypes: Readonly<Record<string, string>> = {
  '0001': 'Appointment',
  '0002': 'PhoneCall',
  '0004': 'EMail',
  '0006': 'Task',
};

/** A field that only the nodes of one kind have, and their name. */
const nodes: readonly (readonly [field: string, node: string])[] = [
  ['MessageToEmailID', 'EMailToRecipients'],
  ['EMailValue', 'EMailSenderParty'],
  ['AppointmentID', 'AppointmentOtherParties'],
];

function typeByShape(fields: Fields, collection: string | undefined): string {
  if (textOf(fields.ParentObjectID) !== undefined || 'EMailParentID' in fields)
    return nodeType(fields, collection ?? '');
  return collection ?? activityType(fields) ?? objectByKey(fields) ?? '';
}

function activityType(fields: Fields): string | undefined {
  const type = textOf(fields.DocumentType) ?? '';
  return textOf(fields.ObjectID) !== undefined && Object.hasOwn(documentTypes, type) ? documentTypes[type] : undefined;
}

/** S/4HANA names the key of an object like the object. */
function objectByKey(fields: Fields): string | undefined {
  return s4Objects.find(({ keys: [key = ''] }) => textOf(ownOf(fields, key)) !== undefined)?.nativeType;
}

/** Rows of an object's nodes are told in the collection of the object. */
function nodeType(fields: Fields, collection: string): string {
  const node = nodes.find(([field]) => field in fields)?.[1];
  return node ?? `${collection}${'RoleCode' in fields ? 'InvolvedParties' : 'Item'}`;
}
