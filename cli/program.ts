import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { applyCommand, tenantsCommand } from './commands/apply';
import { auditCommand } from './commands/audit';
import { approvalsCommand } from './commands/approvals';
import { connectCommand, disconnectCommand } from './commands/connect';
import { demoCommand } from './commands/demo';
import { doctorCommand } from './commands/doctor';
import { driftCommand } from './commands/drift';
import { eraseCommand, erasuresCommand } from './commands/erase';
import { exportCommand } from './commands/export';
import { forecastCommand } from './commands/forecast';
import { gapsCommand } from './commands/gaps';
import { historyCommand } from './commands/history';
import { parkedCommand } from './commands/parked';
import { learnCommand } from './commands/learn';
import { modelCommand } from './commands/model';
import { modelsCommand } from './commands/models';
import { normaliseCommand } from './commands/normalise';
import { quarantineCommand } from './commands/quarantine';
import { reconcileCommand } from './commands/reconcile';
import { replayCommand } from './commands/replay';
import { scoreCommand } from './commands/score';
import { upCommand } from './commands/up';
import { validateCommand } from './commands/validate';
import { TenantFaults } from '../tenants/faults';
import { projectRoot } from '../services/project-root';
import { CliError, errorText, exit, type Terminal } from './terminal';

const version = (): string => {
  const text = readFileSync(join(projectRoot, 'package.json'), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
};

/** commander's own refusals in the form of all others. */
const refusalText = (text: string): string => {
  const what = text
    .replace(/^error: /, '')
    .trim()
    .replace(/\s*\n\s*/g, ' ');
  return errorText(what, '', 'see `signalbox --help`, or `signalbox COMMAND --help`');
};

const leaves = (command: Command): readonly Command[] =>
  command.commands.length === 0 ? [command] : command.commands.flatMap(leaves);

/** The commands, speaking with a terminal. */
export const newProgram = (terminal: Terminal): Command => {
  const program = new Command('signalbox')
    .description('Event-driven AI between the CRMs that a company already runs.')
    .version(version())
    .option('--debug', 'tell the stack of an error')
    .enablePositionalOptions()
    .addHelpText(
      'after',
      '\nDATABASE_URL, AMQP_URL and TEMPORAL_ADDRESS name servers to use instead of own ones.\nExit codes: 0 ok, 1 problems were found, 2 the input is bad or was refused.\n\nExample:\n  signalbox validate tenants/examples/acme.yaml',
    )
    .exitOverride()
    .configureOutput({
      writeOut: (text) => {
        terminal.out(text);
      },
      writeErr: (text) => {
        terminal.err(text);
      },
      outputError: (text, write) => {
        write(refusalText(text));
      },
    });
  const commands = [
    validateCommand,
    applyCommand,
    tenantsCommand,
    doctorCommand,
    connectCommand,
    disconnectCommand,
    normaliseCommand,
    scoreCommand,
    forecastCommand,
    historyCommand,
    approvalsCommand,
    eraseCommand,
    erasuresCommand,
    exportCommand,
    replayCommand,
    auditCommand,
    quarantineCommand,
    gapsCommand,
    reconcileCommand,
    parkedCommand,
    modelsCommand,
    modelCommand,
    driftCommand,
    learnCommand,
  ];
  for (const register of commands) register(program, terminal);
  // `up` and `demo` run until they end, on this process's own streams.
  upCommand(program);
  demoCommand(program);
  for (const command of leaves(program)) command.option('--debug', 'tell the stack of an error');
  return program;
};

const tellFailure = (error: unknown, terminal: Terminal, isDebugging: boolean): void => {
  if (error instanceof CommanderError) {
    terminal.exitCode = error.exitCode === 0 ? exit.ok : exit.refused;
    return;
  }
  if (error instanceof CliError) {
    terminal.err(errorText(error.message, error.where, error.fix));
    terminal.exitCode = error.code;
  } else if (error instanceof TenantFaults) {
    terminal.err(
      errorText(
        `${error.faults.length} faults in tenant files:\n${error.message}`,
        '',
        'correct them; `signalbox validate FILE` tells them again',
      ),
    );
    terminal.exitCode = exit.refused;
  } else {
    const fix = 'see `signalbox doctor`; with --debug the place in the program is told';
    terminal.err(errorText(error instanceof Error ? error.message : String(error), '', fix));
    terminal.exitCode = exit.problems;
  }
  if (isDebugging && error instanceof Error) terminal.err(`${error.stack ?? ''}\n`);
};

/**
 * Runs one command line (without `node` and the script) and gives its exit code. Never throws.
 */
export const run = async (args: readonly string[], terminal: Terminal): Promise<number> => {
  const program = newProgram(terminal);
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    tellFailure(error, terminal, args.includes('--debug'));
  }
  return terminal.exitCode;
};
