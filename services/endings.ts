import { setTimeout as pause } from 'node:timers/promises';
import { isPushed, keyOf } from '../activities/connections';
import type { StreamRef } from '../activities/subscription-types';
import type { TenantConnection } from '../tenants/tenant';
import { maxAnswerMs } from './receive';
import type { Runtime } from './runtime';

/** What the end of a stream needs of the process. */
type Needs = Pick<Runtime, 'ledger' | 'connections' | 'log'>;

/** How the subscription of a stream is begun, where none is, and ended. */
interface Hearing {
  begin(ref: StreamRef): Promise<void>;
  end(ref: StreamRef): Promise<void>;
}

/** How often it is looked whether an inbox is published, ms. */
const lookEveryMs = 250;
/** After so long nothing more can come of a request that was under way when the door was shut, ms. */
const lateMs = maxAnswerMs + 1_000;

/** After a failure (ledger or Temporal away), ms. */
const againMs = 5_000;

/** A stream under way to its end. */
interface Ending {
  readonly stop: AbortController;
  readonly done: Promise<void>;
}

/**
 * Ends streams that a tenant's file names no more. What senders were told is accepted is published first, as it would have
 * been; of a stream without an inbox the subscription ends at once.
 */
export class Endings {
  private readonly underWay = new Map<string, Ending>();

  constructor(
    private readonly needs: Needs,
    private readonly hearing: Hearing,
  ) {}

  /**
   * Resolves when a stream without an inbox has ended, so that one that is wanted again a moment later is not mistaken for the
   * one that ends; otherwise when the end has begun.
   */
  async begin(ref: StreamRef, settings: TenantConnection): Promise<void> {
    if (this.underWay.has(keyOf(ref))) return;
    const waits = await this.waits(ref);
    if (!waits && !isPushed(settings)) return this.hearing.end(ref);
    const stop = new AbortController();
    const done = this.untilEnded(ref, settings, stop.signal).finally(() => this.underWay.delete(keyOf(ref)));
    this.underWay.set(keyOf(ref), { stop, done });
  }

  /** Ends what should have ended while no process was there. @param settingsOf rejects where they cannot be had any more */
  async recall(ref: StreamRef, settingsOf: () => Promise<TenantConnection>): Promise<void> {
    if (await this.waits(ref)) return this.begin(ref, await settingsOf());
    return this.hearing.end(ref);
  }

  /** The stream is wanted again. */
  async revoke(ref: StreamRef): Promise<void> {
    const ending = this.underWay.get(keyOf(ref));
    ending?.stop.abort();
    await ending?.done;
    this.needs.connections.ended(ref);
  }

  /** What is not published yet is, when a process starts the next time. */
  async stop(): Promise<void> {
    for (const { stop } of this.underWay.values()) stop.abort();
    await Promise.all([...this.underWay.values()].map(({ done }) => done));
  }

  private async untilEnded(ref: StreamRef, settings: TenantConnection, signal: AbortSignal): Promise<void> {
    let isOver = false;
    while (!isOver) {
      isOver = await this.end(ref, settings, signal).then(
        () => true,
        async (error: unknown) => {
          if (signal.aborted) return true;
          this.needs.log.warn({ ...ref, err: String(error) }, 'a removed stream could not be ended yet');
          return pause(againMs, false, { signal }).catch(() => true);
        },
      );
    }
  }

  private async end(ref: StreamRef, settings: TenantConnection, signal: AbortSignal): Promise<void> {
    const { connections, log } = this.needs;
    do {
      const { newest } = await this.needs.ledger.inboxes.state(ref);
      if (await this.waits(ref)) {
        log.info({ ...ref }, 'what was accepted of a removed stream is published');
        connections.letEnd(ref, settings);
        do {
          // Again and again: another process, for which all is published, may have ended it.
          await this.hearing.begin(ref);
          await pause(lookEveryMs, undefined, { signal });
        } while ((await this.needs.ledger.inboxes.state(ref)).released < newest);
      }
      signal.throwIfAborted();
      await this.hearing.end(ref);
      connections.ended(ref);
      await pause(lateMs, undefined, { signal });
    } while (await this.waits(ref));
  }

  private async waits(ref: StreamRef): Promise<boolean> {
    const { newest, released } = await this.needs.ledger.inboxes.state(ref);
    return newest > released;
  }
}
