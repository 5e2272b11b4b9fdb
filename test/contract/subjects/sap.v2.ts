import type { CanonicalEvent } from '../../../canonical-schema/event';
import { type RunningSap, startSap } from '../../../simulators/sap';
import { openDoor } from '../door';
import { MemoryInbox } from '../memory-inbox';
import type { ContractSubject, Crm } from '../subject';
import { faultsOf, subject as overOData, webhook } from './sap';

const accounts = 'accounts';

/** Sales and Service Cloud V2: the same events, read and written over a REST API. */
export const subject: ContractSubject = { ...overOData, binding: 'V2', start: startCrm, transports: {} };

async function startCrm(): Promise<Crm> {
  const v2ExtensionFields = { tasks: ['SignalboxKey'], cases: ['SignalboxKey'], accounts: ['Hint'] };
  const system = await startSap({ redeliveryMs: 5, v2ExtensionFields });
  const inbox = new MemoryInbox();
  const door = await openDoor();
  const { v2 } = system.admin;
  const records = new Map<number, string>();
  // Pushed from the start: as long as no connection is open it is refused, and pushed again.
  await system.admin.subscribe({
    endpoint: door.url,
    auth: { kind: 'basic', ...webhook },
    topics: [`${system.eventMesh.namespace}/ce/sap/*`],
    exemptHandshake: true,
  });
  return {
    config: configOf(system),
    stream: 'events',
    settableField: 'extensions.Hint',
    inbox,
    write: (record, mark) => {
      const known = records.get(record);
      if (known === undefined) records.set(record, v2.create(accounts, { firstLineName: mark }));
      else v2.update(accounts, known, { firstLineName: mark });
      return Promise.resolve({ entity: 'account', id: records.get(record) ?? '' });
    },
    markOf: (event: CanonicalEvent) => event.data.record.name as string | undefined,
    versionOf: (id) => Promise.resolve(v2.record(accounts, id).etag),
    tasksOf: (actionId) => Promise.resolve(v2.keyed('tasks', actionId).length),
    casesOf: (actionId) => Promise.resolve(v2.keyed('cases', actionId).length),
    notesOf: (actionId) => {
      const texts = v2.records(accounts).flatMap(({ notes = [] }) => notes as readonly { readonly content: string }[]);
      return Promise.resolve(texts.filter(({ content }) => content.split('\n').at(-1) === `Note ${actionId}`).length);
    },
    handedOut: () => Promise.resolve(inbox.handedOut),
    faults: faultsOf(system, inbox),
    opened: (connection) => {
      door.open(connection);
    },
    stop: async () => {
      await system.stop();
      await door.close();
    },
  };
}

function configOf({ v2Url, tokenUrl, clientId, clientSecret, users }: RunningSap): Readonly<Record<string, unknown>> {
  return {
    connector: 'sap',
    product: 'v2',
    baseUrl: v2Url,
    auth: { kind: 'client-credentials', loginUrl: tokenUrl, clientId, clientSecret },
    inbound: { kind: 'basic', username: webhook.user, password: webhook.password },
    subscribe: ['events'],
    ownUsers: [users.api.id],
    requestsPerSecond: 200,
  };
}
