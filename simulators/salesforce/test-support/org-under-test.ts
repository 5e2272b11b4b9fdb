import { Connection } from 'jsforce';
import { startSalesforce, type RunningSalesforce, type SalesforceOptions } from '../index';
import { RawClient } from './raw-client';

/** A running org with a jsforce connection of the integration app and a raw Pub/Sub client. */
export interface OrgUnderTest {
  readonly salesforce: RunningSalesforce;
  readonly connection: Connection;
  readonly client: RawClient;
  readonly stop: () => Promise<void>;
}

/** Logs one of the org's apps in with client credentials. */
const logIn = async (salesforce: RunningSalesforce, app = 'integration', client = 'Signalbox'): Promise<Connection> => {
  const { clientId = '', clientSecret = '' } = salesforce.clients[app] ?? {};
  const connection = new Connection({
    oauth2: { loginUrl: salesforce.baseUrl, clientId, clientSecret },
    version: '62.0',
    callOptions: { client },
  });
  await connection.authorize({ grant_type: 'client_credentials' });
  return connection;
};

/** Starts an org for one test file. */
export const startOrg = async (options: SalesforceOptions = {}): Promise<OrgUnderTest> => {
  const salesforce = await startSalesforce(options);
  const connection = await logIn(salesforce);
  const client = new RawClient(salesforce, connection.accessToken ?? '');
  const stop = async (): Promise<void> => {
    client.close();
    await salesforce.stop();
  };
  return { salesforce, connection, client, stop };
};
