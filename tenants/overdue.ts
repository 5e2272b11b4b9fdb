import type { Path } from './document';
import { durationMs } from './duration';
import type { Finding } from './shape-faults';
import type { WrittenOverdue, WrittenUseCase } from './written';

/** Steps that change nothing, come out of turn, or never because the engagement is over by then. */
export const overdueFindings = (
  path: Path,
  { act = {}, outcome }: Pick<WrittenUseCase, 'act' | 'outcome'>,
): readonly Finding[] =>
  Object.entries(act).flatMap(([band, acts]) =>
    acts.flatMap(({ task }, index) =>
      (task?.overdue ?? []).flatMap((step, n, steps) => {
        const at = [...path, 'act', band, index, 'task', 'overdue', n];
        return stepFindings(at, step, steps[n - 1]?.after, outcome?.within);
      }),
    ),
  );

const stepFindings = (
  path: Path,
  { after, ...change }: WrittenOverdue,
  before: string | undefined,
  within: string | undefined,
): readonly Finding[] => {
  if (Object.keys(change).length === 0) {
    return [{ path, message: 'it changes nothing', fix: 'add subject, priority or assignTo' }];
  }
  const at = [...path, 'after'];
  if (before !== undefined && ms(after) <= ms(before)) {
    const message = `${after} is not later than the step before, ${before}`;
    return [{ path: at, message, fix: 'write the soonest step first' }];
  }
  if (within === undefined || ms(after) < ms(within)) return [];
  const message = `it never comes: the engagement ends after ${within}`;
  return [{ path: at, message, fix: "let it come sooner, or make the outcome's within longer" }];
};

const ms = (text: string): number => durationMs(text) ?? 0;
