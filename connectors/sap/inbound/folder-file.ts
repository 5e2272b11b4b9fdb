import { type BigIntStats, constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { Inbox, Log } from '../../contract';
import { IdocSplitter } from '../idoc-split';
import { decode, type Hints, pack } from './payload';

export interface FolderOptions {
  readonly folder: string;
  /** Between two looks, in ms. */
  readonly pollMs: number;
  readonly stream: string;
  readonly inbox: Inbox;
  readonly hints: Hints;
  readonly log: Log;
}

/** A file as it lay there at one look. Names are bytes: not every file system's are UTF-8. */
export interface FolderFile {
  readonly name: Buffer;
  readonly path: Buffer;
  readonly stats: BigIntStats;
}

/** Where a file goes; `changed` where it is still being written. */
export type Outcome = 'done' | 'failed' | 'changed';

/** What the inbox takes of one IDoc; what one event may become is limited by Temporal (see services/receive.ts). */
const mostBytes = 2 * 1024 * 1024;
/** In memory at once, of a file of any size: one piece, and the IDocs of one append. */
const pieceBytes = 256 * 1024;
const mostParts = 200;

/** What is another as soon as somebody writes to the file or puts another in its place. */
export function stampOf({ ino, size, mtimeNs }: BigIntStats): string {
  return `${ino} ${size} ${mtimeNs}`;
}

/**
 * Brings all IDocs of a file to the inbox, in order. As when they are pushed, what is no IDoc is handed over too, and quarantined
 * behind the inbox; only an IDoc that is too large is not, and stays in the file. Rejects with what the inbox or the file system
 * throws: then a part may be in the inbox, and comes again with the same ids.
 */
export async function handOver(file: FolderFile, options: FolderOptions, signal: AbortSignal): Promise<Outcome> {
  // Not through a link that has been put in its place.
  const handle = await open(file.path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const isSame = async (): Promise<boolean> => stampOf(await handle.stat({ bigint: true })) === stampOf(file.stats);
    if (!(await isSame())) return 'changed';
    const isAllGood = await handOverFrom(handle, file, options, signal);
    if (!(await isSame())) return 'changed';
    return isAllGood ? 'done' : 'failed';
  } finally {
    await handle.close();
  }
}

async function handOverFrom(
  handle: FileHandle,
  file: FolderFile,
  { inbox, stream, hints, log }: FolderOptions,
  signal: AbortSignal,
): Promise<boolean> {
  const splitter = new IdocSplitter(mostBytes);
  // The file's own time: an IDoc without a control record is known by its content and this, also when it is read again.
  const receivedAt = new Date(Number(file.stats.mtimeMs)).toISOString();
  let isAllGood = true;
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  const append = async (): Promise<void> => {
    signal.throwIfAborted();
    if (waiting.length > 0) await inbox.append(stream, waiting);
    waiting = [];
    waitingBytes = 0;
  };
  const add = async (parts: readonly string[]): Promise<void> => {
    for (const part of parts) {
      const entry = pack({ 'content-type': 'text/xml' }, Buffer.from(part, 'latin1'), receivedAt);
      isAllGood &&= 'native' in decode(entry, hints);
      waiting.push(entry);
      waitingBytes += entry.length;
      if (waiting.length >= mostParts || waitingBytes >= mostBytes) await append();
    }
  };
  for await (const piece of handle.createReadStream({ autoClose: false, highWaterMark: pieceBytes })) {
    await add(splitter.push((piece as Buffer).toString('latin1')));
  }
  await add(splitter.end());
  await append();
  if (splitter.oversized === 0) return isAllGood;
  const message = `${splitter.oversized} IDoc(s) longer than ${mostBytes} bytes were not taken: the file is in failed/`;
  log.error({ file: file.name.toString(), code: 'SBX_SAP_IDOC_SIZE' }, message);
  return false;
}
