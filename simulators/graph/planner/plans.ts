import { randomBytes } from 'node:crypto';
import type { Values } from '../mailbox/item';
import { badRequest, notFound, Refusal } from '../refusal';

/** A task of a plan, with its details, which have a version of their own. */
interface PlannerTask {
  readonly id: string;
  version: number;
  values: Values;
  detailsVersion: number;
  description: string;
}

/** Members that programs write. */
const writable: Values = {
  planId: null,
  bucketId: null,
  title: '',
  dueDateTime: null,
  priority: 5,
  percentComplete: 0,
  assignments: {},
};

/** 28 characters, as Planner's ids are. */
const newId = (): string => randomBytes(21).toString('base64url');

/** The plans of the directory's groups. */
export class Plans {
  readonly #plans = new Set<string>();
  readonly #tasks = new Map<string, PlannerTask>();
  #version = 0;
  #ticks = BigInt(Date.now()) * 10_000n;

  /** A new plan's id. */
  add(): string {
    const id = newId();
    this.#plans.add(id);
    return id;
  }

  /** @throws Refusal for a plan that there is not */
  tasksOf(plan: string): readonly Values[] {
    if (!this.#plans.has(plan)) throw notFound(plan);
    return [...this.#tasks.values()].filter(({ values }) => values.planId === plan).map(shown);
  }

  /** @throws Refusal for what does not fit; details are none of a new task's members */
  create(given: Values): Values {
    demandKnown(given);
    if (!this.#plans.has(String(given.planId))) throw notFound('plan');
    if (typeof given.title !== 'string' || given.title === '') throw badRequest('title is required.');
    const values = { ...writable, ...given, createdDateTime: this.#tick() };
    const task = { id: newId(), version: ++this.#version, values, detailsVersion: ++this.#version, description: '' };
    this.#tasks.set(task.id, task);
    return shown(task);
  }

  /** @throws Refusal where there is none */
  task(id: string): Values {
    return shown(this.#find(id));
  }

  details(id: string): Values {
    return detailsOf(this.#find(id));
  }

  /** @throws Refusal (412) where the version is another, (400) where none is given */
  update(id: string, given: Values, ifMatch: string | undefined): Values {
    const task = this.#find(id);
    demandKnown(given);
    demandVersion(etagOf(task.version), ifMatch);
    const isDone = given.percentComplete === 100;
    const assignments = reassigned(task.values.assignments, given.assignments);
    task.values = { ...task.values, ...given, assignments, ...(isDone ? { completedDateTime: this.#tick() } : {}) };
    task.version = ++this.#version;
    return shown(task);
  }

  /** As `update`. */
  describe(id: string, { description }: Values, ifMatch: string | undefined): Values {
    const task = this.#find(id);
    demandVersion(etagOf(task.detailsVersion), ifMatch);
    if (typeof description !== 'string') throw badRequest('Only a description is known here.');
    task.description = description;
    task.detailsVersion = ++this.#version;
    return detailsOf(task);
  }

  /** As `update`. */
  remove(id: string, ifMatch: string | undefined): void {
    demandVersion(etagOf(this.#find(id).version), ifMatch);
    this.#tasks.delete(id);
  }

  #find(id: string): PlannerTask {
    const task = this.#tasks.get(id);
    if (task === undefined) throw notFound(id);
    return task;
  }

  /** No two are the same. */
  #tick(): string {
    this.#ticks = this.#ticks + 1n;
    const fine = String(this.#ticks % 10_000n).padStart(4, '0');
    return `${new Date(Number(this.#ticks / 10_000n)).toISOString().slice(0, 23)}${fine}Z`;
  }
}

/** People that are not named stay; null takes one away. */
function reassigned(known: unknown, given: unknown): Values {
  const all = Object.entries({ ...(known as Values), ...(given as Values | undefined) });
  return Object.fromEntries(all.filter(([, assignment]) => assignment !== null));
}

const etagOf = (version: number): string => `W/"JzEtVGFzayAgQEBAQEBAQEBAQEBAQEBA${version}"`;

function shown({ id, version, values, description }: PlannerTask): Values {
  return { '@odata.etag': etagOf(version), id, ...values, hasDescription: description !== '' };
}

function detailsOf({ id, detailsVersion, description }: PlannerTask): Values {
  return { '@odata.etag': etagOf(detailsVersion), id, description, checklist: {}, references: {} };
}

function demandKnown(given: Values): void {
  const stranger = Object.keys(given).find((name) => !Object.hasOwn(writable, name));
  if (stranger !== undefined) throw badRequest(`The property '${stranger}' cannot be written.`);
}

function demandVersion(etag: string, ifMatch: string | undefined): void {
  if (ifMatch === undefined) throw badRequest('The If-Match header must be specified.');
  if (ifMatch !== etag) throw new Refusal(412, '', 'The precondition of the request failed.');
}
