import { type Position, PositionExpired, type Tracked } from '../contract';
import { objectOf, textOf } from '../kit/json';
import { goneOf, type ReadPaths } from './delta';
import { followed } from './follow';
import type { GraphApi } from './graph-api';
import type { Fields, ResourceNative } from './native';
import { encodedPath } from './paths';
import { isMarked } from './planner-tasks';

/** Clocks differ: what was completed so shortly before the last look may not have been seen by it. */
const marginMs = 5 * 60_000;

/** What was seen at the last look. */
interface Seen {
  /** Ms since the epoch. */
  readonly at: number;
  /** ETags of the tasks that were open, by id. */
  readonly open: Readonly<Record<string, string>>;
}

/**
 * Looks now and then at the tasks of a plan that Signalbox made: Graph tells no changes of Planner's, and its delta query is of the
 * beta version alone. A task is one of Signalbox's by the mark in its title when it is seen first, and is known by its id from then
 * on, until it is completed or gone.
 */
export class PlanTracking {
  /** @param now ms since the epoch */
  constructor(
    private readonly api: GraphApi,
    private readonly read: ReadPaths,
    private readonly now: () => number,
  ) {}

  /** See Reader.tracked. The first token knows nothing, so that the next time every open task is told. */
  async *tracked(
    stream: string,
    token: Position | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<Tracked<ResourceNative>, void, undefined> {
    const at = this.now();
    let open: Seen['open'] = {};
    if (token !== undefined) {
      const seen = seenIn(token);
      const { tasks, gone } = await this.#look(stream, seen, signal);
      for (const native of tasks.filter((task) => isNews(task, seen))) yield { kind: 'change', native };
      for (const path of gone) yield { kind: 'change', native: goneOf(path, at) };
      const still = tasks.filter(({ resource }) => !isCompleted(resource));
      open = Object.fromEntries(still.map(({ resource }) => [String(resource.id), versionOf(resource)]));
    }
    yield { kind: 'token', token: { v: 1, at, open } };
  }

  /** See Reader.changed. Of a task it is known when it was made and completed, and not when else it changed. */
  async *changed(
    stream: string,
    from: string,
    to: string,
    signal: AbortSignal,
  ): AsyncGenerator<ResourceNative, void, undefined> {
    const { tasks } = await this.#look(stream, { at: 0, open: {} }, signal);
    const timeOf = ({ resource }: ResourceNative): number =>
      Date.parse(textOf(resource.completedDateTime) ?? textOf(resource.createdDateTime) ?? '');
    const isWithin = (task: ResourceNative): boolean =>
      timeOf(task) >= Date.parse(from) && timeOf(task) < Date.parse(to);
    yield* tasks.filter(isWithin).sort((one, other) => timeOf(one) - timeOf(other));
  }

  /** The tasks of Signalbox, and the paths of those that were open and are no more. */
  async #look(
    stream: string,
    { open }: Seen,
    signal: AbortSignal,
  ): Promise<{ readonly tasks: readonly ResourceNative[]; readonly gone: readonly string[] }> {
    const tasks: ResourceNative[] = [];
    for await (const resource of followed(this.api, `tasks of ${stream}`, encodedPath(stream), signal)) {
      const id = String(resource.id);
      if (!isMarked(resource.title) && !Object.hasOwn(open, id)) continue;
      tasks.push({ kind: 'resource', nativeType: 'plannerTask', path: pathOf(id), resource });
    }
    const listed = new Set(tasks.map(({ path }) => path));
    const absent = Object.keys(open)
      .map(pathOf)
      .filter((path) => !listed.has(path));
    // What was moved to another plan is there.
    const moved = await this.read(absent, signal);
    const gone = absent.filter((path) => !moved.some((native) => native.path === path));
    return { tasks: [...tasks, ...moved], gone };
  }
}

const pathOf = (id: string): string => `planner/tasks/${id}`;
const versionOf = (task: Fields): string => textOf(task['@odata.etag']) ?? '';
const isCompleted = ({ percentComplete }: Fields): boolean => percentComplete === 100;

function isNews({ resource }: ResourceNative, { at, open }: Seen): boolean {
  const known = open[String(resource.id)];
  if (!isCompleted(resource)) return known !== versionOf(resource);
  return known !== undefined || Date.parse(textOf(resource.completedDateTime) ?? '') >= at - marginMs;
}

/** Throws PositionExpired for what no version of this connector has saved. */
function seenIn({ v, at, open }: Position): Seen {
  const known = objectOf(open);
  if (v === 1 && typeof at === 'number' && known !== undefined) return { at, open: known as Seen['open'] };
  throw new PositionExpired('SBX_POSITION_UNKNOWN', `a token of another kind: version ${v}`);
}
