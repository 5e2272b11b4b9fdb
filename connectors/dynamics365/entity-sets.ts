/** Ends of names whose plural is not the name with an s. */
const plurals: readonly (readonly [ending: RegExp, plural: string])[] = [
  [/([^aeiou])y$/, '$1ies'],
  [/(s|x|z|ch|sh)$/, '$1es'],
];

/**
 * The entity set of a table as Dataverse names it by itself: `leads`, `opportunities`, `new_boxes`. Old or renamed tables may
 * differ: their own definition says so.
 */
export function entitySetOf(table: string): string {
  const rule = plurals.find(([ending]) => ending.test(table));
  return rule === undefined ? `${table}s` : table.replace(rule[0], rule[1]);
}

/** Tables that an entity set may belong to, likeliest first. */
export function tablesOf(set: string): readonly string[] {
  const singulars = [set.replace(/ies$/, 'y'), set.replace(/es$/, ''), set.replace(/s$/, '')];
  return [...new Set([...singulars.filter((table) => table !== set && entitySetOf(table) === set), set])];
}
