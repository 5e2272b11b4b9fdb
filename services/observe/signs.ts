import type { StreamWatch } from '../../activities/ingest-dependencies';
import type { StreamRef } from '../../activities/subscription-types';
import type { Metrics } from './metrics';

/**
 * A stream that sends keepalives and says nothing is given up and opened anew (connectors wait 5 minutes at most): that it still
 * says nothing after so long is no accident of the network, ms.
 */
export const silentAfterMs = 600_000;
/** Between two tries at a stream lie 30 s at most: one that is away for so long is heard elsewhere, or no more, ms. */
const awayAfterMs = 120_000;

interface Heard {
  readonly ref: StreamRef;
  /** Events that the metrics do not know yet. */
  events: number;
  eventAt: number;
  signAt: number;
  sendsKeepalives: boolean;
  /** 0 while it is heard here. */
  leftAt: number;
}

/** What this process hears of its streams. Kept in memory, and told to the metrics when they are asked for. */
export class Signs {
  private readonly heard = new Map<string, Heard>();

  constructor(private readonly now: () => number = Date.now) {}

  /** A stream is heard here from now on, until the watch is told its end. */
  watch({ tenant, connection, stream }: StreamRef): StreamWatch {
    const key = JSON.stringify([tenant, connection, stream]);
    const fresh = { events: 0, eventAt: 0, signAt: this.now(), sendsKeepalives: false, leftAt: 0 };
    const one: Heard = this.heard.get(key) ?? { ref: { tenant, connection, stream }, ...fresh };
    if (one.leftAt !== 0 && one.leftAt < this.now() - awayAfterMs) one.signAt = this.now();
    one.leftAt = 0;
    this.heard.set(key, one);
    return {
      delivered: (kind) => {
        one.signAt = this.now();
        one.sendsKeepalives ||= kind === 'keepalive';
        if (kind !== 'event') return;
        one.events += 1;
        one.eventAt = one.signAt;
      },
      ended: () => {
        one.leftAt = this.now();
      },
    };
  }

  /** Streams heard here that send keepalives and have given no sign for too long: since when, ms since the epoch. */
  silent(): readonly { readonly ref: StreamRef; readonly since: number }[] {
    const [signBefore, leftBefore] = [this.now() - silentAfterMs, this.now() - awayAfterMs];
    return [...this.heard.values()].flatMap(({ ref, signAt, sendsKeepalives, leftAt }) =>
      sendsKeepalives && signAt < signBefore && (leftAt === 0 || leftAt > leftBefore) ? [{ ref, since: signAt }] : [],
    );
  }

  tell({ heard, lastEvent, lastSign }: Metrics): void {
    for (const one of this.heard.values()) {
      const { tenant, connection, stream } = one.ref;
      const labels = { tenant, connection, stream };
      heard.inc(labels, one.events);
      one.events = 0;
      if (one.eventAt > 0) lastEvent.set(labels, one.eventAt / 1_000);
      lastSign.set(labels, one.signAt / 1_000);
    }
  }
}
