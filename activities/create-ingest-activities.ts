import { backfill } from './backfill';
import { mapFailures } from './failure';
import { listen } from './listen';
import type { IngestDependencies } from './ingest-dependencies';
import { reconcile } from './reconcile';
import { countHours } from './rhythm';
import type { Counted, CountInput } from './rhythm-types';
import type { Expired, GapFilled, GapRef, ListenInput, Reconciled, ReconcileInput } from './subscription-types';

/** What the ingest process does: it hears the CRM. */
export function createIngestActivities(deps: IngestDependencies) {
  const hearingSince = deps.now();
  return mapFailures({
    listen: (input: ListenInput): Promise<Expired> => listen(deps, input),
    backfill: (gap: GapRef): Promise<GapFilled> => backfill(deps, gap),
    reconcile: (input: ReconcileInput): Promise<Reconciled> => reconcile(deps, input),
    countHours: (input: CountInput): Promise<Counted> => countHours(deps, input, hearingSince),
  });
}

export type IngestActivities = ReturnType<typeof createIngestActivities>;
