import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { TenantFaults } from '../tenants/faults';
import { SettingsError } from '../services/temporal/settings-error';
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

/** Adds a command; one that runs until it ends uses this process's own streams. */
type Register = (program: Command, terminal: Terminal) => void;

/** The commands in the order of the help, each with the module of `commands/` that exports it as `<name>Command`. */
const modules: Readonly<Record<string, string>> = {
  validate: 'validate',
  apply: 'apply',
  tenants: 'apply',
  doctor: 'doctor',
  connect: 'connect',
  disconnect: 'connect',
  normalise: 'normalise',
  score: 'score',
  forecast: 'forecast',
  history: 'history',
  approvals: 'approvals',
  erase: 'erase',
  erasures: 'erase',
  export: 'export',
  replay: 'replay',
  audit: 'audit',
  quarantine: 'quarantine',
  gaps: 'gaps',
  reconcile: 'reconcile',
  parked: 'parked',
  models: 'models',
  model: 'model',
  drift: 'drift',
  learn: 'learn',
  up: 'up',
  codec: 'codec',
  demo: 'demo',
};
const all = Object.keys(modules);

/** Loaded when it is asked for: all of them together are Temporal's SDK, five CRMs' and the simulators, a second of CPU. */
const registerOf = (name: string): Register => {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import() of CommonJS goes through another loader
  const module = require(`./commands/${modules[name] ?? ''}`) as Readonly<Record<string, Register>>;
  const register = module[`${name}Command`];
  if (register === undefined) throw new Error(`commands/${modules[name] ?? ''} has no ${name}Command`);
  return register;
};

/**
 * The commands, speaking with a terminal.
 * @param names of those that are wanted
 */
export const newProgram = (terminal: Terminal, names: readonly string[] = all): Command => {
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
  for (const name of names) registerOf(name)(program, terminal);
  for (const group of program.commands) {
    const [first] = group.commands;
    if (first === undefined) continue;
    const example = `signalbox ${group.name()} ${first.name()} --help`;
    group.addHelpText('after', `\nEach has an example and --json.\n\nExample:\n  ${example}`);
  }
  for (const command of leaves(program)) command.option('--debug', 'tell the stack of an error');
  return program;
};

const tellFailure = (error: unknown, terminal: Terminal, isDebugging: boolean): void => {
  if (error instanceof CommanderError) {
    terminal.exitCode = error.exitCode === 0 ? exit.ok : exit.refused;
    return;
  }
  if (error instanceof CliError || error instanceof SettingsError) {
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
  const asked = args.find((arg) => !arg.startsWith('-')) ?? '';
  const program = newProgram(terminal, Object.hasOwn(modules, asked) ? [asked] : all);
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    tellFailure(error, terminal, args.includes('--debug'));
  }
  return terminal.exitCode;
};
