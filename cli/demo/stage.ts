import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { stringify } from 'yaml';
import { connectors } from '../../connectors/registry';
import { loadModels } from '../../models/registry';
import { openLog } from '../../services/log';
import { freePort } from '../../services/provision/machine';
import { onExit } from '../../services/provision/on-exit';
import { provideAll } from '../../services/provision/provide';
import { projectRoot } from '../../services/project-root';
import { startSignalbox, type Signalbox } from '../../services/signalbox';
import { loadTenant } from '../../tenants/load';
import type { Tenant } from '../../tenants/tenant';
import type { Neighbour, StartNeighbour } from './neighbour';
import { Org } from './org';
import { demoSecrets, writeTenant } from './write-tenant';

/** Everything the demo runs on, all of it real but the CRMs. */
export interface Stage {
  readonly org: Org;
  /** The CRMs beside Salesforce, where they were asked for. */
  readonly neighbours: readonly Neighbour[];
  readonly signalbox: Signalbox;
  /** What runs, in a line each, for a person. */
  readonly facts: readonly string[];
  readonly tenantFile: string;
  stop(): Promise<void>;
}

export interface StageOptions {
  /** What happens in Salesforce before Signalbox listens. */
  readonly before?: (org: Org) => Promise<void>;
  /** CRMs beside it, each with a tenant of its own. */
  readonly neighbours?: readonly StartNeighbour[];
  /** The ledger is in PostgreSQL instead of a PGlite in this process. */
  readonly isInPostgres?: boolean;
}

const usual: Required<StageOptions> = { before: () => Promise.resolve(), neighbours: [], isInPostgres: false };

/** Sets the stage: servers, the simulated CRMs, a file for each tenant, and Signalbox in this process. */
export async function setStage(
  stateDir: string,
  progress: (line: string) => void,
  options: StageOptions = {},
): Promise<Stage> {
  const { before, neighbours: starts, isInPostgres } = { ...usual, ...options };
  const dir = path.resolve(stateDir, 'demo');
  await rm(dir, { recursive: true, force: true });
  await mkdir(dir, { recursive: true });
  const closers: (() => Promise<void>)[] = [];
  const kept = <T extends { stop(): Promise<void> }>(value: T): T => {
    closers.push(() => value.stop());
    return value;
  };
  let stopping: Promise<void> | undefined;
  const stopAll = async (): Promise<void> => {
    for (const close of closers.splice(0).reverse()) await close();
    release();
  };
  const stop = (): Promise<void> => (stopping ??= stopAll());
  const release = onExit(stop);
  try {
    const servers = kept(
      await provideAll({
        rabbit: true,
        temporal: true,
        postgres: isInPostgres,
        stateDir,
        progress,
        isStoppedByCaller: true,
      }),
    );
    progress('starting the simulated CRMs');
    const org = kept(await Org.start(dir));
    await before(org);
    const listen = { host: '127.0.0.1', port: await freePort() };
    const origin = `http://${listen.host}:${listen.port}`;
    const neighbours: Neighbour[] = [];
    for (const start of starts) neighbours.push(kept(await start(dir, origin)));
    const modelsDir = path.join(projectRoot, 'models');
    const models = await loadModels(modelsDir);
    const tenantFile = path.join(dir, 'tenant.yaml');
    const tenants = await writeAndLoad(tenantFile, org, neighbours, models);
    progress('starting Signalbox');
    const log = openLog(path.join(dir, 'signalbox.log'));
    const [amqpUrl, temporalAddress] = [servers.rabbit?.url ?? '', servers.temporal?.url ?? ''];
    const ledger = servers.postgres ?? { folder: path.join(dir, 'ledger') };
    const signalbox = kept(
      await startSignalbox({ amqpUrl, temporalAddress, ledger, modelsDir, stateDir, tenants, log, listen }),
    );
    for (const neighbour of neighbours) await neighbour.connect();
    const facts = factsOf({ amqpUrl, temporalAddress, org, neighbours, models, tenantFile });
    return { org, neighbours, signalbox, facts, tenantFile, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Every CRM's tenant, by name: written as an integration team would, and loaded from there. */
async function writeAndLoad(
  file: string,
  { endpoints, caFile }: Org,
  neighbours: readonly Neighbour[],
  models: Running['models'],
): Promise<ReadonlyMap<string, Tenant>> {
  const known = { connectors: [...connectors.values()], models };
  await writeTenant(file, {
    baseUrl: endpoints.baseUrl,
    pubsubEndpoint: endpoints.grpcAddress,
    pubsubCaFile: caFile,
  });
  const { clientId = '', clientSecret = '' } = endpoints.clients.integration ?? {};
  const env = { ...process.env, [demoSecrets.clientId]: clientId, [demoSecrets.clientSecret]: clientSecret };
  const tenants = new Map([['demo', loadTenant(file, { env, ...known })]]);
  for (const neighbour of neighbours) {
    const own = path.join(path.dirname(file), `${neighbour.tenant}.yaml`);
    await writeFile(own, stringify(neighbour.tenantFile()));
    tenants.set(neighbour.tenant, loadTenant(own, { env: neighbour.secrets, ...known }));
  }
  return tenants;
}

interface Running {
  readonly amqpUrl: string;
  readonly temporalAddress: string;
  readonly org: Org;
  readonly neighbours: readonly Neighbour[];
  readonly models: Awaited<ReturnType<typeof loadModels>>;
  readonly tenantFile: string;
}

function factsOf({ amqpUrl, temporalAddress, org, neighbours, models, tenantFile }: Running): readonly string[] {
  const { baseUrl, grpcAddress } = org.endpoints;
  const names = [...models.values()].map(({ manifest }) => `${manifest.name} ${manifest.version}`);
  return [
    `RabbitMQ      ${amqpUrl.replace(/\/\/.*@/, '//')}`,
    `Temporal      ${temporalAddress}`,
    `Salesforce    ${baseUrl} (simulated), Pub/Sub API at ${grpcAddress}`,
    ...neighbours.map(({ crm, address }) => `${crm.padEnd(12)}  ${address} (simulated), pushes to Signalbox`),
    `Models        ${names.join(', ')}`,
    `Tenants       ${path.relative(process.cwd(), path.dirname(tenantFile))}/*.yaml`,
  ];
}
