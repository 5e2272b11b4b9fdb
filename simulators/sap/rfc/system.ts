import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bapiret2, exception, lost, type RfcFault, wrongLogon } from './faults';
import { type Activity, run, type Tables, type Work } from './functions';

/** What SAP calls in a registered server: one function, or all of a background unit. */
export interface OutgoingCall {
  /** A unit's id; absent for a synchronous call. */
  readonly unit?: string;
  readonly calls: readonly { readonly name: string; readonly parameters: Tables }[];
}

/** How a call ended: `ok`, SAP's code of a unit's handler that did not take it, or the error of a function. */
export type CallResult = string;

/** A SAP system for the stand-in of node-rfc, which speaks JSON over HTTP with it instead of RFC. */
export interface RunningRfc {
  /** Goes into `ashost` and `gwhost`. */
  readonly url: string;
  readonly user: string;
  readonly password: string;
  /** What is committed. */
  readonly activities: readonly Activity[];
  /** Names of all functions called so far, with the number of the session. */
  readonly calls: readonly string[];
  /** Sessions that are open. */
  readonly open: () => number;
  /** For the next call of a function. */
  fault(name: string, fault: RfcFault): void;
  /** Calls the registered server, as soon as there is one; settles with its answer. */
  callOut(call: OutgoingCall): Promise<CallResult>;
  stop(): Promise<void>;
}

interface Waiting {
  readonly call: OutgoingCall;
  readonly resolve: (result: CallResult) => void;
}

export async function startRfc(): Promise<RunningRfc> {
  const system = new RfcSystem();
  await system.listen();
  return system;
}

class RfcSystem implements RunningRfc {
  url = '';
  readonly user = 'SIGNALBOX';
  readonly password = 'a-password-of-rfc';
  readonly activities: Activity[] = [];
  readonly calls: string[] = [];
  readonly #sessions = new Map<string, Work>();
  readonly #faults = new Map<string, RfcFault>();
  readonly #out: Waiting[] = [];
  readonly #asked = new Map<string, Waiting>();
  #servers: ((waiting: Waiting) => void)[] = [];
  #lastId = 0;
  readonly #server = createServer((request, response) => {
    this.#answer(request, response).catch(() => response.destroy());
  });

  open = (): number => this.#sessions.size;

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  fault(name: string, fault: RfcFault): void {
    this.#faults.set(name, fault);
  }

  callOut(call: OutgoingCall): Promise<CallResult> {
    return new Promise((resolve) => {
      const waiting = { call, resolve };
      const server = this.#servers.shift();
      if (server === undefined) this.#out.push(waiting);
      else server(waiting);
    });
  }

  /** Leaves a request without an answer where that is the fault. */
  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = (await jsonOf(request)) as Body;
    const answers: Readonly<Record<string, () => unknown>> = {
      '/open': () => this.#logOn(body),
      '/close': () => ({ closed: this.#sessions.delete(body.session) }),
      '/call': () => this.#call(body),
      '/next': () => this.#next(response),
      '/result': () => {
        this.#asked.get(body.id)?.resolve(body.result);
        return {};
      },
    };
    const answer = await answers[request.url ?? '']?.();
    if (answer !== undefined) response.end(JSON.stringify(answer));
  }

  #logOn({ user, passwd }: Body): object {
    if (user !== this.user || passwd !== this.password) return { error: wrongLogon };
    this.#lastId += 1;
    this.#sessions.set(String(this.#lastId), { flagged: [], saved: [], changing: [], changed: [] });
    return { session: String(this.#lastId) };
  }

  /** What is to be called next in the registered server; one that went away meanwhile has not heard it. */
  async #next(response: ServerResponse): Promise<object | undefined> {
    const waiting = this.#out.shift() ?? (await new Promise<Waiting>((resolve) => this.#servers.push(resolve)));
    if (response.destroyed) {
      void this.callOut(waiting.call).then(waiting.resolve);
      return undefined;
    }
    this.#lastId += 1;
    this.#asked.set(String(this.#lastId), waiting);
    return { id: String(this.#lastId), call: waiting.call };
  }

  #call({ session, name, parameters }: Body): object | undefined {
    this.calls.push(`${session} ${name}`);
    const work = this.#sessions.get(session);
    const fault = this.#faults.get(name);
    this.#faults.delete(name);
    if (fault === 'silent') return undefined;
    if (fault?.startsWith('lost') === true) this.#sessions.delete(session);
    if (work === undefined) return { error: lost };
    const instead = fault === undefined ? undefined : insteadOf[fault];
    if (instead !== undefined) return instead;
    const result = run(name, parameters, work, this.activities);
    if (fault === 'lost-after') return { error: lost };
    return fault === 'crash-after' ? { crash: true } : { result };
  }
}

interface Body {
  readonly session: string;
  readonly name: string;
  readonly parameters: Tables;
  readonly user: string;
  readonly passwd: string;
  readonly id: string;
  readonly result: string;
}

/** Answers of faults with which the function is not run. */
const insteadOf: Partial<Readonly<Record<RfcFault, object>>> = {
  'lost-before': { error: lost },
  'crash-before': { crash: true },
  exception: { error: exception },
  'refused-structure': { result: { RETURN: bapiret2('E', 'VBKA', '257', 'not allowed') } },
  'refused-table': {
    result: { RETURN: [bapiret2('W', 'VBKA', '100', 'look'), bapiret2('A', 'VBKA', '257', 'not allowed')] },
  },
  locked: { result: { RETURN: [bapiret2('E', 'MC', '601', 'locked by user MEIER')] } },
};

async function jsonOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
}
