import { Permanent, type Position, PositionExpired, Retryable, type Tracked } from '../contract';
import { objectOf, ownOf, textOf } from '../kit/json';
import { followed, pages } from './follow';
import type { GraphApi } from './graph-api';
import { GraphFailure } from './graph-failure';
import type { Fields, ResourceNative } from './native';
import { encodedPath, mailboxIn, typeIn } from './paths';

/** Rows of one page of ids. */
const pageRows = 500;
/** Records that are read at once. */
const mostAtOnce = 100;
const dayMs = 24 * 3_600_000;
/** A calendar is tracked from this long before a month to this long after its begin. */
const viewDays = { before: 31, after: 400 } as const;

/** What Graph says, in any case, where a token is no longer good. */
const lostToken = ['syncstatenotfound', 'syncstateinvalid', 'resyncrequired'];

/** Reads resources by their paths; what is gone is absent. */
export type ReadPaths = (paths: readonly string[], signal: AbortSignal) => Promise<readonly ResourceNative[]>;

/** A delta query that is a part of a stream's tracking: a mail folder, or a view of a calendar. */
interface Part {
  /** Tells it from the others of its stream. */
  readonly name: string;
  /** Where it begins, with its query. */
  readonly path: string;
}

/** What a round of a delta query told: ids of rows that are there, and of those that are not (any more). */
interface Round {
  readonly present: ReadonlySet<string>;
  readonly removed: ReadonlySet<string>;
  readonly link: string;
}

/** The delta link of each part, as the ledger keeps it. */
type Links = Readonly<Record<string, string>>;

/**
 * Tracks a stream by delta queries. They tell ids alone, and what changed is then read whole: a calendar view takes no `$select`, and
 * a first link is only to be had behind all rows. One folder is one query; a mailbox is one for each of its folders; a calendar is
 * tracked in a view of time that moves on with the months.
 */
export class DeltaTracking {
  /** @param now ms since the epoch */
  constructor(
    private readonly api: GraphApi,
    private readonly read: ReadPaths,
    private readonly now: () => number,
  ) {}

  /** See Reader.tracked. */
  async *tracked(
    stream: string,
    token: Position | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<Tracked<ResourceNative>, void, undefined> {
    const known = token === undefined ? {} : linksIn(token);
    const { rounds, links } = await this.#rounds(stream, known, signal);
    yield* this.#changes(stream, rounds, signal);
    yield { kind: 'token', token: { v: 1, links } };
  }

  /** One round of each part; those that tell of changes, and all links. @param known none for the first time */
  async #rounds(
    stream: string,
    known: Links,
    signal: AbortSignal,
  ): Promise<{ readonly rounds: readonly Round[]; readonly links: Links }> {
    const parts = await this.#parts(stream, signal);
    // Nothing that is in a new folder was told; what is in a new view of a calendar was in the old one, or is no change.
    const tellsNew = mailboxIn(stream) !== undefined && Object.keys(known).length > 0;
    if (tellsNew) demandAll(known, parts);
    const rounds: Round[] = [];
    const links: Record<string, string> = {};
    for (const { name, path } of parts) {
      const link = known[name];
      const round = await this.#round(stream, link ?? path, link === undefined, signal);
      links[name] = round.link;
      if (link !== undefined || tellsNew) rounds.push(round);
    }
    // Ended after the new view was begun: nothing changes in between.
    const ended = Object.entries(known).filter(([name]) => links[name] === undefined);
    for (const [, link] of ended) rounds.push(await this.#round(stream, link, false, signal));
    return { rounds, links };
  }

  async #parts(stream: string, signal: AbortSignal): Promise<readonly Part[]> {
    const path = encodedPath(stream);
    const user = mailboxIn(stream);
    if (user !== undefined) return this.#folders(encodedPath(user), signal);
    switch (typeIn(stream)) {
      case 'event':
        return [this.#view(path)];
      case 'message':
        return [{ name: '', path: `${path}/delta?$select=id` }];
      default:
        return [{ name: '', path: `${path}/delta` }];
    }
  }

  /** All mail folders of a mailbox, whatever they lie in; hidden ones are no part of `messages`. */
  async #folders(user: string, signal: AbortSignal): Promise<readonly Part[]> {
    const found: Part[] = [];
    const open = [`${user}/mailFolders`];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      const query = `${at}?$select=id,childFolderCount&$top=100`;
      for await (const folder of followed(this.api, `folders of ${user}`, query, signal)) {
        const id = textOf(folder.id);
        if (id === undefined) continue;
        const path = `${user}/mailFolders/${encodeURIComponent(id)}`;
        found.push({ name: id, path: `${path}/messages/delta?$select=id` });
        if (folder.childFolderCount !== 0) open.push(`${path}/childFolders`);
      }
    }
    return found;
  }

  /** The view of a calendar that holds today's, named after its month. */
  #view(path: string): Part {
    const name = new Date(this.now()).toISOString().slice(0, 7);
    const at = (days: number): string => new Date(Date.parse(`${name}-01T00:00:00Z`) + days * dayMs).toISOString();
    const range = `startDateTime=${at(-viewDays.before)}&endDateTime=${at(viewDays.after)}`;
    return { name, path: `${path.replace(/events$/, 'calendarView')}/delta?${range}` };
  }

  async #round(stream: string, path: string, isFirst: boolean, signal: AbortSignal): Promise<Round> {
    const present = new Set<string>();
    const removed = new Set<string>();
    try {
      for await (const { rows, deltaLink } of pages(this.api, `changes of ${stream}`, path, signal, pageRows)) {
        for (const row of rows) {
          const [id, isRemoved] = [trackedId(row), ownOf(row, '@removed') !== undefined];
          if (id === undefined) continue;
          (isRemoved ? removed : present).add(id);
          // The last word of a round counts.
          (isRemoved ? present : removed).delete(id);
        }
        if (deltaLink !== undefined) return { present, removed, link: deltaLink };
      }
    } catch (error) {
      throw isFirst ? againOf(error) : expiredOf(error);
    }
    throw new Permanent('SBX_GRAPH_ANSWER', `changes of ${stream}: an answer without a delta link`);
  }

  /** What is there is read whole; a row that is gone by then is a deletion of the next time. */
  async *#changes(
    stream: string,
    rounds: readonly Round[],
    signal: AbortSignal,
  ): AsyncGenerator<Tracked<ResourceNative>, void, undefined> {
    const present = new Set(rounds.flatMap((round) => [...round.present]));
    const removed = new Set(rounds.flatMap((round) => [...round.removed]).filter((id) => !present.has(id)));
    // Out of one folder, or out of the view of time, is not gone: the record is asked for by its id.
    const isAsked = mailboxIn(stream) !== undefined || typeIn(stream) === 'event';
    const wanted = [...present, ...(isAsked ? removed : [])];
    for (let from = 0; from < wanted.length; from += mostAtOnce) {
      const paths = wanted.slice(from, from + mostAtOnce).map((id) => `${stream}/${id}`);
      for (const native of await this.read(paths, signal)) {
        removed.delete(native.path.slice(stream.length + 1));
        yield { kind: 'change', native };
      }
    }
    for (const id of removed) yield { kind: 'change', native: goneOf(`${stream}/${id}`, this.now()) };
  }
}

/** A record that the CRM no longer has. */
export function goneOf(path: string, now: number): ResourceNative {
  const nativeType = typeIn(path);
  if (nativeType === undefined) throw new Error(`not the path of a record: ${path}`);
  return { kind: 'resource', nativeType, path, resource: {}, isDeleted: true, readAt: new Date(now).toISOString() };
}

/** Of a series its master is a record, as notifications have it; an occurrence that differs is one, too. */
function trackedId(row: Fields): string | undefined {
  return (row.type === 'occurrence' ? textOf(row.seriesMasterId) : undefined) ?? textOf(row.id);
}

/** Throws PositionExpired where a folder is gone: of what was in it nobody tells. */
function demandAll(known: Links, parts: readonly Part[]): void {
  const gone = Object.keys(known).filter((name) => !parts.some((part) => part.name === name));
  if (gone.length > 0) {
    throw new PositionExpired('SBX_GRAPH_FOLDER_GONE', `${gone.length} mail folders that were tracked are gone`);
  }
}

/** Throws PositionExpired for what no version of this connector has saved. */
function linksIn({ v, links }: Position): Links {
  const known = objectOf(links);
  if (v === 1 && known !== undefined) return known as Links;
  throw new PositionExpired('SBX_POSITION_UNKNOWN', `a token of another kind: version ${v}`);
}

function isLost(error: unknown): error is Permanent & { readonly cause: GraphFailure } {
  if (!(error instanceof Permanent) || !(error.cause instanceof GraphFailure)) return false;
  return error.cause.status === 410 || lostToken.includes(error.cause.code.toLowerCase());
}

function expiredOf(error: unknown): unknown {
  return isLost(error) ? new PositionExpired(error.code, error.message, { cause: error }) : error;
}

/** Where Graph forgets a round that is only beginning, it is begun again. */
function againOf(error: unknown): unknown {
  return isLost(error) ? new Retryable(error.code, error.message, undefined, { cause: error }) : error;
}
