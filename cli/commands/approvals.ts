import { WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import type { Command } from 'commander';
import type { Ledger, ProposalRow } from '../../ledger/ledger';
import type { Approved } from '../../workflows/engagement-state';
import { names } from '../../workflows/names';
import { withLedger, type StateOptions } from '../places';
import { temporalAddress, withTemporal, type TemporalOptions } from '../temporal';
import { CliError, exit, jsonLine, type Terminal } from '../terminal';
import { actionText, printable, settledText } from '../timeline';

interface Options extends StateOptions {
  readonly tenant: string;
  readonly json?: boolean;
}

interface ListOptions extends Options {
  readonly useCase?: string;
  readonly record?: string;
  readonly all?: boolean;
}

interface AnswerOptions extends Options, TemporalOptions {
  readonly by: string;
  readonly reason?: string;
}

/** An engagement answers at once where a worker runs. */
const answerWithinMs = 30_000;

const scoreText = ({ score, band, ranking = [] }: ProposalRow): string =>
  [
    score === undefined ? 'no score' : `score ${(score * 100).toFixed(1)} %`,
    ...(band === undefined ? [] : [`band ${band}`]),
    ...ranking.map(({ label, score: of }) => `${label} ${(of * 100).toFixed(1)} %`),
  ].join(', ');

const proposalText = (proposal: ProposalRow): string => {
  const { id, subject, usecase, connection, connector, since, until, reasons, actions, approvers, answeredat } =
    proposal;
  const crm = connector === undefined ? connection : `${connection} (${connector})`;
  return [
    `${id}  ${subject}  ${usecase}`,
    ...(answeredat === undefined ? [] : [`  ${answeredat}  ${settledText(proposal)}`]),
    `  since ${since} until ${until}  ${scoreText(proposal)}`,
    ...reasons.map(({ text, contribution }) => `  ${contribution >= 0 ? '+' : ''}${contribution.toFixed(3)}  ${text}`),
    ...actions.map((action) => `  would, in ${crm}, ${actionText(action)}`),
    `  may be answered by ${approvers === undefined ? 'anybody' : approvers.join(', ')}`,
  ]
    .map((line) => `${printable(line)}\n`)
    .join('');
};

const list = async (options: ListOptions, terminal: Terminal): Promise<void> => {
  const { tenant, all, record, useCase } = options;
  const which = all === true ? 'all' : 'waiting';
  const every = await withLedger(options, terminal, ({ proposals }) => proposals.list(tenant, which, record));
  const approvals = every.filter(({ usecase }) => useCase === undefined || usecase === useCase);
  if (options.json === true) terminal.out(jsonLine({ tenant, approvals }));
  else terminal.out(approvals.length === 0 ? 'nothing waits for approval\n' : approvals.map(proposalText).join(''));
  if (approvals.some(({ status }) => status === 'waiting')) terminal.exitCode = exit.problems;
};

/** The proposal of an id, or the only one that waits about a record; of a record about which none waits, the newest. */
const proposalOf = async ({ proposals }: Ledger, { tenant }: Options, named: string): Promise<ProposalRow> => {
  const byId = await proposals.find(tenant, named);
  if (byId !== undefined) return byId;
  const about = await proposals.list(tenant, 'all', named);
  const [waiting, ...more] = about.filter(({ status }) => status === 'waiting');
  if (more.length > 0) {
    const ids = [waiting, ...more].map((one) => one?.id).join(', ');
    throw new CliError('several proposals about it wait', named, `name one of these: ${ids}`);
  }
  const found = waiting ?? about.at(-1);
  if (found !== undefined) return found;
  const fix = `give a proposal's id or a record, as \`signalbox approvals list --tenant ${tenant}\` tells them`;
  throw new CliError('nothing was proposed under this name', named, fix);
};

const show = async (named: string, options: Options, terminal: Terminal): Promise<void> => {
  const proposal = await withLedger(options, terminal, (ledger) => proposalOf(ledger, options, named));
  if (options.json === true) terminal.out(jsonLine(proposal));
  else {
    const { decisionid, engagement, actions } = proposal;
    const whole = actions.map((action) => `${JSON.stringify(action, null, 2)}\n`).join('');
    terminal.out(`${proposalText(proposal)}  decision ${decisionid}\n  workflow ${engagement}\n${whole}`);
  }
};

/** Why it cannot be answered any more: what is true now, and what waits instead. */
const refusal = async (
  ledger: Ledger,
  { tenant }: Options,
  { id, engagement, subject, status, answeredat }: ProposalRow,
  said: string,
  cause?: unknown,
): Promise<CliError> => {
  const next = (await ledger.proposals.list(tenant, 'waiting', subject)).find(
    (one) => one.engagement === engagement && one.id !== id,
  );
  const what = status === 'waiting' ? said : `it was settled at ${answeredat ?? ''}: ${said}`;
  const fix =
    next === undefined
      ? `nothing is to be done; \`signalbox history --tenant ${tenant} ${subject}\` tells the rest`
      : `what waits now is ${next.id}: see \`signalbox approvals show\``;
  return new CliError(what, id, fix, exit.refused, { cause });
};

/** Tells the engagement, whose word counts. */
const tell = async (
  proposal: ProposalRow,
  answer: Approved,
  options: AnswerOptions,
  terminal: Terminal,
): Promise<void> =>
  withTemporal(options, terminal, async (client) => {
    const deadline = Date.now() + answerWithinMs;
    const { workflow } = client;
    try {
      await client.withDeadline(deadline, () =>
        workflow.getHandle(proposal.engagement).executeUpdate<undefined, [Approved]>(names.approve, { args: [answer] }),
      );
    } catch (error) {
      if (error instanceof WorkflowUpdateFailedError || error instanceof WorkflowNotFoundError) throw error;
      if (Date.now() < deadline) throw error;
      const fix = 'see that `signalbox up` runs; the answer may still be taken: `signalbox approvals show`';
      throw new CliError('the engagement does not answer', proposal.engagement, fix, exit.problems, { cause: error });
    }
  });

const answer = async (
  verdict: Approved['verdict'],
  named: string,
  options: AnswerOptions,
  terminal: Terminal,
): Promise<void> => {
  temporalAddress(options, terminal);
  const { by, reason } = options;
  if (by.trim() === '') throw new CliError('who answers is not said', '--by', 'add --by NAME');
  const { id, subject, usecase } = await withLedger(options, terminal, async (ledger) => {
    const proposal = await proposalOf(ledger, options, named);
    if (proposal.status !== 'waiting') throw await refusal(ledger, options, proposal, settledText(proposal));
    const told = { decisionid: proposal.id, by, verdict, ...(reason === undefined ? {} : { comment: reason }) };
    try {
      await tell(proposal, told, options, terminal);
    } catch (error) {
      const isGone = error instanceof WorkflowNotFoundError;
      if (!isGone && !(error instanceof WorkflowUpdateFailedError)) throw error;
      const now = await proposalOf(ledger, options, proposal.id);
      const said = isGone ? 'its engagement is no longer there' : (error.cause?.message ?? error.message);
      throw await refusal(ledger, options, now, now.status === 'waiting' ? said : settledText(now), error);
    }
    return proposal;
  });
  const how = verdict === 'approve' ? 'approved' : 'declined';
  if (options.json === true) terminal.out(jsonLine({ id, subject, usecase, status: how, by, reason }));
  else terminal.out(`${how} by ${by}: ${usecase} of ${subject}\n`);
};

/** `signalbox approvals` */
export const approvalsCommand = (program: Command, terminal: Terminal): void => {
  const group = program
    .command('approvals')
    .description('What waits for a person before the CRM is changed, and the answers.');
  const one = (name: string, description: string, example: string): Command =>
    group
      .command(name)
      .description(description)
      .requiredOption('--tenant <NAME>', 'whose proposals')
      .option('--state <DIR>', 'where Signalbox keeps its state', '.signalbox')
      .option('--json', 'one line of JSON')
      .addHelpText('after', `\nExample:\n  signalbox approvals ${name} --tenant acme${example}`);
  const what = 'a proposal, or the record that it is about';
  one('list', 'Tell what waits, since when, and what would be written. Exits 1 while something waits.', '')
    .option('--use-case <NAME>', 'of one use case')
    .option('--record <RECORD>', 'about one record')
    .option('--all', 'those that wait no longer, too')
    .action((_: unknown, command: Command) => list(command.opts<ListOptions>(), terminal));
  one('show', 'Tell one in full.', ' lead/00Q5e00001AbCdEEAV')
    .argument('PROPOSAL', what)
    .action((named: string, _: unknown, command: Command) => show(named, command.opts<Options>(), terminal));
  const answers = { approve: 'Agree: it is written now.', decline: 'Refuse: nothing is written.' } as const;
  for (const name of ['approve', 'decline'] as const) {
    one(name, answers[name], ' --by ina@acme.example lead/00Q5e00001AbCdEEAV')
      .argument('PROPOSAL', what)
      .requiredOption('--by <NAME>', 'who answers for it; kept with it')
      .option('--reason <TEXT>', 'why; kept with it')
      .option('--temporal <HOST:PORT>', 'where Temporal is; without it TEMPORAL_ADDRESS')
      .action((named: string, _: unknown, command: Command) =>
        answer(name === 'approve' ? 'approve' : 'refuse', named, command.opts<AnswerOptions>(), terminal),
      );
  }
};
