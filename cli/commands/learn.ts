import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import type { Command } from 'commander';
import type { TrainingRow } from '../../ledger/ledger';
import type { Answered, LearningInput, LearningStatus } from '../../workflows/learning';
import { learningId, names, taskQueues } from '../../workflows/names';
import { withLedger, type StateOptions } from '../places';
import { withTemporal } from '../temporal';
import { CliError, jsonLine, type Terminal } from '../terminal';

interface LearnOptions {
  readonly tenant: string;
  readonly useCase: string;
  readonly temporal?: string;
  readonly json?: boolean;
}

interface StartOptions extends LearnOptions {
  readonly onDrift?: boolean;
  readonly by?: string;
}

interface AnswerOptions extends LearnOptions {
  readonly by: string;
  readonly reason?: string;
}

type HistoryOptions = StateOptions & Pick<LearnOptions, 'tenant' | 'json'> & { readonly useCase?: string };

const tellStep = (
  { tenant, useCase, json }: LearnOptions,
  terminal: Terminal,
  told: Readonly<Record<string, unknown>>,
  text: string,
): void => {
  terminal.out(json === true ? jsonLine({ tenant, useCase, ...told }) : `${useCase} of ${tenant}: ${text}\n`);
};

const start = async (options: StartOptions, terminal: Terminal): Promise<void> => {
  const { tenant, useCase: usecase, by, onDrift } = options;
  const workflowId = learningId(tenant, usecase);
  const because = by === undefined ? 'a person asked' : `${by} asked`;
  const input: LearningInput = { tenant, usecase, because, when: onDrift === true ? 'drift' : 'always' };
  await withTemporal(options, terminal, async ({ workflow }) => {
    try {
      await workflow.start(names.learning, { workflowId, taskQueue: taskQueues.decide, args: [input] });
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      const fix = 'see `signalbox learn status`; approve, refuse, or cancel it in Temporal';
      throw new CliError('it is learning already', `use case ${usecase}`, fix, 2, { cause: error });
    }
  });
  tellStep(options, terminal, { workflowId }, `learning, as ${workflowId}`);
};

/** Throws what a person can do where the workflow is not there. */
const notLearning = (error: unknown, usecase: string): never => {
  if (!(error instanceof WorkflowNotFoundError)) throw error;
  const fix = 'begin with `signalbox learn start`; `signalbox learn list` tells what was learnt before';
  throw new CliError('it is not learning', `use case ${usecase}`, fix, 2, { cause: error });
};

const status = async (options: LearnOptions, terminal: Terminal): Promise<void> => {
  const { tenant, useCase: usecase } = options;
  const told = await withTemporal(options, terminal, ({ workflow }) =>
    workflow
      .getHandle(learningId(tenant, usecase))
      .query<LearningStatus>(names.learningStatus)
      .catch((error: unknown) => notLearning(error, usecase)),
  );
  const checks = told.checks.map(({ check, result, what }) => `\n${result.padEnd(7)}  ${check}: ${what}`);
  tellStep(options, terminal, { ...told }, `${told.step}${checks.join('')}`);
};

const answer = async (verdict: Answered['verdict'], options: AnswerOptions, terminal: Terminal): Promise<void> => {
  const { tenant, useCase: usecase, by, reason } = options;
  const told: Answered = { by, verdict, ...(reason === undefined ? {} : { reason }) };
  await withTemporal(options, terminal, async ({ workflow }) => {
    try {
      await workflow
        .getHandle(learningId(tenant, usecase))
        .executeUpdate<undefined, [Answered]>(names.answer, { args: [told] });
    } catch (error) {
      if (!(error instanceof WorkflowUpdateFailedError)) return notLearning(error, usecase);
      const fix = 'see `signalbox learn status`; it is asked once the gate holds';
      throw new CliError(error.cause?.message ?? 'the answer was refused', `use case ${usecase}`, fix, 2, {
        cause: error,
      });
    }
  });
  tellStep(options, terminal, { verdict, by }, `${verdict === 'approve' ? 'approved' : 'refused'} by ${by}`);
};

const trainingText = ({ at, usecase, status: how, because, rows, digest, what, by }: TrainingRow): string => {
  const counted = rows === undefined ? '' : `; ${rows.yes} yes, ${rows.no} no, ${rows.censored} censored`;
  const model = digest === undefined ? '' : `; ${digest.slice(0, 'sha256:'.length + 12)}`;
  const end = what === undefined ? '' : `: ${what}${by === undefined ? '' : ` (${by})`}`;
  return `${at}  ${usecase}  ${how}${end}\n  because: ${because}${counted}${model}\n`;
};

const list = async (options: HistoryOptions, terminal: Terminal): Promise<void> => {
  const { tenant, useCase } = options;
  const trainings = await withLedger(options, terminal, (ledger) => ledger.trainings.list(tenant, useCase));
  if (options.json === true) terminal.out(jsonLine({ tenant, trainings }));
  else terminal.out(trainings.length === 0 ? 'nothing was learnt yet\n' : trainings.map(trainingText).join(''));
};

/** `signalbox learn` */
export const learnCommand = (program: Command, terminal: Terminal): void => {
  const group = program.command('learn').description('Learn from outcomes: train a challenger, watch it, answer it.');
  const about = (name: string, description: string, example = ''): Command =>
    group
      .command(name, name === 'start' ? { isDefault: true } : {})
      .description(description)
      .requiredOption('--tenant <NAME>', 'whose use case')
      .requiredOption('--use-case <NAME>', 'which use case')
      .option('--temporal <HOST:PORT>', 'where Temporal is; without it TEMPORAL_ADDRESS')
      .option('--json', 'one line of JSON')
      .addHelpText('after', `\nExample:\n  signalbox learn ${name} --tenant acme --use-case lead-scoring${example}`);
  about('start', 'Train a challenger on what became of the decisions, and let it run in shadow.')
    .option('--on-drift', 'only where drift is seen')
    .option('--by <PERSON>', 'who asks; kept with it')
    .action((_: unknown, command: Command) => start(command.opts<StartOptions>(), terminal));
  about('status', 'Tell how far it is, and what the gate says of the challenger.').action(
    (_: unknown, command: Command) => status(command.opts<LearnOptions>(), terminal),
  );
  const answers = { approve: 'Let the challenger decide from now on.', refuse: 'Drop the challenger.' } as const;
  for (const verdict of ['approve', 'refuse'] as const) {
    about(verdict, answers[verdict], ' --by "Ada Byron"')
      .requiredOption('--by <PERSON>', 'who answers for it; kept with it')
      .option('--reason <TEXT>', 'why; kept with it')
      .action((_: unknown, command: Command) => answer(verdict, command.opts<AnswerOptions>(), terminal));
  }
  group
    .command('list')
    .description('Tell what was learnt, newest first: why, of how many decisions, and what became of it.')
    .requiredOption('--tenant <NAME>', 'whose use cases')
    .option('--use-case <NAME>', 'of one use case')
    .option('--state <DIR>', 'where Signalbox keeps its state', '.signalbox')
    .option('--json', 'one line of JSON: {tenant, trainings}')
    .addHelpText('after', '\nExample:\n  signalbox learn list --tenant acme')
    .action((_: unknown, command: Command) => list(command.opts<HistoryOptions>(), terminal));
};
