import jsonata from 'jsonata';

/** What is wrong with an expression. `position` counts characters from its beginning, where the parser knows it. */
export interface ExpressionFault {
  readonly message: string;
  readonly position?: number;
}

/** A compiled JSONata expression over the native fields of one record. */
export interface Expression {
  /** Pure: the same fields give the same value; `undefined` where the expression finds nothing. Rejects with an Error. */
  evaluate(native: Readonly<Record<string, unknown>>): unknown;
  /** Native fields that it reads, as far as they can be told from the text: `Owner.Name` reads `Owner`. */
  readonly reads: readonly string[];
}

/** A loop that never ends must not stop the stream: such an expression fails after this long. */
const limits = { timeout: 1000, stack: 200, sequence: 100_000 } as const;

/** A path of bare names needs no interpreter. The words of the grammar mean something else. */
const plainName = /^(?!(?:and|or|in|true|false|null|function)$)[A-Za-z_][A-Za-z0-9_]*$/;

/** What gives another value on another day, so that an event could not be normalised twice alike. */
const impure = new Set(['now', 'millis', 'random', 'shuffle', 'eval']);

type Node = Readonly<Record<string, unknown>>;

/**
 * Compiles an expression, or says why it cannot be used. A bare field name becomes a property read.
 * Refused besides what does not parse: functions that read the clock, randomness or build code at run time.
 */
export function compileExpression(text: string): Expression | ExpressionFault {
  const path = text.trim().split('.');
  if (path.every((name) => plainName.test(name))) return pathExpression(path, text);
  let compiled: jsonata.Expression;
  try {
    compiled = jsonata(text, limits);
  } catch (error) {
    return faultOf(error);
  }
  const ast: unknown = compiled.ast();
  const fault = findImpure(ast, new Set());
  if (fault !== undefined) return fault;
  return { evaluate: async (native) => plain(await evaluate(compiled, native)), reads: [...readsOf(ast)] };
}

/** Reads names one after the other; a list on the way is left to the interpreter, which looks into each of its items. */
function pathExpression(path: readonly string[], text: string): Expression {
  let interpreted: jsonata.Expression | undefined;
  return {
    evaluate: (native) => {
      let value: unknown = native;
      for (const name of path) {
        if (Array.isArray(value)) return evaluate((interpreted ??= jsonata(text, limits)), native).then(plain);
        value = isNode(value) && Object.hasOwn(value, name) ? value[name] : undefined;
      }
      return value;
    },
    reads: path.slice(0, 1),
  };
}

async function evaluate(compiled: jsonata.Expression, native: Readonly<Record<string, unknown>>): Promise<unknown> {
  try {
    return (await compiled.evaluate(native)) as unknown;
  } catch (error) {
    // JSONata rejects with plain objects.
    throw new Error(faultOf(error).message, { cause: error });
  }
}

function faultOf(error: unknown): ExpressionFault {
  const { message, position } = error as Partial<jsonata.JsonataError>;
  return { message: message ?? String(error), ...(position === undefined ? {} : { position }) };
}

/** Copies JSONata's sequences to plain arrays: they carry enumerable marks of their own. */
function plain(value: unknown): unknown {
  if (typeof value === 'function') throw new Error('the result is a function, not a value: call it');
  if (Array.isArray(value)) return value.map(plain);
  if (!isPlainObject(value)) return value;
  if ('_jsonata_lambda' in value || '_jsonata_function' in value) {
    throw new Error('the result is a function, not a value: call it');
  }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null;
}

function findImpure(node: unknown, seen: Set<unknown>): ExpressionFault | undefined {
  if (!isNode(node) || seen.has(node)) return undefined;
  seen.add(node);
  const fault = impurityOf(node);
  if (fault !== undefined)
    return { message: fault, ...(typeof node.position === 'number' ? { position: node.position } : {}) };
  for (const inner of Object.values(node)) {
    const found = findImpure(inner, seen);
    if (found !== undefined) return found;
  }
  return undefined;
}

function impurityOf(node: Node): string | undefined {
  if (node.type === 'variable' && typeof node.value === 'string' && impure.has(node.value)) {
    return `$${node.value} is not allowed: a mapping must give the same value for the same record on every run`;
  }
  if (node.type !== 'function' || (node.procedure as Node | undefined)?.value !== 'toMillis') return undefined;
  const picture = (node.arguments as readonly Node[])[1];
  // JSONata completes a picture without a year from today's date.
  if (picture === undefined || (picture.type === 'string' && /\[[YX]/.test(String(picture.value)))) return undefined;
  return '$toMillis needs a literal picture with a year ([Y0001]): without one it would read the clock';
}

/**
 * Top-level native fields that an expression reads. Deliberately narrow: names inside predicates and later steps are
 * relative to something else, and a field wrongly called used would be missing from the event's `native`.
 */
function readsOf(root: unknown): Set<string> {
  const found = new Set<string>();
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) {
      node.forEach(visit);
    } else if (isNode(node)) {
      if (node.type === 'path') visitPath(node.steps as readonly Node[]);
      else if (node.type === 'name') found.add(String(node.value));
      else for (const [key, inner] of Object.entries(node)) if (key !== 'predicate' && key !== 'stages') visit(inner);
    }
  };
  const visitPath = (steps: readonly Node[]): void => {
    const [first, second] = steps;
    const isRoot = first?.type === 'variable' && (first.value === '' || first.value === '$');
    visit(isRoot && second?.type === 'name' ? second : first);
  };
  visit(root);
  return found;
}
