import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { imageName } from '../../connectors/dynamics365/native';
import type { RunningDynamics365 } from '../../simulators/dynamics365';
import { type RunningServiceBus, startServiceBus } from '../../simulators/servicebus';
import { leadOf, startLeadOrg, tenantWith } from '../dynamics365-line';
import { coldLead, hotLead, until } from '../line';
import { type PushedLine, startPushedLine } from '../pushed-line';
import { entries } from './watch';

/*
 * The whole line for a CRM that is heard out of a queue: what Dataverse tells lies in a queue of the Service Bus, is taken with tokens of
 * Entra ID, decided by a lane, and written back over the Web API.
 */

jest.setTimeout(60_000);

const queue = 'dataverse';
const tenant = 'bus';

interface QueuedCrm {
  readonly org: RunningDynamics365;
  readonly bus: RunningServiceBus;
  stop(): Promise<void>;
}

let line: PushedLine<QueuedCrm>;

/** Takes what Dataverse posts, and puts it into the queue, as its Service Bus plug-in would. */
async function startBridge(bus: RunningServiceBus): Promise<Server> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      bus.put(queue, { body: Buffer.concat(chunks) });
      response.writeHead(202).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

async function startQueuedCrm(): Promise<QueuedCrm> {
  const org = await startLeadOrg();
  const bus = await startServiceBus({ queues: [queue], jwtEnd: (token) => org.admin.busTokenEnd(token) });
  const bridge = await startBridge(bus);
  const image = (kind: 'pre' | 'post' | 'both') => [{ kind, alias: imageName }];
  org.admin.registerWebhook({
    url: `http://127.0.0.1:${(bridge.address() as AddressInfo).port}/`,
    auth: { type: 'WebhookKey', key: 'k' },
    steps: ['lead', 'task'].flatMap((table) => [
      { message: 'Create', table, images: image('post') },
      { message: 'Update', table, images: image('both') },
    ]),
  });
  return {
    org,
    bus,
    stop: async () => {
      await org.stop();
      await bus.stop();
      await new Promise((resolve) => bridge.close(resolve));
    },
  };
}

beforeAll(async () => {
  line = await startPushedLine(startQueuedCrm, ({ org, bus }) => {
    const settings = { serviceBus: { url: bus.url, queue, claims: 'entra' } };
    const acts = [{ note: { title: '{{record.name}} is {{band}}', text: 'Ask about the price.' } }];
    const file = tenantWith({ tenant, crm: org, settings, acts });
    return { tenant, file, env: { D365_SECRET: org.clientSecret } };
  });
}, 120_000);

afterAll(() => line.stop());

test('a lead changes, its context is taken from the queue, a task and a note are written, and the task ends it', async () => {
  const { org, bus } = line.crm;
  const about = (lead: string) => org.admin.tasks().filter(({ _regardingobjectid_value: of }) => of === lead);
  const lead = await org.admin.create('lead', leadOf(coldLead));
  await until('the first decision', async () => (await entries(line, { tenant }, lead, 'decision'))[0]);
  expect(about(lead)).toEqual([]);
  await org.admin.update('lead', lead, leadOf(hotLead));
  const task = await until('a task about the lead', () => about(lead)[0]);
  expect(task).toMatchObject({ subject: 'Call Maria Lopez today (92 % likely)', statecode: 0 });
  const note = await until('a note at the lead', () => org.admin.records('annotation')[0]);
  expect(note).toMatchObject({
    subject: 'Maria Lopez is hot',
    notetext: expect.stringMatching(/^Ask about the price\.\n\nWhy \(92 % likely\):\n/) as string,
    _objectid_value: lead,
  });
  await until('the engagement to know its task', async () => {
    const row = await line.signalbox.runtime.ledger.engagement(tenant, `lead/${lead}`, 'lead-scoring');
    return row?.status === 'open' && row.taskid !== undefined;
  });
  await org.admin.completeTask(String(task.activityid));
  await until('the engagement to end', async () => {
    const row = await line.signalbox.runtime.ledger.engagement(tenant, `lead/${lead}`, 'lead-scoring');
    return row?.status === 'closed' && row.outcome === 'completed';
  });
  // What was taken is safe, so the queue has forgotten it.
  await until('the queue to be empty', () => bus.pending(queue) === 0);
  expect(bus.tokens()).toMatchObject([{ type: 'jwt', status: 202 }]);
  expect(about(lead)).toHaveLength(1);
  expect(org.admin.records('annotation')).toHaveLength(1);
});
