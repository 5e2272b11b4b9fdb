import { connect, type ChannelModel, type Channel } from 'amqplib';
import rhea, { type EventContext, type Sender } from 'rhea';
import { provideAll, type ProvidedServers } from '../../services/provision/provide';
import { isRabbitOnMachine } from '../../services/provision/rabbitmq';
import { clauses, sourceClauseIds } from '../contract/clauses';
import { examine, Tap } from '../contract/examine';
import { subject } from '../contract/subjects/dynamics365';
import type { Crm } from '../contract/subject';

/*
 * The Service Bus form of what Dataverse tells, over a real AMQP 1.0 server: RabbitMQ with its plugin. What the simulated Dataverse
 * posts is put into a queue as its Service Bus plug-in would, and taken by the connector.
 */

let servers: ProvidedServers;
let broker: { readonly url: URL; readonly model: ChannelModel; readonly channel: Channel };
let queues = 0;

interface Bus {
  readonly crm: Crm;
  readonly queue: string;
  /** Puts a body into the queue. */
  put(body: Uint8Array | string, contentType?: string): Promise<void>;
  /** Messages that the queue has not handed out. */
  left(): Promise<number>;
}

/** Dataverse whose posts end up in a queue that the connector takes from. */
async function startBus(): Promise<Bus> {
  const queue = `dataverse-${++queues}`;
  // As the plugin would declare it by its bare name.
  await broker.channel.assertQueue(queue, { durable: false });
  const inner = await subject.start();
  const { sender, close } = await openSender(queue);
  let put = 0;
  const send = (body: Uint8Array | string, contentType = 'application/json'): Promise<void> => {
    put += 1;
    return sent(sender, rhea.message.data_section(Buffer.from(body)) as unknown, contentType);
  };
  const left = async (): Promise<number> => (await broker.channel.checkQueue(queue)).messageCount;
  // In place of the connection: what is posted goes into the queue.
  const bridge = {
    receiver: {
      receive: async ({ body }: { readonly body: Uint8Array }) => {
        await send(body);
        return { status: 202 };
      },
    },
  };
  inner.opened?.(bridge as never);
  const { hostname, port, username, password } = broker.url;
  const config = Object.fromEntries(Object.entries(inner.config).filter(([word]) => word !== 'webhook'));
  const serviceBus = { url: `amqp://${hostname}:${port}`, queue, keyName: username, key: password };
  const rest = Object.fromEntries(Object.entries(inner).filter(([word]) => word !== 'opened')) as unknown as Crm;
  return {
    queue,
    put: send,
    left,
    crm: {
      ...rest,
      config: { ...config, serviceBus },
      handedOut: async () => put - (await left()),
      stop: async () => {
        await close();
        await inner.stop();
      },
    },
  };
}

function openSender(queue: string): Promise<{ readonly sender: Sender; readonly close: () => Promise<void> }> {
  const { hostname, port, username, password } = broker.url;
  const container = rhea.create_container();
  const connection = container.connect({ host: hostname, port: Number(port), username, password, reconnect: false });
  return new Promise((resolve, reject) => {
    connection.on('disconnected', ({ error }: EventContext) => {
      reject(error ?? new Error('disconnected'));
    });
    connection.on('session_error', ({ session }: EventContext) => {
      reject(new Error(JSON.stringify(session?.error)));
    });
    const sender = connection.open_sender({ target: { address: queue } });
    sender.once('sendable', () => {
      const close = (): Promise<void> =>
        new Promise((closed) => {
          connection.once('connection_close', () => {
            closed();
          });
          connection.close();
        });
      resolve({ sender, close });
    });
  });
}

/** Settles when the broker has the message. */
function sent(sender: Sender, body: unknown, contentType: string): Promise<void> {
  return new Promise((resolve) => {
    const delivery = sender.send({ body, content_type: contentType });
    const accepted = (context: EventContext): void => {
      if (context.delivery !== delivery) return;
      sender.removeListener('accepted', accepted);
      resolve();
    };
    sender.on('accepted', accepted);
  });
}

const formats: readonly (readonly [string, Buffer, string, string])[] = [
  ['XML', Buffer.from('<RemoteExecutionContext/>'), 'application/xml', 'SBX_DYNAMICS365_XML'],
  ['binary XML of .NET', Buffer.from('@\u0006string', 'latin1'), 'application/msbin1', 'SBX_DYNAMICS365_BINARY'],
];

const onMachine = isRabbitOnMachine() ? describe : describe.skip;

onMachine('dynamics365 over the Service Bus (rabbitmq-server on this machine)', () => {
  beforeAll(async () => {
    const plugins = ['rabbitmq_amqp1_0'];
    servers = await provideAll({ rabbit: true, isPrivate: true, plugins, stateDir: `${__dirname}/../../.signalbox` });
    const url = servers.rabbit?.url ?? '';
    const model = await connect(url);
    broker = { url: new URL(url), model, channel: await model.createChannel() };
  }, 120_000);
  afterAll(async () => {
    await broker.model.close();
    await servers.stop();
  });

  it.each(formats)('keeps a context in %s with its bytes, and says what to set', async (_, body, contentType, code) => {
    const bus = await startBus();
    await bus.put(body, contentType);
    await examine({ ...subject, start: () => Promise.resolve(bus.crm) }, async ({ connect: open, crm }) => {
      const tap = new Tap(await open(), crm.stream, { from: 'earliest' });
      const delivery = await tap.next();
      await tap.end();
      expect(delivery).toMatchObject({ kind: 'undecodable', code, message: expect.stringContaining('JSON') as string });
      expect(Buffer.from((delivery as { readonly bytes: Uint8Array }).bytes)).toEqual(body);
      expect(await bus.left()).toBe(0);
    });
  });

  it('says which credentials to mend where the key is wrong', async () => {
    const { crm } = await startBus();
    const serviceBus = { ...(crm.config.serviceBus as object), key: 'wrong' };
    const wrong = { ...crm, config: { ...crm.config, serviceBus } };
    await examine({ ...subject, start: () => Promise.resolve(wrong) }, async ({ connect: open }) => {
      const findings = await (await open()).check(AbortSignal.timeout(10_000));
      const errors = findings.filter(({ level }) => level === 'error');
      expect(errors).toMatchObject([
        {
          what: expect.stringContaining('queue dataverse') as string,
          fix: expect.stringContaining('credentials') as string,
        },
      ]);
    });
  });

  it.each(sourceClauseIds)('keeps %s of the contract', async (id) => {
    await clauses[id].check({ ...subject, start: async () => (await startBus()).crm });
  });
});
