import { type Client, WithStartWorkflowOperation } from '@temporalio/client';
import type { Reconciled, StreamRef } from '../activities/subscription-types';
import type { Tenant, TenantConnection } from '../tenants/tenant';
import { names, reconciliationId, taskQueues } from '../workflows/names';
import type { ReconcileAsked, reconciliation, ReconciliationInput } from '../workflows/reconciliation';
import type { Runtime } from './runtime';

/** Starts what compares streams now and then, for every connection of a tenant that wants it. */
export async function startReconciling(
  { temporal }: Pick<Runtime, 'temporal'>,
  { tenant, connections }: Tenant,
): Promise<void> {
  for (const { name: connection, streams, reconcile: everyMs } of Object.values(connections)) {
    for (const stream of everyMs === undefined ? [] : streams)
      await temporal.workflow.start(names.reconciliation, startOf({ tenant, connection, stream }, everyMs));
  }
}

/** Compares a stream now, in whichever process hears CRMs; one that does so now and then goes on with it. */
export function reconcileNow(
  temporal: Client,
  ref: StreamRef,
  { reconcile: everyMs }: Pick<TenantConnection, 'reconcile'>,
  asked: ReconcileAsked,
): Promise<Reconciled> {
  const startWorkflowOperation = new WithStartWorkflowOperation<typeof reconciliation>(
    names.reconciliation,
    startOf(ref, everyMs),
  );
  return temporal.workflow.executeUpdateWithStart<typeof reconciliation, Reconciled, [ReconcileAsked]>(
    names.reconcileNow,
    { args: [asked], startWorkflowOperation },
  );
}

function startOf({ tenant, connection, stream }: StreamRef, everyMs: number | undefined) {
  const input = { tenant, connection, stream, ...(everyMs === undefined ? {} : { everyMs }) };
  return {
    workflowId: reconciliationId(tenant, connection, stream),
    workflowIdConflictPolicy: 'USE_EXISTING' as const,
    taskQueue: taskQueues.decide,
    args: [input] as [ReconciliationInput],
  };
}
