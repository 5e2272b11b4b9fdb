import type { ActInput } from '../activities/engagement-types';
import type { EngagementState } from './engagement-state';

/** When the next step of the open task comes, ms since 1970; undefined where none does. */
export function nextStepAt(state: EngagementState): number | undefined {
  const { acted, taskId, overdue } = state;
  if (taskId === undefined || overdue === undefined) return undefined;
  const task = acted?.templates.find((template) => template.kind === 'task');
  const step = task?.overdue?.[overdue.steps];
  return step === undefined ? undefined : overdue.since + step.after;
}

/** The state once the next step has come. */
export function withNextStep(state: EngagementState): EngagementState {
  const { overdue } = state;
  return overdue === undefined ? state : { ...state, overdue: { ...overdue, steps: overdue.steps + 1 } };
}

/** What acting has to know: a newer decision leaves the task as its steps have made it. */
export function overdueOf({ taskId, overdue }: EngagementState): Pick<ActInput, 'overdue'> {
  if (taskId === undefined || overdue === undefined || overdue.steps === 0) return {};
  return { overdue: { steps: overdue.steps } };
}
