import type { Directive } from '../activities/lane-types';

/** What an engagement has made in the CRM: the ids of its open task and of the case that it opened. */
export interface Made {
  readonly taskId?: string;
  readonly caseId?: string;
}

export function taskOf({ taskId }: Made): Pick<Made, 'taskId'> {
  return taskId === undefined ? {} : { taskId };
}

export function madeOf({ taskId, caseId }: Made): Made {
  return { ...(taskId === undefined ? {} : { taskId }), ...(caseId === undefined ? {} : { caseId }) };
}

/** Whether the task is still open once the directive was acted on. */
export function keepsTask({ kind, templates }: Directive): boolean {
  return kind === 'act' && templates.some((template) => template.kind === 'task');
}

/** A task that was closed is never taken up again: who calls for one later gets a new one. A case is left to those who work on it. */
export function withoutTask<S extends Made>(state: S): S {
  const rest: { taskId?: string } = { ...state };
  delete rest.taskId;
  return rest as S;
}
