import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { setTimeout as pause } from 'node:timers/promises';
import { names } from '../workflows/names';
import { isRunning } from './temporal/running';

/** Between two looks at what Temporal does, ms. */
const everyMs = 100;

/** One run of a workflow. */
export interface Run {
  readonly workflowId: string;
  readonly runId: string;
}

/** What Temporal has not done in time. */
export class NotForgotten extends Error {
  override readonly name = 'NotForgotten';
}

/** How many lanes a tenant has, and how many of their runs have ended. */
export async function countLanes(
  client: Client,
  tenant: string,
): Promise<{ readonly open: number; readonly ended: number }> {
  const ended = await endedLanes(client, tenant);
  const open = await runsOf(client, `${ofLanes(tenant)} AND ExecutionStatus = "Running"`);
  return { open: open.length, ended: ended.length };
}

/**
 * Has every lane of a tenant begin a new run: batches that were under way are recorded, and their events are in runs that have ended.
 * Throws NotForgotten where one does not, because no worker runs or its batch cannot be decided.
 */
export async function renewLanes(client: Client, tenant: string, withinMs: number): Promise<readonly Run[]> {
  const open = await runsOf(client, `${ofLanes(tenant)} AND ExecutionStatus = "Running"`);
  const deadline = Date.now() + withinMs;
  for (const { workflowId, runId } of open) {
    try {
      await client.workflow.getHandle(workflowId, runId).signal(names.renew);
    } catch (error) {
      // It ended by itself since it was listed.
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
  }
  for (const run of open) {
    await until(`${run.workflowId} to begin a new run`, deadline, async () => !(await isRunning(client, run)));
  }
  return open;
}

/** All ended runs of a tenant's lanes: they have events of everybody. */
export function endedLanes(client: Client, tenant: string): Promise<readonly Run[]> {
  return runsOf(client, `${ofLanes(tenant)} AND ExecutionStatus != "Running"`);
}

/** All runs of some workflows, the open ones included, which the list may not have yet. */
export async function runsOfWorkflows(client: Client, workflowIds: readonly string[]): Promise<readonly Run[]> {
  const runs: Run[] = [];
  for (const workflowId of workflowIds) {
    try {
      runs.push({ workflowId, runId: (await client.workflow.getHandle(workflowId).describe()).runId });
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
    runs.push(...(await runsOf(client, `WorkflowId = ${quoted(workflowId)}`)));
  }
  return distinct(runs);
}

/** Has runs deleted, in Temporal's own time; one that is open is ended by it at once. */
export async function askToDelete(client: Client, runs: readonly Run[]): Promise<void> {
  const { namespace } = client.options;
  for (const workflowExecution of runs) {
    await client.workflowService.deleteWorkflowExecution({ namespace, workflowExecution }).catch(unlessGone);
  }
}

/** Waits until none of the runs can be had any more. Throws NotForgotten. */
export async function untilDeleted(client: Client, runs: readonly Run[], withinMs: number): Promise<void> {
  const deadline = Date.now() + withinMs;
  for (const run of runs) {
    await until(`${run.workflowId} run ${run.runId} to be deleted`, deadline, () => isGone(client, run));
  }
}

/** Each run once. */
export function distinct(runs: readonly Run[]): readonly Run[] {
  return [...new Map(runs.map((run) => [run.runId, run])).values()];
}

function unlessGone(error: unknown): void {
  if ((error as { readonly code?: unknown }).code !== notFound) throw error;
}

/** gRPC's NOT_FOUND. */
const notFound = 5;

async function isGone(client: Client, { workflowId, runId }: Run): Promise<boolean> {
  try {
    await client.workflow.getHandle(workflowId, runId).describe();
    return false;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return true;
    throw error;
  }
}

async function runsOf(client: Client, query: string): Promise<readonly Run[]> {
  const runs: Run[] = [];
  for await (const { workflowId, runId } of client.workflow.list({ query })) runs.push({ workflowId, runId });
  return runs;
}

function ofLanes(tenant: string): string {
  return `WorkflowType = "${names.lane}" AND WorkflowId STARTS_WITH ${quoted(`lane/${tenant}/`)}`;
}

/** A CRM's id may be anything. */
function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

async function until(what: string, deadline: number, ask: () => Promise<boolean>): Promise<void> {
  while (!(await ask())) {
    if (Date.now() > deadline) throw new NotForgotten(`Temporal took too long for ${what}`);
    await pause(everyMs);
  }
}
