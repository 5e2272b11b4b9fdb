import { createPublicKey, createVerify, type JsonWebKey } from 'node:crypto';
import { startSap, type RunningSap } from '../index';
import { ask, basic } from '../test-support/client';
import { until, WebhookReceiver } from '../test-support/receiver';

let sap: RunningSap;
let receiver: WebhookReceiver;

beforeEach(async () => {
  sap = await startSap({ redeliveryMs: 20 });
  receiver = await new WebhookReceiver().start();
});
afterEach(async () => {
  await sap.stop();
  await receiver.stop();
});

const organisation = (name: string): string =>
  sap.admin.create('A_BusinessPartner', { BusinessPartnerCategory: '2', OrganizationBPName1: name });

it('asks before it delivers, and calls with the topic and the type of CloudEvents', async () => {
  const done = await sap.admin.subscribe({ endpoint: receiver.url });
  expect(done).toEqual({ name: 'signalbox', active: true, reason: '' });
  const [asked] = receiver.handshakes;
  expect(asked?.headers['webhook-request-origin']).toBe(new URL(sap.tokenUrl).host);
  const partner = organisation('Acme');
  const [push] = await receiver.received(1);
  expect(push?.headers).toMatchObject({
    'content-type': 'application/cloudevents+json',
    'webhook-request-origin': new URL(sap.tokenUrl).host,
    'x-address': `topic:${sap.eventMesh.namespace}/ce/sap/s4/beh/businesspartner/v1/BusinessPartner/Created/v1`,
  });
  expect(JSON.parse(push?.text ?? '')).toMatchObject({ data: { BusinessPartner: partner } });
});

it('delivers nothing where the handshake is refused, and everything once it is agreed to', async () => {
  receiver.allowedOrigin = 'somebody.else';
  const refused = await sap.admin.subscribe({ endpoint: receiver.url });
  expect(refused).toMatchObject({ active: false });
  expect(refused.reason).toContain('somebody.else');
  organisation('Acme');
  expect(sap.admin.counts()).toMatchObject({ pending: 1, delivered: 0, refused: 0 });
  receiver.allowedOrigin = '*';
  expect(await sap.admin.subscribe({ endpoint: receiver.url })).toMatchObject({ active: true });
  await receiver.received(1);
});

it('delivers again what was not answered with 2xx, and other events meanwhile', async () => {
  await sap.admin.subscribe({ endpoint: receiver.url });
  receiver.script.push({ status: 503 });
  const [first, second] = [organisation('One'), organisation('Two')];
  const events = await receiver.events(3);
  const keys = events.map(({ data }) => (data as { BusinessPartner: string }).BusinessPartner);
  expect(keys).toEqual([first, second, first]);
  expect(new Set(events.map(({ id }) => id)).size).toBe(2);
  await until(() => sap.admin.counts().pending === 0, 'an empty queue');
  expect(sap.admin.counts()).toMatchObject({ emitted: 2, delivered: 2, refused: 1 });
});

it('waits as long as a 429 asks for', async () => {
  await sap.admin.subscribe({ endpoint: receiver.url });
  receiver.script.push({ status: 429, headers: { 'retry-after': '1' } });
  organisation('Acme');
  await until(() => sap.admin.deliveries().length === 2, 'two answered tries');
  const [refused, taken] = sap.admin.deliveries();
  expect([refused?.status, taken?.status]).toEqual([429, 200]);
  expect((taken?.at ?? 0) - (refused?.at ?? 0)).toBeGreaterThanOrEqual(990);
});

it('keeps what it cannot deliver while nobody listens', async () => {
  await sap.admin.subscribe({ endpoint: receiver.url });
  sap.admin.unsubscribe();
  organisation('Acme');
  await sap.admin.subscribe({ endpoint: receiver.url });
  await receiver.received(1);
});

it('brings a token of its own client, signed with a published key and no good for the services', async () => {
  const { webhookClient } = sap.eventMesh;
  await sap.admin.subscribe({
    endpoint: receiver.url,
    auth: { kind: 'oauth2', ...webhookClient, tokenUrl: sap.tokenUrl },
  });
  organisation('Acme');
  const [push] = await receiver.received(1);
  const bearer = push?.headers['authorization'] ?? '';
  // Behind OAuth the handshake brings it, too.
  expect(receiver.handshakes[0]?.headers.authorization).toBe(bearer);
  const [head = '', claims = '', signature = ''] = bearer.replace('Bearer ', '').split('.');
  const { keys } = (await ask(sap.tokenKeysUrl)).json as { keys: JsonWebKey[] };
  const key = createPublicKey({ key: keys[0] ?? {}, format: 'jwk' });
  const verify = createVerify('RSA-SHA256').update(`${head}.${claims}`);
  expect(verify.verify(key, signature, 'base64url')).toBe(true);
  expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({ client_id: webhookClient.clientId });
  expect((await ask(`${sap.eventMesh.managementUrl}/messagingrest/v1/subscriptions`, { auth: bearer })).status).toBe(
    401,
  );
});

it('is set up over the management API as SAP applications do', async () => {
  const token = await ask(sap.tokenUrl, {
    method: 'POST',
    auth: `Basic ${Buffer.from(`${sap.clientId}:${sap.clientSecret}`).toString('base64')}`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'grant_type=client_credentials',
  });
  const auth = `Bearer ${(token.json as { access_token: string }).access_token}`;
  const base = sap.eventMesh.managementUrl;
  const queues = `${base}/hub/rest/api/v1/management/messaging/queues`;
  const queue = `${sap.eventMesh.namespace}/q`;
  const topic = `${sap.eventMesh.namespace}/ce/sap/s4/beh/businesspartner/v1/BusinessPartner/+/v1`;
  const at = `${queues}/${encodeURIComponent(queue)}`;
  expect((await ask(queues)).status).toBe(401);
  expect((await ask(queues, { auth: basic(sap) })).status).toBe(401);
  expect((await ask(at, { method: 'PUT', auth })).status).toBe(201);
  expect((await ask(at, { method: 'PUT', auth })).status).toBe(200);
  expect((await ask(`${at}/subscriptions/${encodeURIComponent(topic)}`, { method: 'PUT', auth })).status).toBe(201);
  expect((await ask(`${at}/subscriptions/${encodeURIComponent('other/1/x')}`, { method: 'PUT', auth })).status).toBe(
    403,
  );
  const subscription = {
    name: 'crm',
    address: `queue:${queue}`,
    qos: 1,
    pushConfig: { type: 'webhook', endpoint: receiver.url, defaultContentType: 'application/json' },
  };
  const subscriptions = `${base}/messagingrest/v1/subscriptions`;
  expect((await ask(subscriptions, { method: 'POST', auth, body: subscription })).status).toBe(202);
  organisation('Acme');
  sap.admin.create('LeadCollection', { Name: 'Not of this topic' });
  const [push] = await receiver.received(1);
  expect(push?.headers['content-type']).toBe('application/json');
  expect((await ask(`${subscriptions}/crm`, { auth })).json).toMatchObject({ subscriptionStatus: 'Active' });
  expect((await ask(`${subscriptions}/crm`, { method: 'DELETE', auth })).status).toBe(204);
  organisation('Later');
  // The same queue over REST: 204 when empty, acknowledged under quality 1.
  const consumption = `${base}/messagingrest/v1/queues/${encodeURIComponent(queue)}/messages`;
  const read = () => ask(`${consumption}/consumption`, { method: 'POST', auth, headers: { 'x-qos': '1' } });
  const message = await read();
  expect(message.json).toMatchObject({ specversion: '1.0' });
  const acknowledge = `${consumption}/${message.headers.get('x-message-id') ?? ''}/acknowledgement`;
  expect(sap.admin.counts().pending).toBe(1);
  expect((await ask(acknowledge, { method: 'POST', auth })).status).toBe(204);
  expect((await read()).status).toBe(204);
  expect(sap.admin.counts().pending).toBe(0);
});
