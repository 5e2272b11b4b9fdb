import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { connectors } from '../../connectors/registry';
import { loadModels } from '../../models/registry';
import { openLog } from '../../services/log';
import { onExit } from '../../services/provision/on-exit';
import { provideAll } from '../../services/provision/provide';
import { projectRoot } from '../../services/runtime';
import { startSignalbox, type Signalbox } from '../../services/signalbox';
import { loadTenant } from '../../tenants/load';
import { Org } from './org';
import { demoSecrets, writeTenant } from './write-tenant';

/** Everything the demo runs on, all of it real but the CRM. */
export interface Stage {
  readonly org: Org;
  readonly signalbox: Signalbox;
  /** What runs, in a line each, for a person. */
  readonly facts: readonly string[];
  readonly tenantFile: string;
  stop(): Promise<void>;
}

/**
 * Sets the stage: servers, the simulated CRM, a tenant's file, and Signalbox in this process.
 * @param before what happens in the CRM before Signalbox listens
 */
export async function setStage(
  stateDir: string,
  progress: (line: string) => void,
  before: (org: Org) => Promise<void> = () => Promise.resolve(),
): Promise<Stage> {
  const dir = path.resolve(stateDir, 'demo');
  await rm(dir, { recursive: true, force: true });
  await mkdir(dir, { recursive: true });
  const closers: (() => Promise<void>)[] = [];
  let stopping: Promise<void> | undefined;
  const stopAll = async (): Promise<void> => {
    for (const close of closers.splice(0).reverse()) await close();
    release();
  };
  const stop = (): Promise<void> => (stopping ??= stopAll());
  const release = onExit(stop);
  try {
    const servers = await provideAll({ rabbit: true, temporal: true, stateDir, progress, isStoppedByCaller: true });
    closers.push(() => servers.stop());
    progress('starting the Salesforce simulator');
    const org = await Org.start(dir);
    closers.push(() => org.stop());
    await before(org);
    const tenantFile = path.join(dir, 'tenant.yaml');
    const { endpoints, caFile } = org;
    await writeTenant(tenantFile, {
      baseUrl: endpoints.baseUrl,
      pubsubEndpoint: endpoints.grpcAddress,
      pubsubCaFile: caFile,
    });
    const modelsDir = path.join(projectRoot, 'models');
    const models = await loadModels(modelsDir);
    const { clientId = '', clientSecret = '' } = endpoints.clients.integration ?? {};
    const env = { ...process.env, [demoSecrets.clientId]: clientId, [demoSecrets.clientSecret]: clientSecret };
    const tenant = loadTenant(tenantFile, { env, connectors: [...connectors.values()], models: [...models.keys()] });
    progress('starting Signalbox');
    const log = openLog(path.join(dir, 'signalbox.log'));
    const amqpUrl = servers.rabbit?.url ?? '';
    const temporalAddress = servers.temporal?.url ?? '';
    const tenants = new Map([[tenant.tenant, tenant]]);
    const ledger = { folder: path.join(dir, 'ledger') };
    const signalbox = await startSignalbox({ amqpUrl, temporalAddress, ledger, modelsDir, tenants, log });
    closers.push(() => signalbox.stop());
    const facts = [
      `RabbitMQ    ${amqpUrl.replace(/\/\/.*@/, '//')}`,
      `Temporal    ${temporalAddress}`,
      `Salesforce  ${endpoints.baseUrl} (simulated), Pub/Sub API at ${endpoints.grpcAddress}`,
      ...[...models.values()].map(
        ({ manifest, digest }) => `Model       ${manifest.name} ${manifest.version}, ${digest.slice(0, 19)}…`,
      ),
      `Tenant      ${path.relative(process.cwd(), tenantFile)}`,
    ];
    return { org, signalbox, facts, tenantFile, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
