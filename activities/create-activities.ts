import { engagementActivities } from './engagement-activities';
import { mapFailures } from './failure';
import { laneActivities } from './lane-activities';
import type { LaneDependencies } from './lane-dependencies';

/** Everything that lanes and engagements do outside of their own code. */
export function createActivities(deps: LaneDependencies) {
  return mapFailures({ ...laneActivities(deps), ...engagementActivities(deps) });
}

export type Activities = ReturnType<typeof createActivities>;
