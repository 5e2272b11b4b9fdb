import jsonata from 'jsonata';
import type { CanonicalRecord } from '../canonical-schema/entity';
import type { CanonicalEvent } from '../canonical-schema/event';
import { compileExpression as compileInKit, type Expression } from '../connectors/kit/expression';
import { functionNames } from './jsonata-functions';
import { nearest } from './spelling';

/** What an expression sees. `record` has the attributes of the tenant's mapping beside the canonical fields. */
export interface ExpressionScope {
  readonly record: Readonly<Record<string, unknown>>;
  readonly entity?: string;
  readonly change?: unknown;
  readonly native?: unknown;
  /** What is known of the customer's other records, by the names that the use case gives. */
  readonly related?: Readonly<Record<string, number>>;
  /** RFC 3339: the time that related records are looked at from. */
  readonly asOf?: string;
}

/** The names that an expression about an event may begin with. */
export const expressionRoots = ['record', 'entity', 'change', 'native'] as const;

/** A yes-or-no question about an event, in JSONata. */
export interface CompiledExpression {
  readonly source: string;
  /** Pure. JSONata's idea of truth: nothing, "", 0, [] and {} are no. Rejects with ExpressionError. */
  evaluate(scope: ExpressionScope): Promise<boolean>;
}

/** A value computed from a record, in JSONata. */
export interface CompiledValue {
  readonly source: string;
  /** Pure; `undefined` where it finds nothing. Rejects with ExpressionError. */
  evaluate(scope: ExpressionScope): Promise<unknown>;
}

/** An expression that is not JSONata, is not pure, or failed. */
export class ExpressionError extends Error {
  constructor(
    message: string,
    readonly fix: string,
    /** Where in the expression, in UTF-16 units from 0. */
    readonly position: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'ExpressionError';
  }
}

/** A name that an expression reads from its scope, step by step: `record.status` is `record`, then `status`. */
export type NameUse = readonly { readonly name: string; readonly position: number }[];

/** The canonical fields and, beside them, the attributes that the tenant's mapping added. */
export const recordScope = (record: CanonicalRecord): Readonly<Record<string, unknown>> => ({
  ...record.attributes,
  ...record,
});

/** What expressions see of an event. */
export const eventScope = ({ data }: CanonicalEvent): ExpressionScope => ({
  record: recordScope(data.record),
  entity: data.entity,
  change: data.change,
  native: data.native,
});

interface AstNode {
  readonly type?: string;
  readonly value?: unknown;
  readonly position?: number;
  readonly steps?: readonly AstNode[];
  readonly arguments?: readonly AstNode[];
  readonly lhs?: unknown;
  readonly procedure?: AstNode;
}

const isNode = (value: unknown): value is AstNode =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** JSONata tells where a token ends; this is where it begins. */
const tokenBegin = (source: string, end: number): number => {
  const before = source.slice(0, end);
  const token = /(?:[\w$]+|[=!<>:~?*&|.]+|`[^`]*`|.)$/su.exec(before)?.[0] ?? '';
  return before.length - token.length;
};

const parse = (source: string): AstNode => jsonata(source).ast();

const children = (node: AstNode): readonly AstNode[] =>
  Object.values(node)
    .flatMap((value: unknown) => (Array.isArray(value) ? (value.flat(2) as unknown[]) : [value]))
    .filter(isNode);

const everyNode = (node: AstNode): readonly AstNode[] => [node, ...children(node).flatMap(everyNode)];

/** Names bound by `:=` and by `function($name)` anywhere in the expression. */
const boundNames = (nodes: readonly AstNode[]): ReadonlySet<string> =>
  new Set(
    nodes.flatMap((node) => {
      if (node.type === 'bind' && isNode(node.lhs)) return [String(node.lhs.value)];
      return node.type === 'lambda' ? (node.arguments ?? []).map(({ value }) => String(value)) : [];
    }),
  );

/** A call without `$` reads a field and fails on every event. */
const calledName = ({ type, procedure }: AstNode): AstNode | undefined => {
  const [only, more] = type === 'function' && procedure?.type === 'path' ? (procedure.steps ?? []) : [];
  return only?.type === 'name' && more === undefined ? only : undefined;
};

const unknownFunction = (source: string, node: AstNode, written: string): ExpressionError => {
  const name = String(node.value);
  const near = nearest(name, functionNames);
  return new ExpressionError(
    `there is no function or variable ${written}`,
    near === undefined ? 'use a function of JSONata' : `did you mean $${near}?`,
    tokenBegin(source, node.position ?? 0),
  );
};

/** Throws ExpressionError for a function that does not exist. */
const checkFunctions = (source: string): void => {
  const nodes = everyNode(parse(source));
  const bound = boundNames(nodes);
  for (const node of nodes) {
    const called = calledName(node);
    if (called !== undefined) throw unknownFunction(source, called, String(called.value));
    const name = String(node.value);
    const isKnown = name === '' || name === '$' || bound.has(name) || functionNames.has(name);
    if (node.type === 'variable' && !isKnown) throw unknownFunction(source, node, `$${name}`);
  }
};

/** Compiles JSONata that is pure and calls only what exists. Throws ExpressionError. */
export const compileJsonata = (source: string): Expression => {
  const compiled = compileInKit(source);
  if (!('evaluate' in compiled)) {
    const isRefused = compiled.message.startsWith('$');
    throw new ExpressionError(
      isRefused ? compiled.message : `this is not JSONata: ${compiled.message}`,
      isRefused ? 'decide by the fields of the record alone' : "write it as in record.status != 'Closed'",
      tokenBegin(source, compiled.position ?? 0),
    );
  }
  checkFunctions(source);
  return compiled;
};

/**
 * The names that an expression reads from its scope. What stands in a filter or after a computed step is looked up in
 * what was found there, and is not told.
 */
export const namesRead = (source: string): readonly NameUse[] => {
  const walk = (node: AstNode): readonly NameUse[] => {
    if (node.type !== 'path') return children(node).flatMap(walk);
    const steps = node.steps ?? [];
    const end = steps.findIndex(({ type }) => type !== 'name');
    const names = end === -1 ? steps : steps.slice(0, end);
    if (names.length === 0) return steps[0] === undefined ? [] : walk(steps[0]);
    return [names.map(({ value, position }) => ({ name: String(value), position: tokenBegin(source, position ?? 0) }))];
  };
  return walk(parse(source));
};

const truth = jsonata('$boolean($answer)');

/** Compiles an expression that gives a value. Throws ExpressionError. */
export const compileValue = (source: string): CompiledValue => {
  const compiled = compileJsonata(source);
  return {
    source,
    evaluate: async (scope) => {
      try {
        return await compiled.evaluate({ ...scope });
      } catch (error) {
        throw new ExpressionError(
          `the expression ${source} failed: ${(error as Error).message}`,
          'let it bear fields that are absent or of another type, e.g. by $exists(…)',
          0,
          { cause: error },
        );
      }
    },
  };
};

/** Compiles a yes-or-no question. Throws ExpressionError. */
export const compileExpression = (source: string): CompiledExpression => {
  const value = compileValue(source);
  return {
    source,
    evaluate: async (scope) => {
      const answer = await value.evaluate(scope);
      if (answer === undefined) return false;
      return typeof answer === 'boolean' ? answer : (await truth.evaluate({}, { answer })) === true;
    },
  };
};
