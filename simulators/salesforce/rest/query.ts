import { executeSoql } from '../soql/execute';
import { Refusal } from '../org/refusal';
import { dataPath, type Answer, type RestCall } from './call';

/** Rows per batch: 2,000 where `Sforce-Query-Options: batchSize=…` does not say otherwise (200 to 2,000). */
const batchSizeOf = (call: RestCall): number => {
  const [, asked] = /batchSize=(\d+)/i.exec(String(call.headers['sforce-query-options'] ?? '')) ?? [];
  return asked === undefined ? 2000 : Math.min(2000, Math.max(200, Number(asked)));
};

const batch = (call: RestCall, resource: string, locator: string, offset: number): Answer => {
  const cursor = call.context.cursors.find(locator);
  if (cursor === undefined || offset >= cursor.records.length) {
    throw new Refusal(400, 'INVALID_QUERY_LOCATOR', 'invalid query locator');
  }
  const end = offset + cursor.batchSize;
  const isLast = end >= cursor.records.length;
  return {
    status: 200,
    body: {
      totalSize: cursor.records.length,
      done: isLast,
      ...(isLast ? {} : { nextRecordsUrl: `${dataPath(call)}/${resource}/${locator}-${end}` }),
      records: cursor.records.slice(offset, end),
    },
  };
};

/** GET /query?q=… and /queryAll?q=… */
export const runQuery = (call: RestCall, withDeleted: boolean): Answer => {
  const text = call.query.get('q');
  if (text === null) throw new Refusal(400, 'MALFORMED_QUERY', 'A query string has to be specified');
  const result = executeSoql({ org: call.context.org, dataPath: dataPath(call), withDeleted, now: Date.now() }, text);
  if ('count' in result) return { status: 200, body: { totalSize: result.count, done: true, records: [] } };
  const { records } = result;
  const batchSize = batchSizeOf(call);
  if (records.length <= batchSize) return { status: 200, body: { totalSize: records.length, done: true, records } };
  const locator = call.context.cursors.open({ records, batchSize });
  return batch(call, withDeleted ? 'queryAll' : 'query', locator, 0);
};

/** GET /query/01g…-2000: the next batch. */
export const queryMore = (call: RestCall, resource: string, position: string): Answer => {
  const [locator = '', offset = ''] = position.split('-');
  return batch(call, resource, locator, /^\d+$/.test(offset) ? Number(offset) : Number.MAX_SAFE_INTEGER);
};
