import type { CanonicalEvent } from '../../canonical-schema/event';
import type { Connection, Delivery, NormaliseContext, Position, Start } from '../../connectors/contract';
import { noInbox } from '../../connectors/kit/no-inbox';
import { runPump } from '../../connectors/kit/pump';
import type { QuarantineEntry } from '../../connectors/kit/pump';
import type { ContractSubject, Crm } from './subject';

/** How long a CRM on this machine may take for what it does at once. The twins' test shortens it: theirs is in memory. */
export const deadline = { ms: 15_000 };

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** A CRM, with connections to it that are closed at the end. */
export interface Examination {
  readonly crm: Crm;
  readonly connect: () => Promise<Connection<unknown>>;
  /** Canonical events of a native that came through the connection. */
  readonly normalise: (connection: Connection<unknown>, native: unknown) => Promise<readonly CanonicalEvent[]>;
}

/** Starts a CRM, asks, and clears up whatever came of it. */
export async function examine(
  subject: ContractSubject,
  ask: (examination: Examination) => Promise<void>,
): Promise<void> {
  const { connector } = subject;
  const crm = await subject.start();
  const connections: Connection<unknown>[] = [];
  try {
    await ask({
      crm,
      connect: async () => {
        const connection = (await connector.connect(crm.config, {
          log: silent,
          now: Date.now,
          inbox: crm.inbox ?? noInbox,
        })) as Connection<unknown>;
        // A process opens its door by what the connector says before it connects.
        if ((connector.receives?.(crm.config) ?? false) !== (connection.receiver !== undefined))
          throw new Error(`${connector.name}: what \`receives\` says and whether there is a receiver differ`);
        crm.opened?.(connection);
        connections.push(connection);
        return connection;
      },
      normalise: ({ org }, native) => connector.normalise(native, contextOf(org)),
    });
  } finally {
    // A clause about closing has the error of closing already: here it only clears up.
    await Promise.allSettled(connections.map((connection) => connection.close()));
    await crm.stop();
  }
}

export function contextOf(org: string): NormaliseContext {
  return { tenant: 'contract', connection: 'main', org, mapping: {} };
}

/** Rejects, saying what was waited for, when it takes too long. */
export async function inTime<T>(what: string, promise: Promise<T>, ms: number = deadline.ms): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`${what}: not within ${ms} ms`));
    }, ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits until something holds, asking again after each short pause. */
export async function eventually(
  what: string,
  holds: () => boolean | Promise<boolean>,
  ms: number = deadline.ms,
): Promise<void> {
  const until = Date.now() + ms;
  while (!(await holds())) {
    if (Date.now() > until) throw new Error(`${what}: not within ${ms} ms`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** A subscription that hands out deliveries one at a time. */
export class Tap {
  readonly #abort = new AbortController();
  readonly #deliveries: AsyncIterator<Delivery<unknown>>;

  constructor(connection: Connection<unknown>, stream: string, start: Start, maxInFlight = 10) {
    const { signal } = this.#abort;
    this.#deliveries = connection.source.subscribe(stream, { start, maxInFlight, signal })[Symbol.asyncIterator]();
  }

  /** The next delivery that is no keepalive. */
  async next(): Promise<Exclude<Delivery<unknown>, { kind: 'keepalive' }>> {
    for (;;) {
      const next = await inTime('the next delivery', this.#deliveries.next());
      if (next.done === true) throw new Error('the source ended, although nobody aborted it');
      const { value } = next;
      if (value.kind !== 'keepalive') return value;
    }
  }

  /** Aborts and waits for the end of the iteration, for as long as the contract gives. */
  async end(): Promise<void> {
    this.#abort.abort();
    const drained = async (): Promise<void> => {
      while ((await this.#deliveries.next()).done !== true);
    };
    await inTime('ending after the abort', drained(), 1000);
  }
}

/** What a run of the pump has brought. */
export interface Pumped {
  readonly marks: string[];
  readonly events: CanonicalEvent[];
  readonly quarantined: QuarantineEntry<unknown>[];
  position: Position | undefined;
}

export interface PumpRun {
  readonly connection: Connection<unknown>;
  readonly start: Start;
  /** Ends the run once it holds. */
  readonly until: (pumped: Pumped) => boolean;
  /** Refuses an event by throwing. */
  readonly accept?: (event: CanonicalEvent) => void;
}

/** Runs the kit's pump over a connection; gathers what it publishes in `pumped`, which may continue an earlier run. */
export async function pump(
  { crm, normalise }: Examination,
  run: PumpRun,
  pumped: Pumped = emptyPumped(),
): Promise<Pumped> {
  const abort = new AbortController();
  const enough = (): void => {
    if (run.until(pumped)) abort.abort();
  };
  const running = runPump<unknown>({
    source: run.connection.source,
    stream: crm.stream,
    start: run.start,
    maxInFlight: 10,
    checkpointEveryMs: 0,
    drainMs: 1000,
    signal: abort.signal,
    normalise: (native) => normalise(run.connection, native),
    publish: async (event) => {
      run.accept?.(event);
      const mark = crm.markOf(event);
      if (mark !== undefined) pumped.marks.push(mark);
      pumped.events.push(event);
      enough();
      await Promise.resolve();
    },
    quarantine: (entry) => {
      pumped.quarantined.push(entry);
      enough();
      return Promise.resolve();
    },
    savePosition: (position) => {
      pumped.position = position;
      return Promise.resolve();
    },
  });
  try {
    await inTime('what the clause waits for', running);
  } finally {
    abort.abort();
  }
  return pumped;
}

export function emptyPumped(): Pumped {
  return { marks: [], events: [], quarantined: [], position: undefined };
}

/** Marks `a0`, `a1`, ... written round robin over the records. */
export async function writeMarks(crm: Crm, prefix: string, count: number, records = 3): Promise<readonly string[]> {
  const marks = Array.from({ length: count }, (_, n) => `${prefix}${n}`);
  for (const [n, mark] of marks.entries()) await crm.write(n % records, mark);
  return marks;
}
