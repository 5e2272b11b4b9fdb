import type { Client } from '@temporalio/client';
import type { Payload } from '@temporalio/common';

/** What Temporal has of a tenant, as it lies there: a text for each run. */
export async function historiesOf({ workflow }: Client, tenant: string): Promise<readonly string[]> {
  const texts: string[] = [];
  for await (const run of runsOf(workflow, tenant)) texts.push(`${run.workflowId} ${textsIn(run.history)}`);
  return texts;
}

/** All payloads of a tenant's histories. */
export async function payloadsOf({ workflow }: Client, tenant: string): Promise<Payload[]> {
  const payloads: Payload[] = [];
  for await (const { history } of runsOf(workflow, tenant)) payloads.push(...payloadsIn(history));
  return payloads;
}

async function* runsOf(
  workflow: Client['workflow'],
  tenant: string,
): AsyncGenerator<{ readonly workflowId: string; readonly history: unknown }> {
  for await (const { workflowId, runId } of workflow.list()) {
    if (!workflowId.includes(`/${tenant}/`)) continue;
    yield { workflowId, history: await workflow.getHandle(workflowId, runId).fetchHistory() };
  }
}

function textsIn(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return '';
  return Object.values(value).map(textsIn).join(' ');
}

function payloadsIn(value: unknown): Payload[] {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return [];
  if ('metadata' in value && 'data' in value) return [value as Payload];
  return Object.values(value).flatMap(payloadsIn);
}
