import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PGlite } from '@electric-sql/pglite';
import type { Pool, PoolClient } from 'pg';
import { FrontendMessages } from './frontend-messages';

// A client that leaves a transaction open keeps everybody out of a database that has one session.
const transactionLimitMs = 5_000;
const idle = 'I'.charCodeAt(0);

/** An open PGlite that other processes of this user can reach. */
export interface Share {
  /** For any PostgreSQL client, `psql` too. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves PGlite over PostgreSQL's protocol on a socket in a folder of this user only (PGlite asks for no password). Its one
 * session is shared: the pool's one connection is the lock, held for a statement or, when a client begins one, a transaction.
 */
export async function share(pglite: PGlite, pool: Pool): Promise<Share> {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-ledger-'));
  await chmod(folder, 0o700);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    serve(socket, pglite, pool);
  });
  await listen(server, socketOf(folder));
  server.unref();
  return {
    url: `postgres://postgres@localhost/postgres?host=${encodeURIComponent(folder)}`,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) =>
        server.close(() => {
          resolve();
        }),
      );
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Where PostgreSQL's clients look for the socket in its folder. */
export function socketOf(folder: string): string {
  return join(folder, '.s.PGSQL.5432');
}

/** The socket's folder in a share's address. */
export function folderOf(url: string): string {
  return new URL(url).searchParams.get('host') ?? '';
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function serve(socket: Socket, pglite: PGlite, pool: Pool): void {
  const session = new Session(pglite, pool, socket);
  const messages = new FrontendMessages();
  let answered = Promise.resolve();
  const enqueue = (step: () => Promise<void>): void => {
    answered = answered.then(step).catch((error: unknown) => {
      socket.destroy(error instanceof Error ? error : new Error('the shared ledger failed'));
    });
  };
  socket.on('error', () => socket.destroy());
  socket.once('close', () => {
    enqueue(() => session.end());
  });
  socket.on('data', (chunk) => {
    for (const message of messages.push(chunk)) enqueue(() => session.answer(message));
    if (messages.isEnded) socket.end();
  });
}

/** What one client has going. */
class Session {
  private lock: PoolClient | undefined;
  private limit: NodeJS.Timeout | undefined;

  constructor(
    private readonly pglite: PGlite,
    private readonly pool: Pool,
    private readonly socket: Socket,
  ) {}

  /** @param request one complete request, or undefined where the client asks for something before it: encryption, a greeting */
  async answer(request: { readonly bytes: Uint8Array; readonly reply?: Uint8Array }): Promise<void> {
    if (request.reply !== undefined) {
      this.socket.write(request.reply);
      return;
    }
    this.lock ??= await this.pool.connect();
    clearTimeout(this.limit);
    const reply = await this.pglite.execProtocolRaw(request.bytes);
    // Every reply ends with ReadyForQuery, whose last byte tells whether a transaction is open.
    if (reply.at(-1) === idle) this.release();
    else this.limit = setTimeout(() => this.socket.destroy(), transactionLimitMs);
    this.socket.write(reply);
  }

  async end(): Promise<void> {
    clearTimeout(this.limit);
    if (this.lock === undefined) return;
    await this.lock.query('rollback');
    this.release();
  }

  private release(): void {
    this.lock?.release();
    this.lock = undefined;
  }
}
