import type { EntityType, Navigation, ServiceModel } from '../model/entity-type';
import { headerOf, json, type HttpAnswer, type HttpRequest } from '../http/message';
import { atomEntry, atomFeed } from './atom';
import { readKey } from './literals';
import { metadataOf } from './metadata';
import { badRequest, noSuchResource, ODataError } from './odata-error';
import { filtered, runQuery } from './query';
import { checkShape, follow, renderRow, shapeOf, uriOf, type RenderContext } from './render';
import type { Author, Row, Table, Transaction } from './store';
import { keyOf } from '../model/entity-type';
import { keyText } from './store';
import type { Body, Writing } from './writing';
import type { Dialect } from './dialect';

/** One operation on a service, alone or as a part of a batch. */
export interface Operation {
  readonly request: HttpRequest;
  /** Path below the service, decoded, without a slash at the start. */
  readonly path: string;
  readonly author: Author;
  /** `http://host/path/of/service`. */
  readonly serviceUrl: string;
}

/** What a path means. */
interface Target {
  readonly table: Table;
  readonly row?: Row;
  readonly navigation?: Navigation;
  /** The last segment was `$count`. */
  readonly counts: boolean;
}

const version = { dataserviceversion: '2.0' };

const options = ['filter', 'orderby', 'top', 'skip', 'skiptoken', 'inlinecount', 'select', 'expand', 'format'];

/** What begins with `$` is the protocol's own: a service refuses what it does not know. */
const checkOptions = ({ url }: HttpRequest): void => {
  const unknown = [...url.searchParams.keys()].find((name) => name.startsWith('$') && !options.includes(name.slice(1)));
  if (unknown !== undefined) throw badRequest(`System query option '${unknown}' is not known`);
};

const bodyOf = ({ body }: HttpRequest): Body => {
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'));
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as Body;
  } catch {
    // Told below, like everything else that is no JSON object.
  }
  throw badRequest('The request body is not a JSON object');
};

/** The method that a request stands for; old clients tunnel through POST. */
export const methodOf = ({ method, headers }: HttpRequest): string => {
  const tunnelled = method === 'POST' ? headerOf(headers, 'x-http-method') : undefined;
  const meant = (tunnelled ?? method).toUpperCase();
  return meant === 'MERGE' ? 'PATCH' : meant;
};

/** An OData V2 service over the records of a system. */
export class Service {
  constructor(
    readonly model: ServiceModel,
    readonly writing: Writing,
    private readonly dialect: Dialect,
  ) {}

  /** Name of the service, the last segment of its path. */
  get name(): string {
    return this.model.path.split('/').at(-1) ?? '';
  }

  /** Carries an operation out; writes go into the transaction. @throws ODataError */
  perform(operation: Operation, transaction: Transaction): HttpAnswer {
    const { path } = operation;
    checkOptions(operation.request);
    if (path === '') return json(200, { d: { EntitySets: this.model.types.map(({ set }) => set) } }, version);
    if (path === '$metadata') {
      return { status: 200, headers: { 'content-type': 'application/xml', ...version }, body: metadataOf(this.model) };
    }
    const target = this.#resolve(path);
    switch (methodOf(operation.request)) {
      case 'GET':
      case 'HEAD':
        return this.#read(operation, target);
      case 'POST':
        return this.#create(operation, target, transaction);
      case 'PATCH':
      case 'PUT':
        return this.#update(operation, target, transaction);
      case 'DELETE':
        return this.#remove(operation, target, transaction);
      default:
        throw new ODataError(405, '/IWFND/CM_BEC/007', `Method ${operation.request.method} is not allowed`);
    }
  }

  #resolve(path: string): Target {
    const [, set = '', , key, rest = ''] = /^(\w+)(\((.*?)\))?(?:\/(.*))?$/s.exec(path) ?? [];
    const type = this.model.types.find((each) => each.set === set);
    if (type === undefined) throw noSuchResource(set === '' ? path : set);
    const table = this.writing.store.table(set);
    const counts = /(^|\/)\$count$/.test(rest);
    const segment = rest.replace(/\/?\$count$/, '');
    if (key === undefined) {
      if (segment !== '') throw noSuchResource(segment);
      return { table, counts };
    }
    const row = table.get(this.#keyOf(type, key));
    if (segment === '') return { table, row, counts };
    const navigation = type.navigations.find(({ name }) => name === segment);
    if (navigation === undefined) throw noSuchResource(segment);
    return { table, row, navigation, counts };
  }

  #keyOf(type: EntityType, text: string): string {
    const given = readKey(text);
    const names = keyOf(type);
    const complete = given.has('') ? names.length === 1 : names.every((name) => given.has(name));
    if (!complete) throw badRequest(`Key of '${type.set}' needs ${names.join(', ')}`);
    return keyText(type, Object.fromEntries(names.map((name) => [name, given.get(name) ?? given.get('') ?? null])));
  }

  #context({ serviceUrl, request }: Operation): RenderContext {
    return {
      dialect: this.dialect,
      store: this.writing.store,
      namespace: this.model.namespace,
      serviceUrl,
      withoutCodeTexts: headerOf(request.headers, 'odata-no-codedescs') === 'true',
    };
  }

  #read(operation: Operation, target: Target): HttpAnswer {
    const { row, navigation } = target;
    if (row === undefined) return this.#list(operation, target, [...target.table.rows.values()], target.table.type);
    if (navigation === undefined) return this.#single(operation, row, 200);
    const rows = follow(this.writing.store, row, navigation);
    if (navigation.many) return this.#list(operation, target, rows, this.writing.store.table(navigation.to).type);
    const [only] = rows;
    if (only === undefined) throw noSuchResource(navigation.name);
    return this.#single(operation, only, 200);
  }

  #list(operation: Operation, { counts }: Target, rows: readonly Row[], type: EntityType): HttpAnswer {
    const { url } = operation.request;
    const query = url.searchParams;
    if (counts) {
      const count = filtered(rows, type, query, this.dialect).length;
      return { status: 200, headers: { 'content-type': 'text/plain', ...version }, body: String(count) };
    }
    const shape = shapeOf(query);
    checkShape(type, shape);
    const page = runQuery(rows, type, query, this.dialect);
    const entries = page.rows.map((row) => renderRow(this.#context(operation), row, shape));
    const next = page.next === undefined ? undefined : this.#nextUrl(operation, page.next);
    if (!this.#wantsJson(operation)) return atomFeed(type.set, operation.serviceUrl, entries, next);
    const d = {
      ...(page.count === undefined ? {} : { __count: String(page.count) }),
      results: entries,
      ...(next === undefined ? {} : { __next: next }),
    };
    return json(200, { d }, version);
  }

  #nextUrl({ serviceUrl, path, request }: Operation, token: string): string {
    const query = new URLSearchParams(request.url.searchParams);
    query.set('$skiptoken', token);
    return `${serviceUrl}/${path}?${query.toString().replaceAll('%24', '$')}`;
  }

  #single(operation: Operation, row: Row, status: number, headers: Readonly<Record<string, string>> = {}): HttpAnswer {
    const shape = shapeOf(operation.request.url.searchParams);
    checkShape(row.type, shape);
    const entry = renderRow(this.#context(operation), row, shape);
    const all = { ...version, ...(row.etag === '' ? {} : { etag: row.etag }), ...headers };
    if (!this.#wantsJson(operation)) return atomEntry(status, entry, all);
    return json(status, { d: this.dialect.wrapsSingles ? { results: entry } : entry }, all);
  }

  /** Atom is what these services answer to those who do not ask for JSON. */
  #wantsJson({ request }: Operation): boolean {
    const format = request.url.searchParams.get('$format');
    if (format !== null) return format === 'json';
    return (headerOf(request.headers, 'accept') ?? '').includes('json');
  }

  #create(operation: Operation, { table, row, navigation }: Target, transaction: Transaction): HttpAnswer {
    if (row !== undefined && navigation === undefined) {
      throw new ODataError(405, '/IWFND/CM_BEC/007', 'POST is not allowed on an entity');
    }
    const body = bodyOf(operation.request);
    const created =
      row === undefined || navigation === undefined
        ? this.writing.insert(transaction, table, body)
        : this.writing.insertBelow(transaction, row, navigation, body);
    const location = uriOf(this.#context(operation), created);
    if (headerOf(operation.request.headers, 'odata-no-response-payload') === 'true') {
      return { status: 201, headers: { ...version, location } };
    }
    return this.#single(operation, created, 201, { location });
  }

  #update(operation: Operation, target: Target, transaction: Transaction): HttpAnswer {
    const row = this.#rowToChange(operation, target);
    this.writing.update(transaction, row, bodyOf(operation.request), methodOf(operation.request) === 'PUT');
    return { status: 204, headers: { ...version, ...(row.etag === '' ? {} : { etag: row.etag }) } };
  }

  #remove(operation: Operation, target: Target, transaction: Transaction): HttpAnswer {
    this.writing.remove(transaction, this.#rowToChange(operation, target));
    return { status: 204, headers: version };
  }

  #rowToChange({ request }: Operation, { row, navigation }: Target): Row {
    if (row === undefined || navigation !== undefined) {
      throw new ODataError(405, '/IWFND/CM_BEC/007', `Method ${request.method} needs the address of an entity`);
    }
    const expected = headerOf(request.headers, 'if-match');
    if (row.etag === '' || expected === '*') return row;
    if (expected === undefined) {
      if (!this.dialect.needsIfMatch) return row;
      throw new ODataError(428, '/IWFND/CM_MGW/598', 'The If-Match header is required for this request');
    }
    if (expected !== row.etag) {
      throw new ODataError(412, '/IWFND/CM_MGW/597', 'Precondition failed: the entity was changed by another user');
    }
    return row;
  }
}
