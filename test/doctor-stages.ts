import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { startIssuer } from '../simulators/cloudevents';
import { startDynamics365 } from '../simulators/dynamics365';
import { startGraph } from '../simulators/graph';
import { startSalesforce } from '../simulators/salesforce';
import { startSap } from '../simulators/sap';
import { startServiceBus } from '../simulators/servicebus';
import { signalbox } from '../cli/terminal.fixture';

/** A connection of a tenant's file. */
export type Settings = Readonly<Record<string, unknown>>;

/** A CRM at work, a connection to it in which all is well, and what its secrets are. */
export interface Stage {
  readonly connection: Settings;
  readonly env: Readonly<Record<string, string>>;
  readonly stop: () => unknown;
}

/** Where files lie that connections refer to; has an empty folder for models. */
export const dir = mkdtempSync(join(tmpdir(), 'signalbox-doctor-'));
mkdirSync(join(dir, 'models'));

export const salesforceWith = async (more: Settings): Promise<Stage> => {
  const org = await startSalesforce();
  const { clientId = '', clientSecret = '' } = org.clients['integration'] ?? {};
  writeFileSync(join(dir, 'ca.pem'), org.caCertPem);
  return {
    connection: {
      ...{ connector: 'salesforce', baseUrl: org.baseUrl, pubsubEndpoint: org.grpcAddress, pubsubCa: 'file:ca.pem' },
      auth: { kind: 'client-credentials', clientId: 'env:ID', clientSecret: 'env:SECRET' },
      ...{ subscribe: ['/data/LeadChangeEvent', '/data/TaskChangeEvent'], ...more },
    },
    env: { ID: clientId, SECRET: clientSecret },
    stop: () => org.stop(),
  };
};

export const dynamics365 = async (): Promise<Stage> => {
  const crm = await startDynamics365();
  const { directoryId, clientId, clientSecret, tokenUrl, baseUrl } = crm;
  const url = 'http://127.0.0.1:9/in/acme/crm';
  const loginUrl = new URL(tokenUrl).origin;
  const stage: Stage = {
    connection: {
      ...{ connector: 'dynamics365', baseUrl, subscribe: ['lead', 'task'] },
      auth: { kind: 'client-credentials', directoryId, clientId, clientSecret: 'env:SECRET', loginUrl },
      webhook: { kind: 'webhook-key', key: 'env:KEY', url },
    },
    env: { SECRET: clientSecret, KEY: 'k-1' },
    stop: () => crm.stop(),
  };
  const file = join(dir, 'connected.yaml');
  writeFileSync(file, stringify({ tenant: 'acme', connections: { crm: stage.connection } }));
  const args = ['connect', 'dynamics365', '--tenant', 'acme', '--tenants', file, '--yes'];
  expect(await signalbox(args, { env: stage.env })).toMatchObject({ code: 0 });
  // Somebody switches one step off.
  const steps = crm.admin.records('sdkmessageprocessingstep');
  const off = steps.find(({ name }) => name === 'Signalbox: Update of task');
  await crm.admin.update('sdkmessageprocessingstep', String(off?.['sdkmessageprocessingstepid']), { statecode: 1 });
  return stage;
};

export const serviceBus = async (): Promise<Stage> => {
  const crm = await startDynamics365();
  const bus = await startServiceBus({ queues: ['dataverse'], jwtEnd: (token) => crm.admin.busTokenEnd(token) });
  const { directoryId, clientId, clientSecret, tokenUrl, baseUrl } = crm;
  return {
    connection: {
      ...{ connector: 'dynamics365', baseUrl, subscribe: ['lead'] },
      auth: {
        ...{ kind: 'client-credentials', directoryId, clientId, clientSecret: 'env:SECRET' },
        loginUrl: new URL(tokenUrl).origin,
      },
      serviceBus: { url: bus.url, queue: 'dataverse', keyName: bus.policy.name, key: 'env:BUS_KEY', claims: 'sas' },
    },
    env: { SECRET: clientSecret, BUS_KEY: bus.policy.key },
    stop: async () => {
      await bus.stop();
      await crm.stop();
    },
  };
};

export const graph = async (): Promise<Stage> => {
  const directory = await startGraph();
  const { baseUrl, directoryId, clientId, clientSecret } = directory;
  const { id } = directory.admin.user('jo@acme.example');
  return {
    connection: {
      ...{ connector: 'graph', baseUrl, subscribe: [`users/${id}/messages`] },
      auth: { kind: 'client-credentials', directoryId, clientId, clientSecret: 'env:SECRET', loginUrl: baseUrl },
      notifications: { url: 'http://127.0.0.1:9/in/acme/crm', clientState: 'env:STATE' },
    },
    env: { SECRET: clientSecret, STATE: 'a secret of this test' },
    stop: () => directory.stop(),
  };
};

export const sapWith = async (product: 's4' | 'c4c', more: Settings = {}): Promise<Stage> => {
  const system = await startSap();
  const { basicUser, basicPassword } = system;
  return {
    connection: {
      ...{ connector: 'sap', product, baseUrl: product === 's4' ? system.s4Url : system.c4cUrl, subscribe: ['events'] },
      auth: { kind: 'basic', username: basicUser, password: 'env:PASSWORD' },
      ...(product === 'c4c' ? { taskKeyField: 'SignalboxKey_KUT' } : {}),
      inbound: { kind: 'basic', username: 'EVENTMESH', password: 'env:PUSH' },
      ...more,
    },
    env: { PASSWORD: basicPassword, PUSH: 'a-password-of-the-webhook' },
    stop: () => system.stop(),
  };
};

export const eventMesh = async (): Promise<Stage> => {
  const system = await startSap();
  const queue = `${system.eventMesh.namespace}/signalbox`;
  system.admin.makeQueue(queue, [`${system.eventMesh.namespace}/ce/sap/*`]);
  const auth = {
    kind: 'client-credentials',
    loginUrl: system.tokenUrl,
    clientId: 'env:ID',
    clientSecret: 'env:SECRET',
  };
  return {
    connection: {
      ...{ connector: 'sap', product: 's4', baseUrl: system.s4Url, subscribe: ['events'] },
      auth: { kind: 'basic', username: system.basicUser, password: 'env:PASSWORD' },
      eventMesh: { url: system.eventMesh.amqpUrl, queue, auth },
    },
    env: { PASSWORD: system.basicPassword, ID: system.clientId, SECRET: system.clientSecret },
    stop: () => system.stop(),
  };
};

export const cloudevents = async (): Promise<Stage> => {
  const issuer = await startIssuer();
  return {
    connection: {
      ...{ connector: 'cloudevents', channel: 'web', subscribe: ['events'] },
      auth: { kind: 'bearer', issuer: issuer.issuer, audience: 'signalbox', jwksUrl: issuer.jwksUrl },
    },
    env: {},
    stop: () => issuer.stop(),
  };
};
