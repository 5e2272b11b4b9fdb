import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type ConnectorError, type Log, Retryable } from '../../contract';
import { nextDelay } from '../../kit/backoff';
import { connectorErrorOf } from './failure';
import type { Called, FromChild, Parameters, Request, ToChild } from './messages';

export interface RfcOptions {
  /** By the names of SAP's library: `ashost`, `user`, `passwd`. */
  readonly connection: Parameters;
  /** Open connections at most, and so calls at once. */
  readonly sessions: number;
  /** For one call. */
  readonly timeoutSeconds: number;
  readonly log: Log;
  /** Keeps what SAP called; rejects where that cannot be kept now. */
  readonly keep: (called: Called) => Promise<void>;
  readonly server?: { readonly connection: Parameters; readonly functions: readonly string[] };
  readonly now?: () => number;
}

/** A connection with its own context in SAP, in which what one call has prepared is there for the next. */
export interface RfcSession {
  /** Rejects with Retryable or Permanent. After an error of the connection every further call is refused. */
  call(name: string, parameters: Parameters): Promise<Parameters>;
}

/** How much longer than SAP's library the parent waits before it ends the child: native code cannot be interrupted. */
const graceMs = 5_000;

/** Beside this file when it is compiled; when tests run the source, what the build has made of it. */
function entry(): string {
  const beside = join(__dirname, 'child.js');
  return existsSync(beside) ? beside : join(__dirname, '../../../dist/connectors/sap/rfc/child.js');
}

/**
 * SAP's RFC library in a process of its own, which can end at any time: what was under way then is Retryable, and the next call
 * starts another, after a growing delay where it keeps on ending.
 */
export class RfcProcess {
  #child: Child | undefined;
  #crashes = 0;
  #notBefore = 0;
  #isClosed = false;
  #free: number;
  #waiting: (() => void)[] = [];

  constructor(private readonly options: RfcOptions) {
    this.#free = options.sessions;
  }

  /** Runs in one session of the pool. It goes back there afterwards; where anything failed it is closed. */
  async session<T>(run: (session: RfcSession) => Promise<T>): Promise<T> {
    await this.#take();
    try {
      const child = await this.start();
      const session = (await child.ask({ kind: 'acquire' }, 'open a connection')) as number;
      const opened = new Session(child, session, this.options.timeoutSeconds);
      try {
        return await run(opened);
      } catch (error) {
        opened.isBroken = true;
        throw error;
      } finally {
        // Where that fails there is no session any more, and what was done in it is done.
        await child.ask({ kind: 'release', session, isBroken: opened.isBroken }, 'release').catch(() => undefined);
      }
    } finally {
      this.#free += 1;
      this.#waiting.shift()?.();
    }
  }

  /** The running process, with its library loaded and its server registered. Rejects with Permanent where there is no SDK. */
  async start(): Promise<Child> {
    if (this.#isClosed) throw new Retryable('SBX_SAP_RFC_CRASH', 'the connection was closed');
    if (this.#child === undefined) {
      const { now = Date.now } = this.options;
      const wait = this.#notBefore - now();
      if (wait > 0)
        throw new Retryable(
          'SBX_SAP_RFC_CRASH',
          'the process of the RFC library has ended, and is started again soon',
          wait,
        );
      this.#child = this.#begin();
    }
    const child = this.#child;
    await child.ready;
    return child;
  }

  /** Ends the process. Idempotent. */
  close(): void {
    this.#isClosed = true;
    this.#child?.kill();
  }

  #begin(): Child {
    const { connection, sessions, server, log, now = Date.now } = this.options;
    const child = new Child(this.options);
    child.ready = child.ask({ kind: 'open', connection, sessions }, 'load node-rfc').then(async () => {
      if (server !== undefined) {
        const { connection: registered, functions } = server;
        await child.ask(
          { kind: 'serve', server: registered, client: connection, functions },
          'register the RFC server',
        );
      }
      this.#crashes = 0;
    });
    child.ready.catch(() => {
      // Tried again from the beginning by the next caller: somebody may install the SDK meanwhile.
      child.kill();
    });
    void child.ended.then((how) => {
      if (this.#child === child) this.#child = undefined;
      if (this.#isClosed || child.isKilled) return;
      this.#crashes += 1;
      this.#notBefore = now() + nextDelay(this.#crashes, undefined);
      log.warn({ how, crashes: this.#crashes, code: 'SBX_SAP_RFC_CRASH' }, 'the process of the RFC library has ended');
    });
    return child;
  }

  async #take(): Promise<void> {
    while (this.#free === 0) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#free -= 1;
  }
}

class Session implements RfcSession {
  isBroken = false;

  constructor(
    private readonly child: Child,
    private readonly number: number,
    private readonly timeoutSeconds: number,
  ) {}

  async call(name: string, parameters: Parameters): Promise<Parameters> {
    // The library opens a lost connection again by itself: a commit would then go to an empty session, and succeed.
    if (this.isBroken) throw new Retryable('SBX_SAP_RFC_LOST', `${name}: the session has failed before`);
    try {
      const { number: session, timeoutSeconds } = this;
      const request = { kind: 'call', session, name, parameters, timeoutSeconds } as const;
      return (await this.child.ask(request, name, timeoutSeconds * 1_000 + graceMs)) as Parameters;
    } catch (error) {
      this.isBroken = true;
      throw error;
    }
  }
}

interface Asked {
  readonly what: string;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: ConnectorError) => void;
  readonly timer: NodeJS.Timeout;
}

/** One life of the process. */
class Child {
  ready: Promise<void> = Promise.resolve();
  isKilled = false;
  /** How it ended. */
  readonly ended: Promise<string>;
  readonly #process: ChildProcess;
  readonly #asked = new Map<number, Asked>();
  #lastId = 0;
  #end: string | undefined;

  constructor(private readonly options: RfcOptions) {
    this.#process = fork(entry(), [], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      execArgv: [],
      env: process.env,
    });
    this.#process.on('message', (message: FromChild) => {
      if (message.kind === 'answer') this.#settle(message);
      else void this.#keep(message);
    });
    this.ended = new Promise((resolve) => {
      const end = (how: string): void => {
        this.#end = how;
        for (const [id, { what, reject }] of this.#asked) {
          this.#forget(id);
          reject(crashed(what, how));
        }
        resolve(how);
      };
      this.#process.once('exit', (code, signal) => {
        end(signal ?? `exit code ${code ?? 0}`);
      });
      this.#process.once('error', (error) => {
        end(error.message);
      });
    });
  }

  /** Rejects with Retryable or Permanent, at the latest when the time is over: then the process is ended, too. */
  ask(request: Request, what: string, deadlineMs = this.options.timeoutSeconds * 1_000 + graceMs): Promise<unknown> {
    if (this.#end !== undefined) return Promise.reject(crashed(what, this.#end));
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#forget(id);
        reject(new Retryable('SBX_SAP_RFC_DEADLINE', `${what}: no answer within ${deadlineMs} ms`));
        this.kill();
      }, deadlineMs);
      this.#asked.set(id, { what, resolve, reject, timer });
      this.#send({ kind: 'ask', id, request });
    });
  }

  kill(): void {
    this.isKilled = true;
    this.#process.kill('SIGKILL');
  }

  #settle({ id, value, error }: FromChild & { readonly kind: 'answer' }): void {
    const asked = this.#asked.get(id);
    if (asked === undefined) return;
    this.#forget(id);
    if (error === undefined) asked.resolve(value);
    else asked.reject(connectorErrorOf(error, asked.what));
  }

  async #keep({ id, called }: FromChild & { readonly kind: 'called' }): Promise<void> {
    let isKept = true;
    try {
      await this.options.keep(called);
    } catch (error) {
      isKept = false;
      const { code, message } = error as Error & { code?: string };
      this.options.log.warn({ code, unit: called.unit }, `a call of SAP cannot be kept now: ${message}`);
    }
    this.#send({ kind: 'kept', id, isKept });
  }

  #send(message: ToChild): void {
    // An error here is followed by the end of the process, which is told to all who wait.
    if (this.#process.connected) this.#process.send(message, () => undefined);
  }

  #forget(id: number): void {
    clearTimeout(this.#asked.get(id)?.timer);
    this.#asked.delete(id);
  }
}

function crashed(what: string, how: string): Retryable {
  return new Retryable('SBX_SAP_RFC_CRASH', `${what}: the process of the RFC library has ended (${how})`);
}
