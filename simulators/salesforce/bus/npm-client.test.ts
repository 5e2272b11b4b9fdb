import PubSubApiClient from 'salesforce-pubsub-api-client';
import { startOrg, type OrgUnderTest } from '../test-support/org-under-test';
import { until } from '../test-support/raw-client';

// avro-js, which the client decodes with, requires `underscore` for a validator that nobody calls, and does not declare it.
jest.mock('underscore', () => ({}), { virtual: true });

/** An independent client, written against the real service. */
let org: OrgUnderTest;
let client: PubSubApiClient;

interface Seen {
  readonly type: string;
  readonly data: {
    replayId: number;
    payload: Record<string, unknown> & { ChangeEventHeader: Record<string, unknown> };
  };
}
const seen: Seen[] = [];
const listen = (_: unknown, type: string, data: unknown): void => {
  seen.push({ type, data: data as Seen['data'] });
};
const events = (): Seen['data'][] => seen.filter(({ type }) => type === 'event').map(({ data }) => data);

beforeAll(async () => {
  org = await startOrg({
    keepaliveMs: 200,
    platformEvents: [{ name: 'Note__e', fields: [{ name: 'Text__c', type: 'string' }] }],
  });
  const { clientId, username, privateKeyPem } = org.salesforce.clients['integration']!;
  const quiet = { debug: () => undefined, info: () => undefined, error: () => undefined, warn: () => undefined };
  client = new PubSubApiClient(
    {
      authType: 'oauth-jwt-bearer',
      loginUrl: org.salesforce.baseUrl,
      clientId,
      username,
      privateKey: privateKeyPem!,
      pubSubEndpoint: org.salesforce.grpcAddress,
      // It brings its own list of authorities and takes no other.
      rejectUnauthorizedSsl: false,
    },
    quiet,
  );
  await client.connect();
});
beforeEach(() => {
  seen.length = 0;
});
afterAll(async () => {
  // The other way round the client meets the end of its streams without a listener, and dies.
  await org.stop();
  client.close();
});

it('logs in with a JWT, gets past events, decodes them and their bitmaps', async () => {
  const id = org.salesforce.admin.create('Lead', { LastName: 'Day', FirstName: 'Ada', Company: 'Acme', City: 'Bonn' });
  org.salesforce.admin.update(id, { Company: 'Beta', City: 'Köln' });
  client.subscribeFromEarliestEvent('/data/LeadChangeEvent', listen as Parameters<PubSubApiClient['subscribe']>[1], 2);
  await until(() => events().length === 2, 'two events');
  const [created, updated] = events();
  expect(created?.payload).toMatchObject({
    ChangeEventHeader: { entityName: 'Lead', changeType: 'CREATE', recordIds: [id] },
    Name: { FirstName: 'Ada', LastName: 'Day' },
    Company: 'Acme',
  });
  expect(updated?.payload.ChangeEventHeader['changedFields']).toEqual(
    expect.arrayContaining(['Company', 'Address.City']),
  );
  expect(updated?.payload.ChangeEventHeader['commitNumber']).toBeGreaterThan(BigInt(Number.MAX_SAFE_INTEGER));
  await until(() => seen.some(({ type }) => type === 'lastEvent'), 'the last event');
});

it('resumes from a replay id', async () => {
  const ids = ['A', 'B', 'C'].map((LastName) => org.salesforce.admin.create('Account', { Name: LastName }));
  client.subscribeFromEarliestEvent(
    '/data/AccountChangeEvent',
    listen as Parameters<PubSubApiClient['subscribe']>[1],
    1,
  );
  await until(() => events().length === 1, 'one event');
  const { replayId } = events()[0]!;
  seen.length = 0;
  // The client keeps one stream per topic, so the resume needs a topic of its own: the channel has the same ids.
  client.subscribeFromReplayId(
    '/data/ChangeEvents',
    listen as Parameters<PubSubApiClient['subscribe']>[1],
    2,
    replayId,
  );
  await until(() => events().length === 2, 'two events');
  expect(events().map(({ payload }) => payload.ChangeEventHeader['recordIds'])).toEqual([[ids[1]], [ids[2]]]);
});

it('publishes a platform event that comes back', async () => {
  client.subscribe('/event/Note__e', listen as Parameters<PubSubApiClient['subscribe']>[1], 1);
  await until(() => seen.some(({ type }) => type === 'grpcKeepAlive'), 'a keepalive');
  const payload = { CreatedDate: Date.now(), CreatedById: '005Sb0000000001', Text__c: { string: 'hello' } };
  const result = await client.publish('/event/Note__e', payload, 'my-key');
  expect(result).toMatchObject({ correlationKey: 'my-key' });
  await until(() => events().length === 1, 'the event');
  expect(events()[0]).toMatchObject({ replayId: result.replayId, payload: { Text__c: 'hello' } });
});
