/**
 * A stand-in for node-rfc 3.3.1 where SAP's SDK is not: the classes that Signalbox uses, as the package's typings have them, which
 * the compiler checks. It speaks with `startRfc` of this folder.
 */
import type * as NodeRfc from 'node-rfc';

interface Reply {
  readonly error?: Readonly<Record<string, unknown>>;
  readonly session?: string;
  readonly result?: NodeRfc.RfcObject;
  /** The native code ends its process. */
  readonly crash?: true;
}

async function post<T>(url: string | undefined, path: string, body: object): Promise<T> {
  try {
    const answer = await fetch(new URL(path, url), { method: 'POST', body: JSON.stringify(body) });
    return (await answer.json()) as T;
  } catch {
    throw failure({ name: 'RfcLibError', group: 4, code: 1, key: 'RFC_COMMUNICATION_FAILURE', message: 'no partner' });
  }
}

/** node-rfc's errors are objects with these members. */
function failure(body: Readonly<Record<string, unknown>>): Error {
  return Object.assign(new Error(String(body.message)), body);
}

type ClientPort = Pick<NodeRfc.Client, 'open' | 'call' | 'close' | 'ping' | 'alive'>;

export class Client implements ClientPort {
  #session: string | undefined;

  constructor(private readonly parameters: NodeRfc.RfcConnectionParameters) {}

  get alive(): boolean {
    return this.#session !== undefined;
  }

  async open(): Promise<NodeRfc.Client> {
    const { ashost, user, passwd } = this.parameters;
    const { error, session } = await post<Reply>(ashost, '/open', { user, passwd });
    if (error !== undefined) throw failure(error);
    this.#session = session;
    return this as unknown as NodeRfc.Client;
  }

  async call(
    name: string,
    parameters: NodeRfc.RfcObject,
    { timeout }: NodeRfc.RfcCallOptions = {},
  ): Promise<NodeRfc.RfcObject> {
    const asked = post<Reply>(this.parameters.ashost, '/call', { session: this.#session, name, parameters });
    const { error, result = {}, crash } = await (timeout === undefined ? asked : within(timeout, asked));
    if (crash === true) process.kill(process.pid, 'SIGKILL');
    if (error === undefined) return result;
    // The real one opens a lost connection again by itself: what the session held is gone, and nobody is told.
    if (error.group === 4) await this.open();
    throw failure(error);
  }

  async ping(): Promise<boolean> {
    await this.call('RFC_PING', {});
    return true;
  }

  async close(): Promise<void> {
    await post(this.parameters.ashost, '/close', { session: this.#session });
    this.#session = undefined;
  }
}

async function within<T>(seconds: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(
        failure({ name: 'RfcLibError', group: 4, code: 7, key: 'RFC_CANCELED', message: 'Connection was canceled' }),
      );
    }, seconds * 1_000);
  });
  try {
    return await Promise.race([promise, over]);
  } finally {
    clearTimeout(timer);
  }
}

type PoolPort = Pick<NodeRfc.Pool, 'acquire' | 'release' | 'closeAll' | 'status'>;

export class Pool implements PoolPort {
  readonly #ready: Client[] = [];
  #leased = 0;

  constructor(private readonly configuration: NodeRfc.RfcPoolConfiguration) {}

  get status(): NodeRfc.RfcPoolStatus {
    return { ready: this.#ready.length, leased: this.#leased };
  }

  async acquire(): Promise<NodeRfc.Client> {
    const ready = this.#ready.pop();
    const client = ready ?? new Client(this.configuration.connectionParameters);
    if (ready === undefined) await client.open();
    this.#leased += 1;
    return client as unknown as NodeRfc.Client;
  }

  async release(client: NodeRfc.Client): Promise<void> {
    this.#leased -= 1;
    const ours = client as unknown as Client;
    if (this.#ready.length < (this.configuration.poolOptions?.high ?? 4)) this.#ready.push(ours);
    else await ours.close();
  }

  async closeAll(): Promise<void> {
    for (const client of this.#ready.splice(0)) await client.close();
  }
}

interface OutgoingCall {
  readonly unit?: string;
  readonly calls: readonly { readonly name: string; readonly parameters: NodeRfc.RfcObject }[];
}

type ServerPort = Pick<NodeRfc.Server, 'start' | 'stop' | 'addFunction'>;

export class Server implements ServerPort {
  readonly #functions = new Map<string, (context: object, parameters: NodeRfc.RfcObject) => Promise<unknown>>();
  #isStopped = false;

  constructor(private readonly configuration: NodeRfc.RfcServerConfiguration) {}

  // eslint-disable-next-line @typescript-eslint/no-unsafe-function-type -- as the typings have it
  addFunction(name: string, run: Function): Promise<void> {
    this.#functions.set(name, run as (context: object, parameters: NodeRfc.RfcObject) => Promise<unknown>);
    return Promise.resolve();
  }

  start(): Promise<void> {
    void this.#serve();
    return Promise.resolve();
  }

  stop(): Promise<void> {
    this.#isStopped = true;
    return Promise.resolve();
  }

  async #serve(): Promise<void> {
    const { gwhost } = this.configuration.serverConnection;
    while (!this.#isStopped) {
      const { id, call } = await post<{ readonly id: string; readonly call: OutgoingCall }>(gwhost, '/next', {});
      await post(gwhost, '/result', { id, result: await this.#resultOf(call) });
    }
  }

  async #resultOf(call: OutgoingCall): Promise<string> {
    try {
      return call.unit === undefined ? await this.#run(call, {}) : await this.#runUnit(call, call.unit);
    } catch (error) {
      return (error as Error).message;
    }
  }

  async #run({ calls }: OutgoingCall, context: object): Promise<string> {
    for (const { name, parameters } of calls) await this.#functions.get(name)?.(context, parameters);
    return 'ok';
  }

  async #runUnit(call: OutgoingCall, id: string): Promise<string> {
    const { check, commit, rollback } = this.configuration.serverOptions?.bgRfcHandlers ?? {};
    const unitIdentifier = { queued: false, id };
    const checked = Number(await check?.(1, unitIdentifier));
    if (checked !== 0) return `check ${checked}`;
    await this.#run(call, { unitIdentifier });
    const committed = Number(await commit?.(1, unitIdentifier));
    if (committed === 0) return 'ok';
    await rollback?.(1, unitIdentifier);
    return `commit ${committed}`;
  }
}
