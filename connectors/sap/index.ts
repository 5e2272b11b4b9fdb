import type { Connection, ConnectDependencies, Connector } from '../contract';
import type { AmqpMessage } from '../kit/amqp-message';
import { type Decoded, type Feed, inboxSource } from '../kit/inbox-source';
import type { Kept } from '../kit/intake';
import { queueSource } from '../kit/queue-source';
import { RateGovernor } from '../kit/rate';
import { checkConnection } from './check';
import { configSchema, type SapConfig, settingsOf } from './config';
import { watchFolder } from './inbound/folder';
import { keepEvents, meshQueue, meshStream } from './inbound/mesh-queue';
import { decode } from './inbound/payload';
import { proofOf } from './inbound/proof';
import { SapReceiver } from './inbound/receiver';
import type { SapNative } from './native';
import { crm, normalise } from './normalise';
import { ODataClient } from './odata/client';
import { Credentials } from './odata/credentials';
import { Session } from './odata/session';
import { readNatives } from './read-natives';
import { ODataReader } from './reader';
import { rfcOf } from './rfc';
import { ODataSink } from './sink/sink';

/** A user's dialog sessions are few, and all our requests share one. */
const mostAtOnce = 4;

/** SAP: S/4HANA, Cloud for Customer, Sales and Service Cloud V2 and IDocs, pushed to Signalbox or taken from Event Mesh; read and written over OData. */
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
  accepts: ['create-task', 'update-task', 'close-task', 'set-fields', 'add-note'],
  receives: ({ inbound }) => inbound !== undefined,
  connect: (config, dependencies) => Promise.resolve(connect(config, dependencies)),
  normalise,
  readNatives: (payload) => readNatives(payload),
};

function connect(config: SapConfig, { log, now, inbox, watch }: ConnectDependencies): Connection<SapNative> {
  const settings = settingsOf(config);
  const { product, baseUrl, idoc, note, objects, ownUsers, streams, taskKeyField } = settings;
  const governor = new RateGovernor({ requestsPerSecond: settings.requestsPerSecond, concurrency: mostAtOnce, watch });
  const session = new Session({ baseUrl, credentials: new Credentials(settings.auth, now), governor });
  const client = new ODataClient(session);
  const rfc = rfcOf(settings, log);
  const sink = new ODataSink({ client, product, baseUrl, taskKeyField, note, ...rfc?.sink });
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
    org: new URL(baseUrl).hostname,
    streams,
    source: taken ?? kept,
    reader: new ODataReader({ client, product, objects, ownUsers, log }),
    sink,
    ...(settings.inbound === undefined ? {} : { receiver }),
    check: (signal) => checkConnection({ settings, client, queue, rfc }, signal),
    close: async () => {
      sink.close();
      rfc?.close();
      await taken?.close();
    },
  };
}
