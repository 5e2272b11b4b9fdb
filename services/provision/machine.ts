import { spawn } from 'node:child_process';
import { accessSync, constants, readdirSync, realpathSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';

/** What a finished command said; stdout and stderr are one text, in the order written. */
export interface Finished {
  readonly code: number | null;
  readonly output: string;
}

/** The last lines of a text, for an error message that shows what a program said before it gave up. */
export function tail(text: string, lines = 12): string {
  return text.trimEnd().split('\n').slice(-lines).join('\n');
}

/** Runs a command to its end; never rejects. `code` is null when it could not be started or ran past `withinMs`. */
export function runCommand(
  command: string,
  args: readonly string[],
  options: { withinMs: number; env?: NodeJS.ProcessEnv; uid?: number; gid?: number; cwd?: string },
): Promise<Finished> {
  const { withinMs, env = process.env, ...rest } = options;
  return new Promise((resolve) => {
    // A group of its own, so that Ctrl-C in the terminal does not cut a package installation in half.
    const child = spawn(command, args, { ...rest, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const collect = (chunk: Buffer): void => {
      output += chunk.toString('utf8');
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    const timer = setTimeout(() => {
      output += `\n(ended after ${withinMs / 1000} s without finishing)`;
      killGroup(child.pid, 'SIGKILL');
    }, withinMs);
    child.on('error', (error) => {
      clearTimeout(timer);
      resolve({ code: null, output: error.message });
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, output });
    });
  });
}

/** Signals a whole process group; says whether it existed. Signal 0 only asks. */
export function killGroup(pid: number | undefined, signal: NodeJS.Signals | 0): boolean {
  if (pid === undefined) return false;
  try {
    process.kill(-pid, signal);
    return true;
  } catch {
    return false;
  }
}

/** The programs of that name in PATH and in the given folders, links resolved, best first. */
export function findPrograms(name: string, folders: readonly string[] = []): string[] {
  const path = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const found = [...folders.flatMap(expandStar), ...path].flatMap((folder) => {
    const file = join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      return [realpathSync(file)];
    } catch {
      return [];
    }
  });
  return [...new Set(found)];
}

/** Expands one `*` in a folder path, newest version first: `/usr/lib/postgresql/*‍/bin`. */
function expandStar(pattern: string): string[] {
  const star = pattern.split('/').findIndex((part) => part.includes('*'));
  if (star < 0) return [pattern];
  const parts = pattern.split('/');
  const [prefix = '', suffix = ''] = (parts[star] ?? '').split('*');
  const parent = parts.slice(0, star).join('/');
  try {
    return readdirSync(parent)
      .filter((entry) => entry.startsWith(prefix) && entry.endsWith(suffix))
      .sort((a, b) => b.localeCompare(a, 'en', { numeric: true }))
      .map((entry) => join(parent, entry, ...parts.slice(star + 1)));
  } catch {
    return [];
  }
}

/** A TCP port on the loopback address that nothing listens on now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => {
        resolve(port);
      });
    });
  });
}

/** Whether this process may install packages and change users. */
export function isRoot(): boolean {
  return process.getuid?.() === 0;
}
