import type { ErrorObject } from 'ajv/dist/2020';
import type { Path, Target } from './document';
import { didYouMean } from './spelling';

/** Something that is wrong at a place of the document. */
export interface Finding {
  readonly path: Path;
  readonly message: string;
  readonly fix: string;
  readonly target?: Target;
}

type Node = Readonly<Record<string, unknown>>;

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value);

const kinds: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map of keys and values',
  null: 'nothing',
};

const kindOf = (value: unknown): string => {
  if (value === null || value === undefined) return 'nothing';
  return kinds[Array.isArray(value) ? 'array' : typeof value] ?? typeof value;
};

/** A value as YAML would write it. */
const shown = (value: unknown): string => (typeof value === 'string' ? `"${value}"` : JSON.stringify(value));

const exampleOf = (schema: unknown): string | undefined => {
  const examples = isNode(schema) ? schema.examples : undefined;
  return Array.isArray(examples) && examples.length > 0 ? shown(examples[0]) : undefined;
};

/** The schema's own words: what the setting is, and an example. */
const advice = (schema: unknown, otherwise: string): string => {
  const example = exampleOf(schema);
  const description = isNode(schema) && typeof schema.description === 'string' ? ` (${schema.description})` : '';
  return example === undefined ? `${otherwise}${description}` : `write for example ${example}${description}`;
};

const instancePath = (error: ErrorObject, document: unknown): Path => {
  let value = document;
  return error.instancePath
    .split('/')
    .slice(1)
    .map((step) => {
      const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
      const key = Array.isArray(value) ? Number(name) : name;
      value = isNode(value) || Array.isArray(value) ? (value as Record<string | number, unknown>)[key] : undefined;
      return key;
    });
};

const unknownKey = (path: Path, key: string, known: readonly string[]): Finding => ({
  path: [...path, key],
  message: `"${key}" is not known here`,
  fix: didYouMean(key, known),
  target: { key: true },
});

const missingKey = (path: Path, key: string, schema: unknown): Finding => {
  const property = isNode(schema) && isNode(schema.properties) ? schema.properties[key] : undefined;
  return {
    path,
    message: `"${key}" is missing`,
    fix: `add ${key}: ${advice(property, 'with its value')}`,
    target: { key: true },
  };
};

const wrongType = (path: Path, error: ErrorObject): Finding => {
  const wanted = [(error.params as { type: string | string[] }).type].flat().map((type) => kinds[type] ?? type);
  return {
    path,
    message: `this must be ${wanted.join(' or ')}, not ${kindOf(error.data)}`,
    fix: advice(error.parentSchema, `write ${wanted.join(' or ')}`),
  };
};

const notAllowed = (path: Path, error: ErrorObject): Finding => {
  const { allowedValues, allowedValue } = error.params as { allowedValues?: unknown[]; allowedValue?: unknown };
  const allowed = (allowedValues ?? [allowedValue]).map(String);
  const name = error.propertyName ?? error.data;
  return {
    path: error.propertyName === undefined ? path : [...path, error.propertyName],
    message: `${isNode(name) || Array.isArray(name) ? 'this' : shown(name)} is not one of ${allowed.join(', ')}`,
    fix: typeof name === 'string' ? didYouMean(name, allowed) : `use one of: ${allowed.join(', ')}`,
    ...(error.propertyName === undefined ? {} : { target: { key: true } }),
  };
};

const wrongText = (path: Path, error: ErrorObject): Finding => {
  if (error.parentSchema?.['x-secret'] === true) {
    return {
      path,
      message: 'a secret must not stand in this file',
      fix: 'write where it is to be found: env:NAME (an environment variable) or file:PATH (a file), and change the secret, for it was seen here',
    };
  }
  const { format, pattern } = error.params as { format?: string; pattern?: string };
  const text = shown(error.propertyName ?? error.data);
  if (error.propertyName !== undefined) {
    return {
      path: [...path, error.propertyName],
      message: `${text} cannot be a name here`,
      fix: advice(error.parentSchema, `a name matches ${pattern ?? ''}`),
      target: { key: true },
    };
  }
  return format === 'signalbox-duration'
    ? {
        path,
        message: `${text} is not a duration`,
        fix: 'write ISO 8601: PT4H is four hours, P30D thirty days, P7Y seven years',
      }
    : {
        path,
        message: `${text} is not ${format ?? 'as it must be'}`,
        fix: advice(error.parentSchema, `it must match ${pattern ?? format ?? ''}`),
      };
};

const onlyOneKind = (path: Path, error: ErrorObject): Finding => {
  const known = Object.keys((error.parentSchema?.properties as Node | undefined) ?? {});
  return {
    path,
    message: `this needs ${error.keyword === 'minProperties' ? 'at least' : 'only'} one key`,
    fix: `use one of: ${known.join(', ') || 'a name and its value'}`,
  };
};

const byKeyword: Readonly<Record<string, (path: Path, error: ErrorObject) => Finding>> = {
  additionalProperties: (path, error) =>
    unknownKey(
      path,
      String((error.params as { additionalProperty: unknown }).additionalProperty),
      Object.keys((error.parentSchema?.properties as Node | undefined) ?? {}),
    ),
  required: (path, error) =>
    missingKey(path, String((error.params as { missingProperty: unknown }).missingProperty), error.parentSchema),
  type: wrongType,
  enum: notAllowed,
  const: notAllowed,
  pattern: wrongText,
  format: wrongText,
  minProperties: onlyOneKind,
  maxProperties: onlyOneKind,
};

/**
 * Of a choice between forms (`oneOf`) only what is wrong with the form that was meant: the one whose fixed values
 * (`kind: jwt-bearer`) agree with what is written. Where none does, the fixed values themselves are what is wrong.
 */
const meantForm = (choice: ErrorObject, inside: readonly ErrorObject[]): readonly ErrorObject[] => {
  const form = (error: ErrorObject) => error.schemaPath.slice(choice.schemaPath.length + 1).split('/')[0] ?? '';
  const isTag = (error: ErrorObject) =>
    (error.keyword === 'const' || error.keyword === 'enum') &&
    error.instancePath.startsWith(`${choice.instancePath}/`) &&
    !error.instancePath.slice(choice.instancePath.length + 1).includes('/');
  const refused = new Set(inside.filter(isTag).map(form));
  const meant = inside.filter((error) => !refused.has(form(error)));
  if (meant.length > 0) {
    const first = form(meant[0] as ErrorObject);
    return meant.filter((error) => form(error) === first);
  }
  const tags = inside.filter(isTag);
  const [tag] = tags;
  if (tag === undefined) return [choice];
  const allowedValues = tags.flatMap(({ params }) => {
    const { allowedValues: several, allowedValue } = params as { allowedValues?: unknown[]; allowedValue?: unknown };
    return several ?? [allowedValue];
  });
  return [{ ...tag, keyword: 'enum', params: { allowedValues } }];
};

const withoutOtherForms = (errors: readonly ErrorObject[]): readonly ErrorObject[] => {
  const choice = errors.find(({ keyword }) => keyword === 'oneOf' || keyword === 'anyOf');
  if (choice === undefined) return errors;
  const inside = errors.filter(({ schemaPath }) => schemaPath.startsWith(`${choice.schemaPath}/`));
  const rest = errors.filter((error) => error !== choice && !inside.includes(error));
  const meant = withoutOtherForms(meantForm(choice, inside).filter((error) => error !== choice));
  return [...withoutOtherForms(rest), ...(meant.length > 0 ? meant : [{ ...choice, keyword: 'form' }])];
};

/** ajv's errors in the words of someone who writes the file. `document` is what was checked. */
export const shapeFindings = (errors: readonly ErrorObject[], document: unknown): readonly Finding[] =>
  withoutOtherForms(
    errors.filter(({ keyword }) => !['if', 'propertyNames', 'unevaluatedProperties'].includes(keyword)),
  ).map((error) => {
    const path = instancePath(error, document);
    return (
      byKeyword[error.keyword]?.(path, error) ?? {
        path,
        message: `this ${error.message ?? `fails ${error.keyword}`}`,
        fix: advice(error.parentSchema, 'correct it'),
      }
    );
  });
