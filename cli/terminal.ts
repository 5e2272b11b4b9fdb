import type { Log } from '../connectors/contract';
import { buffer } from 'node:stream/consumers';

/** What a command speaks with: a process, or a test. */
export interface Terminal {
  /** Results. */
  out(text: string): void;
  /** Progress and errors. */
  err(text: string): void;
  /** All of standard input. */
  readInput(): Promise<Uint8Array>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** 0: ok; 1: it ran and found problems; 2: the input is bad or refused. Only ever raised. */
  exitCode: number;
}

/** The exit codes of every command. */
export const exit = { ok: 0, problems: 1, refused: 2 } as const;

/** Why a command did not do what it was asked: what, where, and how to go on. */
export class CliError extends Error {
  constructor(
    message: string,
    readonly where: string,
    readonly fix: string,
    readonly code: number = exit.refused,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'CliError';
  }
}

/** The one form of an error: `signalbox: <what> (<where>)` and its fix. */
export const errorText = (what: string, where: string, fix: string): string =>
  `signalbox: ${what}${where === '' ? '' : ` (${where})`}\n  fix: ${fix}\n`;

/** Tells a problem that does not end the command. */
export const tellProblem = (terminal: Terminal, what: string, where: string, fix: string, code: number): void => {
  terminal.err(errorText(what, where, fix));
  terminal.exitCode = Math.max(terminal.exitCode, code);
};

/** This process's own terminal. */
export const processTerminal = (): Terminal => ({
  out: (text) => {
    process.stdout.write(text);
  },
  err: (text) => {
    process.stderr.write(text);
  },
  readInput: () => buffer(process.stdin),
  env: process.env,
  exitCode: exit.ok,
});

/** A line of JSON. */
export const jsonLine = (value: unknown): string => `${JSON.stringify(value)}\n`;

/** Warnings and errors of the parts a command uses, for a person; what merely happened is left out. */
export const logTo = (terminal: Terminal): Log => {
  const tell = (_: unknown, message: string): void => {
    terminal.err(`${message}\n`);
  };
  return { info: () => undefined, warn: tell, error: tell };
};
