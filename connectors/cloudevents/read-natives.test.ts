import { validateEvent } from '../../canonical-schema/validate';
import type { CanonicalEvent } from '../../canonical-schema/event';
import { normalise } from './normalise';
import { readNatives } from './read-natives';

const context = { tenant: 'acme', connection: 'web', org: 'o', mapping: {} };
const attributes = {
  specversion: '1.0',
  id: 'e-1',
  source: '/shop',
  type: 'com.acme.cart.left',
  time: '2026-03-01T09:30:00Z',
};
const event = { ...attributes, datacontenttype: 'application/json', data: { total: 7 } };
const body = JSON.stringify(event.data);
const headers = Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`ce-${name}`, value]));
const typed = { ...headers, 'content-type': 'application/json' };

async function all(payload: unknown): Promise<readonly CanonicalEvent[]> {
  const made = await Promise.all(readNatives(payload).map((native) => normalise(native, context)));
  for (const one of made.flat()) expect(validateEvent(one)).toEqual([]);
  return made.flat();
}

const lines = (all: object): string =>
  Object.entries(all)
    .map(([name, value]) => `${name}: ${String(value)}`)
    .join('\n');

it.each([
  [
    'a structured HTTP message',
    `POST / HTTP/1.1\nContent-Type: application/cloudevents+json\n\n${JSON.stringify(event)}`,
  ],
  ['a batch', `POST / HTTP/1.1\nContent-Type: application/cloudevents-batch+json\n\n[${JSON.stringify(event)}]`],
  ['a binary HTTP message', `POST / HTTP/1.1\n${lines(typed)}\n\n${body}`],
  ['headers and body', { headers: typed, body }],
  [
    'a record of Kafka',
    {
      key: 'k',
      headers: Object.fromEntries(
        Object.entries(typed).map(([name, value]) => [name.replace('-', '_').replace('content_', 'content-'), [value]]),
      ),
      value: event.data,
    },
  ],
  ['what a queue holds', { Records: [{ body: JSON.stringify(event) }] }],
  ['an event with an empty trace, as Dapr writes it', { ...event, tracestate: '' }],
])('%s is the event that it is', async (_, payload) => {
  expect(await all(payload)).toEqual(await all(event));
});

it('JSON in base64 is JSON', async () => {
  const { data, ...rest } = event;
  const encoded = { ...rest, data_base64: Buffer.from(JSON.stringify(data)).toString('base64') };
  expect(await all(encoded)).toEqual(await all(event));
});

it.each([
  ['data told twice', { ...event, data_base64: 'AAAA' }, /exclude each other/],
  ['a time before the calendar', { ...event, time: '0000-01-01T00:00:00Z' }, /no instant of the years 1 to 9999/],
  [
    'the schema of Event Grid',
    { id: '1', eventType: 't', eventTime: '2026-03-01T09:30:00Z', data: {} },
    /schema of Event Grid/,
  ],
  ['an event of EventBridge', { 'detail-type': 't', source: 's', detail: {} }, /Amazon EventBridge/],
  ['version 0.1', { cloudEventsVersion: '0.1', eventType: 't' }, /version 0\.1/],
  ['another object', { some: 'thing' }, /members some/],
  ['a text', 'hello', /no CloudEvent/],
])('%s is refused by name', (_, payload, what) => {
  expect(() => readNatives(payload)).toThrow(what);
});

it('of several, one that is none does not take the others with it', async () => {
  const natives = readNatives([event, { some: 'thing' }, { ...event, id: 'e-2' }]);
  expect(natives).toHaveLength(3);
  await expect(normalise(natives[1]!, context)).rejects.toMatchObject({ code: 'SBX_CLOUDEVENTS_NATIVE' });
  await expect(normalise(natives[2]!, context)).resolves.toHaveLength(1);
});
