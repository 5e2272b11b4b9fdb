import { randomBytes } from 'node:crypto';
import { leadFields } from '../cli/demo/lead-fields';
import { type RunningGraph, startGraph } from '../simulators/graph';
import { certificate, configOf } from './graph-directory';
import { hotLead, until } from './line';
import { type PushedLine, startPushedLine } from './pushed-line';

/** The whole line behind a directory of Microsoft 365 with one mailbox, whose mails are leads. */
export interface GraphLine extends PushedLine<RunningGraph> {
  readonly tenant: string;
  /** The streams: mails, and the tasks of To Do. */
  readonly inbox: string;
  readonly list: string;
  /** The plan whose tasks are the third stream; absent where tasks are made in To Do. */
  readonly plan?: string;
  /** What the tenant's file refers to as `env:NAME`. */
  readonly env: Readonly<Record<string, string>>;
}

/** Starts it, with tasks in To Do or in a plan of Planner, and waits for the subscriptions that `signalbox up` makes: nobody ran `signalbox connect`. */
export async function startGraphLine(tasksIn: 'todo' | 'planner' = 'todo'): Promise<GraphLine> {
  const tenant = `t${randomBytes(4).toString('hex')}`;
  let env: Readonly<Record<string, string>> = {};
  let plan: string | undefined;
  const line = await startPushedLine(startGraph, (crm, origin) => {
    env = { GRAPH_SECRET: crm.clientSecret, GRAPH_STATE: 'a secret of this test', GRAPH_KEY: certificate.privateKey };
    plan = tasksIn === 'planner' ? crm.admin.addPlan() : undefined;
    return { tenant, file: tenantWith(tenant, crm, origin, plan), env };
  });
  const [inbox, list] = streamsOf(line.crm);
  await until('the subscriptions', () => line.crm.admin.subscriptions().length === 2);
  return { ...line, tenant, inbox, list, env, ...(plan === undefined ? {} : { plan }) };
}

function streamsOf({ admin }: RunningGraph): [inbox: string, list: string] {
  const { id, list: tasks } = admin.user('sales@acme.example');
  return [`users/${id}/mailFolders/inbox/messages`, `users/${id}/todo/lists/${tasks}/tasks`];
}

/** A tenant whose web form sends a mail for each enquiry: a lead, scored by what the form's last answer says. */
function tenantWith(tenant: string, crm: RunningGraph, origin: string, plan: string | undefined): object {
  const { auth, ...config } = configOf(crm, `${origin}/in/${tenant}/office`, [
    ...streamsOf(crm),
    ...(plan === undefined ? [] : [`planner/plans/${plan}/tasks`]),
  ]);
  const answers = leadFields.flatMap(({ name, attribute }) =>
    attribute === undefined ? [] : [[attribute, JSON.stringify(hotLead[name as keyof typeof hotLead])] as const],
  );
  return {
    tenant,
    partitions: 4,
    connections: {
      office: {
        connector: 'graph',
        ...config,
        auth: { ...auth, clientSecret: 'env:GRAPH_SECRET' },
        notifications: {
          url: `${origin}/in/${tenant}/office`,
          clientState: 'env:GRAPH_STATE',
          certificates: [{ ...certificate, privateKey: 'env:GRAPH_KEY' }],
        },
        ...(plan === undefined ? {} : { plan: { id: plan } }),
        start: 'earliest',
        mapping: {
          'microsoft.graph.message': {
            entity: '"lead"',
            name: 'from.emailAddress.name',
            topic: 'subject',
            ...Object.fromEntries(answers),
          },
        },
      },
    },
    useCases: {
      'lead-scoring': {
        connection: 'office',
        when: '$contains(record.attributes.topic, "Enquiry")',
        bands: { hot: 0.5, warm: 0.25 },
        act: { hot: [{ task: { subject: 'Call {{record.name}} today', due: 'PT4H', priority: 'high' } }] },
        outcome: { won: 'false', within: 'P30D' },
      },
    },
  };
}
