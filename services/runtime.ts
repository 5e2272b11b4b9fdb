import { Client, Connection as TemporalConnection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { Connections } from '../activities/connections';
import { inboxOf } from '../activities/inbox';
import { BrokerConnection } from '../broker/connection';
import { Publisher } from '../broker/publisher';
import { defaultPartitions } from '../broker/routing';
import { assertTopology } from '../broker/topology';
import type { Log } from '../connectors/contract';
import { openLedger, type Ledger } from '../ledger/ledger';
import { loadModels, type Model } from '../models/registry';
import { openScorer, type Scorer } from '../models/score';
import type { Encoder } from '../models/text/encoder';
import type { Tenant } from '../tenants/tenant';
import { findEncoder } from './encoder';
import { defaultListen, type ListenAddress } from './listen-address';

/** Where the servers are and what to serve. */
export interface RuntimeOptions {
  readonly amqpUrl: string;
  /** `host:port` */
  readonly temporalAddress: string;
  readonly namespace?: string;
  /** PostgreSQL's URL, or PGlite's folder for a single process, or nothing: in memory, for a test. */
  readonly ledger: { readonly url?: string; readonly folder?: string };
  readonly modelsDir: string;
  readonly tenants: ReadonlyMap<string, Tenant>;
  readonly log: Log;
  /** The state folder, where the sentence encoder is kept; without one, text models serve by words alone. */
  readonly stateDir?: string;
  /** Where CRMs push to. Default: 127.0.0.1:8730. */
  readonly listen?: ListenAddress;
}

/** What the processes of Signalbox share: live doors to the broker, Temporal, the ledger and the CRMs. */
export interface Runtime {
  readonly tenants: ReadonlyMap<string, Tenant>;
  readonly log: Log;
  readonly ledger: Ledger;
  readonly broker: BrokerConnection;
  readonly publisher: Publisher;
  readonly connections: Connections;
  readonly temporal: Client;
  readonly worker: NativeConnection;
  /** By model name. */
  readonly scorers: ReadonlyMap<string, Scorer>;
  readonly now: () => number;
  readonly listen: ListenAddress;
  close(): Promise<void>;
}

/** All models of columns, and the text models that a use case asks for: those are large. */
function wanted(models: ReadonlyMap<string, Model>, tenants: ReadonlyMap<string, Tenant>): readonly Model[] {
  const named = new Set(
    [...tenants.values()].flatMap(({ useCases }) => Object.values(useCases).map(({ model }) => model)),
  );
  return [...models.values()].filter(({ manifest }) => manifest.task !== 'text' || named.has(manifest.name));
}

async function encoderOf({ modelsDir, stateDir, log }: RuntimeOptions): Promise<Encoder | undefined> {
  const found =
    stateDir === undefined
      ? { why: 'no state folder is named' }
      : await findEncoder(modelsDir, stateDir, (line) => {
          log.info({}, line);
        });
  if ('encoder' in found && found.encoder !== undefined) return found.encoder;
  log.warn({ why: found.why }, 'text models score by words alone, with other digests than with the sentence encoder');
  return undefined;
}

/** Opens everything, or closes what it had opened and throws. */
export async function openRuntime(options: RuntimeOptions): Promise<Runtime> {
  const { tenants, log } = options;
  const closers: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const end of closers.splice(0).reverse()) await end();
  };
  const kept = <T>(value: T, end: (value: T) => Promise<unknown>): T => {
    closers.push(() => end(value));
    return value;
  };
  try {
    const ledger = kept(await openLedger({ ...options.ledger, log }), (opened) => opened.close());
    const broker = kept(await BrokerConnection.open(options.amqpUrl, log), (opened) => opened.close());
    await assertTopology(
      broker,
      [...tenants.values()].map(({ tenant, partitions }) => ({ tenant, partitions })),
    );
    // A tenant's lane queues are as many as its own file says: an event routed by another number finds no queue.
    const partitions = (tenant: string): number => tenants.get(tenant)?.partitions ?? defaultPartitions;
    const publisher = kept(await Publisher.open(broker, { partitions }), (opened) => opened.close());
    const connections = kept(
      new Connections(tenants, log, Date.now, (tenant, name) => inboxOf(ledger, tenant, name)),
      (opened) => opened.close(),
    );
    const address = { address: options.temporalAddress };
    const worker = kept(await NativeConnection.connect(address), (opened) => opened.close());
    const client = kept(await TemporalConnection.connect(address), (opened) => opened.close());
    const temporal = new Client({ connection: client, namespace: options.namespace ?? 'default' });
    const models = wanted(await loadModels(options.modelsDir), tenants);
    const encoder = models.some(({ manifest }) => manifest.task === 'text') ? await encoderOf(options) : undefined;
    if (encoder !== undefined) kept(encoder, (opened) => opened.close());
    const scorers = new Map<string, Scorer>();
    for (const model of models) {
      scorers.set(
        model.manifest.name,
        kept(await openScorer(model, encoder), (opened) => opened.close()),
      );
    }
    const { listen = defaultListen } = options;
    const servers = { ledger, broker, publisher, connections, temporal, worker };
    return { tenants, log, ...servers, scorers, now: Date.now, listen, close };
  } catch (error) {
    await close();
    throw error;
  }
}
