import type { Connection, Connector, ConnectDependencies } from '../contract';
import { EntraAuthenticator } from '../kit/entra';
import { RateGovernor } from '../kit/rate';
import { checkConnection } from './check';
import { configSchema, type GraphConfig, reconciles, type Settings, settingsOf } from './config';
import { GraphApi } from './graph-api';
import { SubscriptionKeeper } from './keeper';
import type { GraphNative } from './native';
import { crm, normalise } from './normalise';
import { isOfGraph, readNatives } from './read-natives';
import { ResourceReader } from './reader';
import { NotificationReceiver } from './receiver';
import { SubscriptionRegistration } from './registration';
import { GraphSink } from './sink';
import { graphSource } from './source';
import { Subscriptions } from './subscriptions';
import { tokensCheck } from './validation-tokens';

/** Graph lets an application have four requests under way in one mailbox. */
const mostAtOnce = 4;

/** Microsoft Graph: mail, calendars and To Do by change notifications; To Do tasks and members of mail and events written. */
export const graph: Connector<GraphConfig, GraphNative> = {
  name: crm,
  configSchema,
  setUpPage: 'connectors/graph/README.md#set-up-microsoft-365',
  emits: ['interaction', 'task', 'record'],
  accepts: ['create-task', 'update-task', 'close-task', 'set-fields'],
  besides: { connector: 'dynamics365', claims: isOfGraph },
  receives: ({ notifications }) => notifications !== undefined,
  reconciles,
  connect: (config, dependencies) => Promise.resolve().then(() => connect(config, dependencies)),
  normalise,
  readNatives,
};

function connect(config: GraphConfig, { log, now, inbox, watch }: ConnectDependencies): Connection<GraphNative> {
  const settings = settingsOf(config);
  const { streams, told, notifications, taskList, plan, auth } = settings;
  const api = apiOf(settings, { now, watch });
  const sink = new GraphSink({ api, taskList, plan });
  const subscriptions = notifications === undefined ? undefined : new Subscriptions({ api, notifications, now });
  const keeper = subscriptions === undefined ? undefined : new SubscriptionKeeper({ subscriptions, log, now });
  const receiving =
    notifications === undefined || keeper === undefined
      ? {}
      : {
          receiver: new NotificationReceiver({
            clientState: notifications.clientState,
            streams: told,
            checkTokens: tokensCheck(settings, now),
            mend: (stream, lifecycleEvent) => keeper.mend(stream, lifecycleEvent),
            inbox,
            log,
            now,
          }),
        };
  return {
    org: auth.directoryId,
    streams,
    source: graphSource(inbox, notifications?.certificates ?? [], keeper),
    reader: new ResourceReader(api, now),
    sink,
    ...receiving,
    registration: new SubscriptionRegistration(subscriptions, told),
    check: (signal) => checkConnection({ settings, api, subscriptions, now }, signal),
    close: () => {
      keeper?.close();
      sink.close();
      return Promise.resolve();
    },
  };
}

function apiOf(
  { auth, tokenUrl, baseUrl, requestsPerSecond }: Settings,
  { now, watch }: Pick<ConnectDependencies, 'now' | 'watch'>,
): GraphApi {
  return new GraphApi({
    auth: new EntraAuthenticator({
      auth,
      tokenUrl,
      audience: baseUrl,
      now,
      codes: { answer: 'SBX_GRAPH_LOGIN_ANSWER', unreachable: 'SBX_GRAPH_UNREACHABLE' },
      audienceFix: 'baseUrl must be the address of Microsoft Graph',
    }),
    baseUrl,
    governor: new RateGovernor({ requestsPerSecond, concurrency: mostAtOnce, watch }),
  });
}
