import type { Channel } from 'amqplib';
import type { BrokerConnection } from './connection';
import { TopologyMismatch } from './errors';
import {
  defaultPartitions,
  eventsExchange,
  isTenantName,
  laneQueue,
  parkedQueue,
  parkingExchange,
  predictionsExchange,
} from './routing';

/** A tenant's share of the broker. */
export interface TenantTopology {
  readonly tenant: string;
  /** Lane queues; must be the publisher's number. Default 4. */
  readonly partitions?: number;
}

/** A message that ended this many deliveries without an answer is parked: it takes its consumer down with it. */
const deliveryLimit = 20;

/**
 * Looking at parked messages returns them to the queue, which counts as a delivery. RabbitMQ 4 would throw a message
 * away after 20, so the limit is set out of reach.
 */
const noDeliveryLimit = 2 ** 31 - 1;

const laneArguments = {
  'x-queue-type': 'quorum',
  'x-single-active-consumer': true,
  'x-delivery-limit': deliveryLimit,
  'x-dead-letter-exchange': parkingExchange,
  // Both are needed for a dead letter that reaches the parking queue for certain.
  'x-dead-letter-strategy': 'at-least-once',
  'x-overflow': 'reject-publish',
};

/** Makes what the tenants need, where it is missing. Throws TopologyMismatch, RangeError for an impossible tenant name. */
export async function assertTopology(connection: BrokerConnection, tenants: readonly TenantTopology[]): Promise<void> {
  await connection.withChannel(async (channel) => {
    for (const exchange of [eventsExchange, predictionsExchange, parkingExchange]) {
      await explained(`exchange ${exchange}`, () => channel.assertExchange(exchange, 'topic', { durable: true }));
    }
    for (const tenant of tenants) await assertTenant(channel, tenant);
  });
}

/** Events in a tenant's lane queues that nobody has taken yet. */
export async function readyEvents(
  connection: BrokerConnection,
  tenant: string,
  partitions = defaultPartitions,
): Promise<number> {
  return connection.withChannel(async (channel) => {
    let ready = 0;
    for (let n = 0; n < partitions; n++) ready += (await channel.checkQueue(laneQueue(tenant, n))).messageCount;
    return ready;
  });
}

async function assertTenant(
  channel: Channel,
  { tenant, partitions = defaultPartitions }: TenantTopology,
): Promise<void> {
  if (!isTenantName(tenant)) throw new RangeError(`tenant "${tenant}" is not made of letters, digits, - and _`);
  await assertBound(channel, parkedQueue(tenant), parkingExchange, `${tenant}.#`, {
    'x-queue-type': 'quorum',
    'x-delivery-limit': noDeliveryLimit,
  });
  for (let partition = 0; partition < partitions; partition++) {
    await assertBound(channel, laneQueue(tenant, partition), eventsExchange, `${tenant}.${partition}.#`, laneArguments);
  }
}

async function assertBound(
  channel: Channel,
  queue: string,
  exchange: string,
  pattern: string,
  queueArguments: Readonly<Record<string, unknown>>,
): Promise<void> {
  await explained(`queue ${queue}`, () => channel.assertQueue(queue, { durable: true, arguments: queueArguments }));
  await channel.bindQueue(queue, exchange, pattern);
}

async function explained(what: string, assert: () => Promise<unknown>): Promise<void> {
  try {
    await assert();
  } catch (error) {
    const isMismatch = error instanceof Error && 'code' in error && error.code === 406;
    throw isMismatch ? new TopologyMismatch(what, error) : error;
  }
}
