import { decisionId } from '../canonical-schema/decision';
import type { CanonicalEvent } from '../canonical-schema/event';
import { recordKey } from '../canonical-schema/identity';
import { orderOf } from '../canonical-schema/order';
import type { Ledger, ObservationRow, ObservationToKeep, Past, PastQuestion } from '../ledger/ledger';
import { calendarOf, utc, type Calendar } from '../models/calendar';
import { valueAt } from '../models/features';
import { youngSeries } from '../models/history/deviation';
import { historyFacts } from '../models/history/facts';
import { mostPeers, type History, type HistoryFacts } from '../models/history/history';
import { observe, type Observed } from '../models/history/observe';
import type { Tenant, UseCase } from '../tenants/tenant';
import type { Scorers } from './lane-dependencies';
import { merge, type Snapshot } from './merge';
import type { Unscorable } from '../models/feature-row';

/** The models that decide for a tenant. */
interface Deciding {
  readonly scorers: Scorers;
  /** By use case: the digest of the model that was promoted. */
  readonly champions: Readonly<Record<string, string>>;
}

/** Two series of two use cases may have one name. */
const keyOf = (usecase: string, series: string): string => `${usecase} ${series}`;

/**
 * The past of a batch's series, for use cases whose model looks back: what the ledger had before each event in order of place, and what
 * the batch tells on the way. What comes later in a series is never seen, whether the ledger knows it already or not, so that deciding
 * again gives the same values.
 */
export class Histories {
  /** What the batch's events told, to be recorded with them. */
  readonly told: ObservationToKeep[] = [];
  private readonly observed = new Map<string, Observed | Unscorable>();
  private readonly pasts = new Map<string, Past>();

  private constructor(
    private readonly ledger: Ledger,
    private readonly tenant: string,
    private readonly calendar: Calendar,
    private readonly historyOf: (useCase: UseCase) => History | undefined,
  ) {}

  /**
   * Reads what the ledger knows of the series of a batch in one statement; nothing where no model looks back.
   * @param events those that are to be decided, in order
   * @param known the records before the batch, and `hydrated` what was read of those that came incomplete
   */
  static async of(
    ledger: Ledger,
    tenant: Tenant,
    { scorers, champions }: Deciding,
    events: readonly CanonicalEvent[],
    known: ReadonlyMap<string, Snapshot>,
    hydrated: ReadonlyMap<string, CanonicalEvent | undefined>,
  ): Promise<Histories> {
    const calendar = calendarOf(tenant.calendar) ?? utc;
    const histories = new Histories(ledger, tenant.tenant, calendar, ({ name, model }) => {
      const manifest = scorers.get(champions[name] ?? model)?.manifest;
      return manifest === undefined || manifest.task === 'text' ? undefined : manifest.history;
    });
    const looking = Object.values(tenant.useCases).filter((useCase) => histories.historyOf(useCase) !== undefined);
    if (looking.length === 0) return histories;
    const questions = new Map<string, PastQuestion>();
    const states = new Map(known);
    for (const event of events) {
      const key = recordKey(event);
      const state = merge(states.get(key), hydrated.get(key) ?? event);
      states.set(key, state);
      for (const useCase of looking.filter((one) => isAbout(one, event)))
        histories.foresee(questions, useCase, event, state);
    }
    await histories.ask([...questions.values()]);
    return histories;
  }

  /** Adds what will be asked of an event; of one series, from its earliest place on. */
  private foresee(
    questions: Map<string, PastQuestion>,
    useCase: UseCase,
    event: CanonicalEvent,
    state: Snapshot,
  ): void {
    const history = this.historyOf(useCase);
    const observed = history === undefined ? undefined : observedIn(history, event, state);
    if (history === undefined || observed === undefined || 'outcome' in observed) return;
    const key = keyOf(useCase.name, observed.series);
    const [place, known] = [orderOf(event), questions.get(key)?.from];
    const from = known === undefined || place < known ? place : known;
    questions.set(key, questionOf(useCase.name, history, observed, from));
  }

  /** Takes in what an event tells of its series. */
  take(event: CanonicalEvent, useCase: UseCase, state: Snapshot): void {
    const history = this.historyOf(useCase);
    if (history === undefined) return;
    const observed = observedIn(history, event, state);
    this.observed.set(decisionId(event.id, useCase.name), observed);
    if ('outcome' in observed) return;
    this.told.push(toKeep(history, useCase.name, event, state, observed));
  }

  /** What the past says of an event that was taken in, or why it has no score; undefined where the model does not ask. */
  async factsFor(
    event: CanonicalEvent,
    useCase: UseCase,
    state: Snapshot,
  ): Promise<HistoryFacts | Unscorable | undefined> {
    const history = this.historyOf(useCase);
    const observed = this.observed.get(decisionId(event.id, useCase.name));
    if (history === undefined || observed === undefined) return undefined;
    if ('outcome' in observed) return observed;
    const { series, observation } = observed;
    const key = keyOf(useCase.name, series);
    // A record that came incomplete may turn out to be of another series than was foreseen.
    if (!this.pasts.has(key)) await this.ask([questionOf(useCase.name, history, observed, orderOf(event))]);
    const { own = [], peers = [] } = this.pasts.get(key) ?? {};
    const place = state.sequence;
    const here = this.told.filter((one) => one.usecase === useCase.name && one.series === series);
    const past = before([...own, ...here], place).slice(-history.most);
    return historyFacts(history, { past, peers: before(peers, place) }, observation, this.calendar);
  }

  private async ask(questions: readonly PastQuestion[]): Promise<void> {
    const pasts = await this.ledger.pasts(this.tenant, questions);
    questions.forEach(({ usecase, series }, n) => {
      const past = pasts[n];
      if (past !== undefined) this.pasts.set(keyOf(usecase, series), past);
    });
  }
}

/** Whether young series are compared with others. */
function compares({ values }: History): boolean {
  return values.some(({ by }) => by === 'deviation');
}

function questionOf(usecase: string, history: History, { series, peers }: Observed, from: string): PastQuestion {
  const group = { group: peers, unless: youngSeries, most: mostPeers };
  return { usecase, series, from, most: history.most, ...(compares(history) ? { peers: group } : {}) };
}

/** Each event once, in order, and only what comes before the place. */
function before(rows: readonly ObservationRow[], place: string): readonly ObservationRow[] {
  const once = new Map(rows.filter((row) => row.place < place).map((row) => [row.eventid, row]));
  return [...once.values()].sort((a, b) => (a.place === b.place ? 0 : a.place < b.place ? -1 : 1));
}

function isAbout({ connection, entity }: UseCase, event: CanonicalEvent): boolean {
  return connection === event.connection && entity === event.data.entity;
}

/** What an event tells a use case's series, to be remembered; undefined where it tells nothing that can be used. */
export function toldBy(history: History, usecase: string, event: CanonicalEvent): ObservationToKeep | undefined {
  const state = merge(undefined, event);
  const observed = observedIn(history, event, state);
  return 'outcome' in observed ? undefined : toKeep(history, usecase, event, state, observed);
}

function toKeep(
  history: History,
  usecase: string,
  event: CanonicalEvent,
  { sequence: place }: Snapshot,
  { series, peers, observation }: Observed,
): ObservationToKeep {
  return { usecase, series, ...(compares(history) ? { peers } : {}), place, eventid: event.id, ...observation };
}

function observedIn(history: History, event: CanonicalEvent, { record }: Snapshot): Observed | Unscorable {
  const series = history.series.paths.map((path) => valueAt(record, path)).find((value) => value !== undefined);
  const peers = history.peers === undefined ? undefined : valueAt(record, history.peers.path);
  return observe(history, Date.parse(event.time), series, peers, ({ path }) =>
    tells(event, path) ? valueAt(record, path) : undefined,
  );
}

/** Whether an event tells a field: a value that stands there since an earlier event is not told again. */
function tells({ data: { change, provenance, record } }: CanonicalEvent, path: string): boolean {
  if (change.kind !== 'updated' || change.gap === true) return true;
  if (change.fields.length === 0) return provenance.record !== 'partial' || valueAt(record, path) !== undefined;
  return change.fields.some((field) => path === field || path === `attributes.${field}`);
}
