import type { CanonicalEvent } from '../canonical-schema/event';
import type { EngagementRow, LaneContext } from '../ledger/ledger';
import type { Tenant } from '../tenants/tenant';
import type { OutcomeSeen } from './lane-types';
import type { Snapshot } from './merge';
import { seen } from './outcomes';

/** The CRM's ids of the records in a batch that an engagement may have made: tasks, and cases where a use case opens any. */
export function workIds(
  events: readonly CanonicalEvent[],
  { useCases }: Tenant,
): { readonly taskIds: readonly string[]; readonly caseIds: readonly string[] } {
  const opening = new Set(Object.values(useCases).flatMap((each) => (opensCases(each.act) ? [each.connection] : [])));
  const idsOf = (entity: string, isAsked: (event: CanonicalEvent) => boolean): readonly string[] =>
    events.flatMap((event) => (event.data.entity === entity && isAsked(event) ? [event.data.record.id] : []));
  return {
    taskIds: idsOf('task', () => true),
    caseIds: idsOf('case', ({ connection }) => opening.has(connection)),
  };
}

function opensCases(act: Tenant['useCases'][string]['act']): boolean {
  return Object.values(act).some((templates) => templates.some(({ kind }) => kind === 'case'));
}

/** How open engagements end by what people did with the task or the case that was made for them. */
export function workOutcomes(
  event: CanonicalEvent,
  state: Snapshot,
  { engagements, cases }: Pick<LaneContext, 'engagements' | 'cases'>,
): readonly OutcomeSeen[] {
  const label = endOf(state);
  if (label === undefined) return [];
  const { id } = state.record;
  switch (event.data.entity) {
    case 'task':
      return engagements
        .filter((row) => row.taskid === id && isWhereWorkIs(row, event))
        .map((row) => seen(row, label, event));
    case 'case':
      return cases
        .filter((row) => row.caseid === id && isWhereWorkIs(row, event))
        .map(({ engagement }) => ({ ...seen({ id: engagement }, label, event), of: 'case' as const }));
    default:
      return [];
  }
}

/** A task or case is where its record is; that of a count of events, which is no record of a CRM, where the connection leads. */
function isWhereWorkIs(
  { source, connection }: Pick<EngagementRow, 'source' | 'connection'>,
  event: CanonicalEvent,
): boolean {
  return source === event.source || connection === event.connection;
}

/** Salesforce's change events tell when a task or case was closed, not that it is. */
function endOf({ deleted, record }: Snapshot): 'removed' | 'completed' | undefined {
  if (deleted) return 'removed';
  const isClosed = record.isClosed === true || typeof (record.completedAt ?? record.closedAt) === 'string';
  return isClosed ? 'completed' : undefined;
}
