import type { FieldDefinition } from '../org/definitions';
import type { ObjectType } from '../org/object-type';
import { notFound, Refusal } from '../org/refusal';
import type { Row, Table } from '../org/table';
import { bodyObject, dataPath, logWrite, type Answer, type RestCall } from './call';
import { renderRecord } from './render';
import { runLogged, strikeRowLock } from './writing';

/** The external id field of an upsert path. @throws Refusal where the field is none */
export const externalIdField = (type: ObjectType, name: string): FieldDefinition => {
  const field = type.field(name);
  if (field?.externalId === true || field?.name === 'Id') return field;
  throw notFound('Provided external ID field does not exist or is not accessible: ' + name);
};

const listedFields = (type: ObjectType, list: string | null): readonly FieldDefinition[] | undefined =>
  list
    ?.split(',')
    .filter((name) => name.trim() !== '')
    .map((name) => {
      const field = type.field(name.trim());
      if (field !== undefined) return field;
      throw new Refusal(400, 'INVALID_FIELD', `No such column '${name.trim()}' on sobject of type ${type.name}`);
    });

/** Finds records by `Id` or by an external id. More than one is answered with 300 and their URLs. */
const findOne = (call: RestCall, table: Table, fieldName: string, value: string): Row | Answer | undefined => {
  const field = externalIdField(table.type, fieldName);
  if (field.name === 'Id') return call.context.org.live(table, value);
  const rows = table.find(field.name, value);
  if (rows.length < 2) return rows[0];
  return { status: 300, body: rows.map((row) => `${dataPath(call)}/sobjects/${table.type.name}/${row.id}`) };
};

const isAnswer = (found: Row | Answer): found is Answer => 'status' in found;

const show = (call: RestCall, table: Table, row: Row): Answer => ({
  status: 200,
  body: renderRecord(table.type, row.values, dataPath(call), listedFields(table.type, call.query.get('fields'))),
});

const checkUnmodified = (call: RestCall, row: Row): void => {
  const since = Date.parse(call.headers['if-unmodified-since'] ?? '');
  const modified = row.values['LastModifiedDate'];
  if (Number.isNaN(since) || typeof modified !== 'number' || modified <= since) return;
  throw new Refusal(412, 'PRECONDITION_FAILED', 'Resource modified since the time given');
};

/** POST /sobjects/X */
export const createRecord = (call: RestCall, object: string): Answer => {
  const body = bodyObject(call);
  if (object.endsWith('__e')) return publishThroughRest(call, object, body);
  const { org } = call.context;
  const table = org.table(object);
  const row = runLogged(call, { object: table.type.name, operation: 'create', body }, () => {
    strikeRowLock(call);
    return org.insert(table, body, call.transaction);
  });
  return { status: 201, body: { id: row.id, success: true, errors: [] } };
};

const publishThroughRest = (call: RestCall, object: string, body: Readonly<Record<string, unknown>>): Answer => {
  const { bus } = call.context;
  const topic = bus.log.topic(`/event/${object}`);
  if (topic?.schema === undefined) throw notFound();
  const { schema } = topic;
  const names = new Set((JSON.parse(schema.json) as { fields: { name: string }[] }).fields.map(({ name }) => name));
  const unknown = Object.keys(body).find((name) => name !== 'attributes' && !names.has(name));
  if (unknown !== undefined) {
    throw new Refusal(400, 'INVALID_FIELD', `No such column '${unknown}' on sobject of type ${object}`);
  }
  const given = [...names].map((name) => [name, body[name] ?? null] as const);
  const { author, now } = call.transaction;
  const event = { ...Object.fromEntries(given), CreatedDate: BigInt(now), CreatedById: author.userId };
  if (!schema.type.isValid(event)) {
    throw new Refusal(400, 'JSON_PARSER_ERROR', `A field of ${object} has a value of the wrong type`);
  }
  const stored = bus.emitRaw([topic], schema.id, schema.type.toBuffer(event));
  const message = stored?.id ?? '';
  return {
    status: 201,
    body: {
      id: 'e00xx0000000001AAA',
      success: true,
      errors: [{ statusCode: 'OPERATION_ENQUEUED', message, fields: [] }],
    },
  };
};

/** GET /sobjects/X/id and GET /sobjects/X/Ext__c/value */
export const readRecord = (call: RestCall, object: string, field: string, value: string): Answer => {
  const table = call.context.org.table(object);
  const found = findOne(call, table, field, value);
  if (found === undefined) throw notFound();
  return isAnswer(found) ? found : show(call, table, found);
};

/** PATCH /sobjects/X/id */
export const updateRecord = (call: RestCall, object: string, id: string): Answer => {
  const body = bodyObject(call);
  const { org } = call.context;
  const table = org.table(object);
  runLogged(call, { object: table.type.name, operation: 'update', recordId: id, body }, () => {
    const row = org.live(table, id);
    checkUnmodified(call, row);
    strikeRowLock(call);
    return org.update(table, row, body, call.transaction);
  });
  return { status: 204 };
};

/** PATCH /sobjects/X/Ext__c/value: 201 created, 200 updated (204 before version 46), 300 where several match. */
export const upsertRecord = (call: RestCall, object: string, fieldName: string, value: string): Answer => {
  const body = bodyObject(call);
  const { org } = call.context;
  const table = org.table(object);
  const field = externalIdField(table.type, fieldName);
  if (field.name === 'Id') return updateRecord(call, object, value);
  if (Object.keys(body).some((name) => name.toLowerCase() === field.name.toLowerCase())) {
    throw new Refusal(400, 'INVALID_FIELD', `The ${field.name} field should not be specified in the sobject data.`, [
      field.name,
    ]);
  }
  const found = findOne(call, table, field.name, value);
  if (found !== undefined && isAnswer(found)) return found;
  const created = found === undefined;
  const row = runLogged(
    call,
    { object: table.type.name, operation: 'upsert', created, body: { ...body, [field.name]: value } },
    () => {
      strikeRowLock(call);
      return found === undefined
        ? org.insert(table, { ...body, [field.name]: value }, call.transaction)
        : org.update(table, found, body, call.transaction);
    },
  );
  if (!created && call.version < 46) return { status: 204 };
  return { status: created ? 201 : 200, body: { id: row.id, success: true, errors: [], created } };
};

/** DELETE /sobjects/X/id and DELETE /sobjects/X/Ext__c/value */
export const deleteRecord = (call: RestCall, object: string, field: string, value: string): Answer => {
  const { org } = call.context;
  const table = org.table(object);
  const found = findOne(call, table, field, value);
  if (found === undefined) throw notFound();
  if (isAnswer(found)) return found;
  strikeRowLock(call);
  org.remove(table, found, call.transaction);
  logWrite(call, { object: table.type.name, operation: 'delete', recordId: found.id });
  return { status: 204 };
};
