/** A decision that was made with a known propensity, and what came of it. */
export interface Logged {
  /** Probability with which the arm was taken; above 0. */
  readonly propensity: number;
  /** Probability with which the policy to be valued would have taken the same arm: 0 or 1 for one without lots. */
  readonly target: number;
  /** The outcome, e.g. 1 for a visit. */
  readonly reward: number;
}

/** An estimate with its standard error. */
export interface Estimate {
  readonly value: number;
  readonly se: number;
}

/** What a policy is worth, told from decisions of another. */
export interface PolicyValue {
  readonly decisions: number;
  /** Inverse propensity weighting: unbiased. */
  readonly ips: Estimate;
  /** The same, divided by the mean weight: a little biased, mostly much steadier. */
  readonly snips: Estimate;
  /** How many decisions of the policy itself would tell as much, (sum of weights)^2 / sum of squared weights. */
  readonly effectiveSampleSize: number;
}

/** Decisions from which nothing can be told. */
export class OffPolicyError extends Error {
  override readonly name = 'OffPolicyError';
}

/**
 * Values a policy on logged decisions. Pure.
 * @throws OffPolicyError without two decisions, on a propensity outside (0, 1], and where the policy would have taken none of the arms
 */
export function policyValue(logged: readonly Logged[]): PolicyValue {
  if (logged.length < 2) throw new OffPolicyError(`${logged.length} decisions: at least 2 are needed`);
  const wrong = logged.findIndex(({ propensity }) => !(propensity > 0 && propensity <= 1));
  if (wrong >= 0) {
    const { propensity } = logged[wrong] ?? {};
    throw new OffPolicyError(`decision ${wrong + 1} has propensity ${propensity}, not above 0 and at most 1`);
  }
  const weights = logged.map(({ target, propensity }) => target / propensity);
  const total = sum(weights);
  if (total === 0) throw new OffPolicyError('the policy would have taken none of the arms that were taken');
  const weighted = logged.map(({ reward }, n) => reward * (weights[n] ?? 0));
  const ips = sum(weighted) / logged.length;
  const snips = sum(weighted) / total;
  const residuals = logged.map(({ reward }, n) => (reward - snips) * (weights[n] ?? 0));
  return {
    decisions: logged.length,
    ips: { value: ips, se: Math.sqrt(squares(weighted.map((v) => v - ips)) / (logged.length - 1) / logged.length) },
    snips: { value: snips, se: Math.sqrt(squares(residuals)) / total },
    effectiveSampleSize: total ** 2 / squares(weights),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function squares(values: readonly number[]): number {
  return sum(values.map((value) => value * value));
}
