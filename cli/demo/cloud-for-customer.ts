import { generateAccounts } from './generate-accounts';
import type { Neighbour } from './neighbour';
import { Simulator } from './simulator';

/** What the simulator prints when it is ready. */
interface Endpoints {
  readonly adminUrl: string;
  readonly c4cUrl: string;
  readonly basicUser: string;
  readonly basicPassword: string;
  readonly users: { readonly api: { readonly id: string } };
  readonly eventMesh: { readonly namespace: string };
}

const tenant = 'demo-sap';
const accounts = 'CorporateAccountCollection';
const secrets = { password: 'SIGNALBOX_DEMO_SAP_PASSWORD', push: 'SIGNALBOX_DEMO_SAP_PUSH' } as const;
const pusher = { user: 'EVENTMESH', password: 'demo-push-password' } as const;
const count = 30;
const features = Object.keys([...generateAccounts(1)][0]?.features ?? {});

/**
 * SAP Cloud for Customer, heard through Event Mesh: accounts are scored for churn.
 * @param origin where Signalbox listens, `http://host:port`
 */
export async function startCloudForCustomer(dir: string, origin: string): Promise<Neighbour> {
  const extensionFields = { TaskCollection: ['SignalboxKey_KUT'], [accounts]: features.map((name) => `${name}_KUT`) };
  const simulator = await Simulator.start<Endpoints>('sap', dir, { extensionFields });
  const { endpoints } = simulator;
  return {
    crm: 'SAP',
    tenant,
    address: endpoints.c4cUrl,
    secrets: { [secrets.password]: endpoints.basicPassword, [secrets.push]: pusher.password },
    tenantFile: () => tenantFile(endpoints),
    connect: async () => {
      await simulator.admin('POST', '/webhooks', {
        endpoint: `${origin}/in/${tenant}/service`,
        auth: { kind: 'basic', ...pusher },
        topics: [`${endpoints.eventMesh.namespace}/ce/sap/*`],
      });
    },
    live: async () => {
      for (const { name, features: values } of generateAccounts(count)) {
        const own = Object.fromEntries(Object.entries(values).map(([field, value]) => [`${field}_KUT`, value]));
        await simulator.admin('POST', `/records/${accounts}`, { Name: name, RoleCode: 'CRM000', ...own });
      }
      return { records: count, called: 'accounts' };
    },
    told: async () => ((await simulator.admin('GET', '/counts')) as { readonly emitted: number }).emitted,
    tasks: async () => ((await simulator.admin('GET', '/records/TaskCollection')) as readonly unknown[]).length,
    stop: () => simulator.stop(),
  };
}

function tenantFile({ c4cUrl, basicUser, users }: Endpoints): object {
  return {
    tenant,
    connections: {
      service: {
        connector: 'sap',
        product: 'c4c',
        baseUrl: c4cUrl,
        auth: { kind: 'basic', username: basicUser, password: `env:${secrets.password}` },
        inbound: { kind: 'basic', username: pusher.user, password: `env:${secrets.push}` },
        subscribe: ['events'],
        start: 'earliest',
        ownUsers: [users.api.id],
        requestsPerSecond: 200,
        mapping: { account: Object.fromEntries(features.map((name) => [name, `extensions.${name}`])) },
      },
    },
    useCases: {
      churn: {
        connection: 'service',
        entity: 'account',
        bands: { leaving: 0.6 },
        act: {
          leaving: [
            { task: { subject: 'Call {{record.name}} before they leave', due: 'P2D', priority: 'high' } },
            { set: { field: 'AdditionalName', value: 'Likely to leave' } },
          ],
        },
        outcome: { within: 'P30D' },
      },
    },
  };
}
