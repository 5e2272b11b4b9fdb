import { sql, type Kysely } from 'kysely';
import type { Decision } from '../canonical-schema/decision';
import { insertObservations, type ObservationToKeep } from './observations';
import type { Schema } from './schema';

/** How many events of a type an hour had, by the CRM's time. */
export interface HourCount {
  /** The event's type, `io.signalbox.lead.created.v1`. */
  readonly type: string;
  /** When the hour began, ms since 1970. */
  readonly at: number;
  readonly count: number;
}

/** What was last decided about a stream's rhythm. */
export interface RhythmRow extends Pick<Decision, 'usecase' | 'subject' | 'connection' | 'reasons'> {
  /** Absent where nothing was called for. */
  readonly band?: string;
  readonly score?: number;
  /** Which hour was counted, RFC 3339: when it began. */
  readonly at: string;
}

/** Whose hours, from the first on and before the last: ms since 1970. */
export interface HoursQuestion {
  readonly connection: string;
  readonly from: number;
  readonly to: number;
}

/** How many events streams had by the hour, and what was decided about it. */
export interface Rhythm {
  /**
   * Events that a connection told, by type and hour of the CRM's time, in order. What was read and not told (`observed`, `overflowed`), echoes of
   * own writes and counts themselves are left out.
   */
  count(tenant: string, question: HoursQuestion): Promise<readonly HourCount[]>;
  /** Whether an event of before `to` was recorded within the last milliseconds: more of its hour may be on the way. */
  isArriving(tenant: string, question: Pick<HoursQuestion, 'connection' | 'to'>, withinMs: number): Promise<boolean>;
  /** When the connection's first event happened, ms since 1970; undefined without one. */
  firstAt(tenant: string, connection: string, since: number): Promise<number | undefined>;
  /** Keeps what hours told that nobody is to decide any more; each once. */
  remember(tenant: string, rows: readonly ObservationToKeep[]): Promise<void>;
  /** The newest decision about each stream, recorded since (RFC 3339). */
  newest(tenant: string, since: string): Promise<readonly RhythmRow[]>;
}

/** A CRM's clock may be ahead of the ledger's by so much, ms. */
const clocksMs = 24 * 3_600_000;
/** Rows of one statement. */
const most = 2_000;

const told = sql`status <> 'echo' and type not like '%.observed.v1' and type not like '%.overflowed.v1'
  and type not like 'io.signalbox.rhythm.%'`;

const instant = (ms: number): string => new Date(ms).toISOString();

/** What the ledger knows of rhythms. */
export function rhythm(database: Kysely<Schema>): Rhythm {
  return {
    async count(tenant, { connection, from, to }) {
      // What happened since was recorded since, so that the index over the recording serves.
      const { rows } = await sql<{ type: string; at: number; count: number }>`
        select type, (floor(extract(epoch from time) / 3600) * 3600000)::float8 as at, count(*)::int as count
        from events where tenant = ${tenant} and connection = ${connection} and ${told}
          and recordedat >= ${instant(from - clocksMs)} and time >= ${instant(from)} and time < ${instant(to)}
        group by 1, 2 order by 2, 1`.execute(database);
      return rows;
    },
    async isArriving(tenant, { connection, to }, withinMs) {
      const { rows } = await sql`
        select 1 from events where tenant = ${tenant} and connection = ${connection} and ${told}
          and recordedat > now() - make_interval(secs => ${withinMs / 1000}::float8) and time < ${instant(to)}
        limit 1`.execute(database);
      return rows.length > 0;
    },
    async firstAt(tenant, connection, since) {
      const { rows } = await sql<{ at: Date | null }>`
        select min(time) as at from events where tenant = ${tenant} and connection = ${connection} and ${told}
          and time >= ${instant(since)}`.execute(database);
      return rows[0]?.at?.getTime();
    },
    async remember(tenant, rows) {
      for (let from = 0; from < rows.length; from += most) {
        await insertObservations(tenant, rows.slice(from, from + most))?.execute(database);
      }
    },
    newest: (tenant, since) => newest(database, tenant, since),
  };
}

interface Nullable {
  readonly band: string | null;
  readonly score: number | null;
}

async function newest(database: Kysely<Schema>, tenant: string, since: string): Promise<readonly RhythmRow[]> {
  const { rows } = await sql<Omit<RhythmRow, 'band' | 'score'> & Nullable>`
    select distinct on (decisions.usecase, decisions.connection, events.event->'data'->'record'->>'stream')
      decisions.usecase, decisions.subject, decisions.connection, decisions.reasons, decisions.band, decisions.score,
      events.event->>'time' as at
    from decisions join events on events.tenant = decisions.tenant and events.id = decisions.eventid
    where decisions.tenant = ${tenant} and decisions.recordedat >= ${since} and decisions.subject like 'rhythm/%'
    order by 1, 3, events.event->'data'->'record'->>'stream', events.time desc`.execute(database);
  return rows.map(({ band, score, ...row }) => ({
    ...row,
    ...(band === null ? {} : { band }),
    ...(score === null ? {} : { score }),
  }));
}
