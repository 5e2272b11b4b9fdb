import type { Value } from '../org/definitions';
import { Refusal } from '../org/refusal';
import { executeSoql } from '../soql/execute';
import type { Job } from './bulk-jobs';
import { bodyObject, dataPath, type Answer, type RestCall } from './call';

const shown = (call: RestCall, job: Job): Answer => ({
  status: 200,
  body: {
    id: job.id,
    operation: job.operation,
    object: job.object,
    createdById: call.transaction.author.userId,
    state: job.state,
    concurrencyMode: 'Parallel',
    contentType: 'CSV',
    apiVersion: call.version,
    lineEnding: 'LF',
    columnDelimiter: 'COMMA',
    ...(job.errorMessage === undefined ? {} : { errorMessage: job.errorMessage }),
    ...(job.state === 'JobComplete' ? { numberRecordsProcessed: job.records.length } : {}),
  },
});

const invalid = (message: string): Refusal => new Refusal(400, 'INVALIDJOB', message);

/** POST jobs/query. */
export const createJob = (call: RestCall): Answer => {
  const { operation, query } = bodyObject(call);
  if (operation !== 'query' && operation !== 'queryAll') throw invalid('operation must be query or queryAll');
  if (typeof query !== 'string') throw invalid('query is missing');
  const object = /\bFROM\s+(\w+)/i.exec(query)?.[1] ?? '';
  if (/\bCOUNT\(|\bOFFSET\b|\bFIELDS\(/i.test(query)) throw invalid('The query uses what Bulk API 2.0 does not take');
  // The query is judged when the job is made, and run when it is worked on.
  run(call, { operation, query });
  return shown(call, call.context.jobs.add({ operation, query, object }));
};

const run = (call: RestCall, { operation, query }: Pick<Job, 'operation' | 'query'>): Job['records'] => {
  const withDeleted = operation === 'queryAll';
  const context = { org: call.context.org, dataPath: dataPath(call), withDeleted, now: Date.now() };
  const result = executeSoql(context, query);
  return 'records' in result ? result.records : [];
};

/** GET jobs/query/ID. */
export const readJob = (call: RestCall, id: string): Answer => {
  const job = call.context.jobs.find(id);
  if (job.state === 'InProgress') {
    const isFailed = call.context.faults.take('bulkFailure') !== undefined;
    job.state = isFailed ? 'Failed' : 'JobComplete';
    if (isFailed) job.errorMessage = 'InternalServerError : Retried more than fifteen times';
    else job.records = run(call, job);
  }
  if (job.state === 'UploadComplete') job.state = 'InProgress';
  return shown(call, job);
};

/** PATCH jobs/query/ID with the state Aborted. */
export const abortJob = (call: RestCall, id: string): Answer => {
  const job = call.context.jobs.find(id);
  if (bodyObject(call)['state'] !== 'Aborted') throw invalid('only Aborted can be set');
  if (job.state === 'JobComplete' || job.state === 'Failed') throw invalid(`the job is ${job.state}`);
  job.state = 'Aborted';
  return shown(call, job);
};

/** DELETE jobs/query/ID. */
export const deleteJob = (call: RestCall, id: string): Answer => {
  const { state } = call.context.jobs.find(id);
  if (state === 'UploadComplete' || state === 'InProgress') throw invalid('Job must be aborted first');
  call.context.jobs.remove(id);
  return { status: 204 };
};

/** Every cell is quoted, null is empty. Datetimes end in Z here, and in +0000 in the rest of the REST API. */
const cell = (value: Value | undefined): string => {
  const text = String(value ?? '').replace(/^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3})\+0000$/, '$1Z');
  return `"${text.replaceAll('"', '""')}"`;
};

/** GET jobs/query/ID/results: a page of CSV; the locator of the next one is in the headers, `null` after the last. */
export const readResults = (call: RestCall, id: string): Answer => {
  const job = call.context.jobs.find(id);
  if (job.state !== 'JobComplete') throw invalid(`Job is not complete: ${job.state}`);
  const from = Number(Buffer.from(call.query.get('locator') ?? '', 'base64').toString() || 0);
  if (!Number.isInteger(from) || from > job.records.length)
    throw new Refusal(400, 'INVALID_LOCATOR', 'Invalid locator');
  const most = Number(call.query.get('maxRecords') ?? 50_000);
  const page = job.records.slice(from, from + most);
  const end = from + page.length;
  const names = (/SELECT\s+(.+?)\s+FROM/is.exec(job.query)?.[1] ?? '').split(',').map((name) => name.trim());
  const lines = page.map((record) => names.map((name) => cell(record[name] as Value)).join(','));
  const isLast = end >= job.records.length;
  return {
    status: 200,
    text: [names.map((name) => cell(name)).join(','), ...lines, ''].join('\n'),
    headers: {
      'content-type': 'text/csv',
      'sforce-locator': isLast ? 'null' : Buffer.from(String(end)).toString('base64'),
      'sforce-numberofrecords': String(page.length),
    },
  };
};
