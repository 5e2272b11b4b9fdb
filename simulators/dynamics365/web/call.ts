import type { WriteEntry } from '../api';
import type { Org } from '../org/org';
import { Refusal } from '../org/refusal';
import type { Transaction } from '../org/transaction';
import type { Annotations } from './annotations';

/** What the Web API works on. */
export interface WebContext {
  readonly org: Org;
  /** `http://127.0.0.1:port/api/data/v9.2`. */
  readonly root: string;
  readonly organizationId: string;
  readonly pageSize: number;
  /** Row versions up to this one are no longer known to change tracking. */
  readonly tracking: { expired: number };
  /** Ids of rows that the application may not read. */
  readonly hidden: ReadonlySet<string>;
  readonly writes: WriteEntry[];
}

/** A piece of a path: `leads`, or `leads(…)` with what stands between the parentheses. */
export interface Segment {
  readonly name: string;
  readonly key?: string;
}

/** A Web API request, free of HTTP: also what a part of a batch is turned into. */
export interface WebCall {
  readonly context: WebContext;
  readonly method: string;
  /** Path below the API's root, as sent. */
  readonly path: string;
  readonly segments: readonly Segment[];
  readonly query: URLSearchParams;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly preferences: ReadonlyMap<string, string>;
  readonly annotations: Annotations;
  readonly body: unknown;
  readonly transaction: Transaction;
}

/** What a resource answers. A body that is absent makes an empty answer. */
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The path in pieces; a slash within quotes is part of a key. */
export const segmentsOf = (path: string): readonly Segment[] => {
  const parts = path.match(/(?:'(?:[^']|'')*'|[^/'])+/g) ?? [];
  return parts.map((part) => {
    const text = decodeURIComponent(part);
    const [, name = text, key] = /^([^(]+)\((.*)\)$/s.exec(text) ?? [];
    return key === undefined ? { name } : { name, key };
  });
};

/** The body as an object of properties. @throws Refusal where it is none */
export const bodyObject = ({ body }: WebCall): Readonly<Record<string, unknown>> => {
  if (typeof body === 'object' && body !== null && !Array.isArray(body))
    return body as Readonly<Record<string, unknown>>;
  throw new Refusal(400, '0x80048d19', "Error identified in Payload provided by the user for Entity :''");
};

/** The resource of a name does not exist. */
export const notFound = (name: string): Refusal =>
  new Refusal(404, '0x8006088a', `Resource not found for the segment '${name}'.`);

/** The resource exists, but not with this method. */
export const wrongMethod = ({ context, path }: WebCall): Refusal =>
  new Refusal(404, '', `No HTTP resource was found that matches the request URI '${context.root}/${path}'.`);
