import type { WriteEntry } from '../api';
import { Refusal } from '../org/refusal';
import type { Table } from '../org/table';
import { runAction } from './actions';
import { changeReference } from './associations';
import { notFound, wrongMethod, type Answer, type Segment, type WebCall } from './call';
import { countChanges, isTracked, trackChanges } from './changes';
import { collectionOf, rowsAbout } from './expand';
import { readMetadata } from './metadata';
import { countRows, runQuery } from './query';
import {
  createRecord,
  deleteRecord,
  readProperty,
  readRecord,
  rowAt,
  showRow,
  upsertRecord,
  urlOf,
  writeProperty,
} from './records';
import { attributeOf } from './render';

const whoAmI = (call: WebCall): Answer => {
  const { root, organizationId, org } = call.context;
  const body = {
    '@odata.context': `${root}/$metadata#Microsoft.Dynamics.CRM.WhoAmIResponse`,
    BusinessUnitId: org.businessUnit.id,
    UserId: call.transaction.caller.userId,
    OrganizationId: organizationId,
  };
  return { status: 200, body };
};

const serviceDocument = (call: WebCall): Answer => {
  const { root, org } = call.context;
  const value = org.tables.map(({ type }) => ({ name: type.set, kind: 'EntitySet', url: type.set }));
  return { status: 200, body: { '@odata.context': `${root}/$metadata`, value } };
};

const onSet = (call: WebCall, table: Table): Answer => {
  if (call.method === 'POST') return createRecord(call, table);
  if (call.method !== 'GET') throw wrongMethod(call);
  return isTracked(call) ? trackChanges(call, table) : runQuery(call, table, table.rows.values());
};

const onRecord = (call: WebCall, table: Table, key: string): Answer => {
  switch (call.method) {
    case 'GET':
      return readRecord(call, table, key);
    case 'PATCH':
      return upsertRecord(call, table, key);
    case 'DELETE':
      return deleteRecord(call, table, key);
    default:
      throw wrongMethod(call);
  }
};

const count = (call: WebCall, table: Table): Answer => {
  const token = call.query.get('$deltatoken');
  const found = token === null ? countRows(call, table, table.rows.values()) : countChanges(call, table, token);
  // The service answers with the bare number.
  return { status: 200, body: found, headers: { 'content-type': 'text/plain' } };
};

const followed = (call: WebCall, table: Table, key: string, name: string, isReference: boolean): Answer => {
  const { org, root } = call.context;
  const row = rowAt(table, key);
  const navigation = table.type.navigation(name);
  if (navigation !== undefined) {
    const value = row.values[navigation.attribute.name] ?? null;
    if (typeof value !== 'object' || value === null || !('id' in value)) return { status: 204 };
    const target = org.table(value.table);
    if (!isReference) return showRow(call, target, org.live(target, value.id));
    return {
      status: 200,
      body: { '@odata.context': `${root}/$metadata#$ref`, '@odata.id': urlOf(call, target, value.id) },
    };
  }
  const collection = collectionOf(org, table.type, name);
  if (collection === undefined) throw notFound(name);
  return runQuery(call, collection.table, rowsAbout(collection.table, collection.lookup, row.id));
};

const below = (call: WebCall, table: Table, key: string, part: Segment, last: Segment | undefined): Answer => {
  const isReference = last?.name === '$ref';
  if (call.method === 'GET') {
    const isColumn = attributeOf(table.type, part.name) !== undefined;
    return isColumn ? readProperty(call, table, key, part.name) : followed(call, table, key, part.name, isReference);
  }
  if (isReference) return changeReference(call, table, key, part);
  if (call.method === 'POST') return runAction(call, table, key, part.name);
  if (call.method === 'PATCH') throw wrongMethod(call);
  return writeProperty(call, table, key, part.name);
};

/** `leads(@id)?@id=…`: the key is in a parameter. */
const keyOf = (call: WebCall, { key }: Segment): string | undefined =>
  key?.startsWith('@') === true ? (call.query.get(key) ?? '') : key;

const onTable = (call: WebCall, table: Table, [first, second, third]: readonly Segment[]): Answer => {
  const key = first === undefined ? undefined : keyOf(call, first);
  if (key === undefined) return second?.name === '$count' ? count(call, table) : onSet(call, table);
  return second === undefined ? onRecord(call, table, key) : below(call, table, key, second, third);
};

const route = (call: WebCall): Answer => {
  const [first] = call.segments;
  if (first === undefined) return serviceDocument(call);
  if (first.name === 'WhoAmI') {
    if (call.method !== 'GET') throw wrongMethod(call);
    return whoAmI(call);
  }
  if (first.name === 'EntityDefinitions' && call.method === 'GET') return readMetadata(call);
  const table = call.context.org.bySet(first.name);
  if (table === undefined) throw notFound(first.name);
  return onTable(call, table, call.segments);
};

const tableOf = ({ context, segments }: WebCall): string => context.org.bySet(segments[0]?.name ?? '')?.type.name ?? '';

const entryOf = (call: WebCall, outcome: { status: number; errorCode?: string }): WriteEntry => {
  const { caller, operations } = call.transaction;
  const operation = operations.at(-1);
  const recordId = operation?.recordId ?? call.segments[0]?.key;
  return {
    at: Date.now(),
    method: call.method,
    path: call.path,
    userId: caller.userId,
    table: tableOf(call),
    ...(recordId === undefined ? {} : { recordId }),
    ...(call.method === 'PATCH' && operation !== undefined ? { created: operation.message === 'Create' } : {}),
    ...(caller.tag === undefined ? {} : { tag: caller.tag }),
    ...(call.body === undefined ? {} : { body: call.body }),
    ...outcome,
  };
};

/** Answers a Web API request; a write is noted with its outcome. @throws Refusal */
export const dispatch = (call: WebCall): Answer => {
  if (call.method === 'GET') return route(call);
  try {
    const answer = route(call);
    call.context.writes.push(entryOf(call, { status: answer.status }));
    return answer;
  } catch (error) {
    if (error instanceof Refusal)
      call.context.writes.push(entryOf(call, { status: error.status, errorCode: error.code }));
    throw error;
  }
};
