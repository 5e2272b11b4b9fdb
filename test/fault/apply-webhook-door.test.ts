import type { RunningDynamics365 } from '../../simulators/dynamics365';
import { leadOf, startLeadOrg, tenantWith } from '../dynamics365-line';
import { hotLead, until } from '../line';
import { Applied, type Written } from './applied';
import { none } from './compare';
import { settled, shareServers } from './settled';
import { startTraffic } from './traffic';

jest.setTimeout(120_000);

// A Dataverse is added to a tenant that runs, its keys changed, and taken out again: nobody restarts anything.

let stopServers: () => Promise<void>;
let applied: Applied;
let crm: RunningDynamics365;

beforeAll(async () => {
  stopServers = await shareServers();
  applied = await Applied.start();
  crm = await startLeadOrg();
});
afterAll(async () => {
  await applied.stop();
  await crm.stop();
  await stopServers();
});

/** The connection and its use case, whose secrets stand in variables that are set only now. */
function addDataverse(file: Written, keyName: string, key: string): void {
  Object.assign(process.env, { D365_SECRET: crm.clientSecret, [keyName]: key });
  const webhook = { kind: 'webhook-key', key: `env:${keyName}` };
  const { connections, useCases } = tenantWith({
    ...{ tenant: applied.tenant, crm },
    settings: { webhook, reconcile: 'off' },
  }) as Written;
  const scoring = { ...useCases['lead-scoring']!, connection: 'dynamics', model: 'lead-scoring', entity: 'lead' };
  Object.assign(file.connections, { dynamics: connections['sales'] });
  Object.assign(file.useCases, { 'dataverse-scoring': scoring });
}

function removeDataverse(file: Written): void {
  delete file.connections['dynamics'];
  delete file.useCases['dataverse-scoring'];
}

const register = (url: string, key: string): string =>
  crm.admin.registerWebhook({
    ...{ url, auth: { type: 'WebhookKey', key } },
    steps: ['lead', 'task'].flatMap((table) => ['Create', 'Update'].map((message) => ({ message, table }))),
  });
const tasksAbout = (lead: string) => crm.admin.tasks().filter(({ _regardingobjectid_value: of }) => of === lead);
const untilTask = (lead: string) => until('a task in Dataverse', () => tasksAbout(lead)[0]);
/** What the last post was answered. */
const answered = async (): Promise<number | undefined> => {
  await crm.admin.idle();
  return crm.admin.posts().at(-1)?.status;
};

test('a webhook connection is opened, given another key and taken out while the tenant runs', async () => {
  const { line, tenant, signalbox } = applied;
  expect(signalbox.door).toBeUndefined();
  const traffic = startTraffic(line.org, 20, 25);

  expect(
    await applied.apply((file) => {
      addDataverse(file, 'D365_KEY', 'k-1');
    }),
  ).toMatchObject({ code: 0, err: '' });
  const url = applied.doorUrl('dynamics');
  const first = register(url, 'k-1');
  const lead = await crm.admin.create('lead', leadOf(hotLead));
  expect(await untilTask(lead)).toMatchObject({ subject: 'Call Maria Lopez today (92 % likely)' });

  // Another key is in force at once: who still has the old one is refused, and keeps nothing back.
  expect(
    await applied.apply((file) => {
      addDataverse(file, 'D365_NEW_KEY', 'k-2');
    }),
  ).toMatchObject({ code: 0, err: '' });
  const refused = await crm.admin.create('lead', leadOf(hotLead));
  expect(await answered()).toBe(401);
  crm.admin.removeWebhook(first);
  const second = register(url, 'k-2');
  const later = await crm.admin.create('lead', leadOf(hotLead));
  await untilTask(later);
  expect(tasksAbout(refused)).toEqual([]);

  // Taken out, it takes nothing more, and what it had taken is done with.
  expect(await applied.apply(removeDataverse)).toMatchObject({ code: 0, err: '' });
  await crm.admin.create('lead', leadOf(hotLead));
  expect(await answered()).toBe(404);
  await until('the stream to end', async () => !(await applied.isHearing('dynamics', 'lead')));

  // And back again, with what was heard before still known.
  expect(
    await applied.apply((file) => {
      addDataverse(file, 'D365_NEW_KEY', 'k-2');
    }),
  ).toMatchObject({ code: 0, err: '' });
  const last = await crm.admin.create('lead', leadOf(hotLead));
  await untilTask(last);
  expect([lead, later, last].map((one) => tasksAbout(one).length)).toEqual([1, 1, 1]);
  crm.admin.removeWebhook(second);

  const { ledger } = signalbox.runtime;
  expect(await settled({ org: line.org, ledger, tenant }, await traffic.leads, 60_000)).toEqual(none);
  expect(await ledger.counts(tenant)).toMatchObject({ gapsOpen: 0, quarantined: 0, parked: 0 });
});
