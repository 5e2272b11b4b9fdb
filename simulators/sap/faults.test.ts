import { startLandscape, type Landscape } from './test-support/client';
import { ask } from './test-support/client';
import { WebhookReceiver } from './test-support/receiver';
import type { FaultRequest } from './index';

let landscape: Landscape;
let receiver: WebhookReceiver;

beforeEach(async () => {
  landscape = await startLandscape({ redeliveryMs: 20 });
  receiver = await new WebhookReceiver().start();
});
afterEach(async () => {
  await landscape.sap.stop();
  await receiver.stop();
});

const cause = async (request: FaultRequest): Promise<void> => {
  const answer = await ask(`${landscape.sap.adminUrl}/faults`, { method: 'POST', body: request });
  expect(answer.status).toBe(200);
};
const post = (Subject: string) => landscape.c4c.ask('TaskCollection', { method: 'POST', body: { Subject } });
const lead = (Name: string): string => landscape.sap.admin.create('LeadCollection', { Name });
const names = async (count: number): Promise<readonly string[]> =>
  (await receiver.events(count)).map(({ data }) => (data as { currentImage: { name: string } }).currentImage.name);

it.each([
  ['serverUnavailable', 503],
  ['tooManyRequests', 429],
] as const)('%s: so many times, with Retry-After, and only on writes where asked', async (kind, status) => {
  await cause({ kind, times: 2, retryAfter: 7, on: 'write' });
  expect((await landscape.c4c.ask('TaskCollection')).status).toBe(200);
  const refused = [await post('a'), await post('a')];
  expect(refused.map((each) => [each.status, each.headers.get('retry-after')])).toEqual([
    [status, '7'],
    [status, '7'],
  ]);
  expect((await post('a')).status).toBe(201);
  expect(landscape.sap.admin.tasks()).toHaveLength(1);
});

it('dropResponse: the write is done, and nobody answers; reads and refused writes do not count', async () => {
  await cause({ kind: 'dropResponse' });
  expect((await landscape.c4c.ask('TaskCollection')).status).toBe(200);
  expect((await landscape.c4c.ask('TaskCollection', { method: 'POST', body: {} })).status).toBe(400);
  await expect(post('a')).rejects.toThrow();
  expect(landscape.sap.admin.tasks()).toHaveLength(1);
  expect(landscape.sap.admin.writes().map(({ status }) => status)).toEqual([400, 201]);
  expect((await post('b')).status).toBe(201);
});

it('slow: the answer waits', async () => {
  await cause({ kind: 'slow', ms: 120 });
  const start = Date.now();
  await landscape.c4c.ask('TaskCollection');
  expect(Date.now() - start).toBeGreaterThanOrEqual(110);
});

it('duplicateEvents, reorderEvents and loseEvents', async () => {
  await landscape.sap.admin.subscribe({ endpoint: receiver.url });
  await cause({ kind: 'duplicateEvents' });
  lead('twice');
  await cause({ kind: 'reorderEvents' });
  lead('late');
  lead('early');
  await cause({ kind: 'loseEvents' });
  lead('lost');
  lead('last');
  expect(await names(5)).toEqual(['twice', 'twice', 'early', 'late', 'last']);
  const [first, second] = await receiver.events(5);
  expect(first).toEqual(second);
  expect(landscape.sap.admin.events().map(({ copies }) => copies)).toEqual([2, 1, 1, 0, 1]);
});

it('refuseHandshake: nothing is delivered until the next one', async () => {
  await cause({ kind: 'refuseHandshake' });
  expect(await landscape.sap.admin.subscribe({ endpoint: receiver.url })).toMatchObject({ active: false });
  lead('waits');
  expect(landscape.sap.admin.counts()).toMatchObject({ pending: 1, delivered: 0, refused: 0 });
  expect(await landscape.sap.admin.subscribe({ endpoint: receiver.url })).toMatchObject({ active: true });
  expect(await names(1)).toEqual(['waits']);
});

it('poisonEvent: a body that is no JSON, under a topic of choice', async () => {
  await landscape.sap.admin.subscribe({ endpoint: receiver.url, topics: ['default/signalbox/1/ce/own'] });
  await cause({ kind: 'poisonEvent' });
  await cause({ kind: 'poisonEvent', topic: 'default/signalbox/1/ce/own', body: '{"half":' });
  const [push] = await receiver.received(1);
  expect(push?.text).toBe('{"half":');
  expect(receiver.pushes).toHaveLength(1);
});

it('lists and clears what is armed, and says what it does not know', async () => {
  await cause({ kind: 'loseEvents', times: 3 });
  expect(landscape.sap.admin.faults()).toEqual([{ kind: 'loseEvents', left: 3 }]);
  await cause({ kind: 'clear' });
  expect(landscape.sap.admin.faults()).toEqual([]);
  const unknown = await ask(`${landscape.sap.adminUrl}/faults`, { method: 'POST', body: { kind: 'earthquake' } });
  expect([unknown.status, unknown.text]).toEqual([400, expect.stringContaining('serverUnavailable')]);
});
