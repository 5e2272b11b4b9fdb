import { randomBytes } from 'node:crypto';
import { type RealBroker, collector, leadEvent, realBroker, until } from '../test/real-broker';
import { Consumer } from './consumer';
import { BrokerUnavailable, TopologyMismatch, Unroutable } from './errors';
import { Publisher } from './publisher';
import { laneQueue, predictionsExchange } from './routing';
import { assertTopology } from './topology';

let broker: RealBroker;
let publisher: Publisher;

beforeAll(async () => {
  broker = await realBroker();
  publisher = await Publisher.open(await broker.connect(), { partitions: 1 });
}, 180_000);

afterAll(async () => {
  await publisher.close();
  await broker.stop();
}, 60_000);

describe('publishing', () => {
  it('resolves when the broker has the event: thousands in flight, all in the queue, in order', async () => {
    const { tenant } = await broker.newTenant();
    const count = 5000;
    const events = Array.from({ length: count }, (_, at) => leadEvent(tenant, '1', at, 'x'.repeat(1000)));
    await Promise.all(events.map((event) => publisher.publish(event)));
    const { seen, batches, onBatch } = collector();
    const consumer = new Consumer(await broker.connect(), { tenant, partition: 0, partitions: 1, publisher, onBatch });
    await until(() => seen.length >= count, 'all events consumed');
    await consumer.stop();
    expect(seen).toEqual(events.map(({ id }) => id));
    expect(Math.max(...batches.map(({ events: { length } }) => length))).toBeLessThanOrEqual(100);
  });

  it('rejects an event that no queue takes', async () => {
    await expect(publisher.publish(leadEvent(`nobody-${randomBytes(3).toString('hex')}`, '1', 1))).rejects.toThrow(
      Unroutable,
    );
  });

  it('rejects only the unroutable one of many in flight', async () => {
    const { tenant } = await broker.newTenant();
    const results = await Promise.allSettled([
      publisher.publish(leadEvent(tenant, '1', 1)),
      publisher.publish(leadEvent('nobody-at-all', '1', 1)),
      publisher.publish(leadEvent(tenant, '1', 2)),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it('rejects an event whose tenant no routing key can hold, before the broker sees it', async () => {
    await expect(publisher.publish(leadEvent('a.b', '1', 1))).rejects.toThrow(RangeError);
  });

  it('publishes predictions to their exchange, with or without listeners', async () => {
    const prediction = { ...leadEvent('acme', '1', 1), type: 'io.signalbox.prediction.lead-scoring.v1' };
    await publisher.publishPrediction(prediction);
    const connection = await broker.connect();
    await connection.withChannel(async (channel) => {
      const { queue } = await channel.assertQueue('', { exclusive: true });
      await channel.bindQueue(queue, predictionsExchange, 'acme.prediction.#');
      await publisher.publishPrediction(prediction);
      const message = await channel.get(queue);
      expect(message && (JSON.parse(message.content.toString()) as unknown)).toEqual(prediction);
    });
  });

  it('rejects with BrokerUnavailable once it is closed', async () => {
    const { tenant } = await broker.newTenant();
    const closed = await Publisher.open(await broker.connect(), { partitions: 1 });
    await closed.close();
    await expect(closed.publish(leadEvent(tenant, '1', 1))).rejects.toThrow(BrokerUnavailable);
  });
});

describe('topology', () => {
  it('can be asserted again and again', async () => {
    const { tenant } = await broker.newTenant(3);
    const connection = await broker.connect();
    await assertTopology(connection, [{ tenant, partitions: 3 }]);
    await assertTopology(connection, [{ tenant, partitions: 4 }]);
  });

  it('names the queue and the fix when one exists with other properties', async () => {
    const tenant = `test-${randomBytes(4).toString('hex')}`;
    const connection = await broker.connect();
    await connection.withChannel((channel) => channel.assertQueue(laneQueue(tenant, 0), { durable: true }));
    const assertion = assertTopology(connection, [{ tenant, partitions: 1 }]);
    await expect(assertion).rejects.toThrow(TopologyMismatch);
    await expect(assertion).rejects.toThrow(new RegExp(`queue ${laneQueue(tenant, 0)} exists .* delete it`));
  });
});
