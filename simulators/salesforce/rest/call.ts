import type { IncomingHttpHeaders } from 'node:http';
import type { EventBus } from '../bus/event-bus';
import type { Org } from '../org/org';
import type { Transaction } from '../org/transaction';
import type { ArmedFaults } from '../faults';
import { Refusal } from '../org/refusal';
import type { BulkJobs } from './bulk-jobs';
import type { Cursors } from './cursors';

/** What the data resources work on. */
export interface RestContext {
  readonly org: Org;
  readonly bus: EventBus;
  readonly faults: ArmedFaults;
  readonly cursors: Cursors;
  readonly jobs: BulkJobs;
  readonly writes: WriteLog;
  readonly orgId: string;
  /** Daily request allocation and what is used of it. */
  readonly usage: { used: number; readonly limit: number };
  /** Daily event deliveries. */
  readonly dailyEvents: number;
}

/** One REST write as `GET /simulator/writes` shows it. */
export interface WriteEntry {
  /** Epoch milliseconds at which the write was decided. */
  readonly at: number;
  readonly method: string;
  readonly path: string;
  /** `client` of `Sforce-Call-Options`; absent where the caller gave none. */
  readonly clientId?: string;
  readonly userId: string;
  readonly object: string;
  readonly operation: 'create' | 'update' | 'upsert' | 'delete' | 'undelete';
  readonly recordId?: string;
  /** For upserts: whether the record was made. */
  readonly created?: boolean;
  readonly body?: unknown;
  /** Absent where the write succeeded. */
  readonly errorCode?: string;
}

/** The log of every REST write, kept in order of arrival. */
export class WriteLog {
  readonly entries: WriteEntry[] = [];
}

/** A data request, free of HTTP: also what a composite's subrequest is turned into. */
export interface RestCall {
  readonly context: RestContext;
  readonly method: string;
  /** Path below `/services/data/vXX.0/`, decoded, without empty segments. */
  readonly segments: readonly string[];
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
  /** API version as a number, e.g. 62. */
  readonly version: number;
  readonly baseUrl: string;
  readonly transaction: Transaction;
}

/** What a resource answers. A body that is absent makes an empty answer. */
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  /** Instead of a body: text that is no JSON. */
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** `/services/data/v62.0`, the start of every URL in an answer. */
export const dataPath = (call: RestCall): string => `/services/data/v${call.version.toFixed(1)}`;

/** The body as an object of fields. @throws Refusal where it is none */
export const bodyObject = (call: RestCall): Readonly<Record<string, unknown>> => {
  const { body } = call;
  if (typeof body === 'object' && body !== null && !Array.isArray(body))
    return body as Readonly<Record<string, unknown>>;
  throw new Refusal(400, 'JSON_PARSER_ERROR', 'The HTTP entity body is required, but this request has no entity body.');
};

/** Notes a write with the call's client and user. */
export const logWrite = (
  call: RestCall,
  entry: Pick<WriteEntry, 'object' | 'operation' | 'recordId' | 'created' | 'body' | 'errorCode'>,
): void => {
  const { author } = call.transaction;
  call.context.writes.entries.push({
    at: Date.now(),
    method: call.method,
    path: call.path,
    ...(author.clientId === undefined ? {} : { clientId: author.clientId }),
    userId: author.userId,
    ...entry,
  });
};
