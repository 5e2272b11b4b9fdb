import { randomUUID } from 'node:crypto';
import { sql, type Kysely, type Selectable } from 'kysely';
import { parseRecordKey, type RecordOf } from '../canonical-schema/identity';
import { about as aboutRecords, isSame, meantBy } from './about';
import { wait } from './audit/wait';
import { bounded } from './columns';
import { countErasable, eraseRows, type ErasedCounts } from './erase-rows';
import { findPerson, type Person, type PersonQuestion } from './person';
import type { Schema } from './schema';

/** One erasure: of whose data, who wanted it, why, and how far it came. */
export interface ErasureRow {
  readonly id: string;
  /** As it was asked for. */
  readonly asked: string;
  /** Each a record's key; a subject alone, which is that of any CRM, in erasures of before keys were kept. */
  readonly subjects: readonly string[];
  readonly marks: readonly string[];
  readonly by: string;
  readonly reason: string;
  /** When it began, RFC 3339 UTC, as all times here. */
  readonly at: string;
  /** Absent while it is not done. */
  readonly doneat?: string;
  /** Rows by table; workflows, runs of lanes and messages under names of their own. */
  readonly counts?: ErasedCounts;
  readonly liftedat?: string;
  readonly liftedby?: string;
  readonly liftedreason?: string;
}

/** What an erasure begins with. */
export type ErasureToBegin = Pick<ErasureRow, 'asked' | 'subjects' | 'marks' | 'by' | 'reason'>;

/** The erasure of persons' data. */
export interface Erasures {
  /** What is known to be a person's. Changes nothing. */
  person(tenant: string, asked: PersonQuestion): Promise<Person>;
  /** How many rows of which table would be emptied or deleted now. */
  count(tenant: string, records: readonly string[], marks: readonly string[]): Promise<ErasedCounts>;
  /**
   * From here on nothing of the records is taken in any more. Where one that is not done has all of them, that one goes on.
   * Gives its id.
   */
  begin(tenant: string, erasure: ErasureToBegin): Promise<string>;
  /** Empties and deletes rows, in one transaction; again finds what came meanwhile. */
  erase(tenant: string, records: readonly string[], marks: readonly string[]): Promise<ErasedCounts>;
  /** Marks it as done. Its marks are forgotten: they are the person's. */
  finish(tenant: string, id: string, counts: ErasedCounts): Promise<void>;
  /** Takes the records of an erasure in again, from now on. */
  lift(tenant: string, id: string, who: { readonly by: string; readonly reason: string }): Promise<void>;
  /**
   * Oldest first.
   * @param about a record's key, `<entity>/<crm id>`, or the CRM's id alone
   */
  list(tenant: string, about?: string): Promise<readonly ErasureRow[]>;
  /** The ids of the workflows of all engagements that there may have been about the records. */
  engagements(tenant: string, records: readonly string[]): Promise<readonly EngagementName[]>;
}

/** What the id of an engagement is made of. */
export interface EngagementName extends RecordOf {
  readonly connection: string;
  readonly usecase: string;
}

export function erasures(database: Kysely<Schema>): Erasures {
  return {
    person: (tenant, asked) => findPerson(database, tenant, asked),
    count: (tenant, records, marks) => countErasable(database, tenant, records, marks),
    begin: (tenant, erasure) => begin(database, tenant, erasure),
    erase: (tenant, records, marks) => eraseRows(database, tenant, records, marks),
    finish: async (tenant, id, counts) => {
      await database.transaction().execute(async (transaction) => {
        const { numUpdatedRows } = await transaction
          .updateTable('erasures')
          .set({ doneat: new Date().toISOString(), counts: JSON.stringify(counts), marks: '[]' })
          .where('tenant', '=', tenant)
          .where('id', '=', id)
          .where('doneat', 'is', null)
          .executeTakeFirst();
        if (numUpdatedRows > 0n) await wait(transaction, tenant, 'erasure-done', [[id]]);
      });
    },
    lift: (tenant, id, who) => lift(database, tenant, id, who),
    list: (tenant, about) => listErasures(database, tenant, about === undefined ? undefined : meantBy(about)),
    engagements: async (tenant, records) => {
      const { rows } = await sql<EngagementName>`
        select connection, source, subject, usecase from engagements where tenant = ${tenant} and ${aboutRecords(records)}
        union select connection, source, subject, usecase from decisions
          where tenant = ${tenant} and ${aboutRecords(records)}`.execute(database);
      return rows;
    },
  };
}

async function begin(database: Kysely<Schema>, tenant: string, erasure: ErasureToBegin): Promise<string> {
  const { asked, subjects, marks, by } = erasure;
  return database.transaction().execute(async (transaction) => {
    const open = (await listErasures(transaction, tenant)).find(
      (row) => row.doneat === undefined && subjects.every((one) => row.subjects.some((other) => isSame(one, other))),
    );
    if (open !== undefined) return open.id;
    const id = randomUUID();
    await transaction
      .insertInto('erasures')
      .values({
        ...{ tenant, id, asked, by, reason: bounded(erasure.reason) ?? '', at: new Date().toISOString() },
        ...{ subjects: JSON.stringify(subjects), marks: JSON.stringify(marks) },
      })
      .execute();
    await transaction
      .insertInto('erased_records')
      .values(
        subjects.map((key) => ({ tenant, ...(parseRecordKey(key) ?? { source: '', subject: key }), erasure: id })),
      )
      .onConflict((conflict) =>
        conflict.columns(['tenant', 'subject', 'source']).doUpdateSet({ erasure: id, liftedat: null }),
      )
      .execute();
    await wait(transaction, tenant, 'erasure', [[id]]);
    return id;
  });
}

async function lift(
  database: Kysely<Schema>,
  tenant: string,
  id: string,
  { by, reason }: { readonly by: string; readonly reason: string },
): Promise<void> {
  const liftedat = new Date().toISOString();
  await database.transaction().execute(async (transaction) => {
    const { numUpdatedRows } = await transaction
      .updateTable('erasures')
      .set({ liftedat, liftedby: by, liftedreason: bounded(reason) })
      .where('tenant', '=', tenant)
      .where('id', '=', id)
      .where('liftedat', 'is', null)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) return;
    await transaction
      .updateTable('erased_records')
      .set({ liftedat })
      .where('tenant', '=', tenant)
      .where('erasure', '=', id)
      .where('liftedat', 'is', null)
      .execute();
    await wait(transaction, tenant, 'erasure-lifted', [[id]]);
  });
}

/** The erasures of a tenant, or those that a record was among. */
export async function listErasures(
  database: Kysely<Schema>,
  tenant: string,
  about?: readonly string[],
): Promise<readonly ErasureRow[]> {
  const rows = await database
    .selectFrom('erasures')
    .selectAll()
    .where('tenant', '=', tenant)
    .orderBy('at')
    .orderBy('id')
    .execute();
  const told = rows.map(readErasure);
  return about === undefined
    ? told
    : told.filter(({ subjects }) => about.some((one) => subjects.some((subject) => isSame(one, subject))));
}

function readErasure({ at, doneat, liftedat, ...row }: Selectable<Schema['erasures']>): ErasureRow {
  const told = Object.entries(row).filter(([key, value]) => key !== 'tenant' && value !== null);
  return {
    ...(Object.fromEntries(told) as unknown as Omit<ErasureRow, 'at' | 'doneat' | 'liftedat'>),
    at: at.toISOString(),
    ...(doneat !== null && { doneat: doneat.toISOString() }),
    ...(liftedat !== null && { liftedat: liftedat.toISOString() }),
  };
}
