import type { Approved } from '../../workflows/engagement';
import { names } from '../../workflows/names';
import { leadOf, startTenants, type TenantsLine } from './tenants-line';
import {
  engagementOf,
  entries,
  statusOf,
  tasksAbout,
  untilClosed,
  untilProposed,
  untilTask,
  writesAbout,
} from './watch';

// Longer than any poll, whose own failure says what was waited for.
jest.setTimeout(60_000);

const variants = {
  asks: { useCase: { approval: 'required' } },
  impatient: { useCase: { approval: 'required', outcome: { within: 'PT2S' } } },
};
let line: TenantsLine<keyof typeof variants>;
beforeAll(async () => {
  line = await startTenants(variants);
});
afterAll(() => line.stop());

type Run = ReturnType<typeof engagementOf>;

/** A hot lead whose task is proposed and not made yet. */
async function proposed(): Promise<{ readonly lead: string; readonly run: Run; readonly decisionid: string }> {
  const lead = line.org.admin.create('Lead', leadOf('asks'));
  const run = engagementOf(line, line.tenants.asks, lead);
  return { lead, run, decisionid: await untilProposed(run) };
}

const answer = (run: Run, decisionid: string, verdict: Approved['verdict']): Promise<unknown> =>
  run.executeUpdate(names.approve, { args: [{ decisionid, by: 'sam@example.org', verdict }] });

/** Proposals of the tenant that nobody has answered, as metrics tell them. */
async function unanswered(): Promise<readonly number[]> {
  const { unanswered: rows } = await line.signalbox.runtime.ledger.standing();
  return rows.filter(({ tenant }) => tenant === line.tenants.asks.tenant).map(({ count }) => count);
}

test('nothing is written before a person agrees; then the task is made, and who agreed is known', async () => {
  const { lead, run, decisionid } = await proposed();
  expect(tasksAbout(line, lead)).toEqual([]);
  expect(writesAbout(line, lead)).toEqual([]);
  expect(await unanswered()).toEqual([1]);
  await answer(run, decisionid, 'approve');
  await untilTask(line, line.tenants.asks, lead);
  expect(await unanswered()).toEqual([]);
  expect(tasksAbout(line, lead)).toMatchObject([{ Subject: 'Call Maria Lopez today (92 % likely)' }]);
  expect(await statusOf(run)).toMatchObject({ approvals: [{ decisionid, by: 'sam@example.org', verdict: 'approve' }] });
});

test('a refused proposal is declined: nothing is written, and the ledger knows the outcome', async () => {
  const { lead, run, decisionid } = await proposed();
  await answer(run, decisionid, 'refuse');
  expect(await run.result()).toMatchObject({ label: 'declined', because: 'refused by sam@example.org' });
  expect(await untilClosed(line, line.tenants.asks, lead)).toMatchObject({ outcome: 'declined' });
  expect(await entries(line, line.tenants.asks, lead, 'outcome')).toMatchObject([
    { outcome: { label: 'declined', decisionid } },
  ]);
  expect([tasksAbout(line, lead), writesAbout(line, lead)]).toEqual([[], []]);
});

test('an answer to another decision than the one proposed is refused and changes nothing', async () => {
  const { lead, run, decisionid } = await proposed();
  await expect(answer(run, 'another:lead-scoring', 'approve')).rejects.toMatchObject({
    cause: { message: 'decision another:lead-scoring awaits no approval' },
  });
  expect(await statusOf(run)).toMatchObject({ awaitsApproval: decisionid, approvals: [] });
  expect(tasksAbout(line, lead)).toEqual([]);
});

test('a newer decision takes the place of the one proposed', async () => {
  const { lead, run, decisionid } = await proposed();
  line.org.admin.update(lead, { Contact__c: 'telephone' });
  const newer = await untilProposed(run, decisionid);
  await expect(answer(run, decisionid, 'approve')).rejects.toThrow();
  await answer(run, newer, 'approve');
  await untilTask(line, line.tenants.asks, lead);
  expect(tasksAbout(line, lead)).toMatchObject([{ Subject: 'Call Maria Lopez today (86 % likely)' }]);
});

test('a lead that is won while its proposal waits ends the engagement, unwritten', async () => {
  const { lead, run } = await proposed();
  line.org.admin.convertLead(lead);
  expect(await run.result()).toMatchObject({ label: 'won' });
  expect(await untilClosed(line, line.tenants.asks, lead)).toMatchObject({ outcome: 'won' });
  expect(tasksAbout(line, lead)).toEqual([]);
});

test('a proposal that nobody answers in time is declined', async () => {
  const lead = line.org.admin.create('Lead', leadOf('impatient'));
  expect(await untilClosed(line, line.tenants.impatient, lead)).toMatchObject({ outcome: 'declined' });
  expect(tasksAbout(line, lead)).toEqual([]);
});
