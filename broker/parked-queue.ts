import { type Channel, type GetMessage, connect } from 'amqplib';
import { setTimeout as wait } from 'node:timers/promises';
import { BrokerUnavailable } from './errors';
import { parkedQueue } from './routing';

/**
 * Shows all parked messages of a tenant to `work`, oldest first. Those that it does not take out go back to their
 * places afterwards. One at a time per tenant, whatever the process: what one reader holds, another would
 * not see. Throws BrokerUnavailable when it does not get its turn within 30 s.
 */
export async function withParkedMessages<T>(
  url: string,
  tenant: string,
  work: (messages: readonly GetMessage[], takeOut: (message: GetMessage) => void) => Promise<T>,
): Promise<T> {
  // A connection of its own: the lock below belongs to a connection, and ends with it even if this process dies.
  const connection = await connect(url, { noDelay: true });
  connection.on('error', () => undefined);
  try {
    await takeTurn(() => connection.createChannel(), tenant);
    const channel = await connection.createChannel();
    channel.on('error', () => undefined);
    const held = new Set<GetMessage>();
    for (;;) {
      const message = await channel.get(parkedQueue(tenant));
      if (message === false) break;
      held.add(message);
    }
    try {
      return await work([...held], (message) => {
        channel.ack(message);
        held.delete(message);
      });
    } finally {
      await putBack(channel, held, tenant);
    }
  } finally {
    await connection.close().catch(() => undefined);
  }
}

/** Returns messages to the queue; resolves when they are there for the next reader, which the broker does not answer by itself. */
async function putBack(channel: Channel, held: ReadonlySet<GetMessage>, tenant: string): Promise<void> {
  for (const message of held) channel.nack(message, false, true);
  const deadline = Date.now() + 5000;
  while ((await channel.checkQueue(parkedQueue(tenant))).messageCount < held.size && Date.now() < deadline)
    await wait(5);
  await channel.close();
}

/** An exclusive queue can be declared by one connection only, which makes it a lock that the broker keeps. */
async function takeTurn(openChannel: () => Promise<Channel>, tenant: string): Promise<void> {
  const lock = `${parkedQueue(tenant)}.lock`;
  const deadline = Date.now() + 30_000;
  for (;;) {
    const channel = await openChannel();
    channel.on('error', () => undefined);
    try {
      await channel.assertQueue(lock, { exclusive: true, durable: false });
      return;
    } catch (error) {
      if (Date.now() > deadline) {
        throw new BrokerUnavailable(`the parked messages of ${tenant} are held by another reader: ${String(error)}`);
      }
      await wait(20);
    }
  }
}
