import type { ActionKind } from '../canonical-schema/action';
import type { AnyConnector } from '../connectors/contract';
import type { Path } from './document';
import type { Finding } from './shape-faults';
import type { WrittenAct } from './written';

/** Why a connection refuses kinds of action because of its settings, and what mends it. */
export type Refusals = Partial<Record<ActionKind, { readonly why: string; readonly fix: string }>>;

/** What a person calls the effects of actions that acts ask for. */
const words: Partial<Record<ActionKind, string>> = {
  'create-task': 'tasks',
  'create-case': 'cases',
  'add-note': 'notes',
  'set-fields': 'fields',
  'add-to-queue': 'queues',
};

const kindOf = (act: WrittenAct): ActionKind => {
  if (act.task !== undefined) return 'create-task';
  if (act.case !== undefined) return 'create-case';
  if (act.note !== undefined) return 'add-note';
  return act.route !== undefined && 'queue' in act.route && !('field' in act.route) ? 'add-to-queue' : 'set-fields';
};

const fixOf = (kind: ActionKind, accepts: readonly ActionKind[]): string => {
  if (kind === 'add-to-queue' && accepts.includes('set-fields'))
    return 'write field: with the name of the owner’s field: queues are owners there, or there are none';
  const able = accepts.flatMap((other) => words[other] ?? []);
  const elsewhere = 'let the use case act through a connection of another connector';
  return able.length === 0 ? elsewhere : `write ${able.join(', ')}, or ${elsewhere}`;
};

/** An act that the connection's connector cannot write, at all or with the connection's settings. */
export const acceptanceFindings = (
  path: Path,
  act: WrittenAct,
  connector: AnyConnector | undefined,
  refusals: Refusals = {},
): readonly Finding[] => {
  const kind = kindOf(act);
  if (connector === undefined) return [];
  const { name, accepts } = connector;
  const [key = ''] = Object.keys(act);
  const refusal = refusals[kind];
  if (refusal !== undefined) {
    return [{ path: [...path, key], message: refusal.why, fix: refusal.fix, target: { key: true } }];
  }
  if (accepts.includes(kind)) return [];
  const message = `${name} writes no ${words[kind] ?? kind}`;
  return [{ path: [...path, key], message, fix: fixOf(kind, accepts), target: { key: true } }];
};
