import { idOf, recordKey, type RecordOf } from '../canonical-schema/identity';
import { sql, type Kysely } from 'kysely';
import { entityNames, type CanonicalRecord } from '../canonical-schema/entity';
import { isSame } from './about';
import type { Schema } from './schema';

/** A record that names others. */
export interface Reference extends RecordOf {
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
  readonly keys: ReadonlySet<string>;
  readonly ids: ReadonlySet<string>;
  readonly addresses: ReadonlySet<string>;
}

/** The records that refer to some (by their keys), or have one of the mail addresses as a value; and those that have either within a text. */
export async function findReferences(
  database: Kysely<Schema>,
  tenant: string,
  keys: readonly string[],
  addresses: readonly string[],
): Promise<readonly Reference[]> {
  const ids = keys.map(idOf);
  const lower = addresses.map((address) => address.toLowerCase());
  const sought = { keys: new Set(keys), ids: new Set(ids), addresses: new Set(lower) };
  // As text: documents may hold what the database's JSON functions refuse.
  const { rows } = await sql<RecordOf & { readonly record: CanonicalRecord }>`
    select source, subject, record from records where tenant = ${tenant} and exists (
      select from unnest(${[...ids, ...lower]}::text[]) as needle
      where strpos(lower(record::text), lower(needle)) > 0)
    order by subject, source`.execute(database);
  return rows.flatMap(({ record, ...of }) => referenceOf(of, record, sought));
}

function referenceOf(of: RecordOf, record: CanonicalRecord, sought: Sought): readonly Reference[] {
  if (sought.keys.has(recordKey(of))) return [];
  const entity = of.subject.slice(0, of.subject.indexOf('/'));
  const [path] = pathsTo(record, { ...sought, source: of.source });
  if (path !== undefined && (path === 'convertedContactId' || !parties.has(entity))) {
    return [{ ...of, because: `its ${path} names the person`, isOfPerson: true }];
  }
  const text = JSON.stringify(record).toLowerCase();
  const isMentioned = [...sought.addresses, ...sought.ids].some(
    (one) => one.length >= uniqueLength && text.includes(one.toLowerCase()),
  );
  return isMentioned ? [{ ...of, because: 'it mentions the person', isOfPerson: false }] : [];
}

/** Where in a value one of the records is referred to, or a mail address is the whole of a text. */
function pathsTo(value: object, sought: Sought & Pick<RecordOf, 'source'>, path = ''): readonly string[] {
  return Object.entries(value).flatMap(([key, part]: [string, unknown]) => {
    const at = path === '' ? key : `${path}.${key}`;
    if (typeof part === 'object' && part !== null) return pathsTo(part, sought, at);
    if (typeof part !== 'string') return [];
    const { entity } = value as { readonly entity?: unknown };
    return sought.addresses.has(part.toLowerCase()) || isReference(key, part, entity, sought) ? [at] : [];
  });
}

/**
 * Whether a field's value is one of the ids: of a record of the same CRM and of the entity that its name or its neighbour says, or so
 * long that there is no other.
 */
function isReference(
  key: string,
  value: string,
  entity: unknown,
  { ids, keys, source }: Sought & Pick<RecordOf, 'source'>,
): boolean {
  if (!ids.has(value)) return false;
  const named =
    typeof entity === 'string'
      ? entity
      : key
          .replace(/^converted/, '')
          .replace(/Id$/, '')
          .toLowerCase();
  if (!entities.has(named)) return value.length >= uniqueLength;
  const subject = `${named}/${value}`;
  const isLong = value.length >= uniqueLength;
  return isLong ? [...keys].some((one) => isSame(one, subject)) : keys.has(recordKey({ source, subject }));
}
