import { Context } from '@temporalio/activity';
import type { CanonicalEvent } from '../canonical-schema/event';
import type { ObservationToKeep } from '../ledger/ledger';
import type { History } from '../models/history/history';
import type { UseCase } from '../tenants/tenant';
import { calendarOf, utc, type Calendar } from '../models/calendar';
import { tenantNamed } from './connections';
import { toldBy } from './histories';
import type { IngestDependencies } from './ingest-dependencies';
import { hourMs, hourOf, Hours, isTorn, rhythmEvent, type Streams } from './rhythm-hours';
import type { Counted, CountInput } from './rhythm-types';

/** Webhooks are tried again within minutes; what comes later is not counted. */
const usualLatenessMs = 15 * 60_000;
/** An hour that ended longer ago is past news: it is remembered, and judged no more. */
const newsMs = 24 * hourMs;
/** Hours that a rhythm is known by: as many as the model looks back on. */
const pastHours = 8 * 168;
/** While events are on their way, ms. */
const againMs = 60_000;
/** Well within the heartbeat timeout of `workflows/options.ts`. */
const heartbeatEveryMs = 10_000;

/** Where counting goes on: the first hour that is not counted, and the streams that are known, as RFC 3339. */
interface Mark {
  readonly v: 1;
  readonly next: string;
  readonly since: Readonly<Record<string, string>>;
}

/**
 * Counts the events of a connection by type and hour of the CRM's time, as the ledger has them, and publishes each count as an event
 * that lanes decide like any other. An hour is counted once, when it is complete: when it has ended, this process has heard the CRM and
 * nothing of it has come for the lateness, and nothing waits with the broker. The position is saved last: a second attempt
 * publishes the same events again, which lanes know.
 * @param hearingSince since when this process hears CRMs, ms
 */
export async function countHours(deps: IngestDependencies, input: CountInput, hearingSince: number): Promise<Counted> {
  const { heartbeat } = Context.current();
  const beat = setInterval(heartbeat, heartbeatEveryMs);
  try {
    const { useCases, calendar } = tenantNamed(deps.tenants, input.tenant);
    const asking = Object.values(useCases).filter(
      ({ entity, connection }) => entity === 'rhythm' && connection === input.connection,
    );
    // Another process may know a newer version of the tenant's file.
    if (asking.length === 0) return { hours: 0, published: 0, remembered: 0, skipped: 0, nextMs: hourMs };
    return await new Counting(deps, input, asking, calendarOf(calendar) ?? utc).run(hearingSince);
  } finally {
    clearInterval(beat);
  }
}

class Counting {
  private readonly lateness: number;
  private readonly now: number;
  private readonly past: CanonicalEvent[] = [];
  private published = 0;
  private skipped = 0;

  constructor(
    private readonly deps: IngestDependencies,
    private readonly input: CountInput,
    private readonly useCases: readonly UseCase[],
    private readonly calendar: Calendar,
  ) {
    this.lateness = input.latenessMs ?? usualLatenessMs;
    this.now = deps.now();
  }

  async run(hearingSince: number): Promise<Counted> {
    const newest = hourOf(this.now - this.lateness);
    const isComplete = await this.isComplete(newest, hearingSince);
    // What is past news is complete enough to be remembered.
    const until = isComplete ? newest : Math.min(newest, hourOf(this.now - newsMs));
    const mark = await this.load(until);
    await this.count(mark.next, until, mark.since);
    const nextMs = isComplete ? newest + hourMs + this.lateness - this.now : againMs;
    const { published, skipped } = this;
    const hours = Math.max(0, until - mark.next) / hourMs;
    return { hours, published, skipped, remembered: this.past.length, nextMs: Math.max(1_000, nextMs) };
  }

  private async isComplete(newest: number, hearingSince: number): Promise<boolean> {
    const { ledger, waiting } = this.deps;
    const { tenant, connection } = this.input;
    if (this.now - hearingSince < this.lateness) return false;
    if (await ledger.rhythm.isArriving(tenant, { connection, to: newest }, this.lateness)) return false;
    return (await waiting(tenant)) === 0;
  }

  private get name() {
    const { tenant, connection } = this.input;
    return { tenant, connection, stream: 'rhythm' };
  }

  /** Where to go on; at first with the first whole hour that the ledger knows. */
  private async load(until: number): Promise<{ readonly next: number; readonly since: Streams }> {
    const mark = (await this.deps.ledger.loadPosition(this.name)) as Mark | undefined;
    if (mark !== undefined) {
      const since: Record<string, number> = {};
      for (const [stream, at] of Object.entries(mark.since)) since[stream] = Date.parse(at);
      return { next: Date.parse(mark.next), since };
    }
    const { tenant, connection } = this.input;
    const first = await this.deps.ledger.rhythm.firstAt(tenant, connection, until - pastHours * hourMs);
    return { next: first === undefined ? until : Math.min(until, hourOf(first) + hourMs), since: {} };
  }

  private async count(from: number, until: number, known: Streams): Promise<void> {
    const { ledger } = this.deps;
    const { tenant, connection } = this.input;
    if (until < from) return;
    const hours = new Hours(await ledger.rhythm.count(tenant, { connection, from, to: until }), known);
    const gaps = (await ledger.gaps.list(tenant, 'all')).filter((gap) => gap.connection === connection);
    for (let hour = from; hour < until; hour += hourMs) {
      const counts = hours.at(hour);
      if (isTorn(gaps, hour)) this.skipped += 1;
      else
        await this.tell(counts.map(({ stream, count }) => rhythmEvent(this.input, stream, hour, count, this.calendar)));
    }
    await ledger.rhythm.remember(
      tenant,
      this.useCases.flatMap((useCase) => this.observations(useCase)),
    );
    const since: Record<string, string> = {};
    for (const [stream, at] of Object.entries(hours.known)) since[stream] = new Date(at).toISOString();
    await ledger.savePosition(this.name, { v: 1, next: new Date(until).toISOString(), since } satisfies Mark);
  }

  private async tell(events: readonly CanonicalEvent[]): Promise<void> {
    for (const event of events) {
      if (Date.parse(event.time) + hourMs <= this.now - newsMs) this.past.push(event);
      else {
        await this.deps.publish(event);
        this.published += 1;
      }
    }
  }

  /** The past as the use case's model remembers it, just as if lanes had decided it. */
  private observations({ name, model }: UseCase): readonly ObservationToKeep[] {
    const manifest = this.deps.scorers.get(model)?.manifest;
    const history: History | undefined =
      manifest === undefined || manifest.task === 'text' ? undefined : manifest.history;
    if (history === undefined) return [];
    return this.past.flatMap((event) => toldBy(history, name, event) ?? []);
  }
}
