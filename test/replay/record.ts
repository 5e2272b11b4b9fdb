import type { Role } from '../../services/signalbox';
import { laneId } from '../../workflows/names';
import { eventOf } from '../fixtures/events';
import { startShortHistoryServer } from '../integration/short-history-server';
import { decide, startTenants, withoutIngest } from '../integration/tenants-line';
import { saveHistory } from './history-file';
import { scenarios, variants } from './scenarios';

/** Records every scenario from a run on real parts, and tells which files were written. */
async function main(): Promise<void> {
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

/** The end of a lane's run whose history has become long. */
async function recordNewRun(): Promise<string> {
  const server = await startShortHistoryServer(12);
  try {
    const line = await startTenants({ usual: {} }, { roles: withoutIngest, temporalAddress: server.address });
    try {
      const { tenant } = line.tenants.usual;
      const handle = line.signalbox.runtime.temporal.workflow.getHandle(laneId(tenant, 0));
      await decide(line, line.tenants.usual, { id: 'b0', events: [eventOf({ id: 'e0', tenant })] });
      const { runId } = await handle.describe();
      for (let n = 1; (await handle.describe()).runId === runId; n++) {
        await decide(line, line.tenants.usual, { id: `b${n}`, events: [eventOf({ id: `e${n}`, tenant })] });
      }
      const first = line.signalbox.runtime.temporal.workflow.getHandle(laneId(tenant, 0), runId);
      return await saveHistory('lane', 'continued-as-new', first);
    } finally {
      await line.stop();
    }
  } finally {
    await server.stop();
  }
}

function tell(line: string): void {
  process.stdout.write(`${line}\n`);
}

void main();
