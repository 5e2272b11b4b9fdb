import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { killGroup } from './machine';

const suffix = '.process.json';

interface ProcessRecord {
  /** Leader of the process group. */
  readonly pid: number;
  /** When it was started, in the system's own words: tells it from a later process with the same number. */
  readonly born: string;
  /** A command that ends what a signal does not reach, such as a container. */
  readonly ending: readonly string[];
}

/** When a process was started, as a text that only it has; '' when there is no such process. */
export function birthOf(pid: number): string {
  if (process.platform === 'linux') {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // Field 22 of proc(5), counted behind the command's name, which may itself hold spaces and brackets.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return fields[0] === 'Z' ? '' : (fields[19] ?? '');
    } catch {
      return '';
    }
  }
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
}

/** Notes a process that was started, so that a later run can end it should this one die without doing so. */
export function recordProcess(dir: string, name: string, pid: number, ending: readonly string[]): void {
  const record: ProcessRecord = { pid, born: birthOf(pid), ending };
  writeFileSync(join(dir, name + suffix), JSON.stringify(record));
}

/** Takes back what recordProcess noted. */
export function forgetProcess(dir: string, name: string): void {
  rmSync(join(dir, name + suffix), { force: true });
}

/** Ends the recorded processes of a run that died, if they are still the ones that it started. */
export async function endRecorded(dir: string): Promise<void> {
  for (const file of filesIn(dir).filter((name) => name.endsWith(suffix))) {
    const path = join(dir, file);
    try {
      const { pid, born, ending } = JSON.parse(readFileSync(path, 'utf8')) as ProcessRecord;
      if (born !== '' && birthOf(pid) === born) await endGroup(pid);
      const [command, ...args] = ending;
      if (command !== undefined) spawnSync(command, args, { stdio: 'ignore', timeout: 30_000 });
    } catch {
      // A record cut short by a crash names nobody, so there is nobody to end.
    }
    rmSync(path, { force: true });
  }
}

function filesIn(dir: string): string[] {
  try {
    return readdirSync(dir);
  } catch {
    return [];
  }
}

/** Kills a process group and waits until its last member is gone; throws when one is still there after 10 s. */
export async function endGroup(pid: number): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (killGroup(pid, 'SIGKILL')) {
    if (isOnlyZombies(pid)) return;
    if (Date.now() > deadline) throw new Error(`process group ${pid} does not end`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Dead processes that their parent has not yet asked about still count as a group. */
function isOnlyZombies(pid: number): boolean {
  return process.platform === 'linux' && birthOf(pid) === '' && groupMembers(pid).length === 0;
}

function groupMembers(group: number): string[] {
  return filesIn('/proc').filter((entry) => {
    if (!/^\d+$/.test(entry)) return false;
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return fields[2] === String(group) && fields[0] !== 'Z';
    } catch {
      return false;
    }
  });
}
