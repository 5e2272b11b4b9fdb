import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ServerProcess } from '../../services/provision/server-process';
import type { StateFolder } from '../../services/provision/state-folder';
import { projectRoot } from '../../services/project-root';
import type { Role } from '../../services/signalbox';

/** What the processes of one Signalbox have in common. */
export interface ProcessOptions {
  readonly tenantFile: string;
  /** Takes state and logs of the processes. */
  readonly folder: StateFolder;
  /** DATABASE_URL, AMQP_URL, TEMPORAL_ADDRESS and the tenant's secrets. */
  readonly env: Readonly<Record<string, string>>;
}

const program = path.join(projectRoot, 'dist', 'cli', 'main.js');

/** One part of Signalbox in an operating system process of its own, as an operator starts it. Ends with this process. */
export class RoleProcess {
  private running: ServerProcess | undefined;
  private starts = 0;

  constructor(
    readonly role: Role,
    private readonly options: ProcessOptions,
  ) {
    if (!existsSync(program)) throw new Error(`${program} is missing: run npm run build`);
  }

  /** Resolves when the process says that it is up; rejects with its last words when it ends before. */
  async start(): Promise<void> {
    const { tenantFile, folder, env } = this.options;
    this.starts += 1;
    const name = `${this.role}-${this.starts}`;
    const state = path.join(folder.dir, this.role);
    const running: ServerProcess = new ServerProcess(
      {
        name,
        command: process.execPath,
        args: [program, 'up', '--only', this.role, '--tenants', tenantFile, '--state', state, '--json'],
        env: { ...env, NODE_OPTIONS: '', LOG_FILE: path.join(folder.dir, `${name}.jsonl`) },
        stopSignal: 'SIGTERM',
        // Its one line on standard output.
        answers: () =>
          readFileSync(running.log, 'utf8').includes('{"roles":')
            ? Promise.resolve()
            : Promise.reject(new Error('not up yet')),
        startWithinMs: 60_000,
      },
      folder,
    );
    this.running = running;
    await running.start();
  }

  /** Ends the process as a power cut would. */
  async kill(): Promise<void> {
    await this.running?.kill();
  }

  /** Lets the process end in good order. */
  async stop(): Promise<void> {
    await this.running?.stop();
  }
}
