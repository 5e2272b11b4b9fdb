import type { CanonicalEvent } from '../../../canonical-schema/event';
import { dynamics365 } from '../../../connectors/dynamics365';
import { caseIdOf } from '../../../connectors/dynamics365/case-row';
import { imageName } from '../../../connectors/dynamics365/native';
import { noteIdOf, taskIdOf } from '../../../connectors/dynamics365/task-row';
import { type RunningDynamics365, startDynamics365 } from '../../../simulators/dynamics365';
import { startServiceBus } from '../../../simulators/servicebus';
import { openDoor } from '../door';
import { goldensIn } from '../goldens';
import { MemoryInbox } from '../memory-inbox';
import { readmeExamples } from '../readme-examples';
import type { ContractSubject, Crm } from '../subject';

const stream = 'lead';
const key = 'contract-key';
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

const goldens = goldensIn('connectors/dynamics365/fixtures');

function golden(name: string): { readonly native: unknown; readonly body: unknown } {
  const found = goldens.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no golden fixture ${name}`);
  return { native: found.native, body: (found.native as { readonly body?: unknown }).body };
}

const row = {
  '@odata.context': 'https://acme.crm4.dynamics.com/api/data/v9.2/$metadata#leads/$entity',
  '@odata.etag': 'W/"468026"',
  leadid: '5c8a3e10-7b1f-ee11-9cbe-000d3a0b1c01',
  companyname: 'Northwind',
  modifiedon: '2026-03-01T09:30:00Z',
};

/** Dataverse, which posts to a door, and is read and written over the Web API on loopback. */
export const subject: ContractSubject = {
  connector: dynamics365,
  start: startCrm,
  transports: { 'the Service Bus': startBus },
  goldens,
  special: {
    multiRecord: { native: golden('lead-associated').native, records: 2 },
    gap: golden('lead-stripped').native,
  },
  payloads: [
    ...[
      'lead-created',
      'lead-updated-with-images',
      'lead-associated',
      'opportunity-won',
      'lead-updated-in-the-old-form',
    ].map((name) => golden(name).body),
    { headers: { 'x-ms-dynamics-msg-size-exceeded': 'true' }, body: golden('lead-stripped').body },
    row,
    { '@odata.context': 'https://acme.crm4.dynamics.com/api/data/v9.2/$metadata#leads', value: [row, row] },
  ],
  readmeExamples: readmeExamples('connectors/dynamics365/README.md'),
  ownWords: {
    apiVersion: 'Dataverse keeps several versions of its Web API alive',
    serviceBus: 'Dataverse can put what it tells into a queue of Azure instead of calling us',
    webhook: 'Dataverse calls us, so it is the one that has to prove itself, in one of its three ways',
  },
};

/** The same organisation: what it posts is put into a queue, as its Service Bus plug-in would, and taken with tokens of Entra ID. */
async function startBus(): Promise<Crm> {
  const org = await startDynamics365();
  const queue = 'dataverse';
  const bus = await startServiceBus({ queues: [queue], jwtEnd: (token) => org.admin.busTokenEnd(token) });
  const inner = await crmOf(org);
  const put = ({ body }: { readonly body: Uint8Array }): Promise<{ readonly status: number }> => {
    bus.put(queue, { body });
    return Promise.resolve({ status: 202 });
  };
  // Behind the door in place of the connection.
  inner.opened?.({ receiver: { receive: put } } as never);
  const without = (object: object, word: string): object =>
    Object.fromEntries(Object.entries(object).filter(([key]) => key !== word));
  return {
    ...(without(inner, 'opened') as Crm),
    config: { ...without(inner.config, 'webhook'), serviceBus: { url: bus.url, queue, claims: 'entra' } },
    handedOut: () => Promise.resolve(bus.handedOut(queue)),
    faults: {
      ...inner.faults,
      expireTokens: async () => {
        await inner.faults.expireTokens();
        bus.endTokens();
      },
    },
    stop: async () => {
      await inner.stop();
      await bus.stop();
    },
  };
}

async function startCrm(): Promise<Crm> {
  return crmOf(await startDynamics365());
}

async function crmOf(org: RunningDynamics365): Promise<Crm> {
  const { admin } = org;
  const inbox = new MemoryInbox();
  const door = await openDoor();
  const config = configOf(org);
  // Somebody is behind the door from the beginning, as a running Signalbox would be.
  const first = await dynamics365.connect(config as never, { log: silent, now: Date.now, inbox });
  door.open(first);
  const image = (kind: 'pre' | 'post' | 'both') => [{ kind, alias: imageName }];
  admin.registerWebhook({
    url: door.url,
    auth: { type: 'WebhookKey', key },
    steps: [
      { message: 'Create', table: stream, images: image('post') },
      { message: 'Update', table: stream, images: image('both') },
    ],
  });
  const account = await admin.create('account', { name: 'Acme' });
  // A case about a lead needs a customer.
  const of = { 'parentaccountid@odata.bind': `/accounts(${account})` };
  const records = new Map<number, string>();
  const idOf = (record: number): string => records.get(record) ?? '';
  const done = (effect: () => void): Promise<void> => Promise.resolve().then(effect);
  return {
    config,
    stream,
    settableField: 'jobtitle',
    write: async (record, mark) => {
      if (records.has(record)) await admin.update(stream, idOf(record), { companyname: mark });
      else records.set(record, await admin.create(stream, { lastname: `Lopez ${record}`, companyname: mark, ...of }));
      await admin.idle();
      return { entity: 'lead', id: idOf(record) };
    },
    markOf: (event: CanonicalEvent) =>
      event.data.change.kind === 'created' || event.data.change.fields.includes('company')
        ? (event.data.record.company as string | undefined)
        : undefined,
    versionOf: (id) => Promise.resolve(String(admin.record(stream, id)?.versionnumber)),
    tasksOf: (actionId) => {
      const id = taskIdOf({ id: actionId, tenantid: 'contract' });
      return Promise.resolve(admin.tasks().filter(({ activityid }) => activityid === id).length);
    },
    casesOf: (actionId) => {
      const id = caseIdOf({ id: actionId, tenantid: 'contract' });
      return Promise.resolve(admin.records('incident').filter(({ incidentid }) => incidentid === id).length);
    },
    notesOf: (actionId) => {
      const id = noteIdOf({ id: actionId, tenantid: 'contract' });
      return Promise.resolve(admin.records('annotation').filter(({ annotationid }) => annotationid === id).length);
    },
    handedOut: () => Promise.resolve(inbox.handedOut),
    inbox,
    opened: (connection) => {
      door.open(connection);
    },
    faults: {
      expirePositions: async () => {
        await inbox.append(stream, [Buffer.from('{}\n{}')]);
        await inbox.release(stream, await inbox.newest(stream));
      },
      expireTokens: () =>
        done(() => {
          admin.fault({ kind: 'tokenExpiry' });
        }),
      poison: async () => {
        admin.fault({ kind: 'invalidWebhook' });
        await admin.update(stream, idOf(0), { jobtitle: 'poison' });
        await admin.idle();
      },
      loseNextAnswer: () =>
        done(() => {
          admin.fault({ kind: 'dropResponse' });
        }),
      refuseNextWrite: (retryAfter) =>
        done(() => {
          admin.fault({ kind: 'throttle', retryAfter });
        }),
    },
    stop: async () => {
      await first.close();
      await org.stop();
      await door.close();
    },
  };
}

function configOf({ baseUrl, tokenUrl, directoryId, clientId, clientSecret }: RunningDynamics365): Crm['config'] {
  const { origin } = new URL(tokenUrl);
  return {
    connector: 'dynamics365',
    baseUrl,
    auth: { kind: 'client-credentials', directoryId, clientId, clientSecret, loginUrl: origin },
    webhook: { kind: 'webhook-key', key },
    subscribe: [stream],
    requestsPerSecond: 200,
  };
}
