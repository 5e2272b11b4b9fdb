import type { Decision } from '../canonical-schema/decision';
import type { DecisionCore, Evidence } from './lane-types';

/** A decision as the lane's history keeps it. */
export function withoutEvidence(decision: Decision): DecisionCore {
  const evidence: readonly string[] = [
    'contributions',
    'intercept',
    'features',
    'relatedFrom',
  ] satisfies (keyof Evidence)[];
  return Object.fromEntries(
    Object.entries(decision).filter(([key]) => !evidence.includes(key)),
  ) as unknown as DecisionCore;
}

/** The decision whole again. Throws where the view does not hold what it rests on. */
export function withEvidence(core: DecisionCore, evidence: ReadonlyMap<string, Evidence>): Decision {
  const found = evidence.get(core.id);
  if (found === undefined) throw new Error(`no evidence in view for decision ${core.id}`);
  const { contributions, intercept, features, relatedFrom } = found;
  return {
    ...core,
    contributions,
    ...(intercept === undefined ? {} : { intercept }),
    features,
    ...(relatedFrom === undefined ? {} : { relatedFrom }),
  };
}
