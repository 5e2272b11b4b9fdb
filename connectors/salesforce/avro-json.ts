import { objectOf } from '../kit/json';

const dayMs = 86_400_000;
/** A union's branch as Avro's JSON encoding names it: a primitive (goavro adds the logical type), or a record of the event bus. */
const branch = /^(?:string|boolean|int|long|float|double|bytes|(?:long|int)\.[a-z-]+|com\.sforce\.[\w.]+)$/;
/** A part of a compound within its record within a field: no more. */
const deepest = 8;

/**
 * A decoded event without the wrappers that Avro's JSON encoding, and clients after it, put around the value of a union:
 * `{"Rating": {"string": "Hot"}}` says `{"Rating": "Hot"}`. Anything else stays as it is.
 */
export function withoutUnions(value: unknown, depth = 0): unknown {
  if (depth > deepest) return value;
  if (Array.isArray(value)) return value.map((item: unknown) => withoutUnions(item, depth + 1));
  const object = objectOf(value);
  if (object === undefined) return value;
  const [[name, inner] = ['', undefined], ...others] = Object.entries(object);
  if (others.length === 0 && branch.test(name)) {
    // Days, where everything else that Salesforce tells of time is in ms.
    if (name === 'int.date' && typeof inner === 'number') return inner * dayMs;
    return withoutUnions(inner, depth + 1);
  }
  return Object.fromEntries(Object.entries(object).map(([key, part]) => [key, withoutUnions(part, depth + 1)]));
}
