import { idOf, recordKey } from '../canonical-schema/identity';
import type { Kysely } from 'kysely';
import { about, findNamed, meantBy } from './about';
import type { Customer } from './customer';
import { findReferences } from './references';
import { findCustomer, findKin } from './identity';
import type { Schema } from './schema';

/** A record that is about a person, and how that is known. */
export interface PersonsRecord {
  /** Its key. */
  readonly record: string;
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
  /** Each a record's key, `<entity>/<crm id>`, or the CRM's id alone. */
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
  for (const key of await known(database, tenant, asked.records)) search.take(key, 'asked for');
  await search.join();
  return search.follow();
}

/** What was found of a person so far, by record's key. */
class PersonSearch {
  private readonly found = new Map<string, string>();
  private readonly left = new Map<string, string>();
  private readonly unjoined: Customer['unjoined'][number][] = [];

  constructor(
    private readonly database: Kysely<Schema>,
    private readonly tenant: string,
    private readonly without: ReadonlySet<string>,
  ) {}

  take(key: string, because: string): void {
    if (this.without.has(key)) this.left.set(key, 'as asked for');
    else if (!this.found.has(key)) this.found.set(key, because);
  }

  /** Takes in whom the identity rules join. */
  async join(): Promise<void> {
    const { database, tenant } = this;
    const rules = await rulesAboutPersons(database, tenant);
    for (const key of [...this.found.keys()]) {
      const kin = await findKin(database, tenant, key, rules);
      for (const { by, ...same } of kin) this.take(recordKey(same), `by ${by.join(', ')}`);
      const { members = [], unjoined = [] } = (await findCustomer(database, tenant, key)) ?? {};
      for (const { by, ...other } of members) {
        this.left.set(recordKey(other), `the same customer by ${by.join(', ')}, which it or the person only shares`);
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
        if (one.isOfPerson) this.take(recordKey(one), one.because);
        else left.set(recordKey(one), one.because);
      }
      for (const { record, because } of await madeFor(database, tenant, asking)) this.take(record, because);
      asking = [...found.keys()].slice(before);
    }
    for (const key of found.keys()) left.delete(key);
    const marks = [...addresses, ...[...found.keys()].map(idOf)].filter((mark) => mark.length >= shortestMark);
    return { records: reasons(found), left: reasons(left), unjoined, marks: [...new Set(marks)] };
  }
}

const reasons = (some: ReadonlyMap<string, string>): readonly PersonsRecord[] =>
  [...some].map(([record, because]) => ({ record, because }));

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

/** The keys of what is asked for, as far as the ledger has anything of it. */
async function known(database: Kysely<Schema>, tenant: string, records: readonly string[]): Promise<readonly string[]> {
  return (await findNamed(database, tenant, records.flatMap(meantBy))).map(recordKey);
}

/** Mail addresses of the records. A telephone number may be an office's. */
async function addressesOf(
  database: Kysely<Schema>,
  tenant: string,
  records: readonly string[],
): Promise<readonly string[]> {
  const rows = await database
    .selectFrom('records')
    .select('record')
    .where('tenant', '=', tenant)
    .where(about(records))
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

/** Tasks and cases that engagements about the records made: what they say is about the person. */
async function madeFor(
  database: Kysely<Schema>,
  tenant: string,
  records: readonly string[],
): Promise<readonly PersonsRecord[]> {
  const rows = await database
    .selectFrom('actions')
    .select(['source', 'kind', 'result'])
    .where('tenant', '=', tenant)
    .where(about(records))
    .where('kind', 'in', ['create-task', 'create-case'])
    .execute();
  const byActions = rows.flatMap(({ kind, source, result }): readonly PersonsRecord[] => {
    if (result.outcome === 'failed' || !(kind in made)) return [];
    const { entity, because } = made[kind as keyof typeof made];
    return [{ record: workOf(source, entity, result.nativeId), because }];
  });
  const engagements = await database
    .selectFrom('engagements')
    .select(['source', 'taskid'])
    .where('tenant', '=', tenant)
    .where(about(records))
    .execute();
  const { because } = made['create-task'];
  const held = engagements.flatMap(({ source, taskid }) =>
    taskid === null ? [] : [{ record: workOf(source, 'task', taskid), because }],
  );
  return [...byActions, ...held];
}

/** A task or case is where the record is that it is about. */
const workOf = (source: string, entity: string, id: string): string =>
  recordKey({ source, subject: `${entity}/${id}` });
