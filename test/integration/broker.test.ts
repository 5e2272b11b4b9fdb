import { Parking } from '../../broker/parking';
import { predictionsExchange } from '../../broker/routing';
import type { PredictionEvent } from '../../canonical-schema/decision';
import type { CanonicalEvent } from '../../canonical-schema/event';
import { validateEnvelope, validateEvent } from '../../canonical-schema/validate';
import { eventOf } from '../fixtures/events';
import { coldLead, until } from '../line';
import { leadOf, recordOf, startTenants, type TenantsLine } from './tenants-line';
import { entries } from './watch';

// Longer than any poll, whose own failure says what was waited for.
jest.setTimeout(60_000);

// The broker's part: what is published is decided, in order; what cannot be decided is parked and comes back.

const variants = {
  usual: { partitions: 1 },
  picky: { partitions: 1, useCase: { when: '$number(record.company) > 0' } },
};
let line: TenantsLine<keyof typeof variants>;
beforeAll(async () => {
  line = await startTenants(variants, { roles: ['worker', 'dispatch'] });
});
afterAll(() => line.stop());

const started = Date.now();
let made = 0;

function about(variant: keyof typeof variants, lead: string, company: string = variant): CanonicalEvent {
  made += 1;
  return eventOf({
    id: `e${made}`,
    tenant: line.tenants[variant].tenant,
    time: new Date(started + made).toISOString(),
    sequence: String(made).padStart(20, '0'),
    record: recordOf(lead, leadOf(company, coldLead)),
  });
}

const publish = (events: readonly CanonicalEvent[]): Promise<unknown> =>
  Promise.all(events.map((event) => line.signalbox.runtime.publisher.publish(event)));

const statuses = async (lead: string): Promise<readonly (readonly [string, string])[]> =>
  (await entries(line, line.tenants.picky, lead, 'event')).map(({ event, status }) => [event.id, status]);

test('every decision is published as a valid prediction, in the order of the events that caused them', async () => {
  const heard: PredictionEvent[] = [];
  const { tenant } = line.tenants.usual;
  const listener = await line.signalbox.runtime.broker.withChannel(async (channel) => {
    const { queue } = await channel.assertQueue('', { durable: false, exclusive: true, autoDelete: true });
    await channel.bindQueue(queue, predictionsExchange, `${tenant}.prediction.lead-scoring`);
    return queue;
  });
  const events = Array.from({ length: 30 }, (_, n) => about('usual', `00Q00000000000${n % 3}AAA`));
  await publish(events);
  await line.signalbox.runtime.broker.withChannel(async (channel) => {
    await until('a prediction for every event', async () => {
      const message = await channel.get(listener, { noAck: true });
      if (message !== false) heard.push(JSON.parse(message.content.toString()) as PredictionEvent);
      return heard.length === events.length;
    });
  });
  expect(heard.flatMap((prediction) => [...validateEvent(prediction), ...validateEnvelope(prediction)])).toEqual([]);
  expect(new Set(heard.map(({ type }) => type))).toEqual(new Set(['io.signalbox.prediction.lead-scoring.v1']));
  const causes = (list: readonly { readonly subject: string; readonly id: string }[]): unknown =>
    Object.fromEntries(
      [0, 1, 2].map((n) => [
        n,
        list.filter(({ subject }) => subject === `lead/00Q00000000000${n}AAA`).map(({ id }) => id),
      ]),
    );
  expect(causes(heard.map(({ subject, causationid = '' }) => ({ subject, id: causationid })))).toEqual(causes(events));
});

test('an event that cannot be decided is parked with its cause; later ones of its record wait behind it, others go on', async () => {
  const [bad, good] = ['00Q000000000010AAA', '00Q000000000011AAA'];
  const poison = about('picky', bad, 'none');
  await publish([poison, about('picky', good, '1')]);
  const { tenant } = line.tenants.picky;
  const parking = new Parking(line.signalbox.runtime.broker.url, tenant, line.signalbox.runtime.publisher);
  await until('the poison to be parked', async () => (await parking.list()).length === 1);
  const [behind, meanwhile] = [about('picky', bad, '1'), about('picky', good, '1')];
  await publish([behind, meanwhile]);
  await until('the later event to be parked', async () => (await parking.list()).length === 2);
  await until('the other record to go on', async () => (await statuses(good)).length === 2);
  expect((await parking.list()).map(({ eventid, cause }) => [eventid, cause.code])).toEqual([
    [poison.id, 'SBX_EXPRESSION_FAILED'],
    [behind.id, 'SBX_BROKER_PARKED_BEHIND'],
  ]);

  await line.mend('picky', { when: '$exists(record.company)' });
  await line.signalbox.runtime.ledger.releaseParked(tenant, `lead/${bad}`);
  expect(await parking.redrive({ partitionkey: poison.partitionkey })).toBe(2);
  await until(
    'both to be decided',
    async () => (await statuses(bad)).filter(([, status]) => status === 'decided').length === 2,
  );
  expect(await statuses(bad)).toEqual([
    [poison.id, 'decided'],
    [behind.id, 'decided'],
  ]);
  expect(await parking.list()).toEqual([]);
  const last = about('picky', bad, '1');
  await publish([last]);
  await until('the record to go on', async () =>
    (await statuses(bad)).some(([id, status]) => id === last.id && status === 'decided'),
  );
});
