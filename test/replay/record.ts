import type { WorkflowHandle } from '@temporalio/client';
import type { Role } from '../../services/signalbox';
import { reconcileNow } from '../../services/reconcile';
import { laneId, reconciliationId } from '../../workflows/names';
import { dataIn, startOpenAi } from '../../simulators/openai';
import { startDynamics365Line } from '../dynamics365-line';
import { eventOf } from '../fixtures/events';
import { startShortHistoryServer } from '../integration/short-history-server';
import { decide, leadOf, recordOf, startTenants, withoutIngest, type TenantsLine } from '../integration/tenants-line';
import { coldLead, until } from '../line';
import { saveHistory } from './history-file';
import { scenarios, variantsWith } from './scenarios';

/** Records every scenario from a run on real parts, or those of the workflows that are named, and tells which files were written. */
async function main(): Promise<void> {
  const named = process.argv.slice(2);
  if (named.length > 0) {
    await recordAll(Object.fromEntries(Object.entries(scenarios).filter(([workflow]) => named.includes(workflow))));
    return;
  }
  const { lane, ...others } = scenarios;
  await recordAll({ lane }, withoutIngest);
  await recordAll(others);
  tell(await recordNewRun());
  await recordReconciliations();
}

async function recordAll(some: Partial<typeof scenarios>, roles?: readonly Role[]): Promise<void> {
  const stub = await startOpenAi({
    reply: (asked) => ({
      ...(dataIn(asked).task as object),
      description: 'Drafted.',
      proposal: 'P1',
      because: 'Quiet.',
    }),
  });
  const line = await startTenants(variantsWith(stub.baseUrl), roles === undefined ? {} : { roles });
  try {
    for (const [workflow, byName] of Object.entries(some)) {
      for (const [name, scenario] of Object.entries(byName))
        tell(await saveHistory(workflow, name, await scenario(line)));
    }
  } finally {
    await line.stop();
    await stub.stop();
  }
}

/** Only a CRM that tracks its changes can be reconciled with: one that asks by itself, and one that is asked. */
async function recordReconciliations(): Promise<void> {
  const line = await startDynamics365Line({ reconcile: 'PT1M' });
  try {
    const { temporal } = line.signalbox.runtime;
    const ref = { tenant: line.tenant, connection: 'sales', stream: 'lead' };
    const id = reconciliationId(ref.tenant, ref.connection, ref.stream);
    const { runId } = await temporal.workflow.getHandle(id).describe();
    await reconcileNow(temporal, ref, {}, { graceMs: 0 });
    await until('the next run', async () => (await temporal.workflow.getHandle(id).describe()).runId !== runId, 90_000);
    tell(await saveHistory('reconciliation', 'by-itself', temporal.workflow.getHandle(id, runId)));
  } finally {
    await line.stop();
  }
  const asked = await startDynamics365Line({ reconcile: 'off' });
  try {
    const { temporal } = asked.signalbox.runtime;
    await reconcileNow(temporal, { tenant: asked.tenant, connection: 'sales', stream: 'lead' }, {}, { graceMs: 0 });
    const run = temporal.workflow.getHandle(reconciliationId(asked.tenant, 'sales', 'lead'));
    await run.result();
    tell(await saveHistory('reconciliation', 'asked', run));
  } finally {
    await asked.stop();
  }
}

/** The run of a lane whose history has become long. */
async function recordNewRun(): Promise<string> {
  const server = await startShortHistoryServer(12);
  try {
    const line = await startTenants({ usual: {} }, { roles: withoutIngest, temporalAddress: server.address });
    try {
      return await saveHistory('lane', 'continued-as-new', await untilNewRun(line));
    } finally {
      await line.stop();
    }
  } finally {
    await server.stop();
  }
}

async function untilNewRun(line: TenantsLine<'usual'>): Promise<WorkflowHandle> {
  const { usual } = line.tenants;
  const { workflow } = line.signalbox.runtime.temporal;
  const id = laneId(usual.tenant, 0);
  const decideOne = (n: number): Promise<unknown> => {
    const record = recordOf(`00Q00000000000${n}AAA`, leadOf('usual', coldLead));
    return decide(line, usual, { id: `b${n}`, events: [eventOf({ id: `e${n}`, tenant: usual.tenant, record })] });
  };
  await decideOne(1);
  const { runId } = await workflow.getHandle(id).describe();
  for (let n = 2; (await workflow.getHandle(id).describe()).runId === runId; n++) await decideOne(n);
  return workflow.getHandle(id, runId);
}

function tell(line: string): void {
  process.stdout.write(`${line}\n`);
}

void main();
