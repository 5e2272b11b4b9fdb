import { Permanent } from '../contract';
import { followed } from './follow';
import type { GraphApi } from './graph-api';

/** The To Do lists that users have from the beginning. */
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

  async #find(user: string, signal: AbortSignal): Promise<string> {
    const path = `users/${encodeURIComponent(user)}/todo/lists`;
    for await (const { id, wellknownListName: name } of followed(this.api, `lists of ${user}`, path, signal)) {
      if (name === 'defaultList') return `users/${user}/todo/lists/${String(id)}/tasks`;
    }
    throw new Permanent('SBX_GRAPH_LIST', `user ${user} has no default To Do list: has the mailbox a licence?`);
  }
}
