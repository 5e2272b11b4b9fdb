import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createEncryptionIdentity } from '../kit/tls/certificate';
import { type RunningGraph, startGraph } from './index';

type Body = Readonly<Record<string, unknown>>;
const inMinutes = (minutes: number): string => new Date(Date.now() + minutes * 60_000).toISOString();

let graph: RunningGraph;
let token: string;
let user: string;
let list: string;
let listener: Server;
let url: string;
/** What was posted, the handshakes left out. */
let heard: Body[];
let answer: (validationToken: string | null) => { status: number; text?: string };

beforeEach(async () => {
  graph = await startGraph({ retryMs: 1, attempts: 2 });
  ({ id: user, list } = graph.admin.user('jo@acme.example'));
  const { clientId: client_id, clientSecret: client_secret, tokenUrl, baseUrl } = graph;
  const form = { grant_type: 'client_credentials', client_id, client_secret, scope: `${baseUrl}/.default` };
  const granted = await fetch(tokenUrl, { method: 'POST', body: new URLSearchParams(form) });
  token = String(((await granted.json()) as Body).access_token);
  heard = [];
  answer = (validationToken) => (validationToken === null ? { status: 202 } : { status: 200, text: validationToken });
  listener = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { searchParams } = new URL(request.url ?? '', 'http://listener');
      const validationToken = searchParams.get('validationToken');
      const { status, text } = answer(validationToken);
      if (validationToken === null && status === 202) heard.push(JSON.parse(Buffer.concat(chunks).toString()) as Body);
      response.writeHead(status, { 'content-type': 'text/plain' }).end(text);
    });
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/`;
});

afterEach(async () => {
  await graph.stop();
  await new Promise((resolve) => listener.close(resolve));
});

async function call(method: string, path: string, body?: object): Promise<{ status: number; body: Body }> {
  const headers = { authorization: `Bearer ${token}` };
  const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  const response = await fetch(path.startsWith('http') ? path : `${graph.baseUrl}/v1.0/${path}`, init);
  const text = await response.text();
  return { status: response.status, body: (text === '' ? {} : JSON.parse(text)) as Body };
}

const subscription = (over: object = {}) => ({
  changeType: 'created,updated,deleted',
  notificationUrl: url,
  lifecycleNotificationUrl: url,
  resource: `users/${user}/messages`,
  expirationDateTime: inMinutes(60),
  clientState: 'secret',
  ...over,
});
function encryption() {
  const encryptionCertificate = createEncryptionIdentity().certPem.replace(/-----[^-]+-----|\s/g, '');
  return { encryptionCertificate, encryptionCertificateId: 'c1' };
}
const told = () => heard.flatMap(({ value }) => value as readonly Body[]);

it('makes a subscription only where the address answers with the decoded token as text', async () => {
  expect(await call('POST', 'subscriptions', subscription())).toMatchObject({
    status: 201,
    body: { clientState: null },
  });
  answer = (validationToken) => ({ status: 200, text: encodeURIComponent(validationToken ?? '') });
  expect(await call('POST', 'subscriptions', subscription())).toMatchObject({
    status: 400,
    body: { error: { code: 'ValidationError' } },
  });
  expect(graph.admin.subscriptions()).toHaveLength(1);
});

it.each([
  ['longer than the service lets it live', { expirationDateTime: inMinutes(4_231) }],
  ['with resources for longer than a day', { includeResourceData: true, expirationDateTime: inMinutes(1441) }],
  ['with resources and without a certificate', { includeResourceData: true }],
  ['without naming what of the resource is wanted', { includeResourceData: true, ...encryption() }],
])('refuses one %s', async (_, over) => {
  expect(await call('POST', 'subscriptions', subscription(over))).toMatchObject({ status: 400 });
});

it('tells changes in order, with the client state and the key', async () => {
  await call('POST', 'subscriptions', subscription());
  const { body } = await call('POST', `users/${user}/messages`, { subject: 'Offer' });
  await call('PATCH', `users/${user}/messages/${String(body.id)}`, { isRead: true });
  await call('DELETE', `users/${user}/messages/${String(body.id)}`);
  await graph.admin.idle();
  expect(told().map(({ changeType }) => changeType)).toEqual(['created', 'updated', 'deleted']);
  expect(told()[0]).toMatchObject({ clientState: 'secret', resourceData: { id: body.id } });
});

it('encrypts resources for the certificate, and proves itself', async () => {
  const rich = { includeResourceData: true, ...encryption() };
  const body = `users/${user}/messages?$select=subject,Body`;
  expect(await call('POST', 'subscriptions', subscription({ ...rich, resource: body }))).toMatchObject({ status: 400 });
  const resource = `users/${user}/messages?$select=subject`;
  expect(await call('POST', 'subscriptions', subscription({ ...rich, resource }))).toMatchObject({ status: 201 });
  graph.admin.create(`users/${user}/messages`, { subject: 'Offer' });
  await graph.admin.idle();
  expect(told()[0]?.encryptedContent).toMatchObject({ encryptionCertificateId: 'c1' });
  expect(JSON.stringify(heard)).not.toContain('Offer');
  expect(heard[0]?.validationTokens).toHaveLength(1);
});

it.each([
  ['duplicateNotification', ['a', 'a', 'b']],
  ['lostNotification', ['b']],
  ['outOfOrderNotification', ['b', 'a']],
] as const)('%s on request', async (kind, expected) => {
  await call('POST', 'subscriptions', subscription());
  graph.admin.fault({ kind });
  const names = new Map(
    ['a', 'b'].map((name) => [graph.admin.create(`users/${user}/messages`, { subject: name }), name]),
  );
  await graph.admin.idle();
  expect(told().map(({ resourceData }) => names.get(String((resourceData as Body).id)))).toEqual(expected);
});

it('tries again, and then says that it missed some', async () => {
  await call('POST', 'subscriptions', subscription());
  let refusals = 2;
  answer = () => ({ status: refusals-- > 0 ? 503 : 202 });
  graph.admin.create(`users/${user}/messages`, { subject: 'a' });
  await graph.admin.idle();
  expect(told()).toMatchObject([{ lifecycleEvent: 'missed', clientState: 'secret' }]);
});

it('ends subscriptions and tells so; another renewal is 404', async () => {
  const { body } = await call('POST', 'subscriptions', subscription());
  graph.admin.fault({ kind: 'expiredSubscriptions' });
  await graph.admin.idle();
  expect(told()).toMatchObject([{ lifecycleEvent: 'subscriptionRemoved' }]);
  const renewal = { expirationDateTime: inMinutes(60) };
  expect(await call('PATCH', `subscriptions/${String(body.id)}`, renewal)).toMatchObject({ status: 404 });
});

it('throttles writes on request, and demands the version that is asked for', async () => {
  graph.admin.fault({ kind: 'throttle', retryAfter: 3 });
  const tasks = `users/${user}/todo/lists/${list}/tasks`;
  expect(await call('POST', tasks, { title: 'Call' })).toMatchObject({ status: 429 });
  const { body } = await call('POST', tasks, { title: 'Call', linkedResources: [{ externalId: 'k' }] });
  expect(body).toMatchObject({ title: 'Call', linkedResources: [{ externalId: 'k' }] });
  expect(await call('POST', tasks, { colour: 'red' })).toMatchObject({ status: 400 });
  const init = { method: 'PATCH', headers: { authorization: `Bearer ${token}`, 'if-match': 'W/"old"' }, body: '{}' };
  expect((await fetch(`${graph.baseUrl}/v1.0/${tasks}/${encodeURIComponent(String(body.id))}`, init)).status).toBe(412);
});

it('pages a collection, and filters it', async () => {
  const messages = `users/${user}/messages`;
  const ids = ['a', 'b', 'c'].map((subject) => graph.admin.create(messages, { subject }));
  const first = await call('GET', `${messages}?$top=2&$select=subject`);
  const rest = await call('GET', String(first.body['@odata.nextLink']));
  const subjects = [first, rest].flatMap(({ body }) => (body.value as readonly Body[]).map(({ subject }) => subject));
  expect(subjects).toEqual(['a', 'b', 'c']);
  expect(await call('GET', `${messages}?$filter=subject eq 'b'`)).toMatchObject({ body: { value: [{ id: ids[1] }] } });
});

it('takes no token that has ended', async () => {
  graph.admin.fault({ kind: 'tokenExpiry' });
  expect(await call('GET', `users/${user}/messages`)).toMatchObject({
    status: 401,
    body: { error: { code: 'InvalidAuthenticationToken' } },
  });
});
