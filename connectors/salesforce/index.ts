import type { Connection, Connector, ConnectDependencies } from '../contract';
import { RateGovernor } from '../kit/rate';
import { Authenticator } from './auth';
import { checkConnection } from './check';
import { configSchema, type SalesforceConfig, settingsOf } from './config';
import { Rest } from './jsforce-connection';
import type { SalesforceNative } from './native';
import { crm, normalise } from './normalise';
import { PubSubClient } from './pubsub-client';
import { readNatives } from './read-natives';
import { RestReader } from './reader';
import { SchemaCache } from './schema-cache';
import { SalesforceSink } from './sink';
import { PubSubSource } from './source';

/** More at once only waits in Salesforce, which ends requests when 25 run for over 20 s. */
const mostAtOnce = 8;

/** Salesforce: change events and platform events over the Pub/Sub API, tasks and fields over the REST API. */
export const salesforce: Connector<SalesforceConfig, SalesforceNative> = {
  name: crm,
  configSchema,
  emits: ['lead', 'contact', 'account', 'opportunity', 'case', 'task', 'interaction', 'order', 'asset', 'record'],
  accepts: ['create-task', 'update-task', 'close-task', 'set-fields'],
  connect,
  normalise,
  readNatives,
};

async function connect(config: SalesforceConfig, { now }: ConnectDependencies): Promise<Connection<SalesforceNative>> {
  const settings = settingsOf(config);
  const { auth: credentials, loginUrl, baseUrl, pubsubEndpoint, pubsubCa, apiVersion } = settings;
  const auth = new Authenticator({ auth: credentials, loginUrl, baseUrl, now });
  const session = await auth.session();
  const client = new PubSubClient({ endpoint: pubsubEndpoint, ca: pubsubCa, auth });
  const schemas = new SchemaCache((id, signal) => client.schema(id, signal));
  const governor = new RateGovernor({ requestsPerSecond: settings.requestsPerSecond, concurrency: mostAtOnce });
  const rest = new Rest(session, { auth, apiVersion, governor });
  const sink = new SalesforceSink({ rest, taskKeyField: settings.taskKeyField });
  const org = session.orgId;
  return {
    org,
    streams: settings.streams,
    source: new PubSubSource({ client, auth, schemas, silenceMs: settings.silenceMs }),
    reader: new RestReader(rest, now),
    sink,
    check: (signal) => checkConnection({ settings, client, rest, org, now }, signal),
    close: () => {
      sink.close();
      schemas.close();
      client.close();
      return Promise.resolve();
    },
  };
}
