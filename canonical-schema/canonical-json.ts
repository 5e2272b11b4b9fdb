/**
 * JSON with the members of every object in the order of their names' UTF-16 code units and without white space (RFC 8785), so
 * that equal values have equal texts. As in JSON.stringify, a member that is undefined is left out, and an undefined list
 * item is null. Throws TypeError, naming the place, for what JSON cannot say: NaN, Infinity, bigint, functions, symbols,
 * and objects that are not plain, such as a Date or a Map.
 */
export function canonicalJson(value: unknown): string {
  return textOf(value, '$');
}

function textOf(value: unknown, path: string): string {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return JSON.stringify(value);
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item, i) => textOf(item ?? null, `${path}[${i}]`)).join()}]`;
  if (isPlainObject(value)) {
    const members = Object.keys(value)
      .filter((name) => value[name] !== undefined)
      .sort()
      .map((name) => `${JSON.stringify(name)}:${textOf(value[name], `${path}.${name}`)}`);
    return `{${members.join()}}`;
  }
  throw new TypeError(`canonical JSON: ${path} is ${kindOf(value)}, which JSON cannot say. Make it a string`);
}

/** By tag and not by prototype: a workflow's objects come from another realm. */
function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return Object.prototype.toString.call(value) === '[object Object]';
}

function kindOf(value: unknown): string {
  if (typeof value === 'number') return String(value);
  return typeof value === 'object' ? Object.prototype.toString.call(value).slice(8, -1) : typeof value;
}
