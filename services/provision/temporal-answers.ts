import { Connection } from '@temporalio/client';
import { setTimeout as wait } from 'node:timers/promises';

/** Types of search attributes, as the server numbers them. */
const valueType = { Text: 1, Keyword: 2, Int: 3, Double: 4, Bool: 5, Datetime: 6, KeywordList: 7 } as const;

/** `SERVING` of the gRPC health protocol, whose enumeration the SDK does not export. */
const serving: number = 1;

/** Search attributes to have, by name. */
export type SearchAttributes = Readonly<Record<string, keyof typeof valueType>>;

/**
 * Resolves once the server serves, its namespace can be described, and it knows the search attributes (missing ones
 * are registered). Rejects at the first of these that fails.
 */
export async function answerAs(address: string, namespace: string, wanted: SearchAttributes = {}): Promise<void> {
  const connection = await Connection.connect({ address, connectTimeout: 2000 });
  try {
    const health = await connection.healthService.check({
      service: 'temporal.api.workflowservice.v1.WorkflowService',
    });
    const status: number = health.status;
    if (status !== serving) throw new Error(`the Temporal server at ${address} is not serving (health ${status})`);
    await connection.workflowService.describeNamespace({ namespace });
    await registerMissing(connection, namespace, wanted);
  } finally {
    await connection.close();
  }
}

async function registerMissing(connection: Connection, namespace: string, wanted: SearchAttributes): Promise<void> {
  const missing = async (): Promise<string[]> => {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    return Object.keys(wanted).filter((name) => !(name in customAttributes));
  };
  const names = await missing();
  if (names.length === 0) return;
  await connection.operatorService.addSearchAttributes({
    namespace,
    searchAttributes: Object.fromEntries(names.map((name) => [name, valueType[wanted[name] ?? 'Keyword']])),
  });
  const deadline = Date.now() + 15_000;
  while ((await missing()).length > 0) {
    if (Date.now() > deadline) throw new Error(`the Temporal server did not register ${names.join(', ')}`);
    await wait(50);
  }
}
