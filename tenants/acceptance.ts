import type { ActionKind } from '../canonical-schema/action';
import type { AnyConnector } from '../connectors/contract';
import type { Path } from './document';
import type { Finding } from './shape-faults';
import type { WrittenAct } from './use-case';

/** What an act asks of a sink, and how a person calls it. */
const askedBy: Readonly<Record<keyof WrittenAct, { readonly kind: ActionKind; readonly what: string }>> = {
  task: { kind: 'create-task', what: 'tasks' },
  note: { kind: 'add-note', what: 'notes' },
  set: { kind: 'set-fields', what: 'fields' },
  route: { kind: 'set-fields', what: 'owners' },
};

/** An act that the connection's connector cannot write. */
export const acceptanceFindings = (
  path: Path,
  act: WrittenAct,
  connector: AnyConnector | undefined,
): readonly Finding[] => {
  if (connector === undefined) return [];
  const { name, accepts } = connector;
  return (Object.keys(act) as (keyof WrittenAct)[]).flatMap((key) => {
    const { kind, what } = askedBy[key];
    if (accepts.includes(kind)) return [];
    const able = Object.values(askedBy).filter((other) => accepts.includes(other.kind));
    const fix =
      able.length === 0
        ? 'let the use case act through a connection of another connector'
        : `write ${[...new Set(able.map((other) => other.what))].join(', ')} instead, or act through a connection of another connector`;
    return [{ path: [...path, key], message: `${name} writes no ${what}`, fix, target: { key: true } }];
  });
};
