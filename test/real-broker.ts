import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { BrokerConnection, type BrokerLog } from '../broker/connection';
import type { Batch, Undecided } from '../broker/consumer';
import { type TenantTopology, assertTopology } from '../broker/topology';
import type { CanonicalEvent } from '../canonical-schema/event';
import { provideAll } from '../services/provision/provide';
import type { Provided } from '../services/provision/ways';

const silent = (): void => undefined;
/** For tests that look at what a connection does, not at what it says. */
export const noLog: BrokerLog = { info: silent, warn: silent, error: silent };

/** A RabbitMQ broker for tests: the one that AMQP_URL names, or one of its own. */
export interface RealBroker {
  readonly rabbit: Provided;
  /** Opens a connection that stop() closes. */
  connect(): Promise<BrokerConnection>;
  /** A tenant that no other test uses, its queues asserted. */
  newTenant(partitions?: number): Promise<TenantTopology & { readonly tenant: string }>;
  stop(): Promise<void>;
}

/** @param isPrivate whether the test kills the broker, so that it must be its own */
export async function realBroker(isPrivate = false): Promise<RealBroker> {
  const servers = await provideAll({ rabbit: true, isPrivate, stateDir: join(__dirname, '..', '.signalbox') });
  const { rabbit } = servers;
  if (rabbit === undefined) throw new Error('no broker was provided');
  const connections: BrokerConnection[] = [];
  const connect = async (): Promise<BrokerConnection> => {
    const connection = await BrokerConnection.open(rabbit.url, noLog);
    connections.push(connection);
    return connection;
  };
  return {
    rabbit,
    connect,
    newTenant: async (partitions = 1) => {
      const tenant = `test-${randomBytes(4).toString('hex')}`;
      await assertTopology(await connect(), [{ tenant, partitions }]);
      return { tenant, partitions };
    },
    stop: async () => {
      await Promise.all(connections.map((connection) => connection.close()));
      await servers.stop();
    },
  };
}

/** Polls a condition; throws after 20 s. */
export async function until(isMet: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await isMet())) {
    if (Date.now() > deadline) throw new Error(`not within 20 s: ${what}`);
    await wait(50);
  }
}

/** A lane that collects event ids: it parks those for which `refuse` gives a code, and what comes behind them. */
export function collector(refuse: (id: string) => string | undefined = () => undefined): {
  seen: string[];
  batches: Batch[];
  onBatch: (batch: Batch) => Promise<readonly Undecided[]>;
} {
  const seen: string[] = [];
  const batches: Batch[] = [];
  const onBatch = (batch: Batch): Promise<readonly Undecided[]> => {
    batches.push(batch);
    const undecided: Undecided[] = [];
    const refused = new Set<string>();
    for (const { id, partitionkey } of batch.events) {
      const code = refused.has(partitionkey) ? 'SBX_BROKER_PARKED_BEHIND' : refuse(id);
      if (code === undefined) seen.push(id);
      else undecided.push({ eventid: id, cause: { code, message: `refused ${id}` } });
      if (code !== undefined) refused.add(partitionkey);
    }
    return Promise.resolve(undecided);
  };
  return { seen, batches, onBatch };
}

/** A valid event about one lead. `order` is its place in the CRM's order. */
export function leadEvent(tenant: string, lead: string, order: number, text = ''): CanonicalEvent {
  return {
    specversion: '1.0',
    id: `${lead}-${order}`,
    source: `/tenants/${tenant}/salesforce/00D000000000001`,
    type: 'io.signalbox.lead.updated.v1',
    subject: `lead/${lead}`,
    time: '2026-01-02T03:04:05.678Z',
    datacontenttype: 'application/json',
    dataschema: 'https://signalbox.dev/schema/lead-change/v1',
    tenantid: tenant,
    connection: 'sales',
    partitionkey: `${tenant}/salesforce/lead/${lead}`,
    sequence: String(order).padStart(20, '0'),
    origin: 'external',
    data: {
      entity: 'lead',
      change: { kind: 'updated', fields: ['status'] },
      record: { id: lead, nativeType: 'Lead' },
      native: { text },
      provenance: { record: 'event' },
    },
  };
}
