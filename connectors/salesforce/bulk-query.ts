import { parse } from 'csv-parse/sync';
import type { Connection } from 'jsforce';
import { HttpApi } from 'jsforce/lib/http-api';
import type { HttpResponse } from 'jsforce/lib/types';
import { Retryable } from '../contract';
import { abortableSleep } from '../kit/backoff';
import type { Rest } from './jsforce-connection';

/** How to read one column: the CSV has texts only. */
export interface Column {
  readonly name: string;
  /** Of the field's description: `boolean`, `double`, `string`, ... */
  readonly type: string;
}

type Row = Readonly<Record<string, unknown>>;

/** Rows of one request for results: each is about 1 kB, and an answer is held whole. */
const pageRows = 10_000;
/** Ms between two looks at a job; a look costs a request of the day's allocation. */
const firstLookMs = 500;
const longestLookMs = 30_000;

interface Job {
  readonly id: string;
  readonly state: string;
  readonly errorMessage?: string;
}

/**
 * Rows of a query, deleted records included, by a job of the Bulk API 2.0: for results that would cost many requests of the
 * REST API. The order is the job's. The job is removed at the end, also where the caller stops early.
 * Throws Retryable where the job failed, or what Rest.read throws.
 */
export async function* bulkQuery(
  rest: Rest,
  soql: string,
  columns: readonly Column[],
  signal: AbortSignal,
): AsyncGenerator<Row, void, undefined> {
  const wanted = { operation: 'queryAll', query: soql, contentType: 'CSV', columnDelimiter: 'COMMA', lineEnding: 'LF' };
  const create = (connection: Connection): Promise<Job> => connection.requestPost<Job>('/jobs/query', wanted);
  const { id } = await rest.read('create bulk query', create, signal);
  let isRunning = true;
  try {
    await completed(rest, id, signal);
    isRunning = false;
    let locator: string | undefined;
    do {
      const page = await rest.read(
        `results of bulk query ${id}`,
        (connection) => results(connection, id, locator),
        signal,
      );
      for (const row of rowsOf(page.text, columns)) yield row;
      locator = page.locator;
    } while (locator !== undefined);
  } finally {
    await discard(rest, id, isRunning);
  }
}

async function completed(rest: Rest, id: string, signal: AbortSignal): Promise<void> {
  for (let pause = firstLookMs; ; pause = Math.min(longestLookMs, pause * 2)) {
    const look = (connection: Connection): Promise<Job> => connection.request<Job>(`/jobs/query/${id}`);
    const { state, errorMessage } = await rest.read(`bulk query ${id}`, look, signal);
    if (state === 'JobComplete') return;
    if (state === 'Failed' || state === 'Aborted') {
      throw new Retryable('SBX_SALESFORCE_BULK', `bulk query ${id} is ${state}: ${errorMessage ?? 'no reason given'}`);
    }
    await abortableSleep(pause, signal);
  }
}

/** jsforce reads CSV by itself and drops the headers: the locator is in them. */
async function results(
  connection: Connection,
  id: string,
  locator: string | undefined,
): Promise<{ text: string; locator: string | undefined }> {
  const place = locator === undefined ? '' : `&locator=${encodeURIComponent(locator)}`;
  const { instanceUrl, version } = connection;
  const url = `${instanceUrl}/services/data/v${version}/jobs/query/${id}/results?maxRecords=${pageRows}${place}`;
  let next = 'null';
  const api = new HttpApi(connection, { responseType: 'text/plain' });
  api.on('response', ({ headers }: HttpResponse) => {
    next = headers['sforce-locator'] ?? 'null';
  });
  const text = await api.request<string>({ method: 'GET', url, headers: { accept: 'text/csv' } });
  return { text, locator: next === 'null' ? undefined : next };
}

function rowsOf(csv: string, columns: readonly Column[]): readonly Row[] {
  const types = new Map(columns.map(({ name, type }) => [name, type]));
  const rows = parse<Readonly<Record<string, string>>>(csv, { columns: true, skip_empty_lines: true });
  return rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, text]) => [name, valueOf(text, types.get(name))])),
  );
}

/** An empty cell is null: Salesforce keeps no empty texts. A number that a double cannot hold stays a text. */
function valueOf(text: string, type: string | undefined): unknown {
  if (text === '') return null;
  if (type === 'boolean') return text === 'true';
  if (type === undefined || !['int', 'long', 'double', 'currency', 'percent'].includes(type)) return text;
  const number = Number(text);
  return Number.isFinite(number) && (!Number.isInteger(number) || Number.isSafeInteger(number)) ? number : text;
}

/** A job left behind is removed by Salesforce after seven days: its removal is worth one try. */
async function discard(rest: Rest, id: string, isRunning: boolean): Promise<void> {
  const { signal } = new AbortController();
  const abort = (connection: Connection): Promise<unknown> =>
    connection.requestPatch(`/jobs/query/${id}`, { state: 'Aborted' });
  const remove = (connection: Connection): Promise<unknown> => connection.requestDelete(`/jobs/query/${id}`);
  if (isRunning) await rest.read('abort bulk query', abort, signal).catch(() => undefined);
  await rest.read('remove bulk query', remove, signal).catch(() => undefined);
}
