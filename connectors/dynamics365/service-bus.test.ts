import { type RunningServiceBus, startServiceBus } from '../../simulators/servicebus';
import { type RunningDynamics365, startDynamics365 } from '../../simulators/dynamics365';
import { MemoryInbox } from '../../test/contract/memory-inbox';
import { type Connection, Retryable } from '../contract';
import { openLink } from '../kit/amqp-link';
import { dynamics365 } from '.';
import type { BusAccess } from './config';
import type { Dynamics365Native } from './native';

const queue = 'dataverse';
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const context = JSON.stringify({ MessageName: 'Create', PrimaryEntityName: 'lead', OperationId: 'o-1' });

let org: RunningDynamics365;
let bus: RunningServiceBus;
let connections: Connection<Dynamics365Native>[];

/** @param tokenLifeMs of a token of Entra ID */
async function start(tokenLifeMs?: number): Promise<void> {
  org = await startDynamics365(tokenLifeMs === undefined ? {} : { tokenLifeMs });
  bus = await startServiceBus({ queues: [queue], jwtEnd: (token) => org.admin.busTokenEnd(token) });
  connections = [];
}
afterEach(async () => {
  for (const connection of connections) await connection.close();
  await bus.stop();
  await org.stop();
});

async function connect(
  access: BusAccess,
  inbox = new MemoryInbox(),
  to = queue,
): Promise<Connection<Dynamics365Native>> {
  const { baseUrl, directoryId, clientId, clientSecret } = org;
  const auth = { kind: 'client-credentials', loginUrl: baseUrl, directoryId, clientId, clientSecret } as const;
  const serviceBus = { url: bus.url, queue: to, ...access };
  const config = { baseUrl, auth, serviceBus, subscribe: ['lead'] };
  const connection = await dynamics365.connect(config, { log, now: Date.now, inbox });
  connections.push(connection);
  return connection;
}

const sas = (): BusAccess => ({ claims: 'sas', keyName: bus.policy.name, key: bus.policy.key });

/** Hears until so many events came; `each` is told of their number. */
async function hear(
  { source }: Connection<Dynamics365Native>,
  count: number,
  each: (heard: number) => void = () => undefined,
): Promise<number> {
  const abort = new AbortController();
  let heard = 0;
  const options = { start: { from: 'earliest' }, maxInFlight: 10, signal: abort.signal } as const;
  for await (const delivery of source.subscribe('lead', options)) {
    if (delivery.kind !== 'event') continue;
    heard += 1;
    each(heard);
    if (heard === count) abort.abort();
  }
  return heard;
}

/** Settles when so many tokens were put. */
async function tokensPut(count: number): Promise<void> {
  while (bus.tokens().length < count) await new Promise((resolve) => setImmediate(resolve));
}

const errorsOf = async (connection: Connection<Dynamics365Native>) =>
  (await connection.check(AbortSignal.timeout(10_000))).filter(({ level }) => level === 'error');

describe('a queue of the Service Bus, entered with tokens', () => {
  it('lets nobody listen without one', async () => {
    await start();
    const broker = { url: bus.url, login: () => Promise.resolve({ kind: 'anonymous' } as const) };
    const link = openLink(
      { broker, address: queue },
      { message: () => undefined, ended: () => undefined },
      AbortSignal.timeout(5_000),
    );
    await expect(link).rejects.toMatchObject({ code: 'SBX_AMQP_REFUSED' });
  });

  it('takes shared access signatures for the queue, made of the key', async () => {
    await start();
    bus.put(queue, { body: context });
    expect(await hear(await connect(sas()), 1)).toBe(1);
    expect(bus.tokens()).toEqual([
      { type: 'servicebus.windows.net:sastoken', audience: 'sb://127.0.0.1/dataverse', status: 202 },
    ]);
  });

  it('opens a body that .NET code put in as a text, for the stream of its table', async () => {
    await start();
    const namespace = 'http://schemas.microsoft.com/2003/10/Serialization/';
    const head = `@\u0006string\b3${namespace}`;
    bus.put(queue, {
      body: Buffer.concat([Buffer.from(head), Buffer.of(0x99, context.length), Buffer.from(context)]),
      contentType: 'application/msbin1',
    });
    expect(await hear(await connect(sas()), 1)).toBe(1);
    expect(bus.pending(queue)).toBe(0);
  });

  it('takes tokens of Entra ID, and the next one before one ends', async () => {
    await start(3_000);
    const began = Date.now();
    const connection = await connect({ claims: 'entra' });
    const heard = hear(connection, 2, (count) => {
      if (count === 1)
        void tokensPut(4).then(() => {
          bus.put(queue, { body: context });
        });
    });
    bus.put(queue, { body: context });
    expect(await heard).toBe(2);
    // The first token has ended meanwhile, and the link has lived on.
    expect(Date.now() - began).toBeGreaterThan(3_000);
    expect(new Set(bus.tokens().map(({ type, status }) => `${type} ${status}`))).toEqual(new Set(['jwt 202']));
  });

  it('says what to mend: a wrong key, a queue that is not there', async () => {
    await start();
    expect(await errorsOf(await connect(sas()))).toEqual([]);
    const wrong = await connect({ claims: 'sas', keyName: bus.policy.name, key: 'wrong' });
    expect(await errorsOf(wrong)).toMatchObject([
      {
        why: expect.stringContaining('InvalidSignature') as string,
        fix: expect.stringContaining('credentials') as string,
      },
    ]);
    const nowhere = await connect(sas(), new MemoryInbox(), 'nowhere');
    expect(await errorsOf(nowhere)).toMatchObject([{ fix: expect.stringContaining('name of the queue') as string }]);
  });

  it('is opened anew after a token that ended, and loses nothing', async () => {
    await start();
    const inbox = new MemoryInbox();
    const connection = await connect({ claims: 'entra' }, inbox);
    bus.put(queue, { body: context });
    const ended = hear(connection, 2, () => {
      bus.endTokens();
      org.admin.fault({ kind: 'tokenExpiry' });
      bus.put(queue, { body: context });
    });
    await expect(ended).rejects.toBeInstanceOf(Retryable);
    expect(await hear(connection, 2)).toBe(2);
    expect(bus.tokens().map(({ status }) => status)).toEqual([202, 401, 202]);
    expect(bus.pending(queue)).toBe(0);
  });
});
