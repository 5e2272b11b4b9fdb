import { objectOf, ownOf } from '../kit/json';

export { objectOf, ownOf };

/** A JSON object. */
export type Fields = Readonly<Record<string, unknown>>;

/** The value as a list; undefined where it is none. */
export function listOf(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) ? (value as unknown[]) : undefined;
}

/** The objects of a list; nothing where there is no list. */
export function objectsOf(value: unknown): readonly Fields[] {
  return (listOf(value) ?? []).map(objectOf).filter((item) => item !== undefined);
}

/** The value as a text that is not blank, without the blanks around it, or undefined. */
export function textOf(value: unknown): string | undefined {
  const text = typeof value === 'string' ? value.trim() : '';
  return text === '' ? undefined : text;
}

/** The texts of a list that are not blank; nothing where there is no list. */
export function textsOf(value: unknown): readonly string[] {
  return (listOf(value) ?? []).map(textOf).filter((item) => item !== undefined);
}

/** The first of an object's properties that is a text, or a whole number: a key that somebody wrote as one. */
export function firstText(object: Fields | undefined, names: readonly string[]): string | undefined {
  if (object === undefined) return undefined;
  for (const name of names) {
    const value = ownOf(object, name);
    const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : textOf(value);
    if (text !== undefined) return text;
  }
  return undefined;
}

/** An object without the properties for which `isDropped` holds. */
export function without(object: Fields, isDropped: (name: string, value: unknown) => boolean): Fields {
  return Object.fromEntries(Object.entries(object).filter(([name, value]) => !isDropped(name, value)));
}
