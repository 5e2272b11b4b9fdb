import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Ledger } from '../../ledger/ledger';
import { provideAll } from '../../services/provision/provide';
import { projectRoot } from '../../services/project-root';
import type { RunningSalesforce } from '../../simulators/salesforce';
import { compare, type Differences } from './compare';
import { ledgerSide, orgSide } from './sides';

/** One org, and the ledger of the tenant that listens to it. */
export interface Sides {
  readonly org: RunningSalesforce;
  readonly ledger: Ledger;
  readonly tenant: string;
}

/** How org and ledger differ about these leads. */
async function differences({ org, ledger, tenant }: Sides, leads: readonly string[]): Promise<Differences> {
  return compare(orgSide(org, leads), await ledgerSide(ledger, tenant, leads));
}

/** Waits until nothing differs; what still differs when the time is over is the answer. */
export async function settled(sides: Sides, leads: readonly string[], withinMs = 30_000): Promise<Differences> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const found = await differences(sides, leads);
    const isSettled = Object.values(found).every((list: readonly string[]) => list.length === 0);
    if (isSettled || performance.now() > deadline) return found;
    await wait(200);
  }
}

/** Starts servers for all lines of a file, one after the other, as an operator who names them in the environment. */
export async function shareServers(): Promise<() => Promise<void>> {
  const stateDir = path.join(projectRoot, '.signalbox');
  const servers = await provideAll({ rabbit: true, temporal: true, stateDir });
  process.env['AMQP_URL'] = servers.rabbit?.url;
  process.env['TEMPORAL_ADDRESS'] = servers.temporal?.url;
  return () => servers.stop();
}
