import { WorkflowNotFoundError, type Client } from '@temporalio/client';

/** Whether a run of a workflow, the newest where none is named, has not ended; false for one that Temporal does not know. */
export async function isRunning(
  client: Client,
  { workflowId, runId }: { readonly workflowId: string; readonly runId?: string },
): Promise<boolean> {
  try {
    return (await client.workflow.getHandle(workflowId, runId).describe()).status.name === 'RUNNING';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
