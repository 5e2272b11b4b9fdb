import type { Connection, ConnectDependencies, Connector, Finding, Reader, Sink } from '../contract';
import type { AmqpMessage } from '../kit/amqp-message';
import { type Decoded, type Feed, inboxSource } from '../kit/inbox-source';
import type { Kept } from '../kit/intake';
import { queueSource } from '../kit/queue-source';
import { RateGovernor } from '../kit/rate';
import { checkConnection, checkServices } from './check';
import { configSchema, type SapConfig, type Settings, settingsOf } from './config';
import { watchFolder } from './inbound/folder';
import { keepEvents, meshQueue, meshStream } from './inbound/mesh-queue';
import { decode } from './inbound/payload';
import { proofOf } from './inbound/proof';
import { SapReceiver } from './inbound/receiver';
import type { RowNative, SapNative } from './native';
import { crm, normalise } from './normalise';
import { ODataClient } from './odata/client';
import { Credentials } from './odata/credentials';
import { Session } from './odata/session';
import { readNatives } from './read-natives';
import { ODataReader } from './reader';
import { refusals } from './refusals';
import { rfcOf } from './rfc';
import { ODataSink } from './sink/sink';
import { checkV2 } from './v2/check';
import { V2Client } from './v2/client';
import { V2Reader } from './v2/reader';
import { V2Sink } from './v2/sink';

/** A user's dialog sessions are few, and all our requests share one. */
const mostAtOnce = 4;

/** SAP: S/4HANA, Cloud for Customer, Sales and Service Cloud V2 and IDocs, pushed to Signalbox or taken from Event Mesh; read and written over OData, or over V2's REST API. */
export const sap: Connector<SapConfig, SapNative> = {
  name: crm,
  configSchema,
  setUpPage: 'connectors/sap/README.md#set-up-sap',
  emits: [
    'account',
    'contact',
    'lead',
    'opportunity',
    'case',
    'task',
    'interaction',
    'order',
    'transaction',
    'asset',
    'record',
  ],
  accepts: ['create-task', 'update-task', 'close-task', 'set-fields', 'add-note', 'create-case', 'update-case'],
  receives: ({ inbound }) => inbound !== undefined,
  refuses: refusals,
  connect: (config, dependencies) => Promise.resolve(connect(config, dependencies)),
  normalise,
  readNatives: (payload) => readNatives(payload),
};

function connect(config: SapConfig, { log, now, inbox, watch }: ConnectDependencies): Connection<SapNative> {
  const settings = settingsOf(config);
  const { product, baseUrl, idoc, ownUsers, streams } = settings;
  const rfc = rfcOf(settings, log);
  const services = servicesOf(settings, { log, now, watch }, rfc);
  const receiver = new SapReceiver({ inbox, proof: proofOf(settings.inbound), streams, log, now });
  const hints = { own: ownUsers, product };
  const feedOf = (stream: string): Feed | undefined => {
    if (stream === 'events') return rfc?.feed({ inbox, stream, now });
    if (stream !== 'idocs' || idoc === undefined) return undefined;
    const { folder, pollSeconds } = idoc;
    return (signal) => watchFolder({ folder, pollMs: pollSeconds * 1_000, stream, inbox, hints, log }, signal);
  };
  const kept = inboxSource(inbox, (payload): Decoded<SapNative> => decode(payload, hints), feedOf);
  const queue = settings.eventMesh === undefined ? undefined : meshQueue(settings.eventMesh, now);
  const keep = (message: AmqpMessage): readonly Kept[] => keepEvents(message, new Date(now()).toISOString());
  const taken = queue === undefined ? undefined : queueSource({ inbox, queue, taker: meshStream, keep, kept });
  return {
    // With its port, where one is named: systems of an on-premise landscape often share a host.
    org: new URL(baseUrl).host,
    streams,
    source: taken ?? kept,
    reader: services.reader,
    sink: services.sink,
    ...(settings.inbound === undefined ? {} : { receiver }),
    check: (signal) => checkConnection({ settings, queue, rfc, services: services.check }, signal),
    close: async () => {
      services.sink.close();
      rfc?.close();
      await taken?.close();
    },
  };
}

/** How records of a product are read and written. */
interface Services {
  readonly reader: Reader<RowNative>;
  readonly sink: Sink & { close(): void };
  readonly check: (signal: AbortSignal) => Promise<readonly Finding[]>;
}

function servicesOf(
  settings: Settings,
  { log, now, watch }: Pick<ConnectDependencies, 'log' | 'now' | 'watch'>,
  rfc: ReturnType<typeof rfcOf>,
): Services {
  const { product, baseUrl, note, objects, ownUsers, taskKeyField, v2 } = settings;
  const governor = new RateGovernor({ requestsPerSecond: settings.requestsPerSecond, concurrency: mostAtOnce, watch });
  const session = { baseUrl, credentials: new Credentials(settings.auth, now), governor };
  if (product === 'v2') {
    const client = new V2Client(new Session({ ...session, csrf: 'asked' }), v2.basePath);
    return {
      reader: new V2Reader({ client, objects, ownUsers, log }),
      sink: new V2Sink({ client, baseUrl, keyField: taskKeyField, settings: v2 }),
      check: (signal) => checkV2(settings, client, signal),
    };
  }
  const client = new ODataClient(new Session(session));
  return {
    reader: new ODataReader({ client, product, objects, ownUsers, log }),
    sink: new ODataSink({ client, product, baseUrl, taskKeyField, note, ...rfc?.sink }),
    check: (signal) => checkServices(settings, product, client, signal),
  };
}
