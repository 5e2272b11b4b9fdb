import type { EntityType, Navigation, Property } from '../model/entity-type';
import type { Dialect } from './dialect';
import { badRequest } from './odata-error';
import { keyText, type Row, type Store } from './store';
import { writeValue } from './values';

/** What decides how rows look. */
export interface RenderContext {
  readonly dialect: Dialect;
  readonly store: Store;
  readonly namespace: string;
  /** Absolute, without the slash at the end. */
  readonly serviceUrl: string;
  /** Leave the texts of codes out. */
  readonly withoutCodeTexts: boolean;
}

/** Which properties and navigations to show: names of `$select` and `$expand`, by first segment. */
export interface Shape {
  /** Undefined for everything. */
  readonly select?: readonly string[];
  readonly expand: readonly string[];
}

/** Splits `$select` and `$expand`. */
export const shapeOf = (query: URLSearchParams): Shape => {
  const list = (name: string): string[] =>
    (query.get(name) ?? '')
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
  const select = list('$select');
  return { ...(select.length === 0 || select.includes('*') ? {} : { select }), expand: list('$expand') };
};

const inside = (paths: readonly string[], segment: string): string[] =>
  paths.filter((path) => path.startsWith(`${segment}/`)).map((path) => path.slice(segment.length + 1));

const shapeInside = ({ select, expand }: Shape, segment: string): Shape => {
  const selected = select === undefined ? [] : inside(select, segment);
  return { ...(selected.length === 0 ? {} : { select: selected }), expand: inside(expand, segment) };
};

const firstSegments = (paths: readonly string[]): ReadonlySet<string> =>
  new Set(paths.map((path) => path.split('/')[0] ?? ''));

/** Throws where the shape names what the type does not have. @throws ODataError */
export const checkShape = (type: EntityType, shape: Shape): void => {
  const known = new Set([...type.properties, ...type.navigations].map(({ name }) => name));
  const unknown = [...firstSegments([...(shape.select ?? []), ...shape.expand])].find((name) => !known.has(name));
  if (unknown !== undefined) throw badRequest(`Property '${unknown}' not found in type '${type.name}'`, unknown);
};

/** The rows that a navigation leads to. */
export const follow = (store: Store, row: Row, navigation: Navigation): readonly Row[] =>
  store.table(navigation.to).matching(navigation.on.map(([here, there]) => [there, row.values[here]] as const));

/** The absolute address of a row. */
export const uriOf = ({ serviceUrl }: RenderContext, { type, values }: Row): string =>
  `${serviceUrl}/${type.set}(${keyText(type, values)})`;

const showValue = (context: RenderContext, row: Row, property: Property): unknown => {
  const value = row.values[property.name] ?? null;
  if (!property.localised || !context.dialect.localisedTexts) return writeValue(context.dialect.style, property, value);
  const content = value ?? '';
  return {
    __metadata: { type: `${context.namespace}.EXTENDED_Name` },
    ...(content === '' ? {} : { languageCode: 'E' }),
    content,
  };
};

const isShown = ({ withoutCodeTexts }: RenderContext, type: EntityType, name: string): boolean => {
  if (!withoutCodeTexts || !name.endsWith('Text')) return true;
  return !type.properties.some((property) => property.name === name.slice(0, -4));
};

const metadataOf = ({ dialect, namespace }: RenderContext, { type, etag }: Row, uri: string): object => ({
  ...(dialect.wrapsSingles ? {} : { id: uri }),
  uri,
  type: `${namespace}.${type.name}`,
  ...(etag === '' ? {} : { etag }),
});

/** A row in the verbose JSON form. */
export const renderRow = (context: RenderContext, row: Row, shape: Shape): Record<string, unknown> => {
  const { type } = row;
  const selected = shape.select === undefined ? undefined : firstSegments(shape.select);
  const isSelected = (name: string): boolean => selected === undefined || selected.has(name);
  const expanded = firstSegments(shape.expand);
  const uri = uriOf(context, row);
  const entry: Record<string, unknown> = { __metadata: metadataOf(context, row, uri) };
  for (const property of type.properties) {
    const { name } = property;
    if (isSelected(name) && isShown(context, type, name)) entry[name] = showValue(context, row, property);
  }
  for (const navigation of type.navigations) {
    const { name } = navigation;
    if (expanded.has(name)) entry[name] = expand(context, row, navigation, shapeInside(shape, name));
    else if (isSelected(name)) entry[name] = { __deferred: { uri: `${uri}/${name}` } };
  }
  return entry;
};

const expand = (context: RenderContext, row: Row, navigation: Navigation, shape: Shape): unknown => {
  const rows = follow(context.store, row, navigation);
  if (navigation.many) return { results: rows.map((each) => renderRow(context, each, shape)) };
  const [only] = rows;
  return only === undefined ? null : renderRow(context, only, shape);
};
