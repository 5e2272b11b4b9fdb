import { notFound, Refusal } from '../org/refusal';
import type { Answer, RestCall } from './call';
import * as bulk from './bulk';
import * as collections from './collections';
import { runComposite } from './composite';
import { basicInformation, describeGlobal, describeObject } from './describe';
import { queryMore, runQuery } from './query';
import { createRecord, deleteRecord, readRecord, updateRecord, upsertRecord } from './records';

/** Answers a request; gets the path segments at the wildcards, empty where the pattern has fewer. */
type Resource = (call: RestCall, first: string, second: string, third: string) => Answer | Promise<Answer>;

const resources: Readonly<Record<string, Resource>> = {
  'GET ': (call) => ({
    status: 200,
    body: Object.fromEntries(
      ['sobjects', 'query', 'queryAll', 'composite', 'limits'].map((name) => [
        name,
        `${call.path.replace(/\/$/, '')}/${name}`,
      ]),
    ),
  }),
  'GET limits': (call) => {
    const { usage, dailyEvents, bus } = call.context;
    const body = {
      DailyApiRequests: { Max: usage.limit, Remaining: usage.limit - usage.used },
      DailyDeliveredPlatformEvents: { Max: dailyEvents, Remaining: Math.max(0, dailyEvents - bus.log.delivered) },
    };
    return { status: 200, body };
  },
  'GET query': (call) => runQuery(call, false),
  'GET queryAll': (call) => runQuery(call, true),
  'GET query/*': (call, position) => queryMore(call, 'query', position),
  'GET queryAll/*': (call, position) => queryMore(call, 'queryAll', position),
  'POST jobs/query': bulk.createJob,
  'GET jobs/query/*': (call, id) => bulk.readJob(call, id),
  'PATCH jobs/query/*': (call, id) => bulk.abortJob(call, id),
  'DELETE jobs/query/*': (call, id) => bulk.deleteJob(call, id),
  'GET jobs/query/*/results': (call, id) => bulk.readResults(call, id),
  'GET sobjects': describeGlobal,
  'GET sobjects/*': (call, object) => basicInformation(call, object),
  'POST sobjects/*': (call, object) => createRecord(call, object),
  'GET sobjects/*/describe': (call, object) => describeObject(call, object),
  'GET sobjects/*/*': (call, object, id) => readRecord(call, object, 'Id', id),
  'PATCH sobjects/*/*': (call, object, id) => updateRecord(call, object, id),
  'DELETE sobjects/*/*': (call, object, id) => deleteRecord(call, object, 'Id', id),
  'GET sobjects/*/*/*': (call, object, field, value) => readRecord(call, object, field, value),
  'PATCH sobjects/*/*/*': (call, object, field, value) => upsertRecord(call, object, field, value),
  'DELETE sobjects/*/*/*': (call, object, field, value) => deleteRecord(call, object, field, value),
  'POST composite': (call) => runComposite(call, dispatch),
  'POST composite/sobjects': collections.createRecords,
  'PATCH composite/sobjects': collections.updateRecords,
  'DELETE composite/sobjects': collections.deleteRecords,
  'GET composite/sobjects/*': (call, object) => collections.retrieveRecords(call, object),
  'POST composite/sobjects/*': (call, object) => collections.retrieveRecords(call, object),
  'PATCH composite/sobjects/*/*': (call, object, field) => collections.upsertRecords(call, object, field),
};

interface Route {
  readonly method: string;
  readonly pattern: readonly string[];
  readonly resource: Resource;
}

const routes: readonly Route[] = Object.entries(resources).map(([key, resource]) => {
  const [method = '', path = ''] = key.split(' ');
  return { method, pattern: path === '' ? [] : path.split('/'), resource };
});

const matches = (pattern: readonly string[], segments: readonly string[]): boolean =>
  pattern.length === segments.length && pattern.every((part, index) => part === '*' || part === segments[index]);

/** Answers a data request. Refusals pass through to the caller, who knows how to write them. */
export async function dispatch(call: RestCall): Promise<Answer> {
  const fitting = routes.filter(({ pattern }) => matches(pattern, call.segments));
  // A literal segment wins over a wildcard: `sobjects/Lead/describe` over `sobjects/Lead/<id>`.
  const literals = (route: Route): number => route.pattern.filter((part) => part !== '*').length;
  const route = fitting
    .filter(({ method }) => method === call.method)
    .sort((one, other) => literals(other) - literals(one))[0];
  if (route !== undefined) {
    const [first = '', second = '', third = ''] = call.segments.filter((_, index) => route.pattern[index] === '*');
    return route.resource(call, first, second, third);
  }
  if (fitting.length === 0) throw notFound();
  throw new Refusal(
    405,
    'METHOD_NOT_ALLOWED',
    `HTTP Method '${call.method}' not allowed. Allowed are ${fitting.map(({ method }) => method).join(',')}`,
  );
}
