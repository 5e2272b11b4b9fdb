import { resolve } from 'node:path';
import { canonicalJson } from '../canonical-schema/canonical-json';
import { sha256Hex } from '../canonical-schema/sha256';
import type { TenantCalendar } from './calendar';
import { durationMs } from './duration';
import { compileExpression } from './expression';
import { toLearning } from './learning';
import { toRelated } from './related';
import type { Band, OutcomeRule, UseCase } from './tenant';
import { entityOf, isFolder } from './use-case';
import type { ActTemplate, TaskTemplate } from './act-template';
import type { WrittenAct, WrittenUseCase } from './written';

const ms = (text: string): number => {
  const value = durationMs(text);
  if (value === undefined) throw new Error(`${text} passed the schema but is no duration`);
  return value;
};

const taskTemplate = (task: NonNullable<WrittenAct['task']>, draftMs: number): TaskTemplate => {
  const { due, priority = 'normal', overdue, draft = false, ...texts } = task;
  return {
    ...{ kind: 'task', ...texts, priority },
    ...(due === undefined ? {} : { due: ms(due) }),
    ...(overdue === undefined
      ? {}
      : { overdue: overdue.map(({ after, ...change }) => ({ after: ms(after), change })) }),
    ...(draft ? { draft: { withinMs: draftMs } } : {}),
  };
};

const actTemplate = ({ task, case: opened, note, set, route }: WrittenAct, draftMs: number): ActTemplate => {
  if (opened !== undefined) return { kind: 'case', priority: 'normal', ...opened };
  if (note !== undefined) return { kind: 'note', ...note };
  if (set !== undefined) return { kind: 'set', ...set };
  if (route !== undefined) return { kind: 'route', ...route };
  if (task === undefined) throw new Error('an act without task, case, note, set and route passed the schema');
  return taskTemplate(task, draftMs);
};

const templatesOf = (act: NonNullable<WrittenUseCase['act']>, draftMs: number): UseCase['act'] =>
  Object.fromEntries(Object.entries(act).map(([band, acts]) => [band, acts.map((one) => actTemplate(one, draftMs))]));

const outcomeRule = ({ won, lost, within }: NonNullable<WrittenUseCase['outcome']>): OutcomeRule => ({
  ...(won === undefined ? {} : { won: compileExpression(won) }),
  ...(lost === undefined ? {} : { lost: compileExpression(lost) }),
  within: ms(within),
});

/**
 * The same for every way of writing the same use case: defaults are filled in, and expressions count by their source.
 * Challengers and learning do not count: they decide nothing. Zone and holidays do: a model may know the hour by them.
 */
const policyOf = (
  { when, outcome, related, ...plain }: Omit<UseCase, 'policy' | 'challengers' | 'learning'>,
  calendar: TenantCalendar | undefined,
): string =>
  sha256Hex(
    canonicalJson({
      ...plain,
      calendar,
      related: related?.map(({ of, at, ...value }) => ({ ...value, of: of.source, at: at?.source })),
      when: when?.source,
      outcome: outcome && { won: outcome.won?.source, lost: outcome.lost?.source, within: outcome.within },
    }),
  );

/** Highest first. */
const bandsOf = ({ bands = {} }: WrittenUseCase): readonly Band[] =>
  Object.entries(bands)
    .map(([band, from]) => ({ name: band, from }))
    .sort((a, b) => b.from - a.from);

/** Whether a person is asked, and who may answer. */
const approvalOf = ({ approval = 'none', approvers }: WrittenUseCase): Pick<UseCase, 'approval' | 'approvers'> => ({
  approval,
  ...(approvers === undefined ? {} : { approvers }),
});

/**
 * A use case with its defaults filled in, paths relative to a folder. Only for one without findings.
 * @param draftMs how long a task waits for its draft, at most
 * @param calendar the tenant's
 */
export const toUseCase = (
  name: string,
  written: WrittenUseCase,
  folder: string,
  draftMs: number,
  calendar?: TenantCalendar,
): UseCase => {
  const { connection, when, outcome, act = {} } = written;
  const { model = name, materialChange = 0.05 } = written;
  const bands = bandsOf(written);
  const useCase = {
    ...{ name, connection, model, entity: entityOf(name, written) ?? 'record', bands, materialChange },
    ...approvalOf(written),
    act: templatesOf(act, draftMs),
    ...(when === undefined ? {} : { when: compileExpression(when) }),
    ...(outcome === undefined ? {} : { outcome: outcomeRule(outcome) }),
    ...(written.related === undefined ? {} : { related: toRelated(written.related) }),
  };
  const challengers = (written.challengers ?? []).map((one) => (isFolder(one) ? resolve(folder, one) : one));
  return { ...useCase, challengers, learning: toLearning(written.learning), policy: policyOf(useCase, calendar) };
};
