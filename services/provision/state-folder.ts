import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { birthOf, endRecorded } from './process-record';

/** The folder of one run: configuration, data, logs and process records of the servers it starts. */
export interface StateFolder {
  /** Short name of the run, unique among the runs under way: part of node and container names. */
  readonly id: string;
  /** Where this run keeps its servers' files. */
  readonly dir: string;
  /** Shared by all runs: what was downloaded. */
  readonly cache: string;
  /** Whether the servers' data outlives the run. */
  readonly isPersistent: boolean;
  /** Gives the folder up; all but a persistent one is removed. */
  close(): void;
}

const ownerFile = 'owner.json';

/**
 * Takes a state folder under `root` (`.signalbox`): a new one per run, or the one called `up` when the data is to
 * outlive the run. What a dead run left behind, processes and files, is cleared first.
 * Throws when a persistent folder is in use by a living process.
 */
export async function openStateFolder(root: string, isPersistent = false): Promise<StateFolder> {
  const runs = join(resolve(root), 'run');
  const cache = join(resolve(root), 'cache');
  mkdirSync(runs, { recursive: true });
  mkdirSync(cache, { recursive: true });
  await clearDeadRuns(runs);
  const id = isPersistent ? 'up' : `${process.pid}-${randomBytes(3).toString('hex')}`;
  const dir = join(runs, id);
  mkdirSync(dir, { recursive: true });
  claim(dir);
  const close = (): void => {
    if (isPersistent) rmSync(join(dir, ownerFile), { force: true });
    else rmSync(dir, { recursive: true, force: true });
  };
  return { id, dir, cache, isPersistent, close };
}

function claim(dir: string): void {
  const owner = ownerOf(dir);
  if (owner !== undefined) {
    throw new Error(`${dir} is in use by process ${owner}; stop that run, or give this one another state folder`);
  }
  writeFileSync(join(dir, ownerFile), JSON.stringify({ pid: process.pid, born: birthOf(process.pid) }));
}

/** The living process that owns a run's folder. */
function ownerOf(dir: string): number | undefined {
  try {
    const { pid, born } = JSON.parse(readFileSync(join(dir, ownerFile), 'utf8')) as { pid: number; born: string };
    return birthOf(pid) === born ? pid : undefined;
  } catch {
    return undefined;
  }
}

async function clearDeadRuns(runs: string): Promise<void> {
  for (const entry of readdirSync(runs)) {
    const dir = join(runs, entry);
    const isPersistent = entry === 'up';
    if (ownerOf(dir) !== undefined || (!isPersistent && isYoung(dir))) continue;
    await endRecorded(dir);
    if (!isPersistent) rmSync(dir, { recursive: true, force: true });
  }
}

/** What was made this second may belong to a run that has not signed it yet. */
function isYoung(path: string): boolean {
  const made = statSync(path, { throwIfNoEntry: false });
  return made !== undefined && Date.now() - made.ctimeMs < 2000;
}

/**
 * Runs `work` while no other process on this machine runs work under the same lock name, so that two first runs do
 * not install the same thing at once. A lock whose holder died is taken over. Throws when it is not had in `withinMs`, and
 * at once where the lock cannot be written.
 */
export async function underLock<T>(
  cache: string,
  name: string,
  work: () => Promise<T>,
  withinMs = 600_000,
): Promise<T> {
  const file = join(cache, `${name}.lock`);
  const deadline = Date.now() + withinMs;
  while (!tryLock(file)) {
    if (Date.now() > deadline) throw new Error(`${file} is held by another run; end that run or remove the file`);
    await wait(200);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

function tryLock(file: string): boolean {
  const mine = JSON.stringify({ pid: process.pid, born: birthOf(process.pid) });
  try {
    writeFileSync(file, mine, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
      // On a full disk it is made, and stays empty.
      rmSync(file, { force: true });
      throw error;
    }
    if (isLeftBehind(file)) rmSync(file, { force: true });
    return false;
  }
}

/** Whether the holder of a lock is gone, or died while it wrote its name: that takes no moment. */
function isLeftBehind(file: string): boolean {
  try {
    const { pid, born } = JSON.parse(readFileSync(file, 'utf8')) as { pid: number; born: string };
    return birthOf(pid) !== born;
  } catch {
    return !isYoung(file);
  }
}
