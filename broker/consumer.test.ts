import { setTimeout as wait } from 'node:timers/promises';
import { type RealBroker, collector, leadEvent, realBroker, until } from '../test/real-broker';
import { type Batch, Consumer, type ConsumerOptions } from './consumer';
import { Parking } from './parking';
import { Publisher } from './publisher';
import { eventsExchange, laneQueue } from './routing';

let broker: RealBroker;
let publisher: Publisher;
const consumers: Consumer[] = [];

beforeAll(async () => {
  broker = await realBroker();
  publisher = await Publisher.open(await broker.connect(), { partitions: 1 });
}, 180_000);

afterEach(async () => {
  await Promise.all(consumers.splice(0).map((consumer) => consumer.stop()));
});

afterAll(async () => {
  await publisher.close();
  await broker.stop();
}, 60_000);

async function consume(
  tenant: string,
  onBatch: ConsumerOptions['onBatch'],
  options: Partial<ConsumerOptions> = {},
): Promise<Consumer> {
  const connection = await broker.connect();
  const consumer = new Consumer(connection, { tenant, partition: 0, partitions: 1, publisher, onBatch, ...options });
  consumers.push(consumer);
  return consumer;
}

describe('consuming', () => {
  it('gives one active consumer all events in order, and the next one takes over where it stopped', async () => {
    const { tenant } = await broker.newTenant();
    const first = collector();
    const second = collector();
    const active = await consume(tenant, first.onBatch);
    await publisher.publish(leadEvent(tenant, '1', 0));
    await until(() => first.seen.length === 1, 'the first consumer is the active one');
    await consume(tenant, second.onBatch);
    for (let order = 1; order < 300; order++) await publisher.publish(leadEvent(tenant, '1', order));
    await until(() => first.seen.length === 300, 'all went to the first');
    expect(second.seen).toEqual([]);
    await active.stop();
    for (let order = 300; order < 400; order++) await publisher.publish(leadEvent(tenant, '1', order));
    await until(() => second.seen.length === 100, 'the rest went to the second');
    expect([...first.seen, ...second.seen]).toEqual(Array.from({ length: 400 }, (_, at) => `1-${at}`));
  });

  it('has one batch under way per queue, however much waits', async () => {
    const { tenant } = await broker.newTenant();
    let underWay = 0;
    let most = 0;
    let done = 0;
    await Promise.all(Array.from({ length: 400 }, (_, at) => publisher.publish(leadEvent(tenant, '1', at))));
    await consume(tenant, async ({ events }) => {
      most = Math.max(most, ++underWay);
      await wait(5);
      underWay--;
      done += events.length;
      return [];
    });
    await until(() => done === 400, 'all done');
    expect(most).toBe(1);
  });

  it('gives the same batch again when it was not taken, and nothing behind it meanwhile', async () => {
    const { tenant } = await broker.newTenant();
    const tries: Batch[] = [];
    await publisher.publish(leadEvent(tenant, '1', 1));
    await consume(tenant, (batch) => {
      tries.push(batch);
      return batch.attempt < 3 && tries.length < 3
        ? Promise.reject(new Error('Temporal is away'))
        : Promise.resolve([]);
    });
    await until(() => tries.length === 3, 'three attempts');
    expect(tries.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    expect(new Set(tries.map(({ id }) => id)).size).toBe(1);
    expect(tries.map(({ events }) => events[0]?.id)).toEqual(['1-1', '1-1', '1-1']);
  });

  it('finishes and acknowledges the batch under way when it is stopped, and returns the rest', async () => {
    const { tenant } = await broker.newTenant();
    await Promise.all(Array.from({ length: 10 }, (_, at) => publisher.publish(leadEvent(tenant, '1', at))));
    let letGo: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (letGo = resolve));
    const first = collector();
    const consumer = await consume(
      tenant,
      async (batch) => {
        const undecided = await first.onBatch(batch);
        await held;
        return undecided;
      },
      { maxEvents: 4 },
    );
    await until(() => first.batches.length === 1, 'a batch is under way');
    const stopped = consumer.stop();
    letGo();
    await stopped;
    const second = collector();
    await consume(tenant, second.onBatch);
    await until(() => first.seen.length + second.seen.length >= 10, 'the rest was delivered');
    expect([...first.seen, ...second.seen]).toEqual(Array.from({ length: 10 }, (_, at) => `1-${at}`));
  });
});

describe('parking', () => {
  it('parks with cause, holds later events of that record back, and redrives the record in order', async () => {
    const { tenant } = await broker.newTenant();
    let isMended = false;
    const { seen, onBatch } = collector((id) => (id === 'bad-1' && !isMended ? 'SBX_TEST_REFUSED' : undefined));
    await consume(tenant, onBatch);
    const order = ['bad-0', 'bad-1', 'good-1', 'bad-2', 'good-2', 'bad-3'];
    for (const id of order) await publisher.publish(leadEvent(tenant, id.slice(0, -2), Number(id.slice(-1))));
    await until(() => seen.includes('good-2'), 'the other record went on');
    const parking = new Parking(broker.rabbit.url, tenant, publisher);
    await until(async () => (await parking.list()).length === 3, 'three are parked');
    const parked = await parking.list();
    expect(parked.map(({ eventid, cause: { code } }) => [eventid, code])).toEqual([
      ['bad-1', 'SBX_TEST_REFUSED'],
      ['bad-2', 'SBX_BROKER_PARKED_BEHIND'],
      ['bad-3', 'SBX_BROKER_PARKED_BEHIND'],
    ]);
    expect(parked[0]).toMatchObject({
      cause: { message: 'refused bad-1' },
      routingKey: `${tenant}.0.lead.updated`,
      partitionkey: `${tenant}/salesforce/lead/bad`,
    });
    expect(Math.abs(Date.now() - Date.parse(parked[0]?.at ?? ''))).toBeLessThan(60_000);
    expect(seen).toEqual(['bad-0', 'good-1', 'good-2']);

    isMended = true;
    expect(await parking.redrive({ partitionkey: 'another record' })).toBe(0);
    expect(await parking.redrive({ code: 'SBX_TEST_REFUSED' })).toBe(3);
    await publisher.publish(leadEvent(tenant, 'bad', 4));
    await until(() => seen.includes('bad-4'), 'the record goes on');
    expect(seen.filter((id) => id.startsWith('bad'))).toEqual(['bad-0', 'bad-1', 'bad-2', 'bad-3', 'bad-4']);
    expect(await parking.list()).toEqual([]);
  });

  it('keeps the order when a redriven event is refused again', async () => {
    const { tenant } = await broker.newTenant();
    let refusals = 2;
    const { seen, onBatch } = collector((id) => (id === '1-0' && refusals-- > 0 ? 'SBX_TEST_REFUSED' : undefined));
    await consume(tenant, onBatch);
    for (let order = 0; order < 4; order++) await publisher.publish(leadEvent(tenant, '1', order));
    const parking = new Parking(broker.rabbit.url, tenant, publisher);
    await until(async () => (await parking.list()).length === 4, 'all parked');
    await parking.redrive();
    await until(async () => refusals === 0 && (await parking.list()).length === 4, 'all parked again');
    await parking.redrive();
    await until(() => seen.length === 4, 'all decided');
    expect(seen).toEqual(['1-0', '1-1', '1-2', '1-3']);
  });

  it('lets later events pass once the parked one is dropped', async () => {
    const { tenant } = await broker.newTenant();
    const { seen, onBatch } = collector((id) => (id === '1-0' ? 'SBX_TEST_REFUSED' : undefined));
    await consume(tenant, onBatch);
    await publisher.publish(leadEvent(tenant, '1', 0));
    const parking = new Parking(broker.rabbit.url, tenant, publisher);
    await until(async () => (await parking.list()).length === 1, 'parked');
    expect(await parking.drop('unknown', 'a test')).toBeUndefined();
    expect(await parking.drop('1-0', 'the record was a test')).toMatchObject({ eventid: '1-0' });
    await publisher.publish(leadEvent(tenant, '1', 1));
    await until(() => seen.length > 0, 'the next event passes');
    expect(seen).toEqual(['1-1']);
    expect(await parking.list()).toEqual([]);
  });

  it('holds records back after a restart, too: the next consumer learns what is parked', async () => {
    const { tenant } = await broker.newTenant();
    const first = collector(() => 'SBX_TEST_REFUSED');
    const consumer = await consume(tenant, first.onBatch);
    await publisher.publish(leadEvent(tenant, '1', 0));
    const parking = new Parking(broker.rabbit.url, tenant, publisher);
    await until(async () => (await parking.list()).length === 1, 'parked');
    await consumer.stop();
    const second = collector();
    await consume(tenant, second.onBatch);
    await publisher.publish(leadEvent(tenant, '1', 1));
    await publisher.publish(leadEvent(tenant, '2', 0));
    await until(() => second.seen.length > 0, 'the other record passes');
    expect(second.seen).toEqual(['2-0']);
    expect((await parking.list()).map(({ eventid }) => eventid)).toEqual(['1-0', '1-1']);
  });

  it('parks a bad body with its bytes, and goes on', async () => {
    const { tenant } = await broker.newTenant();
    const { seen, onBatch } = collector();
    await consume(tenant, onBatch);
    const bytes = Buffer.from([0x7b, 0x22, 0xff, 0x00, 0x01]);
    const options = { contentType: 'application/cloudevents+json', persistent: true, messageId: 'broken' };
    await publisher.publishRaw(eventsExchange, `${tenant}.0.lead.updated`, { content: bytes, options });
    await publisher.publish(leadEvent(tenant, '1', 1));
    await until(() => seen.length === 1, 'the next event is decided');
    const [parked] = await new Parking(broker.rabbit.url, tenant, publisher).list();
    expect(parked).toMatchObject({ eventid: 'broken', cause: { code: 'SBX_BROKER_BAD_BODY' } });
    expect(parked?.bytes.equals(bytes)).toBe(true);
  });

  it('parks what takes its consumer down again and again, with the reason of the broker', async () => {
    const { tenant } = await broker.newTenant();
    await publisher.publish(leadEvent(tenant, '1', 1));
    const connection = await broker.connect();
    const parking = new Parking(broker.rabbit.url, tenant, publisher);
    // Each channel that closes with the message unanswered is a consumer that died of it.
    for (let death = 0; death < 21; death++) {
      await connection.withChannel(async (channel) => {
        await new Promise<void>((resolve, reject) => {
          channel
            .consume(laneQueue(tenant, 0), () => {
              resolve();
            })
            .catch(reject);
        });
      });
    }
    await until(async () => (await parking.list()).length === 1, 'dead-lettered');
    const [parked] = await parking.list();
    expect(parked).toMatchObject({
      eventid: '1-1',
      cause: { code: 'SBX_BROKER_DEAD_LETTER' },
      routingKey: `${tenant}.0.lead.updated`,
    });
    expect(parked?.cause.message).toMatch(/delivery_limit/);
  });
});
