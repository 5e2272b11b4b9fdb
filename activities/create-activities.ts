import { engagementActivities } from './engagement-activities';
import { mapFailures } from './failure';
import { learningActivities } from './learning-activities';
import type { LearningDependencies } from './learning-dependencies';
import { laneActivities } from './lane-activities';
import type { LaneDependencies } from './lane-dependencies';

/** Everything that lanes, engagements and learning do outside of their own code. */
export function createActivities(deps: LaneDependencies & LearningDependencies) {
  return mapFailures({ ...laneActivities(deps), ...engagementActivities(deps), ...learningActivities(deps) });
}

export type Activities = ReturnType<typeof createActivities>;
