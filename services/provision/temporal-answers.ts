import { Connection } from '@temporalio/client';
import type { Reached } from '../temporal/settings';

/** `SERVING` of the gRPC health protocol, whose enumeration the SDK does not export. */
const serving: number = 1;

/** Resolves once the server serves and its namespace can be described. Rejects at the first of these that fails. */
export async function answerAs({ connection: how, namespace }: Reached): Promise<void> {
  const connection = await Connection.connect({ ...how, connectTimeout: 2000 });
  try {
    const health = await connection.healthService.check({
      service: 'temporal.api.workflowservice.v1.WorkflowService',
    });
    const status: number = health.status;
    if (status !== serving) throw new Error(`the Temporal server at ${how.address} is not serving (health ${status})`);
    await connection.workflowService.describeNamespace({ namespace });
  } finally {
    await connection.close();
  }
}
