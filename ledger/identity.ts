import { sql, type Kysely } from 'kysely';
import type { EntityName } from '../canonical-schema/entity';
import type { CanonicalEvent } from '../canonical-schema/event';
import { recordKey } from '../canonical-schema/identity';
import { timeOfOrder } from '../canonical-schema/order';
import { about, meantBy } from './about';
import { CustomerWalk, indexKeys, mostHolders, type Customer, type KeyHolder, type Unjoined } from './customer';
import { findRecords, type RecordRow } from './records';
import type { Schema } from './schema';

/** A record's keys with the place of the state that has them. */
export interface HolderRow extends KeyHolder {
  readonly sequence: string;
}

/** Whose customers are asked for. */
export interface RelativesQuestion {
  readonly starts: readonly KeyHolder[];
  readonly entities: readonly EntityName[];
  readonly since: string;
}

const holderColumns = sql.raw(
  `source, subject, coalesce(connection, '') as connection, sequence, coalesce(ownkeys, '{}') as own, coalesce(sharedkeys, '{}') as shared`,
);

/** How far a walk goes from the records it starts at: lead, contact, account, their orders are three. */
const mostSteps = 6;

/**
 * Everyone who may be of the same customers as some records, in one indexed query for each step of the way.
 * @param starts as they are to be seen, which the ledger may not know yet
 */
async function findHolders(
  database: Kysely<Schema>,
  tenant: string,
  starts: readonly KeyHolder[],
): Promise<ReadonlyMap<string, HolderRow>> {
  const found = new Map<string, HolderRow>();
  const asked = new Set<string>();
  for (let step = 0; step < mostSteps; step += 1) {
    const seen = new Map<string, KeyHolder>([...found, ...starts.map((start) => [recordKey(start), start] as const)]);
    const index = indexKeys(seen.values());
    const reached = new Set(starts.flatMap((start) => [...new CustomerWalk(start, index).keys]));
    const keys = [...reached].filter((key) => !asked.has(key));
    if (keys.length === 0) break;
    for (const row of await haveKeys(database, tenant, keys)) found.set(recordKey(row), row);
    for (const key of keys) asked.add(key);
  }
  return found;
}

/**
 * Who has the keys, of each key one more than is fit to be joined. Keys of two tenants differ, and the tenant is asked outside
 * of the search: inside, a planner without statistics would rather read all that the tenant has.
 */
async function haveKeys(
  database: Kysely<Schema>,
  tenant: string,
  keys: readonly string[],
): Promise<readonly HolderRow[]> {
  const { rows } = await sql<HolderRow>`
    select distinct on (holder.subject, holder.source) source, subject, connection, sequence, own, shared
    from unnest(${keys}::text[]) as key, lateral (
      select tenant, ${holderColumns} from records where ownkeys @> array[key] or sharedkeys @> array[key]
      limit ${sql.lit(mostHolders + 1)}) as holder
    where holder.tenant = ${tenant}`.execute(database);
  return rows;
}

/** The customer of a record as it is known now; undefined when the record is not known. */
export async function findCustomer(
  database: Kysely<Schema>,
  tenant: string,
  record: string,
): Promise<Customer | undefined> {
  const starts = await sql<HolderRow>`
    select ${holderColumns} from records where tenant = ${tenant} and ${about(meantBy(record))}
      order by subject, source`.execute(database);
  const [start] = starts.rows;
  if (start === undefined) return undefined;
  const holders = await findHolders(database, tenant, [start]);
  return new CustomerWalk(start, indexKeys(holders.values())).customer;
}

/**
 * The records that are the same person's as one: by keys that each has as its own, and by what the rules about persons say. What the record
 * only shares otherwise (the number of the company that a contact works for) leads nowhere, so that nobody else is taken for the person.
 * @param rules those about persons: mail addresses and telephone numbers
 */
export async function findKin(
  database: Kysely<Schema>,
  tenant: string,
  record: string,
  rules: ReadonlySet<string>,
): Promise<Customer['members']> {
  const ofPersons = (holder: HolderRow): HolderRow => {
    return { ...holder, shared: holder.shared.filter((key) => rules.has(key.slice(0, key.indexOf(':')))) };
  };
  const { rows } = await sql<HolderRow>`
    select ${holderColumns} from records where tenant = ${tenant} and ${about([record])}`.execute(database);
  const [start] = rows.map(ofPersons);
  if (start === undefined) return [];
  const holders = [...(await findHolders(database, tenant, [start])).values()];
  const index = indexKeys(holders);
  const known = new Map(holders.map((holder) => [recordKey(holder), ofPersons(holder)]));
  const get = (key: string) => index.get(key)?.map((holder) => known.get(recordKey(holder)) ?? holder);
  return new CustomerWalk(start, { get }).customer.members;
}

/** What there is to know of the customers of some records. */
export interface Relatives {
  /** Everyone who may be of the same customers, with the keys of now. */
  readonly holders: readonly HolderRow[];
  /** The newest states of those of the entities. */
  readonly records: readonly RecordRow[];
  /** All that was told of those whose newest state is later than the time asked for. */
  readonly events: readonly CanonicalEvent[];
}

/**
 * Reads what decisions about some records may want to know of their customers.
 * @param starts the records with the keys that they have, which the ledger may not know yet
 * @param entities those whose states are wanted
 * @param since RFC 3339: of what changed later, the events are told as well, so that earlier states can be had
 */
export async function findRelatives(
  database: Kysely<Schema>,
  tenant: string,
  { starts, entities, since }: RelativesQuestion,
): Promise<Relatives> {
  const holders = [...(await findHolders(database, tenant, starts)).values()];
  const wanted = holders.filter(({ subject }) => entities.some((entity) => subject.startsWith(`${entity}/`)));
  const later = holders.filter(({ sequence }) => Date.parse(timeOfOrder(sequence)) > Date.parse(since));
  return {
    holders,
    records: wanted.length === 0 ? [] : await findRecords(database, tenant, wanted.map(recordKey)),
    events: later.length === 0 ? [] : await eventsOf(database, tenant, later.map(recordKey)),
  };
}

async function eventsOf(
  database: Kysely<Schema>,
  tenant: string,
  records: readonly string[],
): Promise<readonly CanonicalEvent[]> {
  const rows = await database
    .selectFrom('events')
    .select('event')
    .where('tenant', '=', tenant)
    .where(about(records))
    .where('status', '<>', 'parked')
    .execute();
  return rows.map(({ event }) => event);
}

/** Keys of a tenant that link nothing, at most a hundred: two records of one CRM have them as their own, or too many have them. */
export async function listUnjoined(database: Kysely<Schema>, tenant: string): Promise<readonly Unjoined[]> {
  const { rows } = await sql<Unjoined>`
    with held as (
      select key, subject, source || ' ' || split_part(subject, '/', 1) as place
        from records, unnest(ownkeys) as key where tenant = ${tenant}
      union all
      select key, subject, null from records, unnest(sharedkeys) as key where tenant = ${tenant})
    select split_part(key, ':', 1) as rule, (array_agg(subject order by subject collate "C"))[1:10] as subjects,
      case when count(*) > ${sql.lit(mostHolders)} then 'many' else 'several' end as because
    from held group by key
    having count(*) > ${sql.lit(mostHolders)} or count(place) > count(distinct place)
    order by key limit 100`.execute(database);
  return rows;
}
