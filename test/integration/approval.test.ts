import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { signalbox, type Ran } from '../../cli/terminal.fixture';
import type { ProposalRow } from '../../ledger/ledger';
import type { Approved } from '../../workflows/engagement-state';
import { names } from '../../workflows/names';
import { until } from '../line';
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
  guarded: { useCase: { approval: 'required', approvers: ['ina@example.org'] } },
  impatient: { useCase: { approval: 'required', outcome: { within: 'PT2S' } } },
};
let line: TenantsLine<keyof typeof variants>;
let state: string;
beforeAll(async () => {
  state = await mkdtemp(path.join(tmpdir(), 'signalbox-approval-'));
  line = await startTenants(variants, { stateDir: state });
});
afterAll(async () => {
  await line.stop();
  await rm(state, { recursive: true });
});

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
  const { proposals: rows } = await line.signalbox.runtime.ledger.standing();
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

type Variant = keyof typeof variants;

/** `signalbox approvals` beside the running line, of whose ledger and Temporal it is told. */
const approvals = (variant: Variant, verb: string, ...args: readonly string[]): Promise<Ran> => {
  const { TEMPORAL_ADDRESS } = process.env;
  const common = ['--tenant', line.tenants[variant].tenant, '--state', state, '--json'];
  return signalbox(['approvals', verb, ...common, ...args], { env: { TEMPORAL_ADDRESS } });
};

const shown = async (variant: Variant, named: string): Promise<ProposalRow> =>
  JSON.parse((await approvals(variant, 'show', named)).out) as ProposalRow;

/** The proposal about a lead, once it is in the ledger as told. */
const untilStatus = (variant: Variant, named: string, status: ProposalRow['status']): Promise<ProposalRow> =>
  until(`the proposal about ${named} to be ${status}`, async () => {
    const { code, out } = await approvals(variant, 'show', named);
    const row = code === 0 ? (JSON.parse(out) as ProposalRow) : undefined;
    return row?.status === status ? row : undefined;
  });

describe('signalbox approvals', () => {
  const createdFor = async (variant: Variant) => {
    const lead = line.org.admin.create('Lead', leadOf(variant));
    return { lead, proposal: await untilStatus(variant, lead, 'waiting') };
  };

  test('list tells what waits, until when, why, what would be written and where, and exits 1', async () => {
    const { lead, proposal } = await createdFor('asks');
    const { code, out } = await approvals('asks', 'list', '--record', lead);
    expect(code).toBe(1);
    const told = JSON.parse(out) as { readonly approvals: readonly ProposalRow[] };
    expect(told.approvals).toEqual([proposal]);
    expect(proposal).toMatchObject({
      ...{ subject: `lead/${lead}`, usecase: 'lead-scoring', connection: 'sales', connector: 'salesforce' },
      ...{ status: 'waiting', band: 'hot', score: expect.closeTo(0.92, 1) as number },
      actions: [
        { kind: 'create-task', task: { subject: 'Call Maria Lopez today (92 % likely)' } },
        { kind: 'set-fields', fields: { Rating: 'Hot' } },
      ],
    });
    expect(proposal.reasons.length).toBeGreaterThan(0);
    expect(Date.parse(proposal.until) - Date.parse(proposal.since)).toBe(30 * 24 * 3_600_000);
    const none = await approvals('impatient', 'list', '--record', lead);
    expect([none.code, JSON.parse(none.out)]).toMatchObject([0, { approvals: [] }]);
  });

  test('approve has it written; who, when and why are in the history; a second answer is refused with what is true', async () => {
    const { lead } = await createdFor('asks');
    const answered = await approvals('asks', 'approve', '--by', 'ina@example.org', '--reason', 'she asked', lead);
    expect([answered.code, answered.err]).toEqual([0, '']);
    await untilTask(line, line.tenants.asks, lead);
    const { answeredat } = await untilStatus('asks', lead, 'approved');
    const [settled] = await entries(line, line.tenants.asks, lead, 'settled');
    expect(settled).toMatchObject({
      at: answeredat,
      proposal: { status: 'approved', by: 'ina@example.org', reason: 'she asked' },
    });
    const kinds = (await line.signalbox.runtime.ledger.history(line.tenants.asks.tenant, lead)).map(({ kind }) => kind);
    const story = ['decision', 'proposed', 'settled', 'action'].map((kind) => kinds.indexOf(kind as (typeof kinds)[0]));
    expect(story).toEqual([...story].sort((a, b) => a - b));
    const again = await approvals('asks', 'decline', '--by', 'sam@example.org', lead);
    expect(again).toMatchObject({ code: 2, out: '' });
    expect(again.err).toContain(`it was settled at ${answeredat ?? ''}: approved by ina@example.org: she asked`);
  });

  test('decline has nothing written and ends the engagement', async () => {
    const { lead } = await createdFor('asks');
    const { code } = await approvals('asks', 'decline', '--by', 'ina@example.org', '--reason', 'a rival', lead);
    expect(code).toBe(0);
    expect(await untilClosed(line, line.tenants.asks, lead)).toMatchObject({ outcome: 'declined' });
    expect(await shown('asks', lead)).toMatchObject({ status: 'declined', by: 'ina@example.org', reason: 'a rival' });
    expect([tasksAbout(line, lead), writesAbout(line, lead)]).toEqual([[], []]);
  });

  test('an overtaken proposal is refused, and the one that waits instead is named', async () => {
    const { lead, proposal } = await createdFor('asks');
    line.org.admin.update(lead, { Contact__c: 'telephone' });
    const overtaken = await untilStatus('asks', proposal.id, 'overtaken');
    const newer = await untilStatus('asks', lead, 'waiting');
    const { code, err } = await approvals('asks', 'approve', '--by', 'ina@example.org', overtaken.id);
    expect(code).toBe(2);
    expect(err).toMatch(/it was settled at .*: overtaken by a newer decision/);
    expect(err).toContain(`what waits now is ${newer.id}`);
    expect(tasksAbout(line, lead)).toEqual([]);
  });

  test('what has expired, or ended with its record, is refused as such', async () => {
    const late = line.org.admin.create('Lead', leadOf('impatient'));
    await untilStatus('impatient', late, 'expired');
    const expired = await approvals('impatient', 'approve', '--by', 'ina@example.org', late);
    expect([expired.code, expired.err]).toEqual([2, expect.stringContaining('expired: nobody answered in time')]);
    const { lead } = await createdFor('asks');
    line.org.admin.convertLead(lead);
    await untilStatus('asks', lead, 'ended');
    const ended = await approvals('asks', 'approve', '--by', 'ina@example.org', lead);
    expect([ended.code, ended.err]).toEqual([2, expect.stringContaining('no longer asked: the engagement ended')]);
  });

  test('only those whom the use case names may answer', async () => {
    const { lead, proposal } = await createdFor('guarded');
    expect(proposal.approvers).toEqual(['ina@example.org']);
    const { code, err } = await approvals('guarded', 'approve', '--by', 'sam@example.org', lead);
    expect([code, err]).toEqual([2, expect.stringContaining('sam@example.org may not answer for this use case')]);
    expect(await shown('guarded', lead)).toMatchObject({ status: 'waiting' });
    expect((await approvals('guarded', 'approve', '--by', 'ina@example.org', lead)).code).toBe(0);
    await untilTask(line, line.tenants.guarded, lead);
  });

  test('an unknown proposal, nobody who answers, and no Temporal are refused with the fix', async () => {
    const unknown = await approvals('asks', 'approve', '--by', 'ina', '00Q000000000000AAA');
    expect([unknown.code, unknown.err]).toEqual([2, expect.stringContaining('nothing was proposed under this name')]);
    expect((await approvals('asks', 'approve', '00Q000000000000AAA')).err).toContain('--by');
    const args = ['approvals', 'approve', '--tenant', 'x', '--state', state, '--by', 'ina', 'lead/1'];
    expect((await signalbox(args)).err).toContain('it is not said where Temporal is');
  });
});
