import { parseKey, rowOf, describeKey, type Key } from '../org/keys';
import { alreadyThere, noAccess, noSuchRow, Refusal, versionMismatch } from '../org/refusal';
import type { Row, Table } from '../org/table';
import { bodyObject, type Answer, type WebCall } from './call';
import { expander } from './expand';
import { noSuchProperty } from './properties';
import { applied, contextOf, readSelect } from './query';
import { attributeOf, etagOf, jsonValue, renderRow } from './render';

/** The row that a path names. @throws Refusal where there is none */
export const rowAt = (table: Table, keyText: string): Row => {
  const key = parseKey(table, keyText);
  const row = rowOf(table, key);
  if (row === undefined) throw noSuchRow(table.type.name, describeKey(key));
  return row;
};

/** `https://…/leads(…)`, as `OData-EntityId` has it. */
export const urlOf = ({ context }: WebCall, { type }: Table, id: string): string =>
  `${context.root}/${type.set}(${id})`;

/** A single row as an answer. @throws Refusal */
export const showRow = (call: WebCall, table: Table, row: Row, status = 200): Answer => {
  const { context, annotations, preferences } = call;
  const { type } = table;
  const select = readSelect(call, type);
  const expand = expander(context.org, type, call.query.get('$expand'), annotations);
  return {
    status,
    body: {
      '@odata.context': `${context.root}/$metadata#${contextOf(type, select)}/$entity`,
      ...renderRow(context.org, type, row, annotations, select),
      ...expand(row),
    },
    headers: { etag: etagOf(row), ...applied(preferences, annotations.isAny) },
  };
};

/** What a write answers: nothing but the row's URL, or the row where the caller prefers it. */
const written = (call: WebCall, table: Table, row: Row, isNew: boolean): Answer => {
  const url = urlOf(call, table, row.id);
  if (call.preferences.get('return') !== 'representation') {
    return { status: 204, headers: { location: url, 'odata-entityid': url } };
  }
  const answer = showRow(call, table, row, isNew ? 201 : 200);
  return { ...answer, headers: { ...answer.headers, location: url, 'preference-applied': 'return=representation' } };
};

/** `GET leads(…)`: 304 where the caller has this version and asks for nothing that the version does not cover. */
export const readRecord = (call: WebCall, table: Table, keyText: string): Answer => {
  const row = rowAt(table, keyText);
  if (call.context.hidden.has(row.id)) throw noAccess(row.id);
  const isCovered = !call.query.has('$expand') && !call.annotations.isAny;
  if (isCovered && call.headers['if-none-match'] === etagOf(row)) return { status: 304 };
  return showRow(call, table, row);
};

/** `POST leads`. */
export const createRecord = (call: WebCall, table: Table): Answer => {
  const row = call.context.org.insert(table, bodyObject(call), call.transaction);
  return written(call, table, row, true);
};

const checkVersion = (call: WebCall, row: Row): void => {
  const expected = call.headers['if-match'];
  if (expected !== undefined && expected !== '*' && expected !== etagOf(row)) throw versionMismatch();
};

const insertAt = (call: WebCall, table: Table, key: Key): Row => {
  if (call.headers['if-match'] !== undefined) throw noSuchRow(table.type.name, describeKey(key));
  const body = bodyObject(call);
  // The key's columns are the new row's, also where the body is silent about them.
  const given = 'id' in key ? { ...body, [table.type.id]: key.id } : { ...key.values, ...body };
  return call.context.org.insert(table, given, call.transaction);
};

/** `PATCH leads(…)`: changes the row, or makes it where there is none, unless the headers forbid either. */
export const upsertRecord = (call: WebCall, table: Table, keyText: string): Answer => {
  const key = parseKey(table, keyText);
  const row = rowOf(table, key);
  if (row === undefined) return written(call, table, insertAt(call, table, key), true);
  if (call.headers['if-none-match'] === '*') throw alreadyThere();
  checkVersion(call, row);
  const changed = call.context.org.update(table, row, bodyObject(call), call.transaction);
  return written(call, table, changed, false);
};

/** `DELETE leads(…)`. */
export const deleteRecord = (call: WebCall, table: Table, keyText: string): Answer => {
  const row = rowAt(table, keyText);
  checkVersion(call, row);
  call.context.org.remove(table, row, call.transaction);
  return { status: 204 };
};

/** `GET leads(…)/subject`. */
export const readProperty = (call: WebCall, table: Table, keyText: string, name: string): Answer => {
  const attribute = attributeOf(table.type, name);
  if (attribute === undefined) throw noSuchProperty(table.type, name);
  const row = rowAt(table, keyText);
  const value = jsonValue(attribute, row);
  if (value === null) return { status: 204 };
  const context = `${call.context.root}/$metadata#${table.type.set}(${row.id})/${name}`;
  return { status: 200, body: { '@odata.context': context, value } };
};

/** `PUT leads(…)/subject {"value": …}` and `DELETE leads(…)/subject`. Lookups are not cleared so. */
export const writeProperty = (call: WebCall, table: Table, keyText: string, name: string): Answer => {
  const attribute = table.type.attribute(name);
  if (attribute === undefined) throw noSuchProperty(table.type, name);
  if (attribute.targets !== undefined) throw new Refusal(405, '0x80060888', `'${name}' is no primitive property.`);
  const value = call.method === 'DELETE' ? null : bodyObject(call)['value'];
  call.context.org.update(table, rowAt(table, keyText), { [name]: value }, call.transaction);
  return { status: 204 };
};
