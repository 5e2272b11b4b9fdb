import { Refusal } from '../org/refusal';
import type { Comparable } from './filter';

/** Where a page ended: what its last row was ordered by, its id among them. */
export interface PageEnd {
  readonly page: number;
  readonly keys: readonly Comparable[];
  /** For change tracking: the version up to which the first page looked, and of the rows or the graves. */
  readonly until?: number;
  readonly phase?: 'rows' | 'graves';
}

/** `$skiptoken` in the form of real ones: a cookie that holds an encoded cookie. Clients must not look into it. */
export const writeCookie = (end: PageEnd): string => {
  const state = Buffer.from(JSON.stringify(end)).toString('base64url');
  const inner = encodeURIComponent(`<cookie page="${end.page}"><last state="${state}" /></cookie>`);
  const isTracking = end.until === undefined ? 'False' : 'True';
  return `<cookie pagenumber="${end.page + 1}" pagingcookie="${inner}" istracking="${isTracking}" />`;
};

/** Reads a `$skiptoken`. @throws Refusal where it is none of ours */
export const readCookie = (token: string): PageEnd => {
  const [, inner = ''] = /pagingcookie="([^"]*)"/.exec(token) ?? [];
  const [, state] = /last state="([\w-]*)"/.exec(decodeURIComponent(inner)) ?? [];
  if (state === undefined) throw new Refusal(400, '0x80060888', 'The skiptoken is malformed.');
  return JSON.parse(Buffer.from(state, 'base64url').toString('utf8')) as PageEnd;
};

/** `$deltatoken`: the version up to which changes are known, and when. */
export const writeDeltaToken = (version: number): string => {
  const [date = '', time = ''] = new Date().toISOString().split('T');
  const [year = '', month = '', day = ''] = date.split('-');
  return `${version}!${month}/${day}/${year} ${time.slice(0, 8)}`;
};

/** The version of a `$deltatoken`. @throws Refusal where it is none */
export const readDeltaToken = (token: string): number => {
  const [, version] = /^(\d+)!\d{2}\/\d{2}\/\d{4} \d{2}:\d{2}:\d{2}$/.exec(token) ?? [];
  if (version === undefined) throw new Refusal(400, '0x80060888', `The delta token '${token}' is malformed.`);
  return Number(version);
};
