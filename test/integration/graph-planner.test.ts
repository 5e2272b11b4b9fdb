import { reconcileNow } from '../../services/reconcile';
import { type GraphLine, startGraphLine } from '../graph-line';
import { until } from '../line';

// Longer than any poll, whose own failure says what was waited for.
jest.setTimeout(60_000);

let line: GraphLine;

beforeAll(async () => {
  line = await startGraphLine('planner');
  const name = { tenant: line.tenant, connection: 'office', stream: `reconcile/${stream()}` };
  await until('the first look at the plan', () => line.signalbox.runtime.ledger.loadPosition(name));
}, 120_000);

afterAll(() => line.stop());

const stream = (): string => `planner/plans/${String(line.plan)}/tasks`;
const engagementOf = (lead: string) =>
  line.signalbox.runtime.ledger.engagement(line.tenant, `lead/${lead}`, 'lead-scoring');

/** A mail that led to a task in the plan, and the task's id. */
async function asked(subject: string): Promise<readonly [lead: string, task: string]> {
  const { admin } = line.crm;
  const from = { emailAddress: { name: 'Maria Lopez', address: 'maria@bluewater.example' } };
  const lead = `${line.inbox}/${admin.create(line.inbox, { subject, from })}`;
  const path = await until('the engagement to know its task', async () => (await engagementOf(lead))?.taskid);
  return [lead, path.split('/').at(-1) ?? ''];
}

/** Looks at the plan now, as `signalbox reconcile` does. */
const look = () => {
  const { runtime } = line.signalbox;
  const settings = runtime.tenants.get(line.tenant)?.connections.office;
  if (settings === undefined) throw new Error('no connection office');
  const ref = { tenant: line.tenant, connection: 'office', stream: stream() };
  return reconcileNow(runtime.temporal, ref, settings, { graceMs: 0 });
};

test('what a person does with a task in Planner ends its engagement, as what it was', async () => {
  const { admin } = line.crm;
  const [[done, first], [refused, second], [open]] = [
    await asked('Enquiry about a deposit'),
    await asked('Enquiry about a card'),
    await asked('Enquiry about a loan'),
  ];
  expect(await look()).toMatchObject({ missing: 3, deleted: 0 });
  const subjects = [first, second].map((id) => `task/planner/tasks/${id}`);
  const { ledger } = line.signalbox.runtime;
  await until('the tasks to be known', async () => (await ledger.records(line.tenant, subjects)).length === 2);
  admin.updatePlanTask(first, { percentComplete: 100 });
  admin.removePlanTask(second);
  expect(await look()).toMatchObject({ found: 2, missing: 2, deleted: 1 });
  const outcomeOf = async (lead: string) => (await engagementOf(lead))?.outcome;
  await until('the engagement to end', async () => (await outcomeOf(done)) === 'completed');
  await until('the engagement to end', async () => (await outcomeOf(refused)) === 'removed');
  expect(await look()).toMatchObject({ missing: 0 });
  expect((await engagementOf(open))?.status).toBe('open');
  // Nobody but us asks: there is nothing to subscribe to.
  expect(
    admin
      .subscriptions()
      .map(({ resource }) => String(resource))
      .filter((one) => one.startsWith('planner')),
  ).toEqual([]);
});
