import type { WorkflowHandle } from '@temporalio/client';
import { engagementId } from '../../canonical-schema/engagement';
import type { EngagementRow, HistoryEntry } from '../../ledger/ledger';
import type { Tenant } from '../../tenants/tenant';
import type { EngagementState } from '../../workflows/engagement-state';
import { names } from '../../workflows/names';
import { until } from '../line';
import type { TenantsLine } from './tenants-line';

type Watched = Pick<TenantsLine<string>, 'org' | 'signalbox'>;

/** A task as REST shows it, deleted ones too. */
export type Task = Readonly<Record<string, unknown>> & { readonly Id: string };

/** All tasks about a lead, deleted ones too. */
export function tasksAbout({ org }: Watched, lead: string): readonly Task[] {
  return org.admin.records('Task').flatMap((task) => {
    const { Id, WhoId } = task;
    return WhoId === lead && typeof Id === 'string' ? [{ ...task, Id }] : [];
  });
}

/** The engagement's row once it knows its task: from then on the task's events are told to it. */
export function untilTask({ signalbox }: Watched, { tenant }: Tenant, lead: string): Promise<string> {
  return until(`the engagement about ${lead} to know its task`, async () => {
    const row = await signalbox.runtime.ledger.engagement(tenant, `lead/${lead}`, 'lead-scoring');
    return row?.status === 'open' ? row.taskid : undefined;
  });
}

/** The engagement's row once it is closed. */
export function untilClosed({ signalbox }: Watched, { tenant }: Tenant, lead: string): Promise<EngagementRow> {
  return until(`the engagement about ${lead} to end`, async () => {
    const row = await signalbox.runtime.ledger.engagement(tenant, `lead/${lead}`, 'lead-scoring');
    return row?.status === 'closed' ? row : undefined;
  });
}

/** What Signalbox wrote about a lead: the lead itself and its tasks. */
export function writesAbout(
  line: Watched,
  lead: string,
): readonly ReturnType<Watched['org']['admin']['writes']>[number][] {
  const about = new Set([lead, ...tasksAbout(line, lead).map(({ Id }) => Id)]);
  return line.org.admin
    .writes()
    .filter(({ recordId, errorCode }) => errorCode === undefined && about.has(recordId ?? ''));
}

/** The workflow of an engagement. */
export function engagementOf({ signalbox }: Watched, { tenant }: Tenant, lead: string): WorkflowHandle {
  return signalbox.runtime.temporal.workflow.getHandle(engagementId(tenant, 'sales', `lead/${lead}`, 'lead-scoring'));
}

/** What an engagement says of itself; undefined while it has not begun. */
export async function statusOf(
  run: WorkflowHandle,
): Promise<(EngagementState & { readonly awaitsApproval?: string }) | undefined> {
  return run
    .query<EngagementState & { readonly awaitsApproval?: string }>(names.engagementStatus)
    .catch(() => undefined);
}

/** The decision whose proposal awaits an answer, once there is one other than `before`. */
export function untilProposed(run: WorkflowHandle, before?: string): Promise<string> {
  return until('a proposal', async () => {
    const proposed = (await statusOf(run))?.awaitsApproval;
    return proposed === before ? undefined : proposed;
  });
}

type Entry<K extends HistoryEntry['kind']> = HistoryEntry & { readonly kind: K };

/** A record's history of one kind, oldest first. */
export async function entries<K extends HistoryEntry['kind']>(
  { signalbox }: Pick<Watched, 'signalbox'>,
  { tenant }: Pick<Tenant, 'tenant'>,
  record: string,
  kind: K,
): Promise<readonly Entry<K>[]> {
  const all = await signalbox.runtime.ledger.history(tenant, record);
  return all.filter((entry): entry is Entry<K> => entry.kind === kind);
}
