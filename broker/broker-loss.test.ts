import { setTimeout as wait } from 'node:timers/promises';
import { type RealBroker, leadEvent, realBroker } from '../test/real-broker';
import { Consumer } from './consumer';
import { BrokerUnavailable } from './errors';
import { Publisher } from './publisher';

let broker: RealBroker;

beforeAll(async () => {
  broker = await realBroker(true);
}, 180_000);

afterAll(() => broker.stop(), 60_000);

it('loses nothing that was confirmed when the broker is killed while 3,000 events flow, and keeps each record in order', async () => {
  const { tenant } = await broker.newTenant();
  const asserted = Date.now();
  const publisher = await Publisher.open(await broker.connect(), { partitions: 1 });
  const seen = new Map<string, number[]>();
  const consumer = new Consumer(await broker.connect(), {
    tenant,
    partition: 0,
    partitions: 1,
    publisher,
    onBatch: ({ events }) => {
      for (const { partitionkey, sequence } of events) {
        seen.set(partitionkey, [...(seen.get(partitionkey) ?? []), Number(sequence)]);
      }
      return Promise.resolve([]);
    },
  });

  const records = 30;
  const each = 100;
  const pause = 25;
  let refused = 0;
  let confirmed = 0;
  const unexpected: unknown[] = [];
  const publishRecord = async (lead: number): Promise<void> => {
    for (let order = 0; order < each;) {
      try {
        await publisher.publish(leadEvent(tenant, String(lead), order));
        order++;
        confirmed++;
        await wait(pause);
      } catch (error) {
        if (!(error instanceof BrokerUnavailable)) unexpected.push(error);
        refused++;
        await wait(50);
      }
    }
  };
  const publishing = Promise.all(Array.from({ length: records }, (_, lead) => publishRecord(lead)));
  // RabbitMQ 3.10 writes down that a queue exists half a second after it said so; only then can the queue survive a kill.
  while (confirmed < 500 || Date.now() - asserted < 2000) await wait(1);
  await broker.rabbit.kill();
  const confirmedAtKill = confirmed;
  await broker.rabbit.restart();
  await publishing;

  const decided = (): number => [...seen.values()].reduce((sum, orders) => sum + new Set(orders).size, 0);
  const deadline = Date.now() + 30_000;
  while (decided() < records * each && Date.now() < deadline) await wait(20);
  expect(unexpected).toEqual([]);
  expect(confirmedAtKill).toBeLessThan(records * each);
  expect(refused).toBeGreaterThan(0);
  expect(decided()).toBe(records * each);
  for (const orders of seen.values()) {
    // A redelivery may repeat a stretch; the first sight of each event is in order all the same.
    expect([...new Set(orders)]).toEqual(Array.from({ length: each }, (_, at) => at));
  }
  await consumer.stop();
  await publisher.close();
}, 120_000);
