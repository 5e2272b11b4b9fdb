import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { projectRoot } from '../../services/project-root';

/** A simulated CRM in a process of its own, used over its public protocols and its admin endpoint only. */
export class Simulator<E extends { readonly adminUrl: string }> {
  private constructor(
    private readonly child: ChildProcess,
    /** What it printed when it was ready. */
    readonly endpoints: E,
  ) {}

  /**
   * @param name its folder in `simulators/`
   * @param dir where its options are written
   */
  static async start<E extends { readonly adminUrl: string }>(
    name: string,
    dir: string,
    options: unknown,
  ): Promise<Simulator<E>> {
    const file = path.join(dir, `${name}.json`);
    await writeFile(file, JSON.stringify(options));
    const main = path.join(projectRoot, 'dist', 'simulators', name, 'main.js');
    // It ends with this process, even when that is killed: the channel breaks. Ctrl-C does not reach it before Signalbox has ended.
    const stdio = ['ignore', 'pipe', 'inherit', 'ipc'] as const;
    const child = spawn(process.execPath, [main, '--options', file], { stdio: [...stdio], detached: true });
    const line = await firstLine(child);
    if (line === '') throw new Error(`the simulator ${name} ended before it was ready`);
    return new Simulator(child, JSON.parse(line) as E);
  }

  /** Asks the admin endpoint. */
  async admin(method: string, resource: string, body?: unknown): Promise<unknown> {
    const headers = { 'content-type': 'application/json' };
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    return answered(await fetch(`${this.endpoints.adminUrl}${resource}`, { method, headers, ...sent }));
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill('SIGTERM');
    await once(this.child, 'exit');
  }
}

/** The JSON of an answer. Throws with the answer's text where it is a refusal. */
export async function answered(response: Response): Promise<unknown> {
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}: ${text}`);
  return text === '' ? undefined : (JSON.parse(text) as unknown);
}

async function firstLine({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error('the simulator has no output');
  const lines = createInterface({ input: stdout });
  const ended = new Promise<[string]>((resolve) => {
    lines.once('close', () => {
      resolve(['']);
    });
  });
  const [line] = (await Promise.race([once(lines, 'line'), ended])) as [string];
  lines.close();
  return line;
}
