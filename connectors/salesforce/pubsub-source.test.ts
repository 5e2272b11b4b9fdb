import { generateKeyPairSync } from 'node:crypto';
import { type RunningSalesforce, type SalesforceOptions, startSalesforce } from '../../simulators/salesforce';
import {
  type Connection,
  type Delivery,
  Permanent,
  PositionExpired,
  Retryable,
  type Start,
  type SubscribeOptions,
} from '../contract';
import { noInbox } from '../kit/no-inbox';
import type { SalesforceConfig } from './config';
import { salesforce } from './index';
import type { SalesforceNative } from './native';

type Deliveries = AsyncGenerator<Delivery<SalesforceNative>, undefined, undefined>;

const topic = '/data/LeadChangeEvent';
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const latest: Start = { from: 'latest' };
const earliest: Start = { from: 'earliest' };

/** One key pair for all tests: making one takes longer than a test. */
const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

let org: RunningSalesforce;
let connection: Connection<SalesforceNative>;
let stopping: AbortController;

async function start(options: SalesforceOptions = {}, config: Partial<SalesforceConfig> = {}): Promise<void> {
  org = await startSalesforce({ apps: { integration: { publicKeyPem: publicKey } }, ...options });
  const { clientId, username } = org.clients.integration!;
  connection = await salesforce.connect(
    {
      baseUrl: org.baseUrl,
      loginUrl: org.baseUrl,
      pubsubEndpoint: org.grpcAddress,
      pubsubCa: org.caCertPem,
      auth: { kind: 'jwt-bearer', clientId, username, privateKey },
      subscribe: [topic],
      ...config,
    },
    { log, now: Date.now, inbox: noInbox },
  );
}

function subscribe(from: Start, options: Partial<SubscribeOptions> = {}): Deliveries {
  const all = { start: from, maxInFlight: 100, signal: stopping.signal, ...options };
  return connection.source.subscribe(topic, all)[Symbol.asyncIterator]() as Deliveries;
}

function createLeads(count: number, from = 0): string[] {
  return Array.from({ length: count }, (_, i) =>
    org.admin.create('Lead', { LastName: `Lopez ${from + i}`, Company: 'Acme', AnnualRevenue: 1234.5 }),
  );
}

async function take(deliveries: Deliveries, count: number): Promise<Delivery<SalesforceNative>[]> {
  const taken: Delivery<SalesforceNative>[] = [];
  while (taken.length < count) {
    const next = await deliveries.next();
    if (next.done === true) break;
    if (next.value.kind !== 'keepalive') taken.push(next.value);
  }
  return taken;
}

const idsOf = (deliveries: readonly Delivery<SalesforceNative>[]): (string | undefined)[] =>
  deliveries.map((delivery) =>
    delivery.kind === 'event' && delivery.native.kind === 'pubsub' ? delivery.native.header?.recordIds[0] : undefined,
  );

beforeEach(() => {
  stopping = new AbortController();
});

afterEach(async () => {
  stopping.abort();
  await connection.close();
  await org.stop();
});

describe('the source over the Pub/Sub API', () => {
  it('hands over stored events in order, decoded, and resumes after a position', async () => {
    await start();
    const leads = createLeads(250);
    const first = await take(subscribe(earliest), 120);
    expect(idsOf(first)).toEqual(leads.slice(0, 120));
    const rest = await take(subscribe({ from: 'position', position: first.at(-1)!.position }), 130);
    expect(idsOf(rest)).toEqual(leads.slice(120));
    const native = first[0]!.kind === 'event' ? first[0]!.native : undefined;
    expect(native).toMatchObject({
      kind: 'pubsub',
      topic,
      schemaName: 'LeadChangeEvent',
      header: { changeType: 'CREATE', entityName: 'Lead' },
      fields: { Company: 'Acme', AnnualRevenue: 1234.5, Name: { LastName: 'Lopez 0' } },
    });
  });

  it('names the fields of an update out of its bitmap', async () => {
    await start();
    const [lead = ''] = createLeads(1);
    org.admin.update(lead, { Phone: '123', City: 'Wien', AnnualRevenue: null });
    const [, update] = await take(subscribe(earliest), 2);
    const native = update?.kind === 'event' && update.native.kind === 'pubsub' ? update.native : undefined;
    expect(native?.changedFields).toEqual(expect.arrayContaining(['Phone', 'Address.City', 'AnnualRevenue']));
    expect(native?.nulledFields).toEqual(['AnnualRevenue']);
    const [event] = await salesforce.normalise(native!, { tenant: 't', connection: 'c', org: 'o', mapping: {} });
    expect(event?.data.record).toMatchObject({ phone: '123', address: { city: 'Wien' } });
    expect(event?.data.change.after).toEqual({ annualRevenue: null });
  });

  it('asks for no more than maxInFlight while the consumer stands still, and loses nothing', async () => {
    await start();
    const leads = createLeads(60);
    const stream = subscribe(earliest, { maxInFlight: 10 });
    const taken: (string | undefined)[] = [];
    for (let i = 0; i < 60; i++) taken.push(...idsOf(await take(stream, 1)));
    expect(taken).toEqual(leads);
  });

  it('tells keepalives with a position that can be resumed at', async () => {
    await start({ keepaliveMs: 50 });
    createLeads(1);
    const stream = subscribe(latest);
    const { value } = (await stream.next()) as IteratorYieldResult<Delivery<SalesforceNative>>;
    expect(value.kind).toBe('keepalive');
    const [lead] = createLeads(1, 1);
    expect(idsOf(await take(subscribe({ from: 'position', position: value.position }), 1))).toEqual([lead]);
  });

  it('goes on with a new token after the old one was refused in the middle of the stream', async () => {
    await start();
    const stream = subscribe(earliest);
    const before = createLeads(5);
    expect(idsOf(await take(stream, 5))).toEqual(before);
    org.admin.fault({ kind: 'tokenExpiry', streams: true });
    const after = createLeads(5, 5);
    expect(idsOf(await take(stream, 5))).toEqual(after);
  });

  it('fetches a new schema with a new token when the old one expired under an open stream', async () => {
    await start();
    const stream = subscribe(earliest);
    createLeads(1);
    await take(stream, 1);
    org.admin.fault({ kind: 'tokenExpiry' });
    org.admin.addFields('Lead', [{ name: 'Region__c', type: 'string' }]);
    org.admin.create('Lead', { LastName: 'Berger', Company: 'Acme', Region__c: 'North' });
    const [delivery] = await take(stream, 1);
    expect(delivery).toMatchObject({ kind: 'event', native: { fields: { Region__c: 'North' } } });
  });

  it.each(['corrupted', 'validation.failed'] as const)(
    'throws PositionExpired for an expired position (%s)',
    async (kind) => {
      await start({ expiredReplayIdError: kind });
      createLeads(3);
      const [first] = await take(subscribe(earliest), 1);
      org.admin.fault({ kind: 'expiredReplayId' });
      createLeads(1, 3);
      await expect(take(subscribe({ from: 'position', position: first!.position }), 1)).rejects.toThrow(
        PositionExpired,
      );
    },
  );

  it('throws Retryable when the stream is dropped, and what was not consumed comes again', async () => {
    await start();
    const leads = createLeads(4);
    const stream = subscribe(earliest);
    const [first] = await take(stream, 1);
    org.admin.fault({ kind: 'dropStream' });
    await expect(take(stream, 100)).rejects.toThrow(Retryable);
    const again = await take(subscribe({ from: 'position', position: first!.position }), 3);
    expect(idsOf(again)).toEqual(leads.slice(1));
  });

  it('throws Retryable when Salesforce falls silent although it owes events', async () => {
    await start({}, { silenceSeconds: 0.2 });
    org.admin.fault({ kind: 'keepaliveSilence' });
    await expect(subscribe(earliest).next()).rejects.toMatchObject({ code: 'SBX_SALESFORCE_SILENCE' });
  });

  it('hands over bytes that do not decode, and goes on', async () => {
    await start();
    org.admin.fault({ kind: 'truncatedAvro' });
    org.admin.fault({ kind: 'unknownSchemaId' });
    const [lead] = createLeads(1);
    const [truncated, unknown, event] = await take(subscribe(earliest), 3);
    expect(truncated).toMatchObject({ kind: 'undecodable', code: 'SBX_SALESFORCE_AVRO' });
    expect(unknown).toMatchObject({ kind: 'undecodable', code: 'SBX_SALESFORCE_SCHEMA_UNKNOWN' });
    expect(unknown?.kind === 'undecodable' && Buffer.from(unknown.bytes).toString('hex')).toBe('00');
    expect(idsOf([event!])).toEqual([lead]);
  });

  it('ends within a second of the abort, without an error', async () => {
    await start();
    const waiting = subscribe(latest).next();
    const aborted = performance.now();
    stopping.abort();
    expect(await waiting).toMatchObject({ done: true });
    expect(performance.now() - aborted).toBeLessThan(1000);
  });

  it('reads back what changed, deleted records too, a page at a time', async () => {
    await start();
    const from = new Date(Date.now() - 1000).toISOString();
    const leads = createLeads(3);
    org.admin.remove(leads[1]!);
    const to = new Date(Date.now() + 2000).toISOString();
    const found: SalesforceNative[] = [];
    for await (const native of connection.reader.changed(topic, from, to, stopping.signal)) found.push(native);
    const context = { tenant: 't', connection: 'c', org: connection.org, mapping: {} };
    const events = (await Promise.all(found.map((native) => salesforce.normalise(native, context)))).flat();
    expect(events.map(({ data }) => [data.record.id, data.change.kind]).toSorted()).toEqual(
      [
        [leads[0], 'observed'],
        [leads[1], 'deleted'],
        [leads[2], 'observed'],
      ].toSorted(),
    );
    const [read] = await connection.reader.read('Lead', [leads[0]!, leads[1]!], stopping.signal);
    expect(read).toMatchObject({ kind: 'record', nativeType: 'Lead', fields: { Company: 'Acme' } });
  });
});

describe('a managed subscription', () => {
  const managedSubscriptions = [{ id: '18xSB0000000001AAA', developerName: 'Signalbox_Leads', topic }];

  /** A second connection, as another process has it. */
  async function again(managedSubscription: string): Promise<void> {
    await connection.close();
    const { clientId, username } = org.clients.integration!;
    connection = await salesforce.connect(
      {
        baseUrl: org.baseUrl,
        loginUrl: org.baseUrl,
        pubsubEndpoint: org.grpcAddress,
        pubsubCa: org.caCertPem,
        auth: { kind: 'jwt-bearer', clientId, username, privateKey },
        subscribe: [topic],
        managedSubscription,
      },
      { log, now: Date.now, inbox: noInbox },
    );
  }

  it('goes on behind what was acknowledged, wherever it is asked to start, by developer name and by id', async () => {
    await start({ managedSubscriptions, keepaliveMs: 30 }, { managedSubscription: 'Signalbox_Leads' });
    const leads = createLeads(6);
    const stream = subscribe(latest);
    const taken = await take(stream, 4);
    expect(idsOf(taken)).toEqual(leads.slice(0, 4));
    // Only two are safe: the other two come again.
    await connection.source.ack(topic, taken[1]!.position);
    // The server has taken the commit when it sends what comes after it.
    expect((await stream.next()).value).toMatchObject({ kind: 'event' });
    expect((await stream.next()).value).toMatchObject({ kind: 'event' });
    expect((await stream.next()).value).toMatchObject({ kind: 'keepalive' });
    await again('18xSB0000000001AAA');
    expect(idsOf(await take(subscribe(latest), 4))).toEqual(leads.slice(2));
  });

  it('breaks as Retryable when a place is refused, and as Permanent when there is no such subscription', async () => {
    await start({ managedSubscriptions }, { managedSubscription: 'Signalbox_Leads' });
    createLeads(1);
    const stream = subscribe(earliest);
    await take(stream, 1);
    await connection.source.ack(topic, { v: 1, replayId: Buffer.from('nothing of ours').toString('base64') });
    await expect(stream.next()).rejects.toMatchObject({ code: 'SBX_SALESFORCE_COMMIT' });
    await again('Another');
    await expect(subscribe(earliest).next()).rejects.toThrow(Permanent);
  });

  it('is refused over the Streaming API, and for several topics', async () => {
    await start();
    const both = { managedSubscription: 'Signalbox_Leads', transport: 'cometd' } as const;
    await org.stop();
    await expect(start({ managedSubscriptions }, both)).rejects.toMatchObject({ code: 'SBX_SALESFORCE_MANAGED' });
    const subscribed = { managedSubscription: 'Signalbox_Leads', subscribe: [topic, '/data/TaskChangeEvent'] };
    await org.stop();
    await expect(start({ managedSubscriptions }, subscribed)).rejects.toMatchObject({ code: 'SBX_SALESFORCE_MANAGED' });
  });
});
