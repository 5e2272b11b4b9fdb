import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stringify } from 'yaml';
import { allConnectors } from '../cli/places';
import { loadModels } from '../models/registry';
import { projectRoot } from '../services/project-root';
import { freePort } from '../services/provision/machine';
import { provideAll } from '../services/provision/provide';
import { type Role, startSignalbox, type Signalbox } from '../services/signalbox';
import { loadTenant } from '../tenants/load';
import type { Tenant } from '../tenants/tenant';
import { log } from './line';

interface Stoppable {
  stop(): Promise<void>;
}

/** What a CRM that pushes needs of its tenant. */
export interface PushingTenant {
  readonly tenant: string;
  /** The tenant's file, as an integration team writes it. */
  readonly file: object;
  /** What the file refers to as `env:NAME`. */
  readonly env: Readonly<Record<string, string>>;
  /** Tenants that the same Signalbox serves beside it. */
  readonly beside?: readonly PushingTenant[];
}

/** The whole line on real parts, behind an HTTP door that a simulated CRM calls. */
export interface PushedLine<C> extends Stoppable {
  readonly crm: C;
  readonly signalbox: Signalbox;
  /** Where Signalbox listens, `http://127.0.0.1:port`. */
  readonly origin: string;
  readonly tenantFile: string;
  /** `host:port` */
  readonly temporalAddress: string;
}

/**
 * Starts the line for one tenant. Servers: those of the environment, or own ones.
 * @param tenantOf the tenant of the CRM, whose address the CRM is to call is below `origin`
 * @param roles that are started; default: all
 */
export async function startPushedLine<C extends Stoppable>(
  startCrm: () => Promise<C>,
  tenantOf: (crm: C, origin: string) => PushingTenant,
  roles?: readonly Role[],
): Promise<PushedLine<C>> {
  const closers: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    const servers = await provideAll({ rabbit: true, temporal: true, stateDir: path.join(projectRoot, '.signalbox') });
    closers.push(() => servers.stop());
    const crm = await startCrm();
    closers.push(() => crm.stop());
    const dir = await mkdtemp(path.join(tmpdir(), 'signalbox-pushed-'));
    closers.push(() => rm(dir, { recursive: true, force: true }));
    const listen = { host: '127.0.0.1', port: await freePort() };
    const origin = `http://${listen.host}:${listen.port}`;
    const { beside = [], ...first } = tenantOf(crm, origin);
    const modelsDir = path.join(projectRoot, 'models');
    const models = await loadModels(modelsDir);
    const tenants = new Map<string, Tenant>();
    for (const { tenant, file, env } of [first, ...beside]) {
      const written = path.join(dir, `${tenant}.yaml`);
      await writeFile(written, stringify(file));
      tenants.set(tenant, loadTenant(written, { env, connectors: allConnectors, models }));
    }
    const options = { ledger: {}, modelsDir, tenants, log, listen };
    const urls = { amqpUrl: servers.rabbit?.url ?? '', temporalAddress: servers.temporal?.url ?? '' };
    const signalbox = await startSignalbox({ ...options, ...urls }, roles);
    closers.push(() => signalbox.stop());
    const temporalAddress = servers.temporal?.url ?? '';
    return { crm, signalbox, origin, temporalAddress, tenantFile: path.join(dir, `${first.tenant}.yaml`), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
