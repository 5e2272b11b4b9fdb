import { type Mapping, Unmappable } from '../contract';
import { compileExpression, type Expression } from './expression';

/** One expression of a mapping that cannot be used. `position` counts characters from the expression's beginning. */
export interface MappingFault {
  readonly entity: string;
  readonly field: string;
  readonly expression: string;
  readonly message: string;
  readonly position?: number;
}

/** A mapping ready for use. */
export interface CompiledMapping {
  /**
   * Canonical fields of one record; a field whose expression finds nothing is absent. `{}` for an entity that is not mapped.
   * Rejects with Unmappable naming entity, field and expression.
   */
  evaluate(entity: string, native: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>>;
  /** Canonical field -> native fields that its expression reads. */
  reads(entity: string): ReadonlyMap<string, readonly string[]>;
  /** Native field -> canonical fields whose expressions read it, under all of the keys: an entity, a native type. */
  targets(...keys: readonly string[]): ReadonlyMap<string, readonly string[]>;
}

interface CompiledField {
  readonly name: string;
  readonly text: string;
  readonly expression: Expression;
}

type CompiledEntities = ReadonlyMap<string, readonly CompiledField[]>;

const nothing: Mapping = {};
const cache = new WeakMap<Mapping, WeakMap<Mapping, CompiledMapping>>();

/**
 * Compiles a mapping laid field by field over another one (a tenant's over the built-in one of standard objects).
 * Cached by the identity of both, so that a normaliser may call it for every event.
 * Throws Unmappable naming the first expression that cannot be used.
 */
export function compileMapping(mapping: Mapping, builtIn: Mapping = nothing): CompiledMapping {
  let byBuiltIn = cache.get(mapping);
  if (byBuiltIn === undefined) cache.set(mapping, (byBuiltIn = new WeakMap()));
  let compiled = byBuiltIn.get(builtIn);
  if (compiled === undefined) byBuiltIn.set(builtIn, (compiled = compile(mapping, builtIn)));
  return compiled;
}

/** Everything that is wrong with a mapping; empty when it can be used. */
export function mappingFaults(mapping: Mapping): readonly MappingFault[] {
  return expressionsOf(mapping).flatMap(([entity, field, expression]) => {
    const compiled = compileExpression(expression);
    return 'evaluate' in compiled ? [] : [{ entity, field, expression, ...compiled }];
  });
}

function expressionsOf(mapping: Mapping): (readonly [entity: string, field: string, expression: string])[] {
  return Object.entries(mapping).flatMap(([entity, fields]) =>
    Object.entries(fields).map(([field, expression]) => [entity, field, expression] as const),
  );
}

function compile(mapping: Mapping, builtIn: Mapping): CompiledMapping {
  const entities = new Map<string, Map<string, CompiledField>>();
  for (const [entity, name, text] of [...expressionsOf(builtIn), ...expressionsOf(mapping)]) {
    const expression = compileExpression(text);
    if (!('evaluate' in expression)) {
      throw new Unmappable('SBX_MAPPING_EXPRESSION', `mapping ${entity}.${name}: ${text}: ${expression.message}`);
    }
    const fields = entities.get(entity) ?? new Map<string, CompiledField>();
    entities.set(entity, fields.set(name, { name, text, expression }));
  }
  const compiled = new Map([...entities].map(([entity, fields]) => [entity, [...fields.values()]]));
  const reads: CompiledMapping['reads'] = (entity) =>
    new Map((compiled.get(entity) ?? []).map((field) => [field.name, field.expression.reads]));
  const known = new Map<string, ReadonlyMap<string, readonly string[]>>();
  return {
    evaluate: (entity, native) => evaluate(compiled, entity, native),
    reads,
    // The same for every record of one kind, so made once.
    targets: (...keys) => {
      const key = keys.join(' ');
      const targets = known.get(key) ?? inverted(keys.flatMap((one) => [...reads(one)]));
      known.set(key, targets);
      return targets;
    },
  };
}

function inverted(
  reads: readonly (readonly [target: string, fields: readonly string[]])[],
): ReadonlyMap<string, readonly string[]> {
  const targets = new Map<string, string[]>();
  for (const [target, fields] of reads) {
    for (const field of fields) targets.set(field, [...(targets.get(field) ?? []), target]);
  }
  return targets;
}

async function evaluate(
  compiled: CompiledEntities,
  entity: string,
  native: Readonly<Record<string, unknown>>,
): Promise<Record<string, unknown>> {
  const record: Record<string, unknown> = {};
  for (const field of compiled.get(entity) ?? []) {
    const value = await valueOf(field, entity, native);
    if (value !== undefined) record[field.name] = value;
  }
  return record;
}

async function valueOf(
  field: CompiledField,
  entity: string,
  native: Readonly<Record<string, unknown>>,
): Promise<unknown> {
  try {
    const value = field.expression.evaluate(native);
    // A bare field name answers at once: awaiting each would cost more than the read.
    return value instanceof Promise ? ((await value) as unknown) : value;
  } catch (error) {
    const message = `mapping ${entity}.${field.name}: ${field.text}: ${(error as Error).message}`;
    throw new Unmappable('SBX_MAPPING_EXPRESSION', message, { cause: error });
  }
}
