import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { killGroup, tail } from './machine';
import { endGroup, forgetProcess, recordProcess } from './process-record';
import type { StateFolder } from './state-folder';
import type { Provided } from './ways';

/** How one server program is started, asked and ended. */
export interface ServerSpec {
  /** Names its log and its process record in the state folder. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Added to the environment of this process. */
  readonly env: Readonly<Record<string, string>>;
  /** The user to run as, where this process may choose. */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** The signal for an end in good order. */
  readonly stopSignal: NodeJS.Signals;
  /** Resolves once the server answers a client; rejects while it does not. Asked again and again. */
  readonly answers: () => Promise<void>;
  /** How long the start may take, milliseconds. */
  readonly startWithinMs: number;
  /** A command that ends what a signal does not reach, such as a container. */
  readonly ending?: readonly string[];
}

/** A server program under this process's care: a process group of its own that never outlives this process. */
export class ServerProcess {
  private child: ChildProcess | undefined;
  private deadMan: ChildProcess | undefined;

  constructor(
    private readonly spec: ServerSpec,
    private readonly state: StateFolder,
  ) {}

  /** Where the program's output goes. */
  get log(): string {
    return join(this.state.dir, `${this.spec.name}.log`);
  }

  /** Starts the program and waits until it answers. Throws, with the end of its log, when it ends or stays silent. */
  async start(): Promise<void> {
    const { name, command, args, env, user, ending = [] } = this.spec;
    const log = openSync(this.log, 'a');
    const child = spawn(command, args, {
      cwd: this.state.dir,
      env: { ...process.env, ...env },
      detached: true,
      stdio: ['ignore', log, log],
      ...user,
    });
    closeSync(log);
    this.child = child;
    let failure: string | undefined;
    child.on('error', (error) => (failure = error.message));
    child.on('exit', (code, signal) => (failure ??= `it ended with ${signal ?? `exit code ${code ?? '?'}`}`));
    child.unref();
    if (child.pid !== undefined) {
      recordProcess(this.state.dir, name, child.pid, ending);
      this.deadMan = holdDeadManSwitch(child.pid, ending);
    }
    const deadline = Date.now() + this.spec.startWithinMs;
    for (;;) {
      if (failure === undefined && (await this.hasAnswered())) return;
      if (failure === undefined && Date.now() > deadline) failure = `no answer in ${this.spec.startWithinMs / 1000} s`;
      if (failure !== undefined) {
        await this.kill();
        throw new Error(`${name} did not start: ${failure}; its log ends with:\n${this.lastWords()}`);
      }
      await wait(50);
    }
  }

  private async hasAnswered(): Promise<boolean> {
    try {
      await this.spec.answers();
      return true;
    } catch {
      return false;
    }
  }

  private lastWords(): string {
    try {
      return tail(readFileSync(this.log, 'utf8'));
    } catch {
      return '(no log)';
    }
  }

  /** Ends the program in good order, within 15 s, or else by force. */
  async stop(): Promise<void> {
    const pid = this.child?.pid;
    if (pid === undefined) return;
    const deadline = Date.now() + 15_000;
    killGroup(pid, this.spec.stopSignal);
    while (this.isRunning() && Date.now() < deadline) await wait(20);
    await this.kill();
  }

  /** Ends the program at once, with all that it started. */
  async kill(): Promise<void> {
    const child = this.child;
    if (child?.pid !== undefined) {
      await endGroup(child.pid);
      // A dead process keeps its number until it is asked about, and PostgreSQL does not start beside the number of its last run.
      if (this.isRunning()) {
        // Nothing else may keep this process from ending before it was told.
        child.ref();
        await ended(child);
      }
    }
    const [command, ...args] = this.spec.ending ?? [];
    if (command !== undefined) await ended(spawn(command, args, { stdio: 'ignore' }));
    // The switch goes last: until here it would still have ended the program for us.
    this.deadMan?.kill('SIGKILL');
    this.child = undefined;
    this.deadMan = undefined;
    forgetProcess(this.state.dir, this.spec.name);
  }

  private isRunning(): boolean {
    return this.child?.exitCode === null && this.child.signalCode === null;
  }

  /** This server as something to be used. */
  provided(url: string, how: string, name = this.spec.name): Provided {
    return {
      name,
      url,
      how,
      isOwned: true,
      kill: () => this.kill(),
      restart: async () => {
        await this.kill();
        await this.start();
      },
      stop: () => this.stop(),
    };
  }
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.on('error', () => {
      resolve();
    });
    child.on('exit', () => {
      resolve();
    });
  });
}

/**
 * A shell that waits for this process to die and then kills the server: the pipe between them breaks even on SIGKILL,
 * where no signal listener of ours would run.
 */
function holdDeadManSwitch(group: number, ending: readonly string[]): ChildProcess {
  const script = 'trap "" INT TERM HUP; read -r _; kill -KILL -"$1" 2>/dev/null; shift; [ $# -eq 0 ] || "$@"';
  const shell = spawn('/bin/sh', ['-c', script, 'dead-man-switch', String(group), ...ending], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  shell.unref();
  (shell.stdin as unknown as { unref(): void }).unref();
  return shell;
}
