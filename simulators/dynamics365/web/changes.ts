import { Refusal } from '../org/refusal';
import type { Row, Table } from '../org/table';
import type { Answer, WebCall } from './call';
import { readCookie, readDeltaToken, writeCookie, writeDeltaToken, type PageEnd } from './cookies';
import { applied, contextOf, linkWith, pageSize, readSelect } from './query';
import { renderRow } from './render';

/** Options that change tracking does not go with. */
const refusedOptions = ['filter', 'orderby', 'expand', 'top'];

const checkTracked = (call: WebCall, { type }: Table): void => {
  if (type.definition.isSystem === true) {
    throw new Refusal(400, '0x80044355', `Change tracking is not enabled for the entity '${type.name}'.`);
  }
  const refused = refusedOptions.find((option) => call.query.has(`$${option}`));
  if (refused === undefined) return;
  const message = `The "$${refused}" query parameter isn't supported when Change Tracking is enabled.`;
  throw new Refusal(400, '0x80060888', message);
};

const checkKnown = ({ context }: WebCall, since: number): void => {
  if (since > context.tracking.expired) return;
  const message = 'Version stamp associated with the client has expired. Please perform a full sync.';
  throw new Refusal(400, '0x80044352', message);
};

/** What a page can hold, by version: rows first, then where deleted ones were. */
interface Found {
  readonly phase: 'rows' | 'graves';
  readonly version: number;
  readonly id: string;
  readonly row?: Row;
}

const byVersion = (one: Found, other: Found): number => one.version - other.version;

const found = (
  { context }: WebCall,
  table: Table,
  since: number,
  until: number,
  isDelta: boolean,
): readonly Found[] => {
  const isNew = ({ version }: Found): boolean => version > since && version <= until;
  const shown = [...table.rows.values()].filter(({ id }) => !context.hidden.has(id));
  const rows = shown.map((row): Found => ({ phase: 'rows', version: row.version, id: row.id, row }));
  // A first reading knows nothing yet that could be deleted.
  const graves = isDelta ? [...table.graves].map(([id, version]): Found => ({ phase: 'graves', version, id })) : [];
  return [...rows.filter(isNew).sort(byVersion), ...graves.filter(isNew).sort(byVersion)];
};

const isAfter = (item: Found, end: PageEnd): boolean => {
  if (item.phase !== end.phase) return item.phase === 'graves';
  return item.version > Number(end.keys[0]);
};

const pageAfter = (all: readonly Found[], end: PageEnd | undefined, size: number, until: number) => {
  const rest = end === undefined ? all : all.filter((item) => isAfter(item, end));
  const page = rest.slice(0, size);
  const last = page.at(-1);
  if (last === undefined || rest.length === page.length) return { page };
  const cookie = writeCookie({ page: (end?.page ?? 0) + 1, keys: [last.version], until, phase: last.phase });
  return { page, cookie };
};

/** The version a reading starts from: 0 for all rows. @throws Refusal where the token is too old */
const sinceOf = (call: WebCall, token: string | null): number => {
  if (token === null) return 0;
  const since = readDeltaToken(token);
  checkKnown(call, since);
  return since;
};

/**
 * Answers a tracked reading of a table: all of it with `Prefer: odata.track-changes`, what changed since with `$deltatoken`.
 * What changes while the pages are read is left to the next delta. @throws Refusal
 */
export const trackChanges = (call: WebCall, table: Table): Answer => {
  checkTracked(call, table);
  const { context, query, preferences, annotations } = call;
  const { type } = table;
  const select = readSelect(call, type);
  const token = query.get('$deltatoken');
  const since = sinceOf(call, token);
  const cookie = query.get('$skiptoken');
  const end = cookie === null ? undefined : readCookie(cookie);
  const until = end?.until ?? context.org.version;
  const turned = pageAfter(found(call, table, since, until, token !== null), end, pageSize(call), until);
  const show = ({ row, id }: Found): unknown =>
    row === undefined
      ? { '@odata.context': `${context.root}/$metadata#${type.set}/$deletedEntity`, id, reason: 'deleted' }
      : renderRow(context.org, type, row, annotations, select);
  return {
    status: 200,
    body: {
      '@odata.context': `${context.root}/$metadata#${contextOf(type, select)}${token === null ? '' : '/$delta'}`,
      ...(turned.cookie === undefined
        ? { '@odata.deltaLink': linkWith(call, '$deltatoken', writeDeltaToken(until)) }
        : { '@odata.nextLink': nextLink(call, token, turned.cookie) }),
      value: turned.page.map(show),
    },
    headers: applied(preferences, annotations.isAny),
  };
};

/** Whether a reading is a tracked one: by preference, or because it goes on from one. */
export const isTracked = ({ preferences, query }: WebCall): boolean => {
  const cookie = query.get('$skiptoken');
  if (cookie !== null) return readCookie(cookie).until !== undefined;
  return preferences.has('odata.track-changes') || query.has('$deltatoken');
};

const nextLink = (call: WebCall, token: string | null, cookie: string): string => {
  const link = linkWith(call, '$skiptoken', cookie);
  return token === null ? link : `${link}&$deltatoken=${encodeURIComponent(token)}`;
};

/** How many changes there were since the token: `/$count?$deltatoken=…`. @throws Refusal */
export const countChanges = (call: WebCall, table: Table, token: string): number => {
  checkTracked(call, table);
  const since = readDeltaToken(token);
  checkKnown(call, since);
  return found(call, table, since, call.context.org.version, true).length;
};
