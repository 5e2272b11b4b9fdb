import { setMaxListeners } from 'node:events';
import { randomUUID } from 'node:crypto';
import type { PostCounts, PostEntry } from '../api';
import type { ArmedFaults } from '../faults';
import { Refusal } from '../org/refusal';
import type { Operation, Transaction } from '../org/transaction';
import { contextFor, payloadOf, type Sender } from './context';
import { Jobs } from './jobs';
import { authorised, send, type Outcome, type Post } from './posting';
import { stepsFor, type Step } from './steps';

/** What webhooks work with. */
export interface WebhookOptions {
  readonly sender: Sender;
  readonly faults: ArmedFaults;
  /** The environment's domain name, as posts carry it. */
  readonly domain: () => string;
  readonly retryMs: number;
  readonly timeoutMs: number;
}

/** One call of one step for one operation. */
interface Delivery {
  readonly step: Step;
  readonly operation: Operation;
  readonly post: Post;
  /** The system job of an asynchronous call. */
  readonly job?: string;
}

/** Answers that the service takes for a passing trouble of the network. */
const passing = [502, 503, 504];

const isDelivered = (outcome: Outcome): boolean => 'status' in outcome && outcome.status >= 200 && outcome.status < 300;

/** Posts execution contexts to the registered endpoints. */
export class Webhooks {
  readonly entries: PostEntry[] = [];
  readonly #jobs: Jobs;
  readonly #stopping = stopper();
  readonly #counts = { delivered: 0, failed: 0, lost: 0 };
  /** The last delivery under way, by step and row: those of one row go one after the other. */
  readonly #chains = new Map<string, Promise<void>>();
  /** Deliveries held back until the next one of their row has gone. */
  readonly #held = new Map<string, Delivery>();
  #pending = 0;
  #idle: (() => void)[] = [];

  constructor(private readonly options: WebhookOptions) {
    this.#jobs = new Jobs(options.sender.org);
  }

  /** Runs the synchronous steps of a transaction that is not yet committed. @throws Refusal where one of them fails */
  async runSynchronous(transaction: Transaction): Promise<void> {
    for (const { operation, step } of this.#calls(transaction)) {
      if (step.isAsync) continue;
      const outcome = await this.#attempt(this.#delivery(transaction, operation, step));
      if (isDelivered(outcome)) {
        this.#counts.delivered += 1;
        continue;
      }
      this.#counts.failed += 1;
      throw new Refusal(400, '0x80040265', `The webhook call of step '${step.name}' failed: ${describe(outcome)}.`);
    }
  }

  /** Starts the asynchronous steps of a committed transaction. */
  startAsynchronous(transaction: Transaction): void {
    for (const { operation, step } of this.#calls(transaction)) {
      if (!step.isAsync) continue;
      const job = this.#jobs.open(operation, transaction, step);
      const delivery = { ...this.#delivery(transaction, operation, step), job };
      if (this.options.faults.take('outOfOrderWebhook') === undefined) this.#enqueue(delivery);
      else this.#hold(delivery);
    }
  }

  /** Sends what is held back for re-ordering. */
  release(): void {
    const held = [...this.#held.values()];
    this.#held.clear();
    for (const delivery of held) this.#enqueue(delivery);
  }

  counts(): PostCounts {
    return { attempts: this.entries.length, ...this.#counts, pending: this.#pending + this.#held.size };
  }

  /** Resolves when nothing is waiting or under way, held back deliveries aside. */
  async idle(): Promise<void> {
    if (this.#pending > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  /** Breaks off everything under way. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#held.clear();
    await this.idle();
  }

  #calls(transaction: Transaction): readonly { operation: Operation; step: Step }[] {
    const { org } = this.options.sender;
    return transaction.operations
      .filter(({ type }) => type?.definition.isSystem !== true)
      .flatMap((operation) => stepsFor(org, operation).map((step) => ({ operation, step })));
  }

  #delivery(transaction: Transaction, operation: Operation, step: Step): Delivery {
    const { sender, faults, domain } = this.options;
    const context = contextFor(sender, operation, transaction, step);
    const { body, isStripped } = payloadOf(context, faults.take('oversizeWebhook') !== undefined);
    const invalid = faults.take('invalidWebhook');
    const headers = {
      'content-type': 'application/json',
      'x-request-id': randomUUID(),
      'x-ms-dynamics-organization': domain(),
      'x-ms-dynamics-entity-name': operation.type?.name ?? 'none',
      'x-ms-dynamics-request-name': step.message,
      'x-ms-correlation-request-id': transaction.correlationId,
      ...(isStripped ? { 'x-ms-dynamics-msg-size-exceeded': 'true' } : {}),
    };
    const sent = invalid === undefined ? body : (invalid.payload ?? body.slice(0, body.length / 2));
    return { step, operation, post: { ...authorised(step.url, step.auth, headers), body: sent } };
  }

  #hold(delivery: Delivery): void {
    const key = keyOf(delivery);
    const earlier = this.#held.get(key);
    this.#held.set(key, delivery);
    if (earlier !== undefined) this.#enqueue(earlier);
  }

  #enqueue(delivery: Delivery): void {
    const key = keyOf(delivery);
    this.#pending += 1;
    const turn = (this.#chains.get(key) ?? Promise.resolve()).then(() => this.#run(delivery));
    this.#chains.set(key, turn);
    void turn.then(() => {
      if (this.#chains.get(key) === turn) this.#chains.delete(key);
      this.#pending -= 1;
      const held = this.#held.get(key);
      this.#held.delete(key);
      if (held !== undefined) this.#enqueue(held);
      if (this.#pending > 0) return;
      const waiting = this.#idle;
      this.#idle = [];
      for (const resolve of waiting) resolve();
    });
  }

  async #run(delivery: Delivery): Promise<void> {
    const { job, step } = delivery;
    if (job === undefined || this.#stopping.signal.aborted) return;
    this.#jobs.start(job);
    if (this.options.faults.take('lostWebhook') !== undefined) {
      this.#counts.lost += 1;
      this.#note(delivery, 1, { error: 'lost' });
      this.#jobs.fail(job, 'The request was lost on its way.');
      return;
    }
    const isTwice = this.options.faults.take('duplicateWebhook') !== undefined;
    const outcome = await this.#attempt(delivery);
    if (isDelivered(outcome)) {
      this.#counts.delivered += 1;
      this.#jobs.succeed(job, step);
    } else {
      this.#counts.failed += 1;
      this.#jobs.fail(job, `The webhook call failed: ${describe(outcome)}.`);
    }
    if (isTwice) await this.#sendOnce(delivery, 2);
  }

  /** One attempt, and one more where the network seems to be in trouble. */
  async #attempt(delivery: Delivery): Promise<Outcome> {
    const outcome = await this.#sendOnce(delivery, 1);
    if (!('status' in outcome) || !passing.includes(outcome.status)) return outcome;
    await this.#pause(this.options.retryMs);
    return this.#sendOnce(delivery, 2);
  }

  async #sendOnce(delivery: Delivery, attempt: number): Promise<Outcome> {
    const outcome = await send(delivery.post, this.options.timeoutMs, this.#stopping.signal);
    this.#note(delivery, attempt, outcome);
    return outcome;
  }

  #note({ post, operation, step }: Delivery, attempt: number, outcome: Outcome): void {
    this.entries.push({
      at: Date.now(),
      ...post,
      message: step.message,
      table: operation.type?.name ?? 'none',
      recordId: operation.recordId,
      operationId: operation.id,
      attempt,
      ...outcome,
    });
  }

  async #pause(ms: number): Promise<void> {
    const { signal } = this.#stopping;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      signal.addEventListener('abort', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}

const keyOf = ({ step, operation }: Delivery): string => `${step.id} ${operation.recordId}`;

const describe = (outcome: Outcome): string =>
  'status' in outcome ? `the endpoint answered with status ${outcome.status}` : outcome.error;

/** Any number of posts may be under way when it stops. */
function stopper(): AbortController {
  const stopping = new AbortController();
  setMaxListeners(0, stopping.signal);
  return stopping;
}
