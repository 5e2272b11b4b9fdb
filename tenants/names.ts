import type { Path } from './document';
import { compileJsonata, ExpressionError, expressionRoots, namesRead } from './expression';
import type { Finding } from './shape-faults';
import { didYouMean } from './spelling';
import { placeholders, TemplateError, templateRoots } from './template';
import type { WrittenAct } from './use-case';

/** What may be named in the expressions and templates of a use case. */
export interface Names {
  readonly entity: string;
  /** Fields of `record`: the entity's own and those of the tenant's mapping. Absent: not known, so anything goes. */
  readonly fields: readonly string[] | undefined;
  /** What the model tells apart; empty where it is only yes or no. */
  readonly classes: readonly string[];
}

/** Fields that every canonical record has. */
const ofEveryRecord = ['id', 'nativeType', 'attributes'];

const unknownField = (field: string, { entity, fields }: Names): readonly [string, string] | undefined => {
  const known = fields === undefined ? undefined : [...ofEveryRecord, ...fields];
  if (known === undefined || known.includes(field)) return undefined;
  const near = didYouMean(field, known);
  return [
    `a ${entity} has no field "${field}"`,
    `${near}${near.startsWith('did') ? '' : `; or add ${field} to the connection's mapping of ${entity}`}`,
  ];
};

/** What is wrong with a yes-or-no question, its names included. */
export const questionFindings = (path: Path, source: string, names: Names): readonly Finding[] => {
  try {
    compileJsonata(source);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return [{ path, message: error.message, fix: error.fix, target: { offset: error.position } }];
  }
  return namesRead(source).flatMap(([root, field]) => {
    if (root === undefined) return [];
    if (!expressionRoots.some((known) => known === root.name)) {
      const isField = names.fields?.includes(root.name) === true;
      const fix = isField ? `write record.${root.name}` : didYouMean(root.name, expressionRoots);
      return [{ path, message: `there is no "${root.name}" here`, fix, target: { offset: root.position } }];
    }
    const wrong = root.name === 'record' && field !== undefined ? unknownField(field.name, names) : undefined;
    if (wrong === undefined || field === undefined) return [];
    return [{ path, message: wrong[0], fix: wrong[1], target: { offset: field.position } }];
  });
};

/** What may follow a root other than `record` after a dot. */
const isBelow = (root: string, field: string): boolean =>
  (root === 'decision' && ['id', 'model', 'decidedat'].includes(field)) ||
  (['reasons', 'ranking'].includes(root) && /^\d+$/.test(field));

const rootFault = (root: string, names: Names): readonly [string, string] | undefined => {
  if (!templateRoots.some((known) => known === root)) {
    const isField = names.fields?.includes(root) === true;
    return [`there is no "${root}" here`, isField ? `write {{record.${root}}}` : didYouMean(root, templateRoots)];
  }
  if (names.classes.length > 0 || !['label', 'ranking'].includes(root)) return undefined;
  return [`the model has no classes to choose from, so there is no ${root}`, 'write {{band}} or {{percent}}'];
};

const placeholderFault = (
  [root = '', field]: readonly string[],
  names: Names,
): readonly [string, string] | undefined => {
  const wrong = rootFault(root, names);
  if (wrong !== undefined) return wrong;
  const example = { record: 'record.name', decision: 'decision.id' }[root];
  if (field === undefined) {
    return example === undefined ? undefined : [`a whole ${root} cannot be filled in`, `write {{${example}}}`];
  }
  if (root === 'record') return unknownField(field, names);
  return isBelow(root, field) ? undefined : [`"${root}" has no field "${field}"`, `write {{${example ?? root}}}`];
};

const templateFindings = (path: Path, template: string, names: Names): readonly Finding[] => {
  try {
    return placeholders(template).flatMap((placeholder) => {
      const wrong = placeholderFault(placeholder.path, names);
      if (wrong === undefined) return [];
      const offset = template.indexOf(placeholder.path[0] ?? '', placeholder.position);
      return [{ path, message: `{{${placeholder.path.join('.')}}}: ${wrong[0]}`, fix: wrong[1], target: { offset } }];
    });
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return [{ path, message: error.message, fix: error.fix, target: { offset: error.position } }];
  }
};

/** Classes that a route names and the model does not have. */
const routeFindings = (path: Path, route: WrittenAct['route'], { classes }: Names): readonly Finding[] => {
  if (route === undefined) return [];
  if (classes.length === 0) {
    const fix = 'name a model with classes to choose from, such as case-routing, or write set: instead';
    return [{ path, message: 'the model has no classes to choose from', fix, target: { key: true } }];
  }
  const unknown = Object.keys(route.to).filter((label) => !classes.includes(label));
  return unknown.map((label) => ({
    path: [...path, 'to', label],
    message: `the model has no class "${label}"`,
    fix: didYouMean(label, classes),
    target: { key: true },
  }));
};

/** What is wrong with one act: its templates, and the classes of its route. */
export const actFindings = (path: Path, { task, set, route }: WrittenAct, names: Names): readonly Finding[] => {
  const texts = [
    [[...path, 'task', 'subject'], task?.subject],
    [[...path, 'task', 'body'], task?.body],
    [[...path, 'set', 'value'], set?.value],
  ] as const;
  return [
    ...texts.flatMap(([at, text]) => (typeof text === 'string' ? templateFindings(at, text, names) : [])),
    ...routeFindings([...path, 'route'], route, names),
  ];
};
