import { startOrg, type OrgUnderTest } from '../test-support/org-under-test';
import { RawClient, until, type RawSubscription } from '../test-support/raw-client';

const topic = '/data/LeadChangeEvent';
let org: OrgUnderTest;
const open: RawSubscription[] = [];

beforeAll(async () => {
  org = await startOrg({
    keepaliveMs: 150,
    idleMs: 300,
    platformEvents: [{ name: 'Note__e', fields: [{ name: 'Text__c', type: 'string' }] }],
  });
});
afterEach(() => {
  for (const subscription of open.splice(0)) subscription.call.cancel();
});
afterAll(() => org.stop());

const subscribe = (fields: object): RawSubscription => {
  const subscription = org.client.subscribe().request({ topicName: topic, numRequested: 100, ...fields });
  open.push(subscription);
  return subscription;
};
/** A subscription that is known to have started: its first keepalive has come. */
const atTip = async (fields: object = {}): Promise<RawSubscription> => {
  const subscription = subscribe({ replayPreset: 'LATEST', ...fields });
  await until(() => subscription.responses.length > 0, 'the first keepalive');
  return subscription;
};
const makeLeads = (count: number, name = 'Lead'): string[] =>
  Array.from({ length: count }, (_, n) =>
    org.salesforce.admin.create('Lead', { LastName: `${name} ${n}`, Company: 'Acme' }),
  );

describe('where a subscription starts', () => {
  it('LATEST gives only what comes after, EARLIEST everything stored, CUSTOM what follows a replay id', async () => {
    const [first] = makeLeads(3, 'stored');
    const latest = await atTip();
    const earliest = subscribe({ replayPreset: 'EARLIEST' });
    const stored = await earliest.received(3);
    expect((await org.client.decode(stored[0]!)).ChangeEventHeader['recordIds']).toEqual([first]);
    const custom = subscribe({ replayPreset: 'CUSTOM', replayId: stored[0]!.replayId });
    const followed = await custom.received(2);
    expect(followed.map(({ id }) => id)).toEqual(stored.slice(1).map(({ id }) => id));
    expect(latest.events).toEqual([]);
    makeLeads(1);
    await Promise.all([latest.received(1), custom.received(3)]);
  });

  it('defaults to LATEST when the preset is forgotten', async () => {
    const subscription = org.client.subscribe().request({ topicName: topic, numRequested: 1 });
    open.push(subscription);
    await until(() => subscription.responses.length > 0, 'a keepalive');
    expect(subscription.events).toEqual([]);
  });

  it('takes a replay id without its trailing zeros, as a widely used client sends it', async () => {
    makeLeads(2);
    const stored = await subscribe({ replayPreset: 'EARLIEST' }).received(2);
    const custom = subscribe({ replayPreset: 'CUSTOM', replayId: stored[0]!.replayId.subarray(0, 8) });
    expect((await custom.received(1))[0]?.id).toBe(stored[1]?.id);
  });

  it('gives opaque ids of ten bytes that grow and leave holes', async () => {
    makeLeads(3);
    const stored = await subscribe({ replayPreset: 'EARLIEST' }).received(3);
    const ids = stored.map(({ replayId }) => {
      expect(replayId).toHaveLength(10);
      expect(replayId.readUInt16BE(8)).toBe(0);
      return replayId.readBigUInt64BE();
    });
    for (const [index, id] of ids.slice(1).entries()) expect(id).toBeGreaterThan(ids[index]! + 1n);
  });
});

describe('credit', () => {
  it('is spent one per event, adds up, and is cut to 100', async () => {
    const subscription = await atTip({ numRequested: 3 });
    makeLeads(5);
    await subscription.received(3);
    expect(subscription.responses.at(-1)?.pendingNumRequested).toBe(0);
    subscription.request({ topicName: topic, numRequested: 1 }).request({ numRequested: 1 });
    await subscription.received(5);
    subscription.request({ numRequested: 70 }).request({ numRequested: 70 });
    await until(() => (subscription.responses.at(-1)?.pendingNumRequested ?? 0) === 100, 'a keepalive that owes 100');
    makeLeads(130);
    await subscription.received(105);
    await until(() => subscription.responses.at(-1)?.pendingNumRequested === 0, 'no credit');
    expect(subscription.events).toHaveLength(105);
  });

  it('without any for too long ends the stream', async () => {
    const subscription = await atTip({ numRequested: 1 });
    makeLeads(1);
    await subscription.received(1);
    await until(() => subscription.isEnded, 'the end');
    expect(subscription.error).toBeUndefined();
  });

  it('below one is refused', async () => {
    expect(await subscribe({ numRequested: 0 }).failed()).toBe(
      'sfdc.platform.eventbus.grpc.subscription.fetch.requested.events.invalid',
    );
  });
});

it('keepalives are empty, carry a fresh replay id to resume from, and say what is owed', async () => {
  const subscription = await atTip({ numRequested: 7 });
  await until(() => subscription.responses.length >= 3, 'three keepalives');
  const [first, second] = subscription.responses;
  expect(first).toMatchObject({ events: [], pendingNumRequested: 7 });
  expect(second!.latestReplayId.compare(first!.latestReplayId)).toBe(1);
  org.salesforce.admin.fault({ kind: 'expiredReplayId' });
  await until(() => subscription.responses.at(-1)!.latestReplayId.compare(second!.latestReplayId) === 1, 'a newer id');
  const [, , , ...later] = subscription.responses;
  await until(() => subscription.responses.length > later.length + 4, 'a keepalive after the expiry');
  const resumed = subscribe({ replayPreset: 'CUSTOM', replayId: subscription.responses.at(-1)!.latestReplayId });
  makeLeads(1);
  await resumed.received(1);
});

describe('a stream ends with an error that names its code in the trailers and its call in the text', () => {
  const code = (name: string): string => `sfdc.platform.eventbus.grpc.${name}`;

  it.each([
    ['a topic that is not there', { topicName: '/data/NopeChangeEvent' }, 5, 'topic.not.found'],
    ['a topic in the wrong case', { topicName: '/data/leadchangeevent' }, 5, 'topic.not.found'],
    ['no topic', { topicName: '' }, 3, 'topic.validation.empty'],
    ['CUSTOM without a replay id', { replayPreset: 'CUSTOM' }, 3, 'subscription.fetch.replayid.validation.failed'],
    [
      'a replay id of the wrong length',
      { replayPreset: 'CUSTOM', replayId: Buffer.alloc(3) },
      3,
      'subscription.fetch.replayid.corrupted',
    ],
    [
      'a replay id that was never given',
      { replayPreset: 'CUSTOM', replayId: Buffer.alloc(10) },
      3,
      'subscription.fetch.replayid.corrupted',
    ],
  ])('%s', async (_, fields, status, name) => {
    const subscription = subscribe(fields);
    expect(await subscription.failed()).toBe(code(name));
    expect(subscription.error?.code).toBe(status);
    expect(subscription.error?.details).toMatch(/ rpcId: [0-9a-f-]{36}$/);
  });

  it('a computed replay id', async () => {
    makeLeads(1);
    const [event] = await subscribe({ replayPreset: 'EARLIEST' }).received(1);
    const computed = Buffer.from(event!.replayId);
    computed.writeBigUInt64BE(computed.readBigUInt64BE() + 1n);
    expect(await subscribe({ replayPreset: 'CUSTOM', replayId: computed }).failed()).toBe(
      code('subscription.fetch.replayid.corrupted'),
    );
  });

  it('another topic on the same stream', async () => {
    const subscription = await atTip();
    subscription.request({ topicName: '/data/TaskChangeEvent', numRequested: 1 });
    expect(await subscription.failed()).toBe(code('subscription.fetch.topic.mismatch'));
  });

  it('a token that is not good, and headers that are missing', async () => {
    const headers = { instanceurl: org.salesforce.baseUrl, tenantid: org.salesforce.orgId };
    for (const [token, given, name] of [
      ['nonsense', headers, 'service.auth.error'],
      [org.connection.accessToken!, { ...headers, tenantid: '00Dxx0000000000AAA' }, 'service.auth.error'],
      [org.connection.accessToken!, { instanceurl: org.salesforce.baseUrl }, 'service.auth.headers.invalid'],
    ] as const) {
      const client = new RawClient(org.salesforce, token, given);
      const subscription = client.subscribe().request({ topicName: topic, numRequested: 1 });
      expect(await subscription.failed()).toBe(code(name));
      expect(subscription.error?.code).toBe(16);
      await expect(client.call('GetTopic', { topicName: topic })).rejects.toMatchObject({ code: 16 });
      client.close();
    }
  });
});

describe('topics and schemas', () => {
  it('a topic names its schema, and the schema comes by id', async () => {
    const info = await org.client.call('GetTopic', { topicName: topic });
    expect(info).toMatchObject({ topicName: topic, canSubscribe: true, canPublish: false });
    expect(info['schemaId']).toMatch(/^[\w-]{22}$/);
    const schema = await org.client.call('GetSchema', { schemaId: info['schemaId'] });
    expect(JSON.parse(String(schema['schemaJson']))).toMatchObject({
      name: 'LeadChangeEvent',
      namespace: 'com.sforce.eventbus',
    });
  });

  it('blank and unknown ones are refused', async () => {
    await expect(org.client.call('GetTopic', { topicName: '/data/Nope' })).rejects.toMatchObject({ code: 5 });
    await expect(org.client.call('GetSchema', { schemaId: '' })).rejects.toMatchObject({ code: 3 });
    await expect(org.client.call('GetSchema', { schemaId: 'AAAAAAAAAAAAAAAAAAAAAA' })).rejects.toMatchObject({
      code: 5,
    });
  });

  it('the channel of all change events carries every object, each event with its own schema', async () => {
    const subscription = await atTip({ topicName: '/data/ChangeEvents' });
    org.salesforce.admin.create('Account', { Name: 'Acme' });
    makeLeads(1);
    const events = await subscription.received(2);
    const bodies = await Promise.all(events.map((event) => org.client.decode(event)));
    expect(bodies.map((body) => body.ChangeEventHeader['entityName'])).toEqual(['Account', 'Lead']);
    expect(events[0]?.schemaId).not.toBe(events[1]?.schemaId);
  });
});

describe('publishing', () => {
  const publishable = async () => {
    const { schemaId } = (await org.client.call('GetTopic', { topicName: '/event/Note__e' })) as { schemaId: string };
    const schema = await org.client.schema(schemaId);
    const payload = schema.toBuffer({ CreatedDate: 1n, CreatedById: '005', Text__c: 'hello' });
    return { schemaId, payload };
  };

  it('puts platform events on their topic and answers per event', async () => {
    const { schemaId, payload } = await publishable();
    const subscription = await atTip({ topicName: '/event/Note__e' });
    const events = [
      { id: 'one', schemaId, payload },
      { id: 'two', schemaId, payload: Buffer.from([1]) },
      { id: 'three', schemaId: '', payload },
    ];
    const { results } = (await org.client.call('Publish', { topicName: '/event/Note__e', events })) as {
      results: { correlationKey: string; replayId: Buffer; error: { code: string; msg: string } | null }[];
    };
    expect(results.map(({ correlationKey, error }) => [correlationKey, error?.code ?? null])).toEqual([
      ['one', null],
      ['two', 'PUBLISH'],
      ['three', 'PUBLISH'],
    ]);
    const [event] = await subscription.received(1);
    expect(event?.replayId).toEqual(results[0]?.replayId);
    expect(await org.client.decode(event!)).toMatchObject({ Text__c: 'hello' });
  });

  it('through REST arrives as well, with the system fields set', async () => {
    const subscription = await atTip({ topicName: '/event/Note__e' });
    const answer = await org.connection.sobject('Note__e').create({ Text__c: 'from rest' });
    expect(answer.success).toBe(true);
    const [event] = await subscription.received(1);
    expect(await org.client.decode(event!)).toMatchObject({
      Text__c: 'from rest',
      CreatedById: org.salesforce.clients['integration']!.userId,
    });
  });

  it('on a stream answers every request, and refuses another topic', async () => {
    const { schemaId, payload } = await publishable();
    const stream = org.client.stub.PublishStream();
    const answers: Record<string, unknown>[] = [];
    let error: { code?: number } | undefined;
    stream.on('data', (answer: Record<string, unknown>) => answers.push(answer));
    stream.on('error', (raised: { code?: number }) => {
      error = raised;
    });
    stream.write({ topicName: '/event/Note__e', events: [{ id: 'a', schemaId, payload }] });
    stream.write({ events: [{ id: 'b', schemaId, payload }] });
    await until(() => answers.length === 2, 'two answers');
    stream.write({ topicName: '/event/Other__e', events: [{ id: 'c', schemaId, payload }] });
    await until(() => error !== undefined, 'an error');
    expect(error?.code).toBe(3);
  });

  it('on a change event topic is not allowed', async () => {
    await expect(org.client.call('Publish', { topicName: topic, events: [] })).rejects.toMatchObject({ code: 7 });
  });
});
