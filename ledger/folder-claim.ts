import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { folderOf, socketOf } from './share';

/** Who has a PGlite folder open: the content of `<folder>.json`. */
interface Owner {
  readonly pid: number;
  readonly host: string;
  /** Tells this process from an earlier one with its pid. */
  readonly instance: string;
  /** Where the owner shares the database; absent while it is still opening. */
  readonly url?: string;
}

/** A folder that this process alone may open. */
export interface FolderClaim {
  /** Tells other processes where the open database is shared. */
  publish(url: string): Promise<void>;
  release(): Promise<void>;
}

const instance = randomUUID();
const openingLimitMs = 60_000;

/**
 * Claims a PGlite folder, which two processes must never open at once. Where a living process has it open, gives that one's
 * address instead. Throws, with the fix, when the owner cannot be told dead or does not come up.
 */
export async function claimFolder(folder: string): Promise<FolderClaim | { readonly url: string }> {
  const file = `${folder}.json`;
  const me: Owner = { pid: process.pid, host: hostname(), instance };
  const deadline = Date.now() + openingLimitMs;
  while (!(await create(file, JSON.stringify(me)))) {
    const text = await readText(file);
    if (text === undefined) continue;
    const owner = parse(text, file);
    if (owner.host !== me.host) throw heldElsewhere(folder, file, owner);
    if (await isGone(owner)) await takeAway(file, text, owner);
    else if (owner.url !== undefined) return { url: owner.url };
    else if (Date.now() > deadline) throw doesNotComeUp(folder, file, owner);
    else await delay(50);
  }
  return {
    publish: (url) => replace(file, JSON.stringify({ ...me, url })),
    release: () => rm(file, { force: true }),
  };
}

async function create(file: string, text: string): Promise<boolean> {
  try {
    await writeFile(file, text, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  }
}

/** At once, so that nobody reads half of it. */
async function replace(file: string, text: string): Promise<void> {
  const next = `${file}.${instance}`;
  await writeFile(next, text, { mode: 0o600 });
  await rename(next, file);
}

async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function parse(text: string, file: string): Owner {
  try {
    return JSON.parse(text) as Owner;
  } catch (error) {
    throw new Error(
      `${file} is not what Signalbox writes there. If no Signalbox runs on this folder, delete the file.`,
      {
        cause: error,
      },
    );
  }
}

async function isGone(owner: Owner): Promise<boolean> {
  if (owner.pid === process.pid && owner.instance !== instance) return true;
  if (!isAlive(owner.pid)) return true;
  // A pid is used again sooner or later; a socket is not.
  return owner.url !== undefined && !(await answers(owner.url));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isCode(error, 'EPERM');
  }
}

function answers(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketOf(folderOf(url)));
    socket.once('error', () => {
      resolve(false);
    });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}

/** Removes a dead owner's file, unless somebody else has done so and put its own there. */
async function takeAway(file: string, text: string, owner: Owner): Promise<void> {
  const guard = `${file}.takeover`;
  if (!(await create(guard, ''))) {
    await delay(50);
    const left = await readText(file);
    if (left === text)
      throw new Error(
        `${guard} is in the way: another process takes the folder over, or died doing so. Try again; if it stays, delete the file.`,
      );
    return;
  }
  try {
    if ((await readText(file)) !== text) return;
    if (owner.url !== undefined) await rm(folderOf(owner.url), { recursive: true, force: true });
    await rm(file);
  } finally {
    await rm(guard);
  }
}

function heldElsewhere(folder: string, file: string, owner: Owner): Error {
  return new Error(
    `the ledger ${folder} is open in process ${owner.pid} on ${owner.host}. Stop that one, or give both a PostgreSQL ` +
      `(DATABASE_URL). If it no longer runs, delete ${file}.`,
  );
}

function doesNotComeUp(folder: string, file: string, owner: Owner): Error {
  return new Error(
    `the ledger ${folder} is being opened by process ${owner.pid}, which is not ready after ${openingLimitMs / 1000} s. ` +
      `Wait for it or stop it. If that process is not Signalbox, delete ${file}.`,
  );
}

function isCode(error: unknown, code: string): boolean {
  return (error as NodeJS.ErrnoException).code === code;
}
