import { generateKeyPairSync } from 'node:crypto';
import { type Schema, Type } from 'avsc';
import { type RunningSalesforce, type SalesforceOptions, startSalesforce } from '../../simulators/salesforce';
import { platformEventSchema } from '../../simulators/salesforce/bus/event-schema';
import { CometdServer } from '../../simulators/salesforce/cometd/cometd-server';
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

const channel = '/data/LeadChangeEvent';
const noteEvent = { name: 'Note__e', fields: [{ name: 'Text__c', type: 'string' }] } as const;
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const latest: Start = { from: 'latest' };
const earliest: Start = { from: 'earliest' };
const context = { tenant: 't', connection: 'c', org: 'o', mapping: {} };

const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

let org: RunningSalesforce;
let connections: Connection<SalesforceNative>[];
let stopping: AbortController;

async function connect(config: Partial<SalesforceConfig> = {}): Promise<Connection<SalesforceNative>> {
  const { clientId, username } = org.clients.integration!;
  const connection = await salesforce.connect(
    {
      baseUrl: org.baseUrl,
      loginUrl: org.baseUrl,
      transport: 'cometd',
      pubsubEndpoint: org.grpcAddress,
      pubsubCa: org.caCertPem,
      auth: { kind: 'jwt-bearer', clientId, username, privateKey },
      subscribe: [channel],
      ...config,
    },
    { log, now: Date.now, inbox: noInbox },
  );
  connections.push(connection);
  return connection;
}

async function start(options: SalesforceOptions = {}): Promise<Connection<SalesforceNative>> {
  org = await startSalesforce({
    apps: { integration: { publicKeyPem: publicKey } },
    platformEvents: [noteEvent],
    ...options,
  });
  return connect();
}

function subscribe(
  connection: Connection<SalesforceNative>,
  from: Start,
  options: Partial<SubscribeOptions> = {},
): Deliveries {
  const all = { start: from, maxInFlight: 100, signal: stopping.signal, ...options };
  return connection.source.subscribe(channel, all)[Symbol.asyncIterator]() as Deliveries;
}

const createLeads = (count: number, from = 0): string[] =>
  Array.from({ length: count }, (_, i) => org.admin.create('Lead', { LastName: `Lopez ${from + i}`, Company: 'Acme' }));

async function take(deliveries: Deliveries, count: number): Promise<Delivery<SalesforceNative>[]> {
  const taken: Delivery<SalesforceNative>[] = [];
  while (taken.length < count) {
    const next = await deliveries.next();
    if (next.done === true) break;
    if (next.value.kind !== 'keepalive') taken.push(next.value);
  }
  return taken;
}

const nativeOf = (delivery: Delivery<SalesforceNative> | undefined): SalesforceNative => {
  if (delivery?.kind !== 'event') throw new Error(`no event: ${JSON.stringify(delivery)}`);
  return delivery.native;
};

async function idsOf(deliveries: readonly Delivery<SalesforceNative>[]): Promise<string[]> {
  const events = await Promise.all(deliveries.map((one) => salesforce.normalise(nativeOf(one), context)));
  return events.flat().map(({ data }) => data.record.id);
}

async function until(holds: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 5000; !holds();) {
    if (Date.now() > deadline) throw new Error('it did not come about in time');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** The Bayeux channels of the requests that servers get from now on. */
function overhear(): readonly string[] {
  const asked: string[] = [];
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with the server below
  const { handle } = CometdServer.prototype;
  jest.spyOn(CometdServer.prototype, 'handle').mockImplementation(function (this: CometdServer, request, response) {
    request.on('data', (body: Buffer) => asked.push(...(/"channel":"([^"]+)"/.exec(body.toString())?.slice(1) ?? [])));
    handle.call(this, request, response);
  });
  return asked;
}

const pollsIn = (asked: readonly string[]): number => asked.filter((name) => name === '/meta/connect').length;

beforeEach(() => {
  stopping = new AbortController();
  connections = [];
});

afterEach(async () => {
  stopping.abort();
  await Promise.all(connections.map((connection) => connection.close()));
  await org.stop();
  jest.restoreAllMocks();
});

describe('the source over the Streaming API', () => {
  it('hands over stored events in order, and resumes after a position', async () => {
    const connection = await start();
    const leads = createLeads(30);
    const first = await take(subscribe(connection, earliest), 12);
    expect(await idsOf(first)).toEqual(leads.slice(0, 12));
    const position = first.at(-1)!.position;
    expect(await idsOf(await take(subscribe(connection, { from: 'position', position }), 18))).toEqual(leads.slice(12));
  });

  it('tells a change as the Pub/Sub API does: same id, same place in the order, same record', async () => {
    const cometd = await start();
    const pubsub = await connect({ transport: 'pubsub' });
    const [lead = ''] = createLeads(1);
    org.admin.update(lead, { Phone: '123', City: 'Wien', AnnualRevenue: 12.5 });
    org.admin.update(lead, { Phone: null });
    org.admin.remove(lead);
    const events = async (connection: Connection<SalesforceNative>) => {
      const deliveries = await take(subscribe(connection, earliest), 4);
      return (await Promise.all(deliveries.map((one) => salesforce.normalise(nativeOf(one), context)))).flat();
    };
    const [over, under] = [await events(cometd), await events(pubsub)];
    expect(over.map(({ id }) => id)).toEqual(under.map(({ id }) => id));
    expect(over.map(({ sequence }) => sequence)).toEqual(under.map(({ sequence }) => sequence));
    expect(over.map(({ data }) => [data.record, data.change.kind, data.change.after])).toEqual(
      under.map(({ data }) => [data.record, data.change.kind, data.change.after]),
    );
  });

  it('tells a platform event as the Pub/Sub API does: its id is that of the event', async () => {
    const note = '/event/Note__e';
    const cometd = await start();
    const pubsub = await connect({ transport: 'pubsub' });
    const type = Type.forSchema(platformEventSchema(noteEvent) as Schema);
    const datum = {
      CreatedDate: Date.parse('2026-03-01T09:30:00Z'),
      CreatedById: '005000000000001AAA',
      Text__c: 'Hello',
    };
    org.admin.fault({ kind: 'rawPayload', topic: note, payload: type.toBuffer(datum).toString('base64') });
    const event = async (connection: Connection<SalesforceNative>) => {
      const all = { start: earliest, maxInFlight: 10, signal: stopping.signal };
      const [delivery] = await take(connection.source.subscribe(note, all)[Symbol.asyncIterator]() as Deliveries, 1);
      return salesforce.normalise(nativeOf(delivery), context);
    };
    const over = await event(cometd);
    expect(over).toEqual(await event(pubsub));
    expect(over[0]).toMatchObject({ type: 'io.signalbox.record.published.v1', time: '2026-03-01T09:30:00.000Z' });
  });

  it('tells who still reads a closed connection', async () => {
    const connection = await start();
    const waiting = take(subscribe(connection, latest), 1);
    const told = expect(waiting).rejects.toMatchObject({ code: 'SBX_SALESFORCE_STREAM_ENDED' });
    await connection.check(stopping.signal);
    await connection.close();
    await told;
  });

  it('polls no further while the consumer has not taken what came, and loses nothing', async () => {
    const connection = await start();
    const asked = overhear();
    const leads = createLeads(5);
    const stream = subscribe(connection, earliest, { maxInFlight: 2 });
    const taken = await take(stream, 1);
    leads.push(...createLeads(5, 5));
    const polls = pollsIn(asked);
    taken.push(...(await take(stream, 4)));
    expect(pollsIn(asked)).toBe(polls);
    taken.push(...(await take(stream, 5)));
    expect(pollsIn(asked)).toBeGreaterThan(polls);
    expect(await idsOf(taken)).toEqual(leads);
  });

  it('subscribes anew behind what it has, when the session was lost while the consumer was busy', async () => {
    const connection = await start();
    const leads = createLeads(3);
    const stream = subscribe(connection, earliest);
    const taken = await take(stream, 3);
    org.admin.fault({ kind: 'forgetClients' });
    leads.push(...createLeads(3, 3));
    taken.push(...(await take(stream, 3)));
    expect(await idsOf(taken)).toEqual(leads);
  });

  it('shakes hands anew as often as advised, then leaves the pace to the caller', async () => {
    const connection = await start();
    const [lead] = createLeads(1);
    org.admin.fault({ kind: 'unknownClient', times: 2 });
    const stream = subscribe(connection, earliest);
    expect(await idsOf(await take(stream, 1))).toEqual([lead]);
    await stream.return(undefined);
    org.admin.fault({ kind: 'unknownClient', times: 3 });
    await expect(take(subscribe(connection, earliest), 1)).rejects.toMatchObject({
      code: 'COMETD_403',
      message: expect.stringContaining('Unknown client') as string,
    });
    org.admin.fault({ kind: 'handshakeDenied' });
    await expect(take(subscribe(connection, earliest), 1)).rejects.toThrow(Retryable);
  });

  it('goes on with a new token after the old one was refused in the middle of the stream', async () => {
    const connection = await start({ pollMs: 50 });
    const stream = subscribe(connection, earliest);
    const leads = createLeads(2);
    const taken = await take(stream, 2);
    org.admin.fault({ kind: 'tokenExpiry' });
    leads.push(...createLeads(2, 2));
    taken.push(...(await take(stream, 2)));
    expect(await idsOf(taken)).toEqual(leads);
  });

  it('does not begin at the latest event twice: what came in between would be skipped', async () => {
    const connection = await start({ pollMs: 50 });
    const asked = overhear();
    const waiting = take(subscribe(connection, latest), 1);
    waiting.catch(() => undefined);
    // The second poll follows the first one's answer, and that of the subscription.
    await until(() => pollsIn(asked) > 1);
    org.admin.fault({ kind: 'forgetClients' });
    await expect(waiting).rejects.toMatchObject({ code: 'SBX_SALESFORCE_NO_PLACE' });
  });

  it('throws PositionExpired for a position out of retention, and for one of the Pub/Sub API', async () => {
    const connection = await start();
    createLeads(2);
    const [first] = await take(subscribe(connection, earliest), 1);
    org.admin.fault({ kind: 'expiredReplayId' });
    const expired = subscribe(connection, { from: 'position', position: first!.position });
    await expect(take(expired, 1)).rejects.toThrow(PositionExpired);
    const foreign = subscribe(connection, { from: 'position', position: { v: 1, replayId: 'AAAAAAAXkCkAAA==' } });
    await expect(take(foreign, 1)).rejects.toMatchObject({ code: 'SBX_SALESFORCE_TRANSPORT' });
  });

  it('throws Permanent for a channel that there is not, which check tells with its fix', async () => {
    await start();
    const connection = await connect({ subscribe: ['/data/NothingChangeEvent'] });
    const all = { start: earliest, maxInFlight: 10, signal: stopping.signal };
    const deliveries = connection.source.subscribe('/data/NothingChangeEvent', all)[Symbol.asyncIterator]();
    await expect(deliveries.next()).rejects.toThrow(Permanent);
    const findings = await connection.check(stopping.signal);
    expect(findings).toContainEqual(
      expect.objectContaining({ level: 'error', fix: expect.stringContaining('Change Data Capture') as string }),
    );
  });

  it('throws Retryable when the connection is cut, and when no answer comes at all', async () => {
    const connection = await start();
    const [lead] = createLeads(1);
    const stream = subscribe(connection, earliest);
    const [first] = await take(stream, 1);
    const cut = take(stream, 1);
    cut.catch(() => undefined);
    org.admin.fault({ kind: 'dropStream' });
    await expect(cut).rejects.toThrow(Retryable);
    expect(await idsOf([first!])).toEqual([lead]);
    const impatient = await connect({ silenceSeconds: 0.1 });
    await expect(take(subscribe(impatient, latest), 1)).rejects.toMatchObject({ code: 'SBX_SALESFORCE_SILENCE' });
  });

  it('hands over a message without a payload as bytes, and goes on', async () => {
    const connection = await start();
    org.admin.fault({ kind: 'truncatedAvro' });
    const [lead] = createLeads(1);
    const [broken, event] = await take(subscribe(connection, earliest), 2);
    expect(broken).toMatchObject({ kind: 'undecodable', code: 'SBX_SALESFORCE_PAYLOAD' });
    expect(await idsOf([event!])).toEqual([lead]);
  });
});
