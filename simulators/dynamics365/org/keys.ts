import { coerce, parseGuid } from './coerce';
import type { Values } from './definitions';
import { invalidArgument, Refusal } from './refusal';
import type { Row, Table } from './table';

/** A row as a URL names it: by id, or by the columns of an alternate key. */
export type Key = { readonly id: string } | { readonly values: Readonly<Values> };

/** `name='O''Neil',number=3` as pairs of name and raw literal. */
const pairs = (text: string): readonly (readonly [string, string])[] => {
  const found = [...text.matchAll(/\s*([a-z_][\w.]*)\s*=\s*('(?:[^']|'')*'|[^,']+)\s*(?:,|$)/gi)];
  if (found.map(([whole]) => whole).join('') !== text) throw new Refusal(400, '0x80060888', 'Syntax error in key.');
  return found.map(([, name = '', literal = '']) => [name, literal] as const);
};

const fromLiteral = (literal: string): unknown => {
  if (literal.startsWith("'")) return literal.slice(1, -1).replaceAll("''", "'");
  if (/^-?\d+(\.\d+)?$/.test(literal)) return Number(literal);
  if (literal === 'true' || literal === 'false') return literal === 'true';
  return literal;
};

/** What stands between the parentheses after an entity set. @throws Refusal where it is no key of the table */
export const parseKey = (table: Table, text: string): Key => {
  const { type } = table;
  const id = parseGuid(text);
  if (id !== undefined) return { id };
  const given = pairs(text);
  const [first] = given;
  if (given.length === 1 && first?.[0] === type.id) return { id: parseGuid(first[1]) ?? '' };
  const names = given.map(([name]) => name).sort();
  const isKey = Object.values(type.keys).some((columns) => [...columns].sort().join() === names.join());
  if (!isKey)
    throw invalidArgument(`The specified key properties of '${type.name}' are not a defined alternate key: ${text}`);
  const values: Values = {};
  for (const [name, literal] of given) {
    const attribute = type.attribute(name);
    if (attribute === undefined) continue;
    // A lookup in a key is its bare GUID.
    values[name] = coerce(type, attribute, fromLiteral(literal));
  }
  return { values };
};

/** The row of a key, if there is one. */
export const rowOf = (table: Table, key: Key): Row | undefined =>
  'id' in key ? table.get(key.id) : table.find(key.values)[0];

/** How a message names a key. */
export const describeKey = (key: Key): string =>
  'id' in key
    ? key.id
    : Object.entries(key.values)
        .map(([name, value]) => `${name}=${typeof value === 'object' ? JSON.stringify(value) : value}`)
        .join(',');
