import { entityFields } from '../canonical-schema/catalog';
import type { EntityName } from '../canonical-schema/entity';
import type { Mapping } from '../connectors/contract';
import type { Path } from './document';
import { compileJsonata, ExpressionError, expressionRoots, namesRead } from './expression';
import type { Finding } from './shape-faults';
import { didYouMean } from './spelling';
import { placeholders, TemplateError, templateRoots } from './template';
import type { WrittenAct } from './written';

/** What may be named in the expressions and templates of a use case. */
export interface Names {
  readonly entity: string;
  /** Fields of `record`: the entity's own and those of the tenant's mapping. Absent: not known, so anything goes. */
  readonly fields: readonly string[] | undefined;
  /** What the model tells apart; absent where it is only yes or no. */
  readonly classes?: readonly string[];
  /** What an expression may begin with; left out: what can be asked of an event. */
  readonly roots?: readonly string[];
  /** What the use case knows of the customer's other records. Absent: that cannot be asked here. */
  readonly related?: readonly string[];
}

/** What may be named of records that are heard through one connection, or through all. */
export const namesAbout = (
  { entity, connection }: { readonly entity: EntityName; readonly connection?: string },
  mappings: Readonly<Record<string, Mapping>>,
): Names => {
  const heard = connection === undefined ? Object.values(mappings) : [mappings[connection] ?? {}];
  return {
    entity,
    fields: [...entityFields(entity), ...heard.flatMap((mapping) => Object.keys(mapping[entity] ?? {}))],
  };
};

/** A connection that the file does not have. */
export const connectionFindings = (
  path: Path,
  connection: string | undefined,
  mappings: Readonly<Record<string, Mapping>>,
): readonly Finding[] => {
  const known = Object.keys(mappings);
  if (connection === undefined || known.includes(connection)) return [];
  return [{ path, message: `there is no connection "${connection}"`, fix: didYouMean(connection, known) }];
};

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

const relatedFault = (field: string | undefined, { related = [] }: Names): readonly [string, string] | undefined => {
  if (field === undefined || related.includes(field)) return undefined;
  const near = didYouMean(field, related);
  return [
    `the use case declares no related value "${field}"`,
    near === 'remove it' ? `add ${field} to its related:` : `${near}; or add ${field} to its related:`,
  ];
};

/** What may stand after a root and does not. */
const fieldFault = (root: string, field: string | undefined, names: Names): readonly [string, string] | undefined => {
  if (root === 'related') return relatedFault(field, names);
  return root === 'record' && field !== undefined ? unknownField(field, names) : undefined;
};

/** What is wrong with an expression, its names included. */
export const expressionFindings = (path: Path, source: string, names: Names): readonly Finding[] => {
  try {
    compileJsonata(source);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return [{ path, message: error.message, fix: error.fix, target: { offset: error.position } }];
  }
  const { roots = expressionRoots, related } = names;
  const known = related === undefined ? roots : [...roots, 'related'];
  return namesRead(source).flatMap(([root, field]) => {
    if (root === undefined) return [];
    if (!known.includes(root.name)) {
      const isField = names.fields?.includes(root.name) === true;
      const fix = isField ? `write record.${root.name}` : didYouMean(root.name, known);
      return [{ path, message: `there is no "${root.name}" here`, fix, target: { offset: root.position } }];
    }
    const wrong = fieldFault(root.name, field?.name, names);
    if (wrong === undefined || field === undefined) return [];
    return [{ path, message: wrong[0], fix: wrong[1], target: { offset: field.position } }];
  });
};

const rootFault = (root: string, names: Names): readonly [string, string] | undefined => {
  if (!templateRoots.some((known) => known === root)) {
    const isField = names.fields?.includes(root) === true;
    return [`there is no "${root}" here`, isField ? `write {{record.${root}}}` : didYouMean(root, templateRoots)];
  }
  if (names.classes !== undefined || !['label', 'ranking'].includes(root)) return undefined;
  return [`the model has no classes to choose from, so there is no ${root}`, 'write {{band}} or {{percent}}'];
};

/** What may follow a root after a dot, for those that are not filled in whole. */
const exampleOf: Readonly<Record<string, string>> = {
  record: 'record.name',
  decision: 'decision.id',
  related: 'related.openOrders',
};

const belowFault = (root: string, field: string, names: Names): readonly [string, string] | undefined => {
  if (root === 'record' || root === 'related') return fieldFault(root, field, names);
  if (
    (root === 'decision' && ['id', 'model', 'decidedat'].includes(field)) ||
    (['reasons', 'ranking'].includes(root) && /^\d+$/.test(field))
  )
    return undefined;
  return [`"${root}" has no field "${field}"`, `write {{${exampleOf[root] ?? root}}}`];
};

const placeholderFault = (
  [root = '', field]: readonly string[],
  names: Names,
): readonly [string, string] | undefined => {
  const wrong = rootFault(root, names);
  if (wrong !== undefined) return wrong;
  if (field !== undefined) return belowFault(root, field, names);
  const example = exampleOf[root];
  return example === undefined ? undefined : [`a whole ${root} cannot be filled in`, `write {{${example}}}`];
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
  if ('field' in route === 'queue' in route) {
    const fix = 'write field: with the name of the owner’s field, or queue: true';
    return [{ path, message: 'it needs one of field and queue', fix, target: { key: true } }];
  }
  if (classes === undefined) {
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
export const actFindings = (
  path: Path,
  { task, case: opened, note, set, route }: WrittenAct,
  names: Names,
): readonly Finding[] => {
  const texts = [
    [[...path, 'task', 'subject'], task?.subject],
    [[...path, 'task', 'body'], task?.body],
    ...(task?.overdue ?? []).map(
      ({ subject }, step) => [[...path, 'task', 'overdue', step, 'subject'], subject] as const,
    ),
    [[...path, 'case', 'subject'], opened?.subject],
    [[...path, 'case', 'body'], opened?.body],
    [[...path, 'note', 'title'], note?.title],
    [[...path, 'note', 'text'], note?.text],
    [[...path, 'set', 'value'], set?.value],
  ] as const;
  return [
    ...texts.flatMap(([at, text]) => (typeof text === 'string' ? templateFindings(at, text, names) : [])),
    ...routeFindings([...path, 'route'], route, names),
  ];
};
