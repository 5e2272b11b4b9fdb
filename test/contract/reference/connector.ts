import type { Action, ActionResult } from '../../../canonical-schema/action';
import {
  type Connection,
  type Connector,
  type Delivery,
  type JsonSchema,
  type Position,
  PositionExpired,
  Retryable,
  type Sink,
  type Source,
  type SubscribeOptions,
} from '../../../connectors/contract';
import { coalesce } from '../../../connectors/kit/coalesce';
import { type AcmeAnswer, AcmeCrm, type AcmeNative, AcmeRefusal, type AcmeWrite } from './crm';
import { normalise, ownClient, readNative } from './normalise';

export interface AcmeConfig {
  readonly baseUrl: string;
}

/** The places at which a broken twin differs. The intact values are the connector's right behaviour. */
export interface Behaviour {
  readonly configSchema: JsonSchema;
  readonly normalise: Connector<AcmeConfig, AcmeNative>['normalise'];
  readonly readNatives: Connector<AcmeConfig, AcmeNative>['readNatives'];
  readonly close: (timesBefore: number) => void;
  /** The place to read from, for a saved place and the last one that this connection read. */
  readonly resumeAt: (saved: number, lastRead: number | undefined) => number;
  readonly credits: (maxInFlight: number) => number;
  readonly onExpired: (error: PositionExpired) => number;
  /** The place to read from after renewing the token. */
  readonly afterRenewal: (from: number, end: number) => number;
  readonly deliver: (delivery: Delivery<AcmeNative>) => readonly Delivery<AcmeNative>[];
  readonly heeds: (signal: AbortSignal) => AbortSignal;
  readonly sink: (sink: Sink) => Sink;
  readonly taskOp: 'upsert' | 'create';
  readonly client: string;
  readonly expectedVersion: (version: string | undefined) => string | undefined;
  readonly retryAfterMs: (seconds: number | undefined) => number | undefined;
}

export const intact: Behaviour = {
  configSchema: {
    type: 'object',
    description: 'A connection to the reference CRM.',
    additionalProperties: false,
    required: ['baseUrl'],
    properties: { baseUrl: { type: 'string', description: 'Where the CRM answers.' } },
  },
  normalise,
  readNatives: (payload) => (Array.isArray(payload) ? payload : [payload]).map(readNative),
  close: () => undefined,
  resumeAt: (saved) => saved + 1,
  credits: (maxInFlight) => maxInFlight,
  onExpired: (error) => {
    throw error;
  },
  afterRenewal: (from) => from,
  deliver: (delivery) => [delivery],
  heeds: (signal) => signal,
  sink: (sink) => sink,
  taskOp: 'upsert',
  client: ownClient,
  expectedVersion: (version) => version,
  retryAfterMs: (seconds) => (seconds === undefined ? undefined : seconds * 1000),
};

/** The connector of the reference CRM: small, whole, and the model that the suite and its twins are built on. */
export function acmeConnector(behaviour: Behaviour = intact): Connector<AcmeConfig, AcmeNative> {
  return {
    name: 'acme',
    setUpPage: 'test/contract/reference/connector.ts#acme',
    configSchema: behaviour.configSchema,
    emits: ['lead'],
    accepts: ['create-task', 'set-fields'],
    connect: (config) => Promise.resolve(connect(AcmeCrm.at(config.baseUrl), behaviour)),
    normalise: behaviour.normalise,
    readNatives: behaviour.readNatives,
  };
}

function connect(crm: AcmeCrm, behaviour: Behaviour): Connection<AcmeNative> {
  let closed = 0;
  return {
    org: 'acme-1',
    streams: ['leads'],
    source: new AcmeSource(crm, behaviour),
    reader: {
      read: () => Promise.resolve([]),
      changed: async function* () {
        // The log is kept for as long as the CRM runs: there is never anything to read afterwards.
      },
    },
    sink: behaviour.sink(acmeSink(crm, behaviour)),
    check: () => Promise.resolve([{ level: 'ok', what: 'the token is taken' }]),
    close: () =>
      Promise.resolve().then(() => {
        behaviour.close(closed++);
      }),
  };
}

class AcmeSource implements Source<AcmeNative> {
  #lastRead: number | undefined;
  #token: string;

  constructor(
    private readonly crm: AcmeCrm,
    private readonly behaviour: Behaviour,
  ) {
    this.#token = crm.login();
  }

  ack(): Promise<void> {
    return Promise.resolve();
  }

  async *subscribe(_stream: string, options: SubscribeOptions): AsyncGenerator<Delivery<AcmeNative>, void, undefined> {
    const { start, maxInFlight } = options;
    const signal = this.behaviour.heeds(options.signal);
    let from = start.from === 'earliest' ? 0 : this.crm.end;
    if (start.from === 'position') from = this.behaviour.resumeAt(Number(start.position.n), this.#lastRead);
    const isOver = (): boolean => signal.aborted;
    while (!isOver()) {
      const read = await this.#read(from, this.behaviour.credits(maxInFlight), signal);
      from = read.from;
      for (const entry of read.entries) {
        if (isOver()) return;
        this.#lastRead = from;
        yield* this.behaviour.deliver(deliveryOf(entry, { v: 1, n: from++ }));
      }
    }
  }

  async #read(
    from: number,
    credits: number,
    signal: AbortSignal,
  ): Promise<{ from: number; entries: readonly string[] }> {
    try {
      return { from, entries: await this.crm.poll(this.#token, from, credits, signal) };
    } catch (error) {
      if (!(error instanceof AcmeRefusal)) throw error;
      if (error.status === 410)
        return { from: this.behaviour.onExpired(new PositionExpired('410', error.message)), entries: [] };
      if (error.status !== 401) throw new Retryable(String(error.status), error.message);
      this.#token = this.crm.login();
      return { from: this.behaviour.afterRenewal(from, this.crm.end), entries: [] };
    }
  }
}

function deliveryOf(entry: string, position: Position): Delivery<AcmeNative> {
  try {
    return { kind: 'event', native: JSON.parse(entry) as AcmeNative, position };
  } catch (error) {
    return { kind: 'undecodable', bytes: Buffer.from(entry), code: 'SBX_ACME_JSON', message: String(error), position };
  }
}

function acmeSink(crm: AcmeCrm, behaviour: Behaviour): Sink {
  const send = coalesce((actions: readonly Action[]) => apply(crm, behaviour, actions), {
    maxBatch: 200,
    windowMs: 0,
    keyOf: ({ id }) => id,
  });
  return { apply: (actions) => Promise.all(actions.map(send)) };
}

async function apply(crm: AcmeCrm, behaviour: Behaviour, actions: readonly Action[]): Promise<readonly ActionResult[]> {
  try {
    const answers = await crm.bulk(
      crm.login(),
      behaviour.client,
      actions.map((action) => writeOf(action, behaviour)),
    );
    return answers.map((answer, index) => resultOf(actions[index] as Action, answer));
  } catch (error) {
    const retryAfterMs = error instanceof AcmeRefusal ? behaviour.retryAfterMs(error.retryAfterSeconds) : undefined;
    const { message } = error as Error;
    return actions.map(({ id }) => ({
      actionId: id,
      outcome: 'failed',
      failure: 'retryable',
      code: 'SBX_ACME_CALL',
      message,
      answer: message,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    }));
  }
}

function writeOf(action: Action, behaviour: Behaviour): AcmeWrite {
  if (action.kind === 'create-task') {
    return { op: behaviour.taskOp, key: action.id, about: action.about.id, text: action.task.subject };
  }
  if (action.kind !== 'set-fields') throw new Error(`acme does not take ${action.kind}`);
  const ifVersion = behaviour.expectedVersion(action.expectedVersion);
  return { op: 'set', id: action.about.id, fields: action.fields, ...(ifVersion === undefined ? {} : { ifVersion }) };
}

function resultOf({ id: actionId, kind }: Action, answer: AcmeAnswer): ActionResult {
  if ('error' in answer) {
    const failure = answer.error === 'VERSION' ? 'conflict' : 'permanent';
    return { actionId, outcome: 'failed', failure, code: answer.error, message: answer.message, answer };
  }
  const outcome = kind === 'create-task' && !answer.isNew ? 'already-applied' : 'applied';
  return { actionId, outcome, nativeId: answer.id, nativeVersion: answer.version, answer };
}
