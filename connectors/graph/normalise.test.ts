import type { CanonicalEvent } from '../../canonical-schema/event';
import { validateEvent } from '../../canonical-schema/validate';
import type { Mapping } from '../contract';
import { normalise } from './normalise';
import { readNatives } from './read-natives';

async function eventsOf(payload: unknown, mapping: Mapping = {}): Promise<readonly CanonicalEvent[]> {
  const context = { tenant: 'acme', connection: 'office', org: 'directory1', mapping };
  const made = (await Promise.all(readNatives(payload).map((native) => normalise(native, context)))).flat();
  for (const event of made) expect(validateEvent(event)).toEqual([]);
  return made;
}

const notification = (over: object = {}) => ({
  subscriptionId: 's',
  subscriptionExpirationDateTime: '2026-03-08T09:30:00+00:00',
  changeType: 'created',
  resource: 'users/u1/messages/m1',
  resourceData: { id: 'm1', '@odata.etag': 'W/"1"' },
  ...over,
});
const message = (over: object = {}) => ({
  '@odata.context': "https://graph.microsoft.com/v1.0/$metadata#users('jo%40acme.example')/messages/$entity",
  '@odata.etag': 'W/"7"',
  id: 'm1',
  lastModifiedDateTime: '2026-03-01T09:30:00Z',
  ...over,
});

it('takes a resource for the same one however Graph writes its path', async () => {
  const forms = [
    'users/u1/messages/m1',
    '/Users/u1/Messages/m1',
    "Users('u1')/Messages('m1')",
    'USERS/u1/MESSAGES/m1?x',
  ];
  const told = await eventsOf({ value: forms.map((resource) => notification({ resource, changeType: 'Created' })) });
  expect(new Set(told.map(({ subject }) => subject))).toEqual(new Set(['interaction/users/u1/messages/m1']));
  expect(new Set(told.map(({ id }) => id)).size).toBe(1);
});

it('gives another version, another kind of change and another mailbox another id', async () => {
  const told = await eventsOf([
    notification(),
    notification({ resourceData: { id: 'm1', '@odata.etag': 'W/"2"' } }),
    notification({ changeType: 'updated' }),
    notification({ changeType: 'deleted' }),
    notification({ resource: 'users/u2/messages/m1' }),
  ]);
  expect(new Set(told.map(({ id }) => id)).size).toBe(5);
  expect(told[3]?.data).toMatchObject({ change: { kind: 'deleted', fields: [] } });
});

it('tells which way a mail went where the mailbox is named by its address', async () => {
  const from = (address: string) => ({ from: { emailAddress: { address } } });
  const told = await eventsOf([message(from('JO@acme.example')), message(from('maria@bluewater.example')), message()]);
  expect(told.map(({ data }) => data.record.direction)).toEqual(['outbound', 'inbound', undefined]);
});

it('makes plain text of HTML, and nothing of an empty body', async () => {
  const body = (content: string, contentType = 'html') => message({ body: { contentType, content } });
  const told = await eventsOf([
    body('<style>p{}</style><p>One &lt;1&gt;</p><ul><li>two</li></ul><script>x()</script>'),
    body('a\r\nb', 'text'),
    body('<p> </p>'),
  ]);
  expect(told.map(({ data }) => data.record.body)).toEqual(['One <1>\n\n * two', 'a\nb', undefined]);
});

it('takes a mail that is nested without end, and one that is larger than any', async () => {
  const deep = message({ body: { contentType: 'html', content: `${'<div>'.repeat(100_000)}x` } });
  const large = message({ body: { contentType: 'html', content: `<p>${'y'.repeat(3_000_000)}</p>` } });
  expect(await eventsOf([deep, large])).toHaveLength(2);
});

it('leaves a time in another zone than UTC native', async () => {
  const start = { dateTime: '2026-03-02T09:00:00.0000000', timeZone: 'Pacific Standard Time' };
  const [event] = await eventsOf({ ...message(), '@odata.type': '#microsoft.graph.event', start });
  expect(event?.data).toMatchObject({ native: { start } });
  expect(event?.data.record.at).toBeUndefined();
});

it('lets the tenant say as what a message counts', async () => {
  const mapping = { 'microsoft.graph.message': { entity: '"lead"', company: 'subject', source: 'importance' } };
  const [event] = await eventsOf(message({ subject: 'Bluewater', importance: 'high' }), mapping);
  expect(event).toMatchObject({
    type: 'io.signalbox.lead.observed.v1',
    data: { record: { company: 'Bluewater', nativeType: 'message' } },
  });
});

it.each([
  ['a contact', notification({ resource: 'users/u1/contacts/c1' }), 'SBX_GRAPH_RESOURCE'],
  ['a collection', notification({ resource: 'users/u1/messages' }), 'SBX_GRAPH_RESOURCE'],
  ['an attachment', notification({ resource: 'users/u1/messages/m1/attachments/a' }), 'SBX_GRAPH_RESOURCE'],
  ['an unknown change', notification({ changeType: 'moved' }), 'SBX_GRAPH_CHANGE'],
  ['no time', notification({ subscriptionExpirationDateTime: undefined }), 'SBX_GRAPH_TIME'],
  ['a resource without its time', message({ lastModifiedDateTime: null }), 'SBX_GRAPH_TIME'],
  ['nothing', [], 'SBX_GRAPH_PAYLOAD'],
  ['a number', 7, 'SBX_GRAPH_PAYLOAD'],
])('refuses %s by name', async (_, payload, code) => {
  await expect(Promise.resolve().then(() => eventsOf(payload))).rejects.toMatchObject({ code });
});

it('refuses one of several, and takes the others', () => {
  const [good, bad] = readNatives([notification(), { id: 'x' }]);
  expect(good).toMatchObject({ kind: 'notification' });
  expect(bad).toMatchObject({ kind: 'unreadable', code: 'SBX_GRAPH_PAYLOAD' });
});
