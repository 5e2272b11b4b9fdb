import type { Action, ActionResult } from '../canonical-schema/action';
import { type RunningCap, startCap } from '../simulators/sap/cap/start';
import type { Connection } from '../connectors/contract';
import { noInbox } from '../connectors/kit/no-inbox';
import { RateGovernor } from '../connectors/kit/rate';
import { sap } from '../connectors/sap';
import type { SapNative } from '../connectors/sap/native';
import { ODataClient } from '../connectors/sap/odata/client';
import { Credentials } from '../connectors/sap/odata/credentials';
import { Session } from '../connectors/sap/odata/session';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** What every action has. */
export const base = { tenantid: 'acme', connection: 'service', decisionid: 'd1' } as const;

export const signal = (): AbortSignal => AbortSignal.timeout(20_000);

/** The id of what an action made. */
export const idOf = (result: ActionResult | undefined): string => (result as { readonly nativeId: string }).nativeId;

/** SAP's CAP server with what the tests do to it beside the connector. */
export interface CapBench {
  readonly cap: RunningCap;
  connect(product: 's4' | 'c4c', more?: object): Promise<Connection<SapNative>>;
  /** Another process: another spelling of the host, so that the locks of one do not hold for the other. */
  elsewhere(): object;
  client(): ODataClient;
  newAccount(name?: string): Promise<string>;
  all(set: string, filter: string): ReturnType<RunningCap['rows']>;
}

/** An OData server that nobody here wrote judges what the connector writes and reads. */
export async function startBench(): Promise<CapBench> {
  const cap = await startCap();
  const credentials = { kind: 'basic', username: cap.user, password: cap.password } as const;
  return {
    cap,
    connect: (product, more = {}) =>
      sap.connect(
        { product, baseUrl: cap.url, auth: credentials, requestsPerSecond: 500, ...more },
        { log: silent, now: Date.now, inbox: noInbox },
      ),
    elsewhere: () => ({ baseUrl: cap.url.replace('127.0.0.1', '127.1') }),
    client: () => {
      const governor = new RateGovernor({ requestsPerSecond: 500 });
      const session = { baseUrl: cap.url, credentials: new Credentials(credentials, Date.now), governor };
      return new ODataClient(new Session(session));
    },
    newAccount: async (name = 'Maier') => {
      const account = { Name: name, AccountID: '1000234', RoleCode: 'CRM000' };
      return (await cap.make('c4c/CorporateAccountCollection', account)).ObjectID as string;
    },
    all: (set, filter) => cap.rows(`${set}?$filter=${encodeURIComponent(filter)}`),
  };
}

export const createTask = (id: string, account: string): Action => ({
  ...base,
  kind: 'create-task',
  id,
  about: { entity: 'account', id: account },
  task: { subject: "Call Maier's", description: 'Why\n+ 88 % – ü', due: '2026-03-03T09:00:00.000Z', priority: 'high' },
});

export const createCase = (id: string, account: string, type = 'SRRQ'): Action => ({
  ...base,
  kind: 'create-case',
  id,
  about: { entity: 'account', id: account },
  case: { subject: 'Pump 7', description: 'It shakes', priority: 'high', type },
});
