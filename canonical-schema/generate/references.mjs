/** A copy of a schema with each reference to another document rewritten, and without the members named in `without`. */
export function rewrite(node, documents, target, without = []) {
  const byId = new Map([...documents].map(([name, document]) => [new URL(document.$id).pathname, name]));
  const walk = (value, isSchema) => {
    if (Array.isArray(value)) return value.map((item) => walk(item, isSchema));
    if (typeof value !== 'object' || value === null) return value;
    const kept = Object.entries(value).filter(([key]) => !(isSchema && without.includes(key)));
    return Object.fromEntries(
      kept.map(([key, member]) => {
        if (key === '$ref') return [key, target(byId.get(member), member)];
        // Below `properties` the members' names are a user's, not keywords: a field may be called `title`.
        return [key, key === 'required' || key === 'enum' ? member : walk(member, !(isSchema && key === 'properties'))];
      }),
    );
  };
  return walk(node, true);
}
