import { Permanent } from '../contract';
import type { WebApi } from './web-api';
import { connectorErrorOf, WebApiFailure } from './web-api-failure';

/** Owners that are remembered. */
const mostKnown = 10_000;

/** Tells users from teams: a row may be owned by either, and an id does not say which. */
export class Owners {
  readonly #api: WebApi;
  readonly #known = new Map<string, string>();

  constructor(api: WebApi) {
    this.#api = api;
  }

  /** `/systemusers(id)` or `/teams(id)`. Rejects with Permanent for neither, Retryable when Dataverse could not be asked. */
  async bindingOf(id: string, signal: AbortSignal): Promise<string> {
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    for (const [set, column] of [
      ['systemusers', 'systemuserid'],
      ['teams', 'teamid'],
    ] as const) {
      if (!(await this.#isIn(set, column, id, signal))) continue;
      const binding = `/${set}(${id})`;
      if (this.#known.size >= mostKnown) this.#known.clear();
      this.#known.set(id, binding);
      return binding;
    }
    throw new Permanent('SBX_DYNAMICS365_OWNER', `${id} is neither a user nor a team: correct assignTo`);
  }

  async #isIn(set: string, column: string, id: string, signal: AbortSignal): Promise<boolean> {
    try {
      const path = `${set}(${encodeURIComponent(id)})?$select=${column}`;
      await this.#api.send({ method: 'GET', path }, 'write', signal);
      return true;
    } catch (error) {
      // 400: not even a GUID.
      if (error instanceof WebApiFailure && (error.status === 404 || error.status === 400)) return false;
      throw connectorErrorOf(error, `looking for the owner ${id}`);
    }
  }
}
