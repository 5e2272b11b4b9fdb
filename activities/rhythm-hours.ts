import type { CanonicalEvent } from '../canonical-schema/event';
import { partitionKey, sequenceOf } from '../canonical-schema/identity';
import { canonicalEvent } from '../connectors/kit/canonical-event';
import type { Calendar } from '../models/calendar';
import type { GapRow, HourCount } from '../ledger/ledger';

export const hourMs = 3_600_000;

/** The stream of every event of a connection, beside those of its types. */
const all = 'all';

/** Streams that are known, by name, with the hour that each began in, ms. */
export type Streams = Readonly<Record<string, number>>;

const plurals: Readonly<Record<string, string>> = { opportunity: 'opportunities' };
const verbs: Readonly<Record<string, string>> = { undeleted: 'restored' };

/** `lead.created` of `io.signalbox.lead.created.v1`. */
function streamOf(type: string): string {
  return type.split('.').slice(2, -1).join('.');
}

/** `leads created` */
function wordsOf(stream: string): string {
  if (stream === all) return 'events';
  const [entity = '', kind = ''] = stream.split('.');
  return `${plurals[entity] ?? `${entity}s`} ${verbs[kind] ?? kind}`;
}

/** The start of the hour that a time is in. */
export function hourOf(ms: number): number {
  return Math.floor(ms / hourMs) * hourMs;
}

/** The counts of each hour by stream: streams that were seen before count nothing where nothing came. */
export class Hours {
  private readonly counts = new Map<number, Map<string, number>>();
  private streams: Streams;

  constructor(counted: readonly HourCount[], known: Streams) {
    this.streams = known;
    for (const { type, at, count } of counted) {
      const hour = this.counts.get(at) ?? new Map<string, number>();
      this.counts.set(at, hour.set(streamOf(type), count).set(all, (hour.get(all) ?? 0) + count));
    }
  }

  get known(): Streams {
    return this.streams;
  }

  /** Counts of an hour; hours are to be asked for in order. A connection with one stream has no need of another for all. */
  at(hour: number): readonly { readonly stream: string; readonly count: number }[] {
    const counts = this.counts.get(hour) ?? new Map<string, number>();
    for (const stream of [...counts.keys()].filter((name) => name !== all)) this.know(stream, hour);
    if (Object.keys(this.streams).length > 1) this.know(all, hour);
    return Object.keys(this.streams).map((stream) => ({ stream, count: counts.get(stream) ?? 0 }));
  }

  private know(stream: string, hour: number): void {
    if (!Object.hasOwn(this.streams, stream)) this.streams = { ...this.streams, [stream]: hour };
  }
}

/** Whether events of an hour were missed and read back: records then, with the time of their newest change. */
export function isTorn(gaps: readonly GapRow[], hour: number): boolean {
  return gaps.some(({ from, to, closedat, recovered }) => {
    if (closedat !== undefined && recovered === 0) return false;
    const end = to ?? closedat;
    return Date.parse(from) < hour + hourMs && (end === undefined || Date.parse(end) > hour);
  });
}

/** An hour's count as an event: the same hour is the same event, however often it is counted. */
export function rhythmEvent(
  { tenant, connection }: { readonly tenant: string; readonly connection: string },
  stream: string,
  hour: number,
  count: number,
  calendar: Calendar,
): CanonicalEvent {
  const [startsAt, endsAt] = [new Date(hour).toISOString(), new Date(hour + hourMs).toISOString()];
  const event = canonicalEvent(
    {
      crm: 'signalbox',
      identity: ['rhythm', tenant, connection, stream, startsAt],
      // The tenant's day: what begins in the morning in Sydney is not two tasks.
      recordId: `${connection}:${stream}:${calendar.dateOf(hour)}`,
      nativeType: 'rhythm',
      time: startsAt,
      sequence: sequenceOf(hour),
      origin: 'external',
      change: { kind: 'observed', fields: [] },
      record: {
        entity: 'rhythm',
        fields: { stream, what: wordsOf(stream), count, startsAt, endsAt },
        attributes: {},
        native: {},
      },
      provenance: { record: 'event' },
    },
    { tenant, connection, org: 'rhythm' },
  );
  // A day is a record of its own, but each hour is compared with those before it, of yesterday as well: one lane has them in order.
  return { ...event, partitionkey: partitionKey(tenant, 'signalbox', 'rhythm', `${connection}:${stream}`) };
}
