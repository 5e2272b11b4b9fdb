import { setMaxListeners } from 'node:events';
import type { Action, ActionResult } from '../../../canonical-schema/action';
import type { Sink } from '../../contract';
import { notAccepted } from '../../kit/action-result';
import { sharedEffects } from '../../kit/shared-effects';
import { crm } from '../normalise';
import { failedCall } from '../sink/results';
import { addNote, changeCase, changeTask, setFields } from './change';
import type { V2Context } from './context';
import { make } from './make';

/** Writes to Sales and Service Cloud V2, one request for each action: it has no batches that are known to fail apart. */
export class V2Sink implements Sink {
  readonly apply: Sink['apply'];
  readonly #closing = new AbortController();
  readonly #context: V2Context;

  constructor(context: Omit<V2Context, 'signal'>) {
    // Every request that waits for its turn listens.
    setMaxListeners(0, this.#closing.signal);
    this.#context = { ...context, signal: this.#closing.signal };
    this.apply = sharedEffects((action) => this.#applyOne(action).catch((error: unknown) => failedCall(action, error)));
  }

  /** Ends what is under way; who still waits for it gets a failure. */
  close(): void {
    this.#closing.abort(new Error('the connection was closed'));
  }

  async #applyOne(action: Action): Promise<ActionResult> {
    switch (action.kind) {
      case 'create-task':
      case 'create-case':
        return make(action, this.#context);
      case 'update-task':
      case 'close-task':
        return changeTask(action, this.#context);
      case 'update-case':
        return changeCase(action, this.#context);
      case 'set-fields':
        return setFields(action, this.#context);
      case 'add-note':
        return addNote(action, this.#context);
      default:
        return notAccepted(action, crm);
    }
  }
}
