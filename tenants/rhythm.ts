import { type EntityName, isOfCrm } from '../canonical-schema/entity';
import type { Path } from './document';
import { durationMs } from './duration';
import type { Finding } from './shape-faults';
import type { WrittenAct, WrittenUseCase } from './written';

const actFindings = (path: Path, act: WrittenAct): readonly Finding[] => {
  const [key = ''] = Object.keys(act);
  const at = [...path, key];
  if (act.task === undefined) {
    const message = `a rhythm is no record of the CRM that a ${key} could be written to`;
    return [{ path: at, message, fix: 'write a task: with assignTo:', target: { key: true } }];
  }
  const { assignTo } = act.task;
  const fix = "write assignTo: with the CRM's id of a user or queue";
  if (assignTo === undefined) return [{ path: at, message: 'nobody owns a rhythm: the task has no owner', fix }];
  return assignTo === 'owner' ? [{ path: [...at, 'assignTo'], message: 'nobody owns a rhythm', fix }] : [];
};

/** What a use case about the rhythm of a connection's events cannot call for: no record of the CRM stands for it. */
export const rhythmFindings = (
  path: Path,
  entity: EntityName | undefined,
  { act = {} }: Pick<WrittenUseCase, 'act'>,
): readonly Finding[] => {
  if (entity === undefined || isOfCrm(entity)) return [];
  return Object.entries(act).flatMap(([band, acts]) =>
    acts.flatMap((one, index) => actFindings([...path, 'act', band, index], one)),
  );
};

/** A rhythm is known from so many days on. */
const learnDays = 28;

/** A past that is deleted before a rhythm is known by it. */
export const rhythmRetentionFindings = (isAsked: boolean, events: string | undefined): readonly Finding[] => {
  if (!isAsked || events === undefined || (durationMs(events) ?? 0) > learnDays * 24 * 3_600_000) return [];
  const message = `a rhythm is known after ${learnDays} days, and the past is deleted before`;
  return [{ path: ['retention', 'events'], message, fix: 'write P60D or more, or take the use case about rhythm out' }];
};
