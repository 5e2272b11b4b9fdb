import { Permanent } from '../contract';
import { objectOf, ownOf, textOf } from '../kit/json';
import { followed } from './follow';
import type { GraphApi } from './graph-api';
import { applicationName, type Fields } from './native';
import { encodedPath } from './paths';

/** Where tasks go, and which of them are ours. */
export class TaskLists {
  readonly #defaults = new Map<string, Promise<string>>();

  constructor(private readonly api: GraphApi) {}

  /** The default To Do list of a user, as a collection of tasks. Rejects with Retryable or Permanent. */
  defaultOf(user: string, signal: AbortSignal): Promise<string> {
    const known = this.#defaults.get(user) ?? this.#find(user, signal);
    this.#defaults.set(user, known);
    known.catch(() => this.#defaults.delete(user));
    return known;
  }

  /**
   * The tasks of a list that an action made, the first one first. Graph cannot be asked for them by their key, so the list is
   * read through. Rejects with Retryable or Permanent.
   */
  async madeBy(key: string, list: string, signal: AbortSignal): Promise<readonly Fields[]> {
    const found: Fields[] = [];
    const path = `${encodedPath(list)}?$expand=linkedResources&$top=100`;
    for await (const task of followed(this.api, `query ${list}`, path, signal)) if (hasKey(task, key)) found.push(task);
    // The digits of a second differ in number: as many as Graph has.
    const order = (task: Fields): string =>
      `${(textOf(task.createdDateTime) ?? '').padEnd(40)}${textOf(task.id) ?? ''}`;
    return found.sort((one, other) => (order(one) < order(other) ? -1 : 1));
  }

  async #find(user: string, signal: AbortSignal): Promise<string> {
    const path = `users/${encodeURIComponent(user)}/todo/lists`;
    for await (const { id, wellknownListName: name } of followed(this.api, `lists of ${user}`, path, signal)) {
      if (name === 'defaultList') return `users/${user}/todo/lists/${String(id)}/tasks`;
    }
    throw new Permanent('SBX_GRAPH_LIST', `user ${user} has no default To Do list: has the mailbox a licence?`);
  }
}

function hasKey(task: Fields, key: string): boolean {
  const linked = ownOf(task, 'linkedResources');
  return (Array.isArray(linked) ? linked : [])
    .map(objectOf)
    .some((one) => one?.applicationName === applicationName && one.externalId === key);
}
