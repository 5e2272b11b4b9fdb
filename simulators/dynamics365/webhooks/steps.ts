import type { Reference, Value } from '../org/definitions';
import type { Org } from '../org/org';
import type { Row } from '../org/table';
import type { Operation } from '../org/transaction';

/** How an endpoint wants to be told who calls. */
export type EndpointAuth =
  | { readonly type: 'WebhookKey'; readonly key: string }
  | { readonly type: 'HttpHeader' | 'HttpQueryString'; readonly values: Readonly<Record<string, string>> };

/** An image registered with a step. */
export interface StepImage {
  readonly alias: string;
  readonly isPre: boolean;
  readonly isPost: boolean;
  /** All columns where absent. */
  readonly attributes?: readonly string[];
}

/** A step to run for an operation. */
export interface Step {
  readonly id: string;
  readonly name: string;
  readonly message: string;
  readonly isAsync: boolean;
  readonly stage: number;
  readonly deletesJob: boolean;
  readonly url: string;
  readonly auth: EndpointAuth;
  readonly images: readonly StepImage[];
}

const text = (value: Value | undefined): string => (typeof value === 'string' ? value : '');

const isTo = (value: Value | undefined, id: string): boolean =>
  typeof value === 'object' && value !== null && 'id' in value && value.id === id;

const referred = (org: Org, value: Value | undefined): Row | undefined => {
  if (typeof value !== 'object' || value === null || !('table' in value)) return undefined;
  const { table, id }: Reference = value;
  return org.table(table).get(id);
};

const listed = (value: Value | undefined): readonly string[] | undefined => {
  const names = text(value)
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  return names.length === 0 ? undefined : names;
};

const unescape = (xml: string): string =>
  xml
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&');

/** `<settings><setting name="…" value="…" /></settings>`, as registrations keep named values. */
const settings = (xml: string): Readonly<Record<string, string>> => {
  const found = [...xml.matchAll(/<setting\s+name="([^"]*)"\s+value="([^"]*)"\s*\/>/g)];
  return Object.fromEntries(found.map(([, name = '', value = '']) => [unescape(name), unescape(value)]));
};

const authTypes: Readonly<Record<number, EndpointAuth['type']>> = {
  4: 'WebhookKey',
  5: 'HttpHeader',
  6: 'HttpQueryString',
};

const authOf = (endpoint: Row): EndpointAuth => {
  const value = text(endpoint.values['authvalue']);
  const type = authTypes[Number(endpoint.values['authtype'])] ?? 'WebhookKey';
  return type === 'WebhookKey' ? { type, key: value } : { type, values: settings(value) };
};

const imagesOf = (org: Org, stepId: string): readonly StepImage[] =>
  [...org.table('sdkmessageprocessingstepimage').rows.values()]
    .filter(({ values }) => isTo(values['sdkmessageprocessingstepid'], stepId))
    .map(({ values }) => {
      const attributes = listed(values['attributes']);
      return {
        alias: text(values['entityalias']) || text(values['name']),
        isPre: values['imagetype'] !== 1,
        isPost: values['imagetype'] !== 0,
        ...(attributes === undefined ? {} : { attributes }),
      };
    });

const concernsTable = (org: Org, row: Row, operation: Operation): boolean => {
  const filter = referred(org, row.values['sdkmessagefilterid']);
  const table = text(filter?.values['primaryobjecttypecode']);
  // A step without a filter hears every table.
  return filter === undefined || table === 'none' || table === operation.type?.name;
};

const concernsColumns = (row: Row, operation: Operation): boolean => {
  if (operation.message !== 'Update') return true;
  return listed(row.values['filteringattributes'])?.some((name) => operation.present.includes(name)) ?? true;
};

const listens = (org: Org, row: Row, operation: Operation): boolean => {
  const message = text(referred(org, row.values['sdkmessageid'])?.values['name']);
  if (row.values['statecode'] !== 0 || message !== operation.message) return false;
  return concernsTable(org, row, operation) && concernsColumns(row, operation);
};

const stepOf = (org: Org, row: Row, message: string): Step | undefined => {
  const endpoint = referred(org, row.values['eventhandler']);
  if (endpoint?.values['contract'] !== 8) return undefined;
  return {
    id: row.id,
    name: text(row.values['name']),
    message,
    isAsync: row.values['mode'] === 1,
    stage: Number(row.values['stage']),
    deletesJob: row.values['asyncautodelete'] === true,
    url: text(endpoint.values['url']),
    auth: authOf(endpoint),
    images: imagesOf(org, row.id),
  };
};

/** The enabled webhook steps that an operation triggers, in their order; those the caller bypasses left out. */
export const stepsFor = (org: Org, operation: Operation): readonly Step[] =>
  [...org.table('sdkmessageprocessingstep').rows.values()]
    .filter((row) => listens(org, row, operation))
    .sort((one, other) => Number(one.values['rank']) - Number(other.values['rank']))
    .flatMap((row) => stepOf(org, row, operation.message) ?? [])
    .filter(({ isAsync }) => !operation.caller.bypass.includes(isAsync ? 'async' : 'sync'));
