import type { EventLog, TopicLog } from './event-log';
import type { RpcFailure } from './rpc-error';

/** A managed subscription to set up, as an administrator does with the Tooling API. */
export interface ManagedOptions {
  readonly id: string;
  readonly developerName: string;
  readonly topic: string;
}

interface Managed extends ManagedOptions {
  /** Sequence of the last committed event. */
  committed: number | undefined;
}

/** Where a managed subscription stands, and how its place is moved. */
export interface ManagedPlace {
  readonly topic: TopicLog;
  readonly position: number;
  /** Moves the place; false for a replay id that is none of the topic's. */
  readonly commit: (replayId: Buffer) => boolean;
}

/** The managed subscriptions of the org: the server keeps their places. */
export class ManagedSubscriptions {
  readonly #all: readonly Managed[];

  constructor(
    private readonly log: EventLog,
    options: readonly ManagedOptions[],
  ) {
    this.#all = options.map((one) => ({ ...one, committed: undefined }));
  }

  /** The one of this id or developer name; without a commit so far it begins with the oldest event kept. */
  place(id: string, developerName: string): ManagedPlace | RpcFailure {
    const managed = this.#all.find((one) => (id === '' ? one.developerName === developerName : one.id === id));
    const topic = this.log.topic(managed?.topic ?? '');
    if (managed === undefined || topic === undefined) return 'managedMissing';
    return {
      topic,
      position: managed.committed === undefined ? topic.oldest : topic.after(managed.committed),
      commit: (replayId) => {
        const found = this.log.resolve(replayId);
        if (found.kind !== 'after') return false;
        managed.committed = Math.max(managed.committed ?? 0, found.sequence);
        return true;
      },
    };
  }
}
