import type { WorkflowHandle } from '@temporalio/client';
import type { Role } from '../../services/signalbox';
import { laneId } from '../../workflows/names';
import { eventOf } from '../fixtures/events';
import { startShortHistoryServer } from '../integration/short-history-server';
import { decide, leadOf, recordOf, startTenants, withoutIngest, type TenantsLine } from '../integration/tenants-line';
import { coldLead } from '../line';
import { saveHistory } from './history-file';
import { scenarios, variants } from './scenarios';

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
}

async function recordAll(some: Partial<typeof scenarios>, roles?: readonly Role[]): Promise<void> {
  const line = await startTenants(variants, roles === undefined ? {} : { roles });
  try {
    for (const [workflow, byName] of Object.entries(some)) {
      for (const [name, scenario] of Object.entries(byName))
        tell(await saveHistory(workflow, name, await scenario(line)));
    }
  } finally {
    await line.stop();
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
