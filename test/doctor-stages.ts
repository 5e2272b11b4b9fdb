import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { stringify } from 'yaml';
import { projectRoot } from '../services/project-root';
import { startIssuer } from '../simulators/cloudevents';
import { startDynamics365 } from '../simulators/dynamics365';
import { startGraph } from '../simulators/graph';
import { createEncryptionIdentity, createServerIdentity } from '../simulators/kit/tls/certificate';
import { startSalesforce } from '../simulators/salesforce';
import { startSap } from '../simulators/sap';
import { startRfc } from '../simulators/sap/rfc/system';
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

const day = 86_400_000;
const ended = { from: Date.now() - 40 * day, to: Date.now() - 10 * day };
const ending = { from: Date.now() - 40 * day, to: Date.now() + 10 * day };

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

/** The certificate stands behind its key, where doctor sees it. */
export const salesforceByJwt = async (): Promise<Stage> => {
  const { certPem, keyPem } = createEncryptionIdentity();
  const org = await startSalesforce({ apps: { integration: { publicKeyPem: certPem } } });
  const { clientId = '', username = '' } = org.clients['integration'] ?? {};
  writeFileSync(join(dir, 'ca.pem'), org.caCertPem);
  writeFileSync(join(dir, 'jwt.pem'), `${keyPem}${certPem}`);
  // The same key, by which the org lets it in, with certificates that end.
  for (const [name, validity] of [
    ['ended', ended],
    ['ending', ending],
  ] as const) {
    writeFileSync(join(dir, `${name}-jwt.pem`), `${keyPem}${createEncryptionIdentity(validity).certPem}`);
  }
  return {
    connection: {
      ...{ connector: 'salesforce', baseUrl: org.baseUrl, loginUrl: org.baseUrl, subscribe: ['/data/LeadChangeEvent'] },
      ...{ pubsubEndpoint: org.grpcAddress, pubsubCa: 'file:ca.pem' },
      auth: { kind: 'jwt-bearer', clientId: 'env:ID', username, privateKey: 'file:jwt.pem' },
    },
    env: { ID: clientId },
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

/** @param roles application permissions that were consented to; all that are needed by default */
export const graph = async (roles?: readonly string[]): Promise<Stage> => {
  const directory = await startGraph(roles === undefined ? {} : { roles });
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

// The library is loaded by a process, so it is the compiled one.
const rfcLibrary = join(projectRoot, 'dist', 'simulators', 'sap', 'rfc', 'node-rfc.js');

/** S/4HANA, to which tasks are written by BAPI. */
export const sapOverRfc = async (): Promise<Stage> => {
  if (!existsSync(rfcLibrary)) throw new Error(`${rfcLibrary} is missing: run npm run build`);
  process.env['SIGNALBOX_NODE_RFC'] = rfcLibrary;
  const rfc = await startRfc();
  const { connection, env, stop } = await sapWith('s4', {
    write: 'bapi',
    rfc: {
      connection: { ashost: rfc.url, sysnr: '00', client: '100', user: rfc.user, passwd: 'env:RFC_PASSWORD' },
      activity: { fields: { ACTIVITY_TYPE: '0001', SALESORG: '1000' } },
      timeoutSeconds: 5,
    },
  });
  return {
    connection,
    env: { ...env, RFC_PASSWORD: rfc.password },
    stop: async () => {
      delete process.env['SIGNALBOX_NODE_RFC'];
      await stop();
      await rfc.stop();
    },
  };
};

/** A server whose certificate has ended, and that nobody speaks with beyond it; `host:port`. */
export const expiredServer = async (): Promise<{ readonly address: string; readonly stop: () => Promise<void> }> => {
  const { certPem, keyPem } = createServerIdentity(ended);
  const server = createServer({ cert: certPem, key: keyPem });
  // Whoever refuses the certificate ends the handshake.
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const stop = () =>
    new Promise<void>(
      (resolve) =>
        void server.close(() => {
          resolve();
        }),
    );
  return { address: `127.0.0.1:${port}`, stop };
};

/** Certificates with their keys, as files: one that has ended, one that will soon, one in time, and the key of another. */
export const writeCertificates = (): void => {
  for (const [name, validity] of [
    ['ended', ended],
    ['ending', ending],
    ['good', undefined],
  ] as const) {
    const { certPem, keyPem } = createEncryptionIdentity(validity);
    writeFileSync(join(dir, `${name}.crt`), certPem);
    writeFileSync(join(dir, `${name}.key`), keyPem);
    writeFileSync(join(dir, `${name}.pem`), `${keyPem}${certPem}`);
  }
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
