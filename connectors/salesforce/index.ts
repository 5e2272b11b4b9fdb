import type { Connection, Connector, ConnectDependencies } from '../contract';
import { RateGovernor } from '../kit/rate';
import { AllocationMeter, watchAllocations } from './allocations';
import { Authenticator } from './auth';
import { checkConnection } from './check';
import { configSchema, type SalesforceConfig, settingsOf } from './config';
import { hearingOf, sourceOf } from './source';
import { Rest } from './jsforce-connection';
import type { SalesforceNative } from './native';
import { crm, normalise } from './normalise';
import { OutboundReceiver } from './outbound/receiver';
import { outboundObject } from './outbound/stream';
import { readNatives } from './read-natives';
import { RestReader } from './reader';
import { SalesforceSink } from './sink';

/** More at once only waits in Salesforce, which ends requests when 25 run for over 20 s. */
const mostAtOnce = 8;

/** Salesforce: change events and platform events over the Pub/Sub API or the Streaming API, tasks and fields over the REST API. */
export const salesforce: Connector<SalesforceConfig, SalesforceNative> = {
  name: crm,
  configSchema,
  setUpPage: 'connectors/salesforce/README.md#set-up-salesforce',
  emits: ['lead', 'contact', 'account', 'opportunity', 'case', 'task', 'interaction', 'order', 'asset', 'record'],
  accepts: ['create-task', 'update-task', 'close-task', 'set-fields', 'add-note', 'create-case', 'update-case'],
  receives: ({ outboundMessages }) => outboundMessages !== undefined,
  connect,
  normalise,
  readNatives,
};

async function connect(
  config: SalesforceConfig,
  { log, now, inbox, watch }: ConnectDependencies,
): Promise<Connection<SalesforceNative>> {
  const settings = settingsOf(config);
  const { auth: credentials, loginUrl, baseUrl, apiVersion, taskKeyField, caseOrigin } = settings;
  const auth = new Authenticator({ auth: credentials, loginUrl, baseUrl, now });
  const session = await auth.session();
  const hearing = hearingOf(settings, auth);
  const governor = new RateGovernor({ requestsPerSecond: settings.requestsPerSecond, concurrency: mostAtOnce, watch });
  const meter = new AllocationMeter(log, now, watch);
  const rest = new Rest(session, { auth, apiVersion, governor, meter });
  const readLimits = (signal: AbortSignal) => rest.read('limits', (connected) => connected.limits(), signal);
  const endWatch = watchAllocations(readLimits, meter);
  const sink = new SalesforceSink({ rest, taskKeyField, caseOrigin });
  const org = session.orgId;
  const { outboundMessages } = settings;
  const streams = settings.streams.filter((stream) => outboundObject(stream) !== undefined);
  const receiving =
    outboundMessages === undefined
      ? {}
      : { receiver: new OutboundReceiver({ ...outboundMessages, streams, org, inbox, log, now }) };
  return {
    org,
    streams: settings.streams,
    source: sourceOf(hearing, inbox),
    reader: new RestReader(rest, { now, bulkAbove: settings.bulkAbove }),
    sink,
    ...receiving,
    check: (signal) => checkConnection({ settings, hearing, rest, org, now }, signal),
    close: () => {
      endWatch();
      sink.close();
      hearing.close();
      return Promise.resolve();
    },
  };
}
