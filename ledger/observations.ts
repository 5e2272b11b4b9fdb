import { sql, type Kysely, type RawBuilder } from 'kysely';
import { documents } from './columns';
import type { Schema } from './schema';

/** What an event told of its series. */
export interface ObservationRow {
  /** The event's place in its record's life (`orderOf`): before and after compare as text. */
  readonly place: string;
  readonly eventid: string;
  /** ms since 1970 */
  readonly at: number;
  readonly told: Readonly<Record<string, number | string>>;
}

export interface ObservationToKeep extends ObservationRow {
  readonly usecase: string;
  readonly series: string;
  /** The group that young series are compared within. */
  readonly peers?: string;
}

/** Whose past is asked for. */
export interface PastQuestion {
  readonly usecase: string;
  readonly series: string;
  /** The first place that is asked about: what comes before is the past, and as much of what follows is told too. */
  readonly from: string;
  readonly most: number;
  /** Of a series with fewer observations, the newest of others of its group are told as well. Absent: of none. */
  readonly peers?: { readonly group: string; readonly unless: number; readonly most: number };
}

/** The past of one series, in order. */
export interface Past {
  readonly own: readonly ObservationRow[];
  readonly peers: readonly ObservationRow[];
}

/** Answers all questions in one statement, in their order. */
export async function findPasts(
  database: Kysely<Schema>,
  tenant: string,
  questions: readonly PastQuestion[],
): Promise<readonly Past[]> {
  if (questions.length === 0) return [];
  const column = <T>(of: (question: PastQuestion) => T): T[] => questions.map(of);
  const row = sql.raw(`json_build_array(place, eventid, at, told)`);
  const { rows } = await sql<{ readonly own: readonly Told[]; readonly peers: readonly Told[] }>`
    select coalesce(own.told, '[]') as own, coalesce(peers.told, '[]') as peers
    from unnest(
      ${column(({ usecase }) => usecase)}::text[],
      ${column(({ series }) => series)}::text[],
      ${column(({ from }) => from)}::text[],
      ${column(({ most }) => most)}::int[],
      ${column(({ peers }) => peers?.group ?? null)}::text[],
      ${column(({ peers }) => peers?.unless ?? 0)}::int[],
      ${column(({ peers }) => peers?.most ?? 0)}::int[]
    ) with ordinality as asked (usecase, series, since, most, peers, unless, mostpeers, n)
    left join lateral (select json_agg(${row} order by place, eventid) as told, count(*) as size from (
      (select place, eventid, at, told from observations where tenant = ${tenant} and usecase = asked.usecase
        and series = asked.series and place < asked.since
        order by place desc, eventid desc limit asked.most)
      union all
      (select place, eventid, at, told from observations where tenant = ${tenant} and usecase = asked.usecase
        and series = asked.series and place >= asked.since
        order by place, eventid limit asked.most)) as one) as own on true
    left join lateral (select json_agg(${row} order by place, eventid) as told from (
      select place, eventid, at, told from observations where tenant = ${tenant} and usecase = asked.usecase
        and peers = asked.peers and series <> asked.series and place < asked.since
        and own.size < asked.unless order by place desc, eventid desc limit asked.mostpeers) as one) as peers on true
    order by asked.n`.execute(database);
  return rows.map(({ own, peers }) => ({ own: own.map(toRow), peers: peers.map(toRow) }));
}

type Told = readonly [place: string, eventid: string, at: number, told: ObservationRow['told']];

function toRow([place, eventid, at, told]: Told): ObservationRow {
  return { place, eventid, at, told };
}

/** An event is remembered once. */
export function insertObservations(
  tenant: string,
  rows: readonly ObservationToKeep[],
): RawBuilder<unknown> | undefined {
  if (rows.length === 0) return undefined;
  const column = <T>(of: (row: ObservationToKeep) => T): T[] => rows.map(of);
  return sql`
    insert into observations (tenant, usecase, series, place, eventid, peers, at, told)
    select ${tenant}, row.* from unnest(
      ${column(({ usecase }) => usecase)}::text[],
      ${column(({ series }) => series)}::text[],
      ${column(({ place }) => place)}::text[],
      ${column(({ eventid }) => eventid)}::text[],
      ${column(({ peers }) => peers ?? null)}::text[],
      ${column(({ at }) => at)}::bigint[],
      ${documents(column(({ told }) => told))}
    ) as row
    on conflict do nothing`;
}
