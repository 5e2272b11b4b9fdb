import { idOf } from '../canonical-schema/identity';
import { sql, type Kysely } from 'kysely';
import { entityNames } from '../canonical-schema/entity';
import { anyOf } from './columns';
import type { Customer } from './customer';
import { findReferences } from './references';
import { findCustomer, findKin } from './identity';
import type { Schema } from './schema';

/** A record that is about a person, and how that is known. */
export interface PersonsRecord {
  /** `<entity>/<crm id>` */
  readonly subject: string;
  /** For a person: `asked for`, `by email`, `its contactId is contact/C1`. */
  readonly because: string;
}

/** All that the ledger knows to be about a person. */
export interface Person {
  readonly records: readonly PersonsRecord[];
  /** Records of the same customer, or that name the person, which are not taken for the person's own. */
  readonly left: readonly PersonsRecord[];
  readonly unjoined: Customer['unjoined'];
  /** The CRMs' ids and the mail addresses by which bytes that could not be read are recognised. */
  readonly marks: readonly string[];
}

/** What is asked for. */
export interface PersonQuestion {
  /** Each `<entity>/<crm id>`, or the CRM's id alone. */
  readonly records: readonly string[];
  /** Left as they are, however they are reached. */
  readonly without: readonly string[];
}

/** From a person to a case, to the task about it, to what hangs there. */
const mostSteps = 4;

/** What is shorter is found by chance in what is about somebody else. */
const shortestMark = 8;

/**
 * Finds the records of a person: those asked for, those that the identity rules say are the same person's (not those of
 * colleagues, who share the key of a company), and those that refer to one of these: cases, tasks, orders, interactions.
 */
export async function findPerson(database: Kysely<Schema>, tenant: string, asked: PersonQuestion): Promise<Person> {
  const search = new PersonSearch(database, tenant, new Set(await known(database, tenant, asked.without)));
  for (const subject of await known(database, tenant, asked.records)) search.take(subject, 'asked for');
  await search.join();
  return search.follow();
}

/** What was found of a person so far. */
class PersonSearch {
  private readonly found = new Map<string, string>();
  private readonly left = new Map<string, string>();
  private readonly unjoined: Customer['unjoined'][number][] = [];

  constructor(
    private readonly database: Kysely<Schema>,
    private readonly tenant: string,
    private readonly without: ReadonlySet<string>,
  ) {}

  take(subject: string, because: string): void {
    if (this.without.has(subject)) this.left.set(subject, 'as asked for');
    else if (!this.found.has(subject)) this.found.set(subject, because);
  }

  /** Takes in whom the identity rules join. */
  async join(): Promise<void> {
    const { database, tenant } = this;
    const rules = await rulesAboutPersons(database, tenant);
    for (const subject of [...this.found.keys()]) {
      const kin = await findKin(database, tenant, subject, rules);
      for (const { subject: same, by } of kin) this.take(same, `by ${by.join(', ')}`);
      const { members = [], unjoined = [] } = (await findCustomer(database, tenant, subject)) ?? {};
      for (const { subject: other, by } of members) {
        this.left.set(other, `the same customer by ${by.join(', ')}, which it or the person only shares`);
      }
      this.unjoined.push(...unjoined);
    }
  }

  /** Takes in what refers to whom was found, step by step. */
  async follow(): Promise<Person> {
    const { database, tenant, found, left, unjoined } = this;
    const addresses = await addressesOf(database, tenant, [...found.keys()]);
    let asking = [...found.keys()];
    for (let step = 0; step < mostSteps && asking.length > 0; step += 1) {
      const before = found.size;
      for (const one of await findReferences(database, tenant, asking, step === 0 ? addresses : [])) {
        if (one.isOfPerson) this.take(one.subject, one.because);
        else left.set(one.subject, one.because);
      }
      for (const { subject, because } of await madeFor(database, tenant, asking)) this.take(subject, because);
      asking = [...found.keys()].slice(before);
    }
    for (const subject of found.keys()) left.delete(subject);
    const marks = [...addresses, ...[...found.keys()].map(idOf)].filter((mark) => mark.length >= shortestMark);
    return { records: reasons(found), left: reasons(left), unjoined, marks: [...new Set(marks)] };
  }
}

const reasons = (some: ReadonlyMap<string, string>): readonly PersonsRecord[] =>
  [...some].map(([subject, because]) => ({ subject, because }));

/** The identity rules of the tenant's file in force that go by mail address or telephone number. */
async function rulesAboutPersons(database: Kysely<Schema>, tenant: string): Promise<ReadonlySet<string>> {
  const row = await database
    .selectFrom('tenant_versions')
    .select('document')
    .where('tenant', '=', tenant)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst();
  const { identity } = (row?.document ?? {}) as { identity?: { rules?: Readonly<Record<string, { kind?: string }>> } };
  const rules = Object.entries(identity?.rules ?? {});
  return new Set(rules.flatMap(([rule, { kind }]) => (kind === 'email' || kind === 'phone' ? [rule] : [])));
}

/** The subjects that the ledger has anything of, whichever table has it. */
async function known(database: Kysely<Schema>, tenant: string, records: readonly string[]): Promise<readonly string[]> {
  if (records.length === 0) return [];
  const candidates = records.flatMap((record) => [record, ...entityNames.map((entity) => `${entity}/${record}`)]);
  const tables = ['records', 'events', 'decisions', 'erased_records'];
  const { rows } = await sql<{ readonly subject: string }>`${sql.join(
    tables.map(
      (table) => sql`select subject from ${sql.table(table)}
      where tenant = ${tenant} and subject = ${anyOf(candidates)}`,
    ),
    sql` union `,
  )} order by subject`.execute(database);
  return rows.map(({ subject }) => subject);
}

/** Mail addresses of the records. A telephone number may be an office's. */
async function addressesOf(
  database: Kysely<Schema>,
  tenant: string,
  subjects: readonly string[],
): Promise<readonly string[]> {
  const rows = await database
    .selectFrom('records')
    .select('record')
    .where('tenant', '=', tenant)
    .where('subject', '=', anyOf(subjects))
    .execute();
  const fields = rows.flatMap(({ record }) => Object.values({ ...record, ...record.attributes }));
  return [
    ...new Set(fields.filter((value) => typeof value === 'string' && /^[^@\s]+@[^@\s]+$/.test(value))),
  ] as string[];
}

const made = {
  'create-task': { entity: 'task', because: 'the task of an engagement' },
  'create-case': { entity: 'case', because: 'the case of an engagement' },
} as const;

/** Tasks and cases that engagements about the subjects made: what they say is about the person. */
async function madeFor(
  database: Kysely<Schema>,
  tenant: string,
  subjects: readonly string[],
): Promise<readonly PersonsRecord[]> {
  const rows = await database
    .selectFrom('actions')
    .select(['kind', 'result'])
    .where('tenant', '=', tenant)
    .where('subject', '=', anyOf(subjects))
    .where('kind', 'in', ['create-task', 'create-case'])
    .execute();
  const byActions = rows.flatMap(({ kind, result }): readonly PersonsRecord[] => {
    if (result.outcome === 'failed' || !(kind in made)) return [];
    const { entity, because } = made[kind as keyof typeof made];
    return [{ subject: `${entity}/${result.nativeId}`, because }];
  });
  const engagements = await database
    .selectFrom('engagements')
    .select('taskid')
    .where('tenant', '=', tenant)
    .where('subject', '=', anyOf(subjects))
    .execute();
  const { because } = made['create-task'];
  return [
    ...byActions,
    ...engagements.flatMap(({ taskid }) => (taskid === null ? [] : [{ subject: `task/${taskid}`, because }])),
  ];
}
