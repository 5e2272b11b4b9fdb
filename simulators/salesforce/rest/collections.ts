import { parseId } from '../org/ids';
import { Refusal } from '../org/refusal';
import type { RecordBody } from '../org/org';
import type { Row, Table } from '../org/table';
import { bodyObject, dataPath, logWrite, type Answer, type RestCall } from './call';
import { externalIdField } from './records';
import { renderRecord } from './render';
import { runLogged, savepoint, strikeRowLock } from './writing';

/** Most records of a collections request. */
const MAX_ROWS = 200;

type RowError = Refusal['rowErrors'][number];

/** One row of a collections answer. */
interface RowResult {
  readonly id?: string;
  readonly success: boolean;
  readonly errors: readonly RowError[];
  readonly created?: boolean;
}

const rolledBack: RowError = {
  statusCode: 'ALL_OR_NONE_OPERATION_ROLLED_BACK',
  message: 'Record rolled back because not all records were valid and the request was using AllOrNone header',
  fields: [],
};

const checkCount = (count: number): void => {
  if (count <= MAX_ROWS) return;
  throw new Refusal(
    400,
    'EXCEEDED_ID_LIMIT',
    `record limit reached. cannot submit more than ${MAX_ROWS} records in this call`,
  );
};

const recordsOf = (call: RestCall): readonly RecordBody[] => {
  const { records } = bodyObject(call);
  if (!Array.isArray(records))
    throw new Refusal(400, 'JSON_PARSER_ERROR', 'The request body must have a list of records');
  checkCount(records.length);
  return records as readonly RecordBody[];
};

const typeOf = (record: RecordBody): string => {
  const { attributes } = record;
  const type =
    typeof attributes === 'object' && attributes !== null ? (attributes as { type?: unknown }).type : undefined;
  if (typeof type === 'string') return type;
  throw new Refusal(400, 'INVALID_TYPE', 'A record has no attributes.type');
};

const withoutId = (record: RecordBody): RecordBody =>
  Object.fromEntries(Object.entries(record).filter(([name]) => name.toLowerCase() !== 'id'));

const idOf = (record: RecordBody): unknown => Object.entries(record).find(([name]) => name.toLowerCase() === 'id')?.[1];

/** Writes rows one after the other; with allOrNone a single refusal takes all of them back. */
const eachRow = <R>(call: RestCall, allOrNone: boolean, rows: readonly R[], write: (row: R) => RowResult): Answer => {
  const point = savepoint(call);
  const results = rows.map((row): RowResult => {
    try {
      return write(row);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { success: false, errors: error.rowErrors };
    }
  });
  if (!allOrNone || results.every((result) => result.success)) return { status: 200, body: results };
  point.rollback(rolledBack.statusCode);
  const body = results.map((result) => (result.success ? { success: false, errors: [rolledBack] } : result));
  return { status: 200, body };
};

/** POST /composite/sobjects */
export const createRecords = (call: RestCall): Answer => {
  const { org } = call.context;
  return eachRow(call, bodyObject(call)['allOrNone'] === true, recordsOf(call), (record) => {
    const table = org.table(typeOf(record));
    const row = runLogged(call, { object: table.type.name, operation: 'create', body: record }, () => {
      strikeRowLock(call);
      return org.insert(table, record, call.transaction);
    });
    return { id: row.id, success: true, errors: [] };
  });
};

const liveRow = (call: RestCall, table: Table, id: unknown): Row =>
  call.context.org.live(
    table,
    id,
    () => new Refusal(404, 'INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id', []),
  );

/** PATCH /composite/sobjects */
export const updateRecords = (call: RestCall): Answer => {
  const { org } = call.context;
  return eachRow(call, bodyObject(call)['allOrNone'] === true, recordsOf(call), (record) => {
    const table = org.table(typeOf(record));
    const id = idOf(record);
    const known = parseId(id);
    try {
      const entry = { object: table.type.name, operation: 'update' as const, body: record };
      const row = runLogged(call, known === undefined ? entry : { ...entry, recordId: known }, () => {
        const live = liveRow(call, table, id);
        strikeRowLock(call);
        return org.update(table, live, withoutId(record), call.transaction);
      });
      return { id: row.id, success: true, errors: [] };
    } catch (error) {
      // A refused update names its record, unlike a refused creation.
      if (!(error instanceof Refusal) || known === undefined) throw error;
      return { id: known, success: false, errors: error.rowErrors };
    }
  });
};

/** An external id value as text; the JSON parser lets only text and numbers through. */
const keyText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** PATCH /composite/sobjects/X/Ext__c */
export const upsertRecords = (call: RestCall, object: string, fieldName: string): Answer => {
  const { org } = call.context;
  const table = org.table(object);
  const field = externalIdField(table.type, fieldName);
  const records = recordsOf(call);
  const valueOf = (record: RecordBody): unknown =>
    Object.entries(record).find(([name]) => name.toLowerCase() === field.name.toLowerCase())?.[1] ?? null;
  const seen = new Map<string, number>();
  for (const record of records) {
    const key = keyText(valueOf(record)).toLowerCase();
    seen.set(key, (seen.get(key) ?? 0) + 1);
  }
  return eachRow(call, bodyObject(call)['allOrNone'] === true, records, (record) => {
    const value = valueOf(record);
    if (typeOf(record).toLowerCase() !== object.toLowerCase()) {
      throw new Refusal(400, 'INVALID_TYPE', `Records must be of type ${table.type.name}`, []);
    }
    if (value !== null && (seen.get(keyText(value).toLowerCase()) ?? 0) > 1) {
      throw new Refusal(400, 'DUPLICATE_VALUE', `Duplicate external id specified: ${keyText(value)}`, [field.name]);
    }
    return upsertRow(call, table, field.name, value, record);
  });
};

const upsertRow = (call: RestCall, table: Table, field: string, value: unknown, record: RecordBody): RowResult => {
  const { org } = call.context;
  if (value === null && field !== 'Id') {
    throw new Refusal(400, 'MISSING_ARGUMENT', `${field} not specified`, []);
  }
  const matches = field === 'Id' ? [] : table.find(field, keyText(value));
  if (matches.length > 1)
    throw new Refusal(
      300,
      'DUPLICATE_EXTERNAL_ID',
      `${field}: more than one record found for external id field: ${keyText(value)}`,
      [],
    );
  const existing = field === 'Id' && value !== null ? liveRow(call, table, value) : matches[0];
  const created = existing === undefined;
  const row = runLogged(call, { object: table.type.name, operation: 'upsert', created, body: record }, () => {
    strikeRowLock(call);
    return existing === undefined
      ? org.insert(table, withoutId(record), call.transaction)
      : org.update(table, existing, withoutId(record), call.transaction);
  });
  return { id: row.id, success: true, errors: [], created };
};

/** DELETE /composite/sobjects?ids=…&allOrNone=… */
export const deleteRecords = (call: RestCall): Answer => {
  const ids = (call.query.get('ids') ?? '').split(',').filter((id) => id !== '');
  checkCount(ids.length);
  const { org } = call.context;
  return eachRow(call, call.query.get('allOrNone') === 'true', ids, (id) => {
    const table = org.tableOfId(id);
    if (table === undefined) throw new Refusal(400, 'MALFORMED_ID', `malformed id ${id}`, []);
    const row = liveRow(call, table, id);
    strikeRowLock(call);
    org.remove(table, row, call.transaction);
    logWrite(call, { object: table.type.name, operation: 'delete', recordId: row.id });
    return { id: row.id, success: true, errors: [] };
  });
};

/** GET /composite/sobjects/X?ids=…&fields=… and POST with `{ids, fields}`: records in order, null where there is none. */
export const retrieveRecords = (call: RestCall, object: string): Answer => {
  const table = call.context.org.table(object);
  const given = call.method === 'GET' ? Object.fromEntries(call.query) : bodyObject(call);
  const list = (value: unknown): readonly string[] =>
    Array.isArray(value)
      ? value.map(String)
      : ((value as string | undefined) ?? '').split(',').filter((item) => item !== '');
  const ids = list(given['ids']);
  if (ids.length > 2000)
    throw new Refusal(400, 'EXCEEDED_ID_LIMIT', 'record limit reached. cannot retrieve more than 2000 records');
  const fields = list(given['fields']).map((name) => {
    const field = table.type.field(name);
    if (field !== undefined) return field;
    throw new Refusal(400, 'INVALID_FIELD', `No such column '${name}' on sobject of type ${table.type.name}`);
  });
  const body = ids.map((id) => {
    const row = table.get(parseId(id) ?? '');
    return row === undefined || row.values['IsDeleted'] === true
      ? null
      : renderRecord(table.type, row.values, dataPath(call), fields);
  });
  return { status: 200, body };
};
