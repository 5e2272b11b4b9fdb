import type { Client } from '@temporalio/client';

/** What Temporal has of a tenant, a text for each run: with its client's keys decrypted, without as it lies there. */
export async function historiesOf({ workflow }: Client, tenant: string): Promise<readonly string[]> {
  const texts: string[] = [];
  for await (const { workflowId, runId } of workflow.list()) {
    if (!workflowId.includes(`/${tenant}/`)) continue;
    const history = await workflow.getHandle(workflowId, runId).fetchHistory();
    texts.push(`${workflowId} ${textsIn(history)}`);
  }
  return texts;
}

function textsIn(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return '';
  return Object.values(value).map(textsIn).join(' ');
}
