import { randomBytes } from 'node:crypto';
import { leadFields } from '../cli/demo/lead-fields';
import { signalbox as command } from '../cli/terminal.fixture';
import { type RunningDynamics365, startDynamics365 } from '../simulators/dynamics365';
import { configOf } from './dynamics365-org';
import type { Role } from '../services/signalbox';
import { type PushedLine, type PushingTenant, startPushedLine } from './pushed-line';

/** The line for a tenant whose Dataverse posts webhooks. */
export interface Dynamics365Line extends PushedLine<RunningDynamics365> {
  readonly tenant: string;
  /** What the tenant's file refers to. */
  readonly env: Readonly<Record<string, string>>;
}

const columns = leadFields.flatMap(({ name, type, attribute }) =>
  attribute === undefined ? [] : [{ field: name, attribute, column: `new_${attribute.toLowerCase()}`, type }],
);

/**
 * Starts the line and registers the webhook.
 * @param settings of the connection `sales`, over those that every test needs
 * @param acts of hot leads, besides those that every test needs
 * @param roles of Signalbox that are started; default: all
 */
export async function startDynamics365Line(
  settings: object = {},
  acts: readonly object[] = [],
  roles?: readonly Role[],
): Promise<Dynamics365Line> {
  const tenant = `t${randomBytes(4).toString('hex')}`;
  const envOf = (crm: RunningDynamics365) => ({ D365_SECRET: crm.clientSecret, D365_KEY: 'k-1' });
  const tenantOf = (crm: RunningDynamics365, origin: string): PushingTenant => {
    const webhook = { kind: 'webhook-key', key: 'env:D365_KEY', url: `${origin}/in/${tenant}/sales` };
    return { tenant, file: tenantWith({ tenant, crm, settings: { webhook, ...settings }, acts }), env: envOf(crm) };
  };
  const line = await startPushedLine(startLeadOrg, tenantOf, roles);
  const env = envOf(line.crm);
  const done = await command(['connect', 'dynamics365', '--tenant', tenant, '--tenants', line.tenantFile, '--yes'], {
    env,
  });
  if (done.code === 0) return { ...line, tenant, env };
  await line.stop();
  throw new Error(`signalbox connect: ${done.err}`);
}

/** An organisation whose leads have the columns that the model reads. */
export function startLeadOrg(): Promise<RunningDynamics365> {
  const lead = columns.map(({ column, type }) => ({
    name: column,
    type: type === 'double' ? ('Double' as const) : ('String' as const),
  }));
  return startDynamics365({ columns: { lead } });
}

interface TenantParts {
  readonly tenant: string;
  readonly crm: RunningDynamics365;
  /** Of the connection, how it hears among them. */
  readonly settings: object;
  /** Besides the task and the field that hot leads are given. */
  readonly acts?: readonly object[];
}

/** A tenant's file; refers to the client secret as `env:D365_SECRET`. */
export function tenantWith({ tenant, crm, settings, acts = [] }: TenantParts): object {
  const { auth, ...config } = configOf(crm);
  return {
    tenant,
    partitions: 4,
    connections: {
      sales: {
        connector: 'dynamics365',
        ...config,
        auth: { ...auth, clientSecret: 'env:D365_SECRET' },
        // Said by the settings, where it is wanted: YAML leaves it out.
        webhook: undefined,
        subscribe: ['lead', 'task'],
        start: 'earliest',
        mapping: { lead: Object.fromEntries(columns.map(({ attribute, column }) => [attribute, column])) },
        ...settings,
      },
    },
    useCases: {
      'lead-scoring': {
        connection: 'sales',
        when: '$not(record.isConverted = true)',
        bands: { hot: 0.5, warm: 0.25 },
        act: {
          hot: [
            { task: { subject: 'Call {{record.name}} today', due: 'PT4H', priority: 'high', assignTo: 'owner' } },
            { set: { field: 'leadqualitycode', value: 'Hot' } },
            ...acts,
          ],
        },
        outcome: { won: 'record.isConverted', within: 'P30D' },
      },
    },
  };
}

/** A lead of the other tests in Dataverse's columns. */
export function leadOf(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const own = Object.fromEntries(columns.map(({ field, column }) => [column, fields[field]]));
  return { firstname: 'Maria', lastname: 'Lopez', companyname: 'Bluewater', ...own };
}
