import { idOf } from '../canonical-schema/identity';
import { sql, type Kysely } from 'kysely';
import { entityNames, type CanonicalRecord } from '../canonical-schema/entity';
import type { Schema } from './schema';

/** A record that names others. */
export interface Reference {
  readonly subject: string;
  /** For a person: `its contactId names the person`. */
  readonly because: string;
  /** False where it is about somebody else, or only has the words within a text. */
  readonly isOfPerson: boolean;
}

/** Persons and companies are joined by identity rules only, whomever they name. */
const parties = new Set(['lead', 'contact', 'account']);
const entities = new Set<string>(entityNames);

/** An id that is as long as this is no other record's in any CRM. */
const uniqueLength = 12;

interface Sought {
  readonly subjects: ReadonlySet<string>;
  readonly ids: ReadonlySet<string>;
  readonly addresses: ReadonlySet<string>;
}

/** The records that refer to some, or have one of the mail addresses as a value; and those that have either within a text. */
export async function findReferences(
  database: Kysely<Schema>,
  tenant: string,
  subjects: readonly string[],
  addresses: readonly string[],
): Promise<readonly Reference[]> {
  const ids = subjects.map(idOf);
  const lower = addresses.map((address) => address.toLowerCase());
  const sought = { subjects: new Set(subjects), ids: new Set(ids), addresses: new Set(lower) };
  // As text: documents may hold what the database's JSON functions refuse.
  const { rows } = await sql<{ readonly subject: string; readonly record: CanonicalRecord }>`
    select subject, record from records where tenant = ${tenant} and exists (
      select from unnest(${[...ids, ...lower]}::text[]) as needle
      where strpos(lower(record::text), lower(needle)) > 0)
    order by subject`.execute(database);
  return rows.flatMap(({ subject, record }) => referenceOf(subject, record, sought));
}

function referenceOf(subject: string, record: CanonicalRecord, sought: Sought): readonly Reference[] {
  if (sought.subjects.has(subject)) return [];
  const entity = subject.slice(0, subject.indexOf('/'));
  const [path] = pathsTo(record, sought);
  if (path !== undefined && (path === 'convertedContactId' || !parties.has(entity))) {
    return [{ subject, because: `its ${path} names the person`, isOfPerson: true }];
  }
  const text = JSON.stringify(record).toLowerCase();
  const isMentioned = [...sought.addresses, ...sought.ids].some(
    (one) => one.length >= uniqueLength && text.includes(one.toLowerCase()),
  );
  return isMentioned ? [{ subject, because: 'it mentions the person', isOfPerson: false }] : [];
}

/** Where in a value one of the records is referred to, or a mail address is the whole of a text. */
function pathsTo(value: object, sought: Sought, path = ''): readonly string[] {
  return Object.entries(value).flatMap(([key, part]: [string, unknown]) => {
    const at = path === '' ? key : `${path}.${key}`;
    if (typeof part === 'object' && part !== null) return pathsTo(part, sought, at);
    if (typeof part !== 'string') return [];
    const { entity } = value as { readonly entity?: unknown };
    return sought.addresses.has(part.toLowerCase()) || isReference(key, part, entity, sought) ? [at] : [];
  });
}

/** Whether a field's value is one of the ids: of the entity that its name or its neighbour says, or so long that there is no other. */
function isReference(key: string, value: string, entity: unknown, { ids, subjects }: Sought): boolean {
  if (!ids.has(value)) return false;
  const named =
    typeof entity === 'string'
      ? entity
      : key
          .replace(/^converted/, '')
          .replace(/Id$/, '')
          .toLowerCase();
  if (entities.has(named)) return subjects.has(`${named}/${value}`);
  return value.length >= uniqueLength;
}
