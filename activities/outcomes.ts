import type { CanonicalEvent } from '../canonical-schema/event';
import { recordKey } from '../canonical-schema/identity';
import type { EngagementRow } from '../ledger/ledger';
import type { ExpressionScope } from '../tenants/expression';
import type { UseCase } from '../tenants/tenant';
import type { OutcomeSeen } from './lane-types';
import type { Snapshot } from './merge';

/** How a use case is over for a record after an event; undefined while it is not. Rejects with ExpressionError. */
export async function overAs(
  useCase: UseCase,
  scope: ExpressionScope,
  state: Snapshot,
): Promise<OutcomeSeen['label'] | undefined> {
  if (state.deleted) return 'gone';
  if (await useCase.outcome?.won?.evaluate(scope)) return 'won';
  return (await useCase.outcome?.lost?.evaluate(scope)) ? 'lost' : undefined;
}

/** The engagements of a use case that end with an event of their record. */
export function ended(
  engagements: readonly EngagementRow[],
  event: CanonicalEvent,
  { name }: UseCase,
  label: OutcomeSeen['label'],
): readonly OutcomeSeen[] {
  return engagements
    .filter((row) => recordKey(row) === recordKey(event) && row.usecase === name)
    .map((row) => seen(row, label, event));
}

/** The engagements that end with what happened to their task. */
export function toldByTask(
  engagements: readonly EngagementRow[],
  event: CanonicalEvent,
  state: Snapshot,
): readonly OutcomeSeen[] {
  if (event.data.entity !== 'task') return [];
  return engagements
    .filter((row) => row.taskid === state.record.id && isWhereTasksAre(row, event))
    .flatMap((row) => {
      if (state.deleted) return [seen(row, 'removed', event)];
      return isCompleted(state) ? [seen(row, 'completed', event)] : [];
    });
}

/** A task is where its record is; that of a count of events, which is no record of a CRM, where the connection leads. */
function isWhereTasksAre({ source, connection }: EngagementRow, event: CanonicalEvent): boolean {
  return source === event.source || connection === event.connection;
}

/** Salesforce's change events of a task tell when it was completed, not that it is closed. */
function isCompleted({ record }: Snapshot): boolean {
  return record.isClosed === true || record.completedAt !== undefined;
}

function seen(row: EngagementRow, label: OutcomeSeen['label'], event: CanonicalEvent): OutcomeSeen {
  return { engagement: row.id, label, eventid: event.id, at: event.time };
}
