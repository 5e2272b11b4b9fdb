import { sql, type Kysely } from 'kysely';
import type { Schema } from './schema';

/** How much of something there is. `tenant`, then what tells it from others of the tenant. */
interface Count {
  readonly tenant: string;
  readonly count: number;
}
type OfStream = Count & { readonly connection: string; readonly stream: string };
type OfUseCase = Count & { readonly usecase: string };

/** What waits or is open, of all tenants: what is not named is none. */
export interface Standing {
  /** Open ones, with what the tenant wants done about them. */
  readonly gaps: readonly (OfStream & { readonly policy: string })[];
  readonly quarantine: readonly OfStream[];
  /** Pushed payloads that are not published yet. */
  readonly inboxes: readonly OfStream[];
  readonly parked: readonly Count[];
  readonly engagements: readonly OfUseCase[];
  /** What waits for a person. */
  readonly proposals: readonly OfUseCase[];
}

interface Row {
  readonly what: keyof Standing;
  readonly tenant: string;
  readonly a: string;
  readonly b: string;
  readonly c: string;
  readonly count: number;
}

/** One statement, over what is open alone. */
export async function standing(database: Kysely<Schema>): Promise<Standing> {
  const { rows } = await sql<Row>`
    select 'gaps' as what, tenant, connection as a, stream as b, policy as c, count(*)::int as count
      from gaps where closedat is null group by tenant, connection, stream, policy
    union all select 'quarantine', tenant, connection, stream, '', count(*)::int
      from quarantine where resolution is null group by tenant, connection, stream
    union all select 'inboxes', tenant, connection, stream, '', (newest - released)::int from inboxes
    union all select 'parked', tenant, '', '', '', count(*)::int from parked where status = 'parked' group by tenant
    union all select 'engagements', tenant, usecase, '', '', count(*)::int
      from engagements where status = 'open' group by tenant, usecase
    union all select 'proposals', tenant, usecase, '', '', count(*)::int
      from proposals where status = 'waiting' group by tenant, usecase`.execute(database);
  const of = <T>(what: keyof Standing, read: (row: Row) => T): T[] => rows.filter((row) => row.what === what).map(read);
  const stream = ({ tenant, a, b, count }: Row): OfStream => ({ tenant, connection: a, stream: b, count });
  const useCase = ({ tenant, a, count }: Row): OfUseCase => ({ tenant, usecase: a, count });
  return {
    gaps: of('gaps', (row) => ({ ...stream(row), policy: row.c })),
    quarantine: of('quarantine', stream),
    inboxes: of('inboxes', stream),
    parked: of('parked', ({ tenant, count }) => ({ tenant, count })),
    engagements: of('engagements', useCase),
    proposals: of('proposals', useCase),
  };
}

/** The event that a decision was made about. */
export interface Origin {
  readonly eventid: string;
  /** The CRM's time, ms since the epoch. */
  readonly time?: number;
  readonly traceparent?: string;
}

/** The events of decisions, by decision id; what is not known is absent. */
export async function origins(
  database: Kysely<Schema>,
  tenant: string,
  decisions: readonly string[],
): Promise<ReadonlyMap<string, Origin>> {
  const rows = await database
    .selectFrom('decisions')
    .innerJoin('events', (join) =>
      join.onRef('events.tenant', '=', 'decisions.tenant').onRef('events.id', '=', 'decisions.eventid'),
    )
    .select(['decisions.id', 'decisions.eventid', 'events.time'])
    .select(sql<string | null>`events.event ->> 'traceparent'`.as('traceparent'))
    .where('decisions.tenant', '=', tenant)
    .where('decisions.id', 'in', [...decisions])
    .execute();
  return new Map(
    rows.map(({ id, eventid, time, traceparent }) => [
      id,
      { eventid, ...(time !== null && { time: time.getTime() }), ...(traceparent !== null && { traceparent }) },
    ]),
  );
}
