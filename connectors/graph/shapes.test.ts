import type { CanonicalEvent } from '../../canonical-schema/event';
import { validateEvent } from '../../canonical-schema/validate';
import { normalise } from './normalise';
import { pathOf, typeIn, typeOf } from './paths';
import { readNatives } from './read-natives';

// What Event Grid, queues and tools make of a notification, and people then have at hand.

const context = { tenant: 'acme', connection: 'mail', org: 'o', mapping: {} };
const notification = {
  subscriptionId: '4f6c2c39-8a5e-4f5f-9a43-6f1d7b1e2a90',
  changeType: 'updated',
  resource: 'Users/u1/Messages/m1',
  resourceData: { '@odata.type': '#Microsoft.Graph.Message', '@odata.etag': 'W/"CQ1"', id: 'm1' },
  subscriptionExpirationDateTime: '2026-03-03T00:00:00Z',
};

async function only(payload: unknown): Promise<CanonicalEvent> {
  const [native, ...others] = readNatives(payload);
  expect(others).toEqual([]);
  const [event] = await normalise(native!, context);
  expect(validateEvent(event)).toEqual([]);
  return event!;
}

it.each([
  [
    'a CloudEvent of Event Grid',
    {
      specversion: '1.0',
      id: 'e',
      type: 'Microsoft.Graph.MessageUpdated',
      source: '/t',
      time: '2026-03-01T09:30:00Z',
      data: notification,
    },
  ],
  [
    'an event in the schema of Event Grid',
    [
      {
        id: 'e',
        eventType: 'Microsoft.Graph.MessageUpdated',
        eventTime: '2026-03-01T09:30:00Z',
        subject: 's',
        data: notification,
      },
    ],
  ],
  [
    'a captured HTTP message',
    `POST /hook HTTP/1.1\nDate: Sun, 01 Mar 2026 09:30:00 GMT\n\n${JSON.stringify({ value: [notification] })}\n`,
  ],
])('%s tells the notification, and when it came', async (_, payload) => {
  const event = await only(payload);
  expect(event).toMatchObject({
    type: 'io.signalbox.interaction.updated.v1',
    subject: 'interaction/users/u1/messages/m1',
    time: '2026-03-01T09:30:00.000Z',
  });
  expect(event.id).toBe((await only({ value: [notification] })).id);
});

it('what a queue holds is opened', async () => {
  expect(await only({ body: JSON.stringify({ value: [notification] }) })).toEqual(await only(notification));
});

it('what a notification says beyond the key is told', async () => {
  const resourceData = { ...notification.resourceData, subject: 'Offer', lastModifiedDateTime: '2026-03-01T09:29:00Z' };
  const { time, data } = await only({ ...notification, resourceData });
  expect([time, data.record.subject, data.provenance.record, data.change.gap]).toEqual([
    '2026-03-01T09:29:00.000Z',
    'Offer',
    'partial',
    true,
  ]);
});

it.each([
  "chats('19:a@thread.v2')/messages('1')",
  "teams('t')/channels('19:c@thread.tacv2')/messages('1')",
  'planner/plans/p/tasks/t',
  'solutions/virtualEvents/events/e',
  'admin/serviceAnnouncement/messages/m',
])('%s is no mail, event or To Do task, whatever it is called', async (resource) => {
  const [native] = readNatives({ ...notification, resource });
  await expect(normalise(native!, context)).rejects.toMatchObject({ code: 'SBX_GRAPH_RESOURCE' });
});

it.each([
  ['me/Messages/m', 'message'],
  ["users('u')/mailFolders('inbox')/messages('m')", 'message'],
  ['users/u/mailFolders/a/childFolders/b/messages/m', 'message'],
  ['groups/g/events/e', 'event'],
  ['users/u/calendars/c/events/e', 'event'],
  ['users/u/calendarView/e', 'event'],
  ['users/u/todo/lists/l/tasks/t', 'todoTask'],
])('%s is a %s', (resource, type) => {
  expect(typeOf(pathOf(resource))).toBe(type);
  expect(typeIn(pathOf(resource).replace(/\/[^/]+$/, ''))).toBe(type);
});

it('a calendar view, and a delta query that says only its type, are events and messages', async () => {
  const item = { id: 'e1', lastModifiedDateTime: '2026-03-01T09:30:00Z' };
  const graph = 'https://graph.microsoft.com/v1.0/$metadata#';
  const view = await only({ '@odata.context': `${graph}users('u')/calendarView`, value: [item] });
  expect(view.subject).toBe('interaction/users/u/events/e1');
  const delta = await only({ '@odata.context': `${graph}Collection(message)`, value: [item] });
  expect(delta.subject).toBe('interaction/messages/e1');
});

it('a batch answer gives the resources in it, also beside one that failed', () => {
  const context_ = "https://graph.microsoft.com/v1.0/$metadata#users('u')/messages/$entity";
  const body = { '@odata.context': context_, id: 'm1', lastModifiedDateTime: '2026-03-01T09:30:00Z' };
  const failed = { id: '2', status: 404, body: { error: { code: 'ErrorItemNotFound', message: 'gone' } } };
  const natives = readNatives({ responses: [{ id: '1', status: 200, headers: {}, body }, failed] });
  expect(natives).toMatchObject([{ kind: 'resource', path: 'users/u/messages/m1' }, { kind: 'unreadable' }]);
});

it('a resource named by its address is the same one', async () => {
  const { subject } = await only({
    ...notification,
    resource: 'https://graph.microsoft.com/v1.0/users/u1/messages/m1',
  });
  expect(subject).toBe('interaction/users/u1/messages/m1');
});

it('an id with a slash in it is one step of the path', async () => {
  const context_ = "https://graph.microsoft.com/v1.0/$metadata#users('a%40b.example')/messages";
  const item = { id: 'AAMk1+/=', lastModifiedDateTime: '2026-03-01T09:30:00Z' };
  const { data } = await only({ '@odata.context': context_, value: [item] });
  expect(data.record.id).toBe('users/a@b.example/messages/AAMk1+%2F=');
});

it('a notification in an event hub came when the hub took it in', async () => {
  const held = [{ body: { value: [notification] }, enqueuedTimeUtc: '2026-03-01T09:30:01Z' }];
  expect((await only(held)).time).toBe('2026-03-01T09:30:01.000Z');
});

it.each([
  [
    'the validation of a subscription',
    'POST /hook?validationToken=a%20b HTTP/1.1\nHost: x\n\n',
    /validation of a subscription/,
  ],
  ['a chat message', { '@odata.type': '#microsoft.graph.chatMessage', id: '1' }, /a chatMessage: only mail/],
  [
    'an error answer',
    { error: { code: 'ErrorItemNotFound', message: 'gone' } },
    /error answer of Graph \(ErrorItemNotFound\)/,
  ],
])('%s is refused by name', (_, payload, what) => {
  expect(() => readNatives(payload)).toThrow(what);
});
