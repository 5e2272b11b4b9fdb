import { type Connection, type Connector, type ConnectDependencies, Permanent } from '../contract';
import type { AmqpMessage } from '../kit/amqp-message';
import { inboxSource, type Decoded } from '../kit/inbox-source';
import type { Kept } from '../kit/intake';
import { queueSource } from '../kit/queue-source';
import { RateGovernor } from '../kit/rate';
import { Authenticator } from './auth';
import { checkConnection } from './check';
import { configSchema, type Dynamics365Config, reconciles, type Settings, settingsOf } from './config';
import { unpacked } from './inbox-payload';
import { objectOf } from '../kit/json';
import type { Dynamics365Native } from './native';
import { crm, normalise } from './normalise';
import { recordIdOf } from './normalise/flatten';
import { Owners } from './owners';
import { Queues } from './queues';
import { readNatives } from './read-natives';
import { RowReader } from './reader';
import { WebhookReceiver } from './receiver';
import { RecordTargets } from './record-targets';
import { WebhookRegistration } from './registration';
import { busAudience, busQueue, keepContext } from './service-bus';
import { DataverseSink } from './sink';
import { TableDefinitions } from './table-definitions';
import { WebApi } from './web-api';

/** Dataverse lets a user have 52 requests under way; others may act as the same one. */
const mostAtOnce = 8;
const connectMs = 60_000;

/** Dynamics 365: changes by Dataverse webhooks or the Service Bus, rows, tasks and columns over the Web API. */
export const dynamics365: Connector<Dynamics365Config, Dynamics365Native> = {
  name: crm,
  configSchema,
  setUpPage: 'connectors/dynamics365/README.md#set-up-dynamics-365',
  emits: [
    ...['lead', 'contact', 'account', 'opportunity', 'case', 'task'],
    ...['interaction', 'order', 'transaction', 'asset', 'record'],
  ],
  accepts: [
    ...(['create-task', 'update-task', 'close-task', 'set-fields'] as const),
    ...(['add-note', 'add-to-queue', 'create-case', 'update-case'] as const),
  ],
  receives: ({ webhook }) => webhook !== undefined,
  reconciles,
  connect,
  normalise,
  readNatives,
};

async function connect(
  config: Dynamics365Config,
  { log, now, inbox, watch }: ConnectDependencies,
): Promise<Connection<Dynamics365Native>> {
  const settings = settingsOf(config);
  const api = webApiOf(settings, { now, watch });
  const { org, user } = await whoAmI(api);
  const definitions = new TableDefinitions(api, now);
  const { mapping, streams, webhook, serviceBus } = settings;
  const targets = new RecordTargets({ api, definitions, mapping, streams });
  const sink = new DataverseSink({ api, targets, owners: new Owners(api), queues: new Queues(api) });
  const kept = inboxSource(inbox, (payload): Decoded<Dynamics365Native> => unpacked(payload, user));
  const queue = serviceBus === undefined ? undefined : busQueue(serviceBus, { entra: busSession(settings, now), now });
  const keep = (message: AmqpMessage): readonly Kept[] => keepContext(message, streams);
  const taken = queue === undefined ? undefined : queueSource({ inbox, queue, taker: streams[0] ?? '', keep, kept });
  return {
    org,
    streams,
    source: taken ?? kept,
    reader: new RowReader(api, definitions, now),
    sink,
    ...(webhook === undefined ? {} : { receiver: new WebhookReceiver({ webhook, streams, org, inbox, log }) }),
    registration: new WebhookRegistration({ api, webhook, streams, org }),
    check: (signal) => checkConnection({ settings, api, definitions, user, now, queue }, signal),
    close: async () => {
      sink.close();
      await taken?.close();
    },
  };
}

/** The same app registration, for another audience. */
function busSession({ auth, loginUrl }: Settings, now: () => number): Authenticator {
  const audienceFix = 'the namespace of serviceBus must be in an Azure subscription of that directory';
  return new Authenticator({ auth, loginUrl, audience: busAudience, audienceFix, now });
}

function webApiOf(
  { auth, loginUrl, baseUrl, apiRoot, requestsPerSecond }: Settings,
  { now, watch }: Pick<ConnectDependencies, 'now' | 'watch'>,
): WebApi {
  return new WebApi({
    auth: new Authenticator({ auth, loginUrl, audience: baseUrl, now }),
    apiRoot,
    governor: new RateGovernor({ requestsPerSecond, concurrency: mostAtOnce, watch }),
  });
}

/** The organisation's id and the own user's. */
async function whoAmI(api: WebApi): Promise<{ readonly org: string; readonly user: string }> {
  const { body } = await api.read('WhoAmI', 'WhoAmI()', AbortSignal.timeout(connectMs));
  const { OrganizationId, UserId } = objectOf(body) ?? {};
  const org = recordIdOf(OrganizationId);
  const user = recordIdOf(UserId);
  if (org !== undefined && user !== undefined) return { org, user };
  throw new Permanent(
    'SBX_DYNAMICS365_WHO',
    'WhoAmI answered without OrganizationId or UserId: is baseUrl an environment?',
  );
}
