import type { CanonicalEvent } from '../../canonical-schema/event';
import type { ConnectionWatch } from '../../connectors/contract';
import { Lanes } from './lanes';
import { Metrics } from './metrics';
import { Signs } from './signs';
import { Tasks } from './tasks';
import type { Traces } from './traces';

/** What one process sees of its own work. Telling it costs an addition in memory; what is dearer waits until somebody asks. */
export class Observer {
  readonly metrics = new Metrics();
  readonly lanes = new Lanes();
  readonly signs = new Signs();
  readonly tasks = new Tasks();

  /** @param traces absent: nothing is traced */
  constructor(readonly traces?: Traces) {}

  /** @param from when its publishing began, ms since the epoch */
  published(event: CanonicalEvent, from: number): void {
    this.metrics.published.inc({ tenant: event.tenantid, connection: event.connection });
    this.traces?.published(event, from);
  }

  /** What a connection uses up. */
  connection(tenant: string, connection: string): ConnectionWatch {
    const { waited, allocationLimit, allocationLeft, allocationEnds } = this.metrics;
    return {
      waited: (priority, ms) => {
        waited.observe({ tenant, connection, priority }, ms / 1_000);
      },
      allocation: (allocation, { limit, used, runsOutAt }) => {
        const labels = { tenant, connection, allocation };
        allocationLimit.set(labels, limit);
        allocationLeft.set(labels, limit - used);
        if (runsOutAt === undefined) allocationEnds.remove(labels);
        else allocationEnds.set(labels, runsOutAt / 1_000);
      },
    };
  }
}
