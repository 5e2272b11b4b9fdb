import path from 'node:path';
import { Client } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { Connections } from '../activities/connections';
import { inboxOf } from '../activities/inbox';
import { BrokerConnection } from '../broker/connection';
import { Publisher } from '../broker/publisher';
import { defaultPartitions } from '../broker/routing';
import { assertTopology } from '../broker/topology';
import type { Log } from '../connectors/contract';
import { openLedger, type Ledger } from '../ledger/ledger';
import type { Tenant } from '../tenants/tenant';
import { defaultListen, type ListenAddress } from './listen-address';
import { Observer } from './observe/observer';
import { watchLedger } from './observe/watch-ledger';
import { payloadConverterPath } from './payload-converter-path';
import { projectRoot } from './project-root';
import { learnedOpener, mustHaveChampions, openScorers } from './scorers';
import type { Scorer } from '../models/scored';

/** Where the servers are and what to serve. */
export interface RuntimeOptions {
  readonly amqpUrl: string;
  /** `host:port` */
  readonly temporalAddress: string;
  readonly namespace?: string;
  /** PostgreSQL's URL, or PGlite's folder for a single process, or nothing: in memory, for a test. */
  readonly ledger: { readonly url?: string; readonly folder?: string };
  readonly modelsDir: string;
  /** Models trained on this machine, in place of those of the same name; need not be there. */
  readonly ownModelsDir?: string;
  /** Where learned models lie, the same for every process. Default: `.signalbox/learned` of the project. */
  readonly learnedDir?: string;
  readonly tenants: ReadonlyMap<string, Tenant> | ((ledger: Ledger) => Promise<ReadonlyMap<string, Tenant>>);
  readonly log: Log;
  /** The state folder, where the sentence encoder is kept; without one, text models serve by words alone. */
  readonly stateDir?: string;
  /** Where CRMs push to. Default: 127.0.0.1:8730. */
  readonly listen?: ListenAddress;
  /** Counts what the process does. Default: one that nobody asks. */
  readonly observer?: Observer;
}

/** What the processes of Signalbox share: live doors to the broker, Temporal, the ledger and the CRMs. */
export interface Runtime {
  readonly tenants: ReadonlyMap<string, Tenant>;
  /** The same, for who takes new versions in force. */
  readonly serving: Map<string, Tenant>;
  readonly log: Log;
  readonly ledger: Ledger;
  readonly broker: BrokerConnection;
  readonly publisher: Publisher;
  readonly connections: Connections;
  readonly modelsDir: string;
  readonly learnedDir: string;
  readonly temporal: Client;
  readonly worker: NativeConnection;
  /** By model name and by digest; a challenger that is a folder also by its path. */
  readonly scorers: ReadonlyMap<string, Scorer>;
  /** Opens those learned models of a tenant that are in shadow or in force and not yet among the scorers. */
  openLearned(tenant: string): Promise<void>;
  /** Opens what a tenant's file names and is not open yet. Throws where a model is missing. */
  readonly openModels: (tenant: Tenant) => Promise<void>;
  readonly now: () => number;
  readonly listen: ListenAddress;
  readonly observer: Observer;
  close(): Promise<void>;
}

/** Opens everything, or closes what it had opened and throws. */
export async function openRuntime(options: RuntimeOptions): Promise<Runtime> {
  const { log } = options;
  const closers: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const end of closers.splice(0).reverse()) await end();
  };
  const kept = <T>(value: T, end: (value: T) => Promise<unknown>): T => {
    closers.push(() => end(value));
    return value;
  };
  try {
    const { observer = new Observer(), listen = defaultListen } = options;
    closers.push(async () => observer.traces?.stop());
    const opened = kept(await openLedger({ ...options.ledger, log }), (one) => one.close());
    const tenants = await tenantsOf(options, opened);
    const ledger = watchLedger(opened, observer, tenants);
    const broker = kept(await BrokerConnection.open(options.amqpUrl, log), (opened) => opened.close());
    await assertTopology(
      broker,
      [...tenants.values()].map(({ tenant, partitions }) => ({ tenant, partitions })),
    );
    // A tenant's lane queues are as many as its own file says: an event routed by another number finds no queue.
    const partitions = (tenant: string): number => tenants.get(tenant)?.partitions ?? defaultPartitions;
    const publisher = kept(await Publisher.open(broker, { partitions }), (opened) => opened.close());
    const connections = kept(
      new Connections(
        ...([tenants, log, Date.now] as const),
        (tenant, name) => inboxOf(ledger, tenant, name),
        (tenant, name) => observer.connection(tenant, name),
      ),
      (one) => one.close(),
    );
    const worker = kept(await NativeConnection.connect({ address: options.temporalAddress }), (one) => one.close());
    const temporal = clientOver(worker, options.namespace);
    const { modelsDir, learnedDir = path.join(projectRoot, '.signalbox', 'learned') } = options;
    const places = {
      folders: [modelsDir, ...ownDirs(options)],
      stateDir: options.stateDir,
      tenants,
      log,
    } as const;
    const scorers = await openScorers(places, kept);
    const openLearned = learnedOpener(ledger, learnedDir, scorers, kept);
    const openModels = async (tenant: Tenant): Promise<void> => {
      const served = new Map([[tenant.tenant, tenant]]);
      for (const [name, scorer] of await openScorers({ ...places, tenants: served }, kept, scorers))
        scorers.set(name, scorer);
      await openLearned(tenant.tenant);
      await mustHaveChampions(ledger, served, scorers);
    };
    for (const tenant of tenants.keys()) await openLearned(tenant);
    await mustHaveChampions(ledger, tenants, scorers);
    const servers = { ledger, broker, publisher, connections, temporal, worker };
    const models = { modelsDir, learnedDir, scorers, openLearned, openModels };
    return { tenants, serving: tenants, log, ...servers, ...models, now: Date.now, listen, observer, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Over the workers' own connection: what is started eagerly over it begins in this process. */
function clientOver(connection: NativeConnection, namespace = 'default'): Client {
  return new Client({ connection, namespace, dataConverter: { payloadConverterPath } });
}

/** A map that is given is served itself: a test changes it as `signalbox apply` would. */
async function tenantsOf({ tenants }: RuntimeOptions, ledger: Ledger): Promise<Map<string, Tenant>> {
  return (typeof tenants === 'function' ? await tenants(ledger) : tenants) as Map<string, Tenant>;
}

function ownDirs({ ownModelsDir }: RuntimeOptions): readonly string[] {
  return ownModelsDir === undefined ? [] : [ownModelsDir];
}
