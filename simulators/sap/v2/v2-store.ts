import { randomUUID } from 'node:crypto';
import type { Numbers } from '../model/stamps';
import type { Body } from '../odata/writing';
import { V2Error } from './v2-error';
import { extensionsOf, readOnly, v2Objects, type V2Object } from './v2-objects';

/** A record as its service shows it. */
export type V2Record = Readonly<Record<string, unknown>> & {
  readonly id: string;
  readonly adminData: { readonly updatedOn: string };
};

/** Who writes: the name and id of a user, and when. */
export interface V2Author {
  readonly name: string;
  readonly id: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** One effect. */
export interface V2Change {
  readonly object: V2Object;
  readonly before?: V2Record;
  /** Absent where the record is gone. */
  readonly after?: V2Record;
  readonly author: V2Author;
}

/** The ETag of a record: when it was changed last. */
export const etagOf = ({ adminData }: V2Record): string => `"${adminData.updatedOn}"`;

/** RFC 7386: null takes a member away, an object goes into the old one, a list takes its place. */
const merged = (target: unknown, patch: unknown): unknown => {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const before = typeof target === 'object' && target !== null && !Array.isArray(target) ? target : {};
  const old = before as Readonly<Record<string, unknown>>;
  const all = {
    ...old,
    ...Object.fromEntries(Object.entries(patch).map(([name, value]) => [name, merged(old[name], value)])),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null));
};

const listOf = (value: unknown): readonly Body[] => (Array.isArray(value) ? (value as Body[]) : []);

/** The records of the V2 tenant. */
export class V2Store {
  /** Effects so far. */
  commits = 0;
  readonly #records = new Map<string, Map<string, V2Record>>(v2Objects.map(({ set }) => [set, new Map()]));

  constructor(
    private readonly numbers: Numbers,
    private readonly extensionFields: Readonly<Record<string, readonly string[]>>,
    private readonly committed: (change: V2Change) => void,
  ) {}

  /** The kind of record of a set. @throws V2Error 404 */
  object(set: string): V2Object {
    const object = v2Objects.find((each) => each.set === set);
    if (object === undefined) throw new V2Error(404, 'path.404', `There is no collection '${set}'`);
    return object;
  }

  /** All records of a set, in the order in which they were made. */
  all(set: string): readonly V2Record[] {
    return [...(this.#records.get(set)?.values() ?? [])];
  }

  /** @throws V2Error 404 */
  get(set: string, id: string): V2Record {
    const record = this.#records.get(set)?.get(id);
    if (record === undefined) throw new V2Error(404, `${set}.404`, `There is no record with id '${id}'`, 'id');
    return record;
  }

  /** @throws V2Error 400 */
  create(set: string, body: Body, author: V2Author): V2Record {
    const object = this.object(set);
    this.#check(object, body);
    if (body[object.needed] === undefined || body[object.needed] === '') {
      throw new V2Error(400, `${set}.1001`, `${object.needed} is mandatory`, object.needed);
    }
    const on = new Date(author.at).toISOString();
    const adminData = { createdBy: author.id, createdByName: author.name, createdOn: on };
    const id = randomUUID();
    const displayId = this.numbers.take(`v2 ${set}`, object.first);
    const values = { ...object.defaults, ...body, id, displayId };
    return this.#put(object, { ...this.#derived(object, values), adminData }, undefined, author, on);
  }

  /** @throws V2Error 400, 404 */
  change(set: string, id: string, patch: Body, author: V2Author): V2Record {
    const object = this.object(set);
    const before = this.get(set, id);
    this.#check(object, patch);
    const nodes = object.nodes.filter((name) => name in patch);
    if (nodes.length > 0 && !object.takesNodes) {
      throw new V2Error(400, `${set.slice(0, -1)}.2042`, 'Subnodes must not be present in the patch payload', nodes[0]);
    }
    // No two changes of a record have one time: its ETag is that time.
    const at = Math.max(author.at, Date.parse(before.adminData.updatedOn) + 1);
    const after = this.#derived(object, merged(before, patch) as Body);
    return this.#put(object, after, before, author, new Date(at).toISOString());
  }

  /** @throws V2Error 404 */
  remove(set: string, id: string, author: V2Author): void {
    const before = this.get(set, id);
    this.#records.get(set)?.delete(id);
    this.commits += 1;
    this.committed({ object: this.object(set), before, author });
  }

  /** Refuses what is read-only, and extension fields that the tenant does not have. @throws V2Error 400 */
  check(set: string, path: string): void {
    const [root, field = ''] = path.split(/[./]/);
    if (root === 'extensions' && !extensionsOf(set, this.extensionFields).includes(field)) {
      throw new V2Error(400, `${set}.1004`, `Unknown extension field '${field}'`, `extensions/${field}`);
    }
  }

  #check({ set }: V2Object, body: Body): void {
    for (const name of readOnly) {
      if (name in body) throw new V2Error(400, `${set}.1002`, `${name} is read-only`, name);
    }
    for (const field of Object.keys(body['extensions'] ?? {})) this.check(set, `extensions/${field}`);
  }

  #derived({ derived, nodes }: V2Object, values: Body): Body {
    const name = derived?.of.flatMap((member) => (typeof values[member] === 'string' ? [values[member]] : []));
    const withNodes = Object.fromEntries(
      nodes.flatMap((node) => {
        if (values[node] === undefined) return [];
        return [[node, listOf(values[node]).map((each) => ({ id: randomUUID(), noteId: randomUUID(), ...each }))]];
      }),
    );
    return { ...values, ...withNodes, ...(derived === undefined ? {} : { [derived.member]: name?.join(' ') ?? '' }) };
  }

  #put(object: V2Object, values: Body, before: V2Record | undefined, author: V2Author, on: string): V2Record {
    const { id: updatedBy, name: updatedByName } = author;
    const adminData = { ...(values['adminData'] as Body), updatedBy, updatedByName, updatedOn: on };
    const after = { ...values, adminData } as unknown as V2Record;
    this.#records.get(object.set)?.set(after.id, after);
    this.commits += 1;
    this.committed({ object, after, author, ...(before === undefined ? {} : { before }) });
    return after;
  }
}
