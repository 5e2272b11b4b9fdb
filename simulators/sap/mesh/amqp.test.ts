import rhea, { type Connection, type EventContext, type Receiver } from 'rhea';
import WebSocket from 'ws';
import { startSap, type RunningSap } from '../index';
import { ask } from '../test-support/client';
import { until } from '../test-support/receiver';

let sap: RunningSap;
let auth: string;
const queue = 'default/signalbox/1/amqp';
const open: Connection[] = [];

beforeEach(async () => {
  sap = await startSap();
  const token = await ask(sap.tokenUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: sap.clientId,
      client_secret: sap.clientSecret,
    }).toString(),
  });
  auth = `Bearer ${(token.json as { access_token: string }).access_token}`;
});
afterEach(async () => {
  for (const connection of open.splice(0)) connection.close();
  await sap.stop();
});

const makeQueue = async (accessType: string): Promise<void> => {
  const at = `${sap.eventMesh.managementUrl}/hub/rest/api/v1/management/messaging/queues/${encodeURIComponent(queue)}`;
  await ask(at, { method: 'PUT', auth, body: { accessType } });
  await ask(`${at}/subscriptions/${encodeURIComponent(`${sap.eventMesh.namespace}/ce/*`)}`, { method: 'PUT', auth });
};

const connect = (authorization = auth): Connection => {
  const container = rhea.create_container();
  container.on('disconnected', () => undefined);
  container.on('receiver_error', () => undefined);
  container.on('connection_error', () => undefined);
  const endpoint = container.websocket_connect(WebSocket)(sap.eventMesh.amqpUrl, ['amqp'], {
    headers: { authorization },
  });
  const connection = container.connect({
    connection_details: endpoint,
    username: 'anonymous',
    reconnect: false,
  } as never);
  open.push(connection);
  return connection;
};

interface Consumer {
  readonly receiver: Receiver;
  readonly got: EventContext[];
}

const consume = (connection: Connection, credit: number): Consumer => {
  const receiver = connection.open_receiver({ source: `queue:${queue}`, credit_window: 0, autoaccept: false });
  const got: EventContext[] = [];
  receiver.on('message', (context: EventContext) => got.push(context));
  receiver.on('receiver_open', () => {
    receiver.add_credit(credit);
  });
  return { receiver, got };
};

const lead = (name: string): string => sap.admin.create('LeadCollection', { Name: name });
const subjectOf = ({ message }: EventContext): string => {
  const { content } = message?.body as { content: Buffer };
  return (JSON.parse(content.toString('utf8')) as { data: { currentImage: { name: string } } }).data.currentImage.name;
};

it('hands out as many as there is credit for, with the topic in `to`, and drops what is accepted', async () => {
  await makeQueue('NON_EXCLUSIVE');
  for (const name of ['a', 'b', 'c']) lead(name);
  const { receiver, got } = consume(connect(), 2);
  await until(() => got.length === 2, 'two messages');
  expect(got.map(subjectOf)).toEqual(['a', 'b']);
  expect(got[0]?.message).toMatchObject({
    to: `topic:/${sap.eventMesh.namespace}/ce/sap/ssc/leadservice/entity/lead`,
    content_type: 'application/cloudevents+json',
  });
  for (const { delivery } of got) delivery?.accept();
  await until(() => sap.admin.counts().pending === 1, 'two settled');
  receiver.add_credit(1);
  await until(() => got.length === 3, 'the third');
});

it('hands out again what was released, and what a lost link left unsettled', async () => {
  await makeQueue('NON_EXCLUSIVE');
  for (const name of ['a', 'b']) lead(name);
  const first = consume(connect(), 2);
  await until(() => first.got.length === 2, 'both messages');
  first.got[0]?.delivery?.accept();
  await until(() => sap.admin.counts().pending === 1, 'the first settled');
  sap.admin.fault({ kind: 'dropLinks' });
  const second = consume(connect(), 1);
  await until(() => second.got.length === 1, 'the second again');
  expect(second.got.map(subjectOf)).toEqual(['b']);
  expect(second.got[0]?.message?.delivery_count).toBe(1);
  second.got[0]?.delivery?.release();
  second.receiver.add_credit(1);
  await until(() => second.got.length === 2, 'the released one');
  expect(second.got.map(subjectOf)).toEqual(['b', 'b']);
});

it('serves only the first consumer of an exclusive queue, and the next when it is gone', async () => {
  await makeQueue('EXCLUSIVE');
  const connection = connect();
  const first = consume(connection, 10);
  lead('a');
  await until(() => first.got.length === 1, 'the first');
  first.got[0]?.delivery?.accept();
  const second = consume(connect(), 10);
  await until(() => second.receiver.is_open(), 'the second link');
  lead('b');
  await until(() => first.got.length === 2, 'the second');
  expect(second.got).toHaveLength(0);
  connection.close();
  await until(() => second.got.length === 1, 'what was not settled');
});

it('takes what is published to a topic', async () => {
  await makeQueue('NON_EXCLUSIVE');
  const connection = connect();
  const sender = connection.open_sender(`topic:${sap.eventMesh.namespace}/ce/own/topic`);
  sender.once('sendable', () => sender.send({ body: '{"own":true}', content_type: 'application/json' }));
  const { got } = consume(connection, 1);
  await until(() => got.length === 1, 'the own message');
  expect(sap.admin.events()).toMatchObject([{ body: '{"own":true}', contentType: 'application/json' }]);
});

it('refuses upgrades without a token and links to what is not there', async () => {
  const refused = connect('Bearer nonsense');
  const failed = new Promise((resolve) => refused.container.on('disconnected', resolve));
  await failed;
  const { receiver } = consume(connect(), 1);
  const error = await new Promise<EventContext>((resolve) => receiver.on('receiver_error', resolve));
  expect(error.receiver?.error).toMatchObject({ condition: 'amqp:not-found' });
});
