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

/** An outcome as an event tells it. */
export function seen(
  { id }: Pick<EngagementRow, 'id'>,
  label: OutcomeSeen['label'],
  event: CanonicalEvent,
): OutcomeSeen {
  return { engagement: id, label, eventid: event.id, at: event.time };
}
