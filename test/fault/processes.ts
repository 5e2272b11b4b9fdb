import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../../services/runtime';
import type { Role } from '../../services/signalbox';

/** What the processes of one Signalbox have in common. */
export interface ProcessOptions {
  readonly tenantFile: string;
  /** For state and logs; each process has its own below. */
  readonly dir: string;
  /** DATABASE_URL, AMQP_URL, TEMPORAL_ADDRESS and the tenant's secrets. */
  readonly env: Readonly<Record<string, string>>;
}

const program = path.join(projectRoot, 'dist', 'cli', 'main.js');

/** One part of Signalbox in an operating system process of its own, as an operator starts it. */
export class RoleProcess {
  private child: ChildProcess | undefined;

  constructor(
    readonly role: Role,
    private readonly options: ProcessOptions,
  ) {
    if (!existsSync(program)) throw new Error(`${program} is missing: run npm run build`);
  }

  private get log(): string {
    return path.join(this.options.dir, `${this.role}.log`);
  }

  /** Resolves when the process says that it is up; rejects with its last words when it ends before. */
  async start(): Promise<void> {
    const { tenantFile, dir, env } = this.options;
    const state = path.join(dir, this.role);
    const args = [program, 'up', '--only', this.role, '--tenants', tenantFile, '--state', state, '--json'];
    const child = spawn(process.execPath, args, {
      env: { ...process.env, NODE_OPTIONS: '', ...env, LOG_FILE: this.log },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    let words = '';
    child.stderr.on('data', (chunk: Buffer) => (words += chunk.toString()));
    await new Promise<void>((resolve, reject) => {
      child.stdout.once('data', () => {
        resolve();
      });
      child.once('exit', (code) => {
        reject(new Error(`signalbox up --only ${this.role} ended with ${String(code)}: ${words}${this.lastWords()}`));
      });
    });
  }

  /** Ends the process as a power cut would. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Lets the process end in good order. */
  async stop(): Promise<void> {
    await this.end('SIGTERM');
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.child;
    this.child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  }

  /** The end of its log. */
  lastWords(): string {
    return existsSync(this.log) ? readFileSync(this.log, 'utf8').split('\n').slice(-20).join('\n') : '';
  }
}
