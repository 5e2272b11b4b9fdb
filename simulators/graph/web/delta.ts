import { randomBytes } from 'node:crypto';
import type { ArmedFaults } from '../faults';
import type { Item, Values } from '../mailbox/item';
import { isIn, type Mailboxes, type Place } from '../mailbox/mailboxes';
import { badRequest, Refusal } from '../refusal';
import type { Answer, Call } from './call';
import { selected } from './query';

/** What a delta query tracks, as its tokens hold it. */
interface Tracking {
  readonly place: Place;
  readonly query: URLSearchParams;
  /** Whether an item lies in the view of time; always where there is none. */
  readonly isInView: (item: Item) => boolean;
}

/** The state behind a token: a page of a round, or the end of one. */
interface State {
  readonly tracking: Tracking;
  /** Ids that the client has been told and not been told to be gone. */
  readonly told: ReadonlySet<string>;
  /** Up to which version. */
  readonly version: number;
  /** What is left of the round; absent at its end. */
  readonly left?: readonly Item[];
}

const defaultRows = 10;
const largestRows = 1_000;

/** Options that a view of a calendar does not take. */
const refusedByViews = ['$select', '$expand', '$filter', '$orderby', '$search', '$top'];

/** Delta queries of messages in a folder, of tasks in a list, of a calendar's view. Tokens are good until they are forgotten. */
export class Deltas {
  readonly #states = new Map<string, State>();

  constructor(
    private readonly mailboxes: Mailboxes,
    private readonly faults: ArmedFaults,
  ) {}

  /** Answers a call of a `delta` function. @throws Refusal */
  answer(root: string, { path, query, headers }: Call): Answer {
    const state = this.#stateOf(root, path, query);
    const rows = Number(/odata\.maxpagesize=(\d+)/.exec(String(headers.prefer))?.[1] ?? defaultRows);
    return this.#page(`${root}/${path}`, state, Math.min(largestRows, Math.max(1, rows)));
  }

  #stateOf(root: string, path: string, query: URLSearchParams): State {
    const token = query.get('$deltatoken') ?? query.get('$skiptoken') ?? '';
    // An empty one begins anew.
    if (token === '') return this.#begin(path, query);
    // The service forgets old ones when it has many.
    if (this.faults.take('expiredDeltaToken') !== undefined) this.#states.clear();
    const state = this.#states.get(token);
    if (state === undefined) throw forgotten(`${root}/${path}`);
    return state;
  }

  #begin(path: string, query: URLSearchParams): State {
    const [, of = '', isView] = /^(.+?)(\/calendarView)?\/delta$/i.exec(path) ?? [];
    const place = this.mailboxes.place(isView === undefined ? of : `${of}/events`);
    if (place.type === 'message' && place.folder === undefined) {
      throw badRequest('Change tracking is per folder: name a mail folder.');
    }
    if (place.type === 'event' && isView === undefined) throw badRequest('Events are tracked in a calendarView.');
    const isInView = isView === undefined ? () => true : viewOf(query);
    return { tracking: { place, query, isInView }, told: new Set(), version: 0 };
  }

  #page(address: string, state: State, rows: number): Answer {
    const { tracking, told, version } = state;
    const { place, query } = tracking;
    const changed = state.left ?? this.mailboxes.changedIn(place, version).filter((item) => concerns(item, state));
    const [page, left] = [changed.slice(0, rows), changed.slice(rows)];
    const after = new Set(told);
    const value = page.map((item) => {
      const isThere = isIn(place, item) && tracking.isInView(item);
      after[isThere ? 'add' : 'delete'](item.id);
      return isThere ? selected(item, query) : removed(item);
    });
    // What changes while the pages are read is left to the next round.
    const reached = page.reduce((most, { version: at }) => Math.max(most, at), version);
    const link = (name: string, next: State): string => `${address}?$${name}=${this.#keep(next)}`;
    const next =
      left.length > 0
        ? { '@odata.nextLink': link('skiptoken', { tracking, told: after, version: reached, left }) }
        : { '@odata.deltaLink': link('deltatoken', { tracking, told: after, version: reached }) };
    const root = address.slice(0, address.indexOf('/users/'));
    return { status: 200, body: { '@odata.context': `${root}/$metadata#Collection(${place.type})`, ...next, value } };
  }

  #keep(state: State): string {
    const token = randomBytes(60).toString('base64url');
    this.#states.set(token, state);
    return token;
  }
}

/** Whether the client hears of an item: it is in the place, or was told to be. */
function concerns(item: Item, { tracking, told }: State): boolean {
  return told.has(item.id) || (isIn(tracking.place, item) && tracking.isInView(item));
}

/** By its id alone; whether it was deleted, moved or left the view is not said. */
function removed({ id, type }: Item): Values {
  return { '@odata.type': `#microsoft.graph.${type}`, id, '@removed': { reason: 'deleted' } };
}

/** @throws Refusal where the range is missing, or an option is not taken */
function viewOf(query: URLSearchParams): Tracking['isInView'] {
  const refused = refusedByViews.find((name) => query.has(name));
  if (refused !== undefined) throw badRequest(`The query option '${refused}' is not supported with delta here.`);
  const [from, to] = ['startDateTime', 'endDateTime'].map((name) => Date.parse(query.get(name) ?? ''));
  if (!(Number(from) < Number(to))) throw badRequest('startDateTime and endDateTime are required.');
  return ({ values: { start, createdDateTime } }) => {
    const at = (start as { readonly dateTime?: string } | null)?.dateTime;
    const ms = Date.parse(at === undefined ? String(createdDateTime) : `${at.replace(/Z$/, '')}Z`);
    return ms >= Number(from) && ms < Number(to);
  };
}

/** @param address of the query, without its token: where to begin anew */
function forgotten(address: string): Refusal {
  const message = 'The sync state generation is not found; generation=1;[highest=9][9][7][8].';
  return new Refusal(410, 'SyncStateNotFound', message, { location: `${address}?$deltatoken=` });
}
