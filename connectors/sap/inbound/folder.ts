import { access, constants, lstat, mkdir, readdir, rename } from 'node:fs/promises';
import { type Finding, Retryable } from '../../contract';
import { abortableSleep } from '../../kit/backoff';
import { type FolderFile, type FolderOptions, handOver, type Outcome, stampOf } from './folder-file';

/** Names of files that somebody is still writing. */
const unfinished = /^\.|~$|\.(tmp|temp|part|partial|filepart|crdownload|swp)$/i;

/**
 * Takes the files of a folder until the signal aborts: those that lie there unchanged at two looks, the oldest first. A file
 * is moved to `done/`, or to `failed/` where something in it is no IDoc, only once all of it is in the inbox; whoever dies before
 * leaves the file, and what it tells again has the same ids. Throws Retryable where the folder cannot be used.
 */
export async function watchFolder(options: FolderOptions, signal: AbortSignal): Promise<void> {
  const watch = new FolderWatch(options);
  try {
    for (;;) {
      await watch.look(signal);
      await abortableSleep(options.pollMs, signal);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

interface Seen {
  readonly stamp: string;
  /** What became of a file that could not be moved. */
  readonly outcome?: Outcome;
}

class FolderWatch {
  /** What the last look saw, by name. */
  #seen = new Map<string, Seen>();

  constructor(private readonly options: FolderOptions) {}

  async look(signal: AbortSignal): Promise<void> {
    const files = await filesIn(this.options.folder);
    const before = new Map(files.map((file) => [file, this.#unchanged(file)]));
    this.#seen = new Map(files.map((file) => [keyOf(file), before.get(file) ?? { stamp: stampOf(file.stats) }]));
    for (const file of files) {
      signal.throwIfAborted();
      const known = before.get(file);
      // An empty file is one that nobody has written to yet.
      if (known === undefined || file.stats.size === 0n) continue;
      try {
        await this.#take(file, known.outcome, signal);
      } catch (error) {
        signal.throwIfAborted();
        const { code = 'SBX_SAP_FOLDER_FILE', message } = error as Error & { code?: string };
        this.options.log.warn({ file: nameOf(file), code }, `stays in the folder and is taken again: ${message}`);
        // A full or unreachable inbox takes no other file either.
        if (error instanceof Retryable) return;
      }
    }
  }

  /** What the last look saw of the file, if that is still so. */
  #unchanged(file: FolderFile): Seen | undefined {
    const seen = this.#seen.get(keyOf(file));
    return seen?.stamp === stampOf(file.stats) ? seen : undefined;
  }

  async #take(file: FolderFile, known: Outcome | undefined, signal: AbortSignal): Promise<void> {
    const outcome = known ?? (await handOver(file, this.options, signal));
    if (outcome === 'changed') return;
    // Where the move fails, only that is tried again: the inbox would fill up with copies.
    this.#seen.set(keyOf(file), { stamp: stampOf(file.stats), outcome });
    // Somebody may have put another file in its place, which is not to be moved away unread.
    if (stampOf(await lstat(file.path, { bigint: true })) !== stampOf(file.stats)) return;
    const target = await freePath(Buffer.from(`${this.options.folder}/${outcome}/`), file.name);
    await rename(file.path, target);
    this.options.log.info({ file: nameOf(file), outcome }, 'a file of IDocs is in the inbox');
  }
}

/** The files that may be taken, the oldest first. Throws Retryable where the folder or those below it cannot be used. */
async function filesIn(folder: string): Promise<readonly FolderFile[]> {
  try {
    for (const below of ['done', 'failed']) await mkdir(`${folder}/${below}`, { recursive: true });
    const names = await readdir(folder, { encoding: 'buffer' });
    const files = await Promise.all(names.filter((name) => !unfinished.test(name.toString())).map(fileAt(folder)));
    return files
      .filter((file) => file?.stats.isFile() === true)
      .filter((file) => file !== undefined)
      .toSorted((a, b) => Number(a.stats.mtimeNs - b.stats.mtimeNs) || a.name.compare(b.name));
  } catch (error) {
    const message = `the folder of IDocs cannot be used: ${(error as Error).message}. Make it, and let the user that runs Signalbox write to it`;
    throw new Retryable('SBX_SAP_FOLDER', message, undefined, { cause: error });
  }
}

const fileAt =
  (folder: string) =>
  async (name: Buffer): Promise<FolderFile | undefined> => {
    const path = Buffer.concat([Buffer.from(`${folder}/`), name]);
    try {
      return { name, path, stats: await lstat(path, { bigint: true }) };
    } catch (error) {
      // Taken away since the names were read.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  };

const keyOf = ({ name }: FolderFile): string => name.toString('latin1');
const nameOf = ({ name }: FolderFile): string => name.toString();

/** A path that is not taken: senders use names again, and nothing that lies there is overwritten. */
async function freePath(below: Buffer, name: Buffer): Promise<Buffer> {
  for (let nth = 1; ; nth++) {
    // File systems end names at 255 bytes.
    const used = nth === 1 ? name : Buffer.concat([name.subarray(0, 240), Buffer.from(`~${nth}`)]);
    const path = Buffer.concat([below, used]);
    try {
      await lstat(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return path;
      throw error;
    }
  }
}

/** Whether the folder can be used, and whether something in it waits for a person. Without an effect. */
export async function checkFolder(folder: string): Promise<readonly Finding[]> {
  const what = `folder ${folder}`;
  try {
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const fix = 'make it, and let the user that runs Signalbox read and write there';
    return [{ level: 'error', what, why: (error as Error).message, fix }];
  }
  const failed = await readdir(`${folder}/failed`).catch(() => []);
  if (failed.length === 0) return [{ level: 'ok', what }];
  const why = `${failed.length} file(s) in failed/ hold something that is no IDoc`;
  const fix = 'look at `signalbox quarantine list`, mend the sender, and move the file back or away';
  return [{ level: 'warning', what, why, fix }];
}
