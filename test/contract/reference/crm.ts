import { randomUUID } from 'node:crypto';

/** What the reference CRM tells, as JSON on the wire. */
export interface AcmeNative {
  readonly kind: 'created' | 'updated' | 'gap' | 'overflow';
  /** Place in the log. */
  readonly n: number;
  readonly ids: readonly string[];
  /** RFC 3339 UTC. */
  readonly at: string;
  /** The program that wrote. */
  readonly client: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export type AcmeWrite =
  /** `upsert` finds the task that has the key already, `create` makes another one. */
  | { readonly op: 'upsert' | 'create'; readonly key: string; readonly about: string; readonly text: string }
  | {
      readonly op: 'set';
      readonly id: string;
      readonly fields: Readonly<Record<string, unknown>>;
      readonly ifVersion?: string;
    };

export type AcmeAnswer =
  | { readonly id: string; readonly isNew: boolean; readonly version: string }
  | { readonly error: 'NOT_FOUND' | 'VERSION'; readonly message: string };

/** The CRM's refusal of a whole call. */
export class AcmeRefusal extends Error {
  constructor(
    readonly status: 401 | 410 | 503,
    message: string,
    readonly retryAfterSeconds?: number,
  ) {
    super(message);
  }
}

interface AcmeRecord {
  readonly version: number;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A CRM in memory: a log of changes to be polled, records and tasks behind one bulk call, tokens, and faults on request. */
export class AcmeCrm {
  static readonly #running = new Map<string, AcmeCrm>();
  readonly baseUrl = `memory://${randomUUID()}`;
  readonly #log: string[] = [];
  readonly #records = new Map<string, AcmeRecord>();
  readonly #tasks = new Map<string, string>();
  readonly #tokens = new Set<string>();
  #waiting: (() => void)[] = [];
  #retainedFrom = 0;
  #isAnswerLost = false;
  #refusal: AcmeRefusal | undefined;
  handedOut = 0;

  static start(): AcmeCrm {
    const crm = new AcmeCrm();
    AcmeCrm.#running.set(crm.baseUrl, crm);
    return crm;
  }

  static at(baseUrl: string): AcmeCrm {
    const crm = AcmeCrm.#running.get(baseUrl);
    if (crm === undefined) throw new AcmeRefusal(503, `nobody answers at ${baseUrl}`);
    return crm;
  }

  stop(): void {
    AcmeCrm.#running.delete(this.baseUrl);
  }

  login(): string {
    const token = randomUUID();
    this.#tokens.add(token);
    return token;
  }

  get end(): number {
    return this.#log.length;
  }

  /** Up to `credits` entries from the place on, as soon as there is one; none when aborted. */
  async poll(token: string, from: number, credits: number, signal: AbortSignal): Promise<readonly string[]> {
    for (;;) {
      this.#authorise(token);
      if (from < this.#retainedFrom) throw new AcmeRefusal(410, `place ${from} is no longer kept`);
      const entries = this.#log.slice(from, from + credits);
      if (entries.length > 0 || signal.aborted) {
        this.handedOut += entries.length;
        return entries;
      }
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
        signal.addEventListener(
          'abort',
          () => {
            resolve();
          },
          { once: true },
        );
      });
    }
  }

  /** Writes in one transaction per row, and answers row by row. */
  async bulk(token: string, client: string, writes: readonly AcmeWrite[]): Promise<readonly AcmeAnswer[]> {
    this.#authorise(token);
    const refusal = this.#refusal;
    this.#refusal = undefined;
    if (refusal !== undefined) throw refusal;
    // An answer takes its time: what comes meanwhile sees the write already.
    const answers = writes.map((write) => this.#write(client, write));
    await new Promise((resolve) => setImmediate(resolve));
    if (this.#isAnswerLost) {
      this.#isAnswerLost = false;
      throw new Error('socket hang up');
    }
    return answers;
  }

  tasksOf(key: string): number {
    return [...this.#tasks.values()].filter((other) => other === key).length;
  }

  versionOf(id: string): string {
    return String(this.#records.get(id)?.version);
  }

  change(client: string, id: string, fields: Readonly<Record<string, unknown>>): void {
    const before = this.#records.get(id);
    this.#records.set(id, { version: (before?.version ?? 0) + 1, fields: { ...before?.fields, ...fields } });
    this.#append({ kind: before === undefined ? 'created' : 'updated', ids: [id], client, fields });
  }

  appendBytes(entry: string): void {
    this.#log.push(entry);
    this.#wake();
  }

  expirePositions(): void {
    this.#retainedFrom = this.#log.length + 1;
    this.#append({ kind: 'updated', ids: ['r0'], client: 'person', fields: {} });
  }

  expireTokens(): void {
    this.#tokens.clear();
    this.#wake();
  }

  loseNextAnswer(): void {
    this.#isAnswerLost = true;
  }

  refuseNextWrite(retryAfterSeconds: number): void {
    this.#refusal = new AcmeRefusal(503, 'busy', retryAfterSeconds);
  }

  #append(told: Pick<AcmeNative, 'kind' | 'ids' | 'client' | 'fields'>): void {
    const n = this.#log.length;
    this.appendBytes(JSON.stringify({ ...told, n, at: new Date(1_700_000_000_000 + n * 1000).toISOString() }));
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }

  #authorise(token: string): void {
    if (!this.#tokens.has(token)) throw new AcmeRefusal(401, 'the token is not valid');
  }

  #write(client: string, write: AcmeWrite): AcmeAnswer {
    const record = this.#records.get(write.op === 'set' ? write.id : write.about);
    if (record === undefined) return { error: 'NOT_FOUND', message: 'no such record' };
    if (write.op !== 'set') return this.#putTask(write.op, write.key);
    if (write.ifVersion !== undefined && write.ifVersion !== String(record.version)) {
      return { error: 'VERSION', message: `the record is at version ${record.version}` };
    }
    this.change(client, write.id, write.fields);
    return { id: write.id, isNew: false, version: this.versionOf(write.id) };
  }

  #putTask(op: 'upsert' | 'create', key: string): AcmeAnswer {
    const known = op === 'create' ? undefined : [...this.#tasks].find(([, other]) => other === key)?.[0];
    const id = known ?? `t${this.#tasks.size + 1}`;
    this.#tasks.set(id, key);
    return { id, isNew: known === undefined, version: '1' };
  }
}
