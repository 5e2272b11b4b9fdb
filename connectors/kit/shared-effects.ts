import type { Action, ActionResult } from '../../canonical-schema/action';
import type { Sink } from '../contract';
import { untilAborted } from './abort';

/**
 * A sink's `apply` over one action at a time: calls with one action at the same time share its effect, so an abort ends the
 * caller's wait and not the call, whose effect others may wait for.
 * @param applyOne answers a failure rather than reject
 */
export function sharedEffects(applyOne: (action: Action) => Promise<ActionResult>): Sink['apply'] {
  const underWay = new Map<string, Promise<ActionResult>>();
  const once = (action: Action): Promise<ActionResult> => {
    const shared = underWay.get(action.id);
    if (shared !== undefined) return shared;
    const result = applyOne(action).finally(() => underWay.delete(action.id));
    underWay.set(action.id, result);
    return result;
  };
  return async (actions, signal) => {
    signal.throwIfAborted();
    return untilAborted(Promise.all(actions.map(once)), signal);
  };
}
