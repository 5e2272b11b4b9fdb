import { explored } from './explore';
import { OffPolicyError, policyValue, type Logged } from './off-policy';

/** Chance of a visit under each of three arms, and who is who: a policy that knows the group does better than any single arm. */
const CHANCE = [
  [0.2, 0.1, 0.4],
  [0.3, 0.1, 0.1],
] as const;
const BEST = [2, 0] as const;
const truth = (CHANCE[0][2] + CHANCE[1][0]) / 2;

/** A reproducible stream of numbers from 0 to below 1 (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Decisions of a policy that recommends arm 0 to all and explores, seen by a policy that knows who is who. */
function log(rows: number, share: number): readonly Logged[] {
  const random = numbers(42);
  return Array.from({ length: rows }, (_, n) => {
    const group = n % 2;
    const { arm, propensity } = explored(0, 3, share, `decision ${n}`);
    return { propensity, target: Number(arm === BEST[group]), reward: Number(random() < (CHANCE[group]?.[arm] ?? 0)) };
  });
}

describe('policyValue', () => {
  const logged = log(20_000, 0.3);

  it('finds what a policy is worth from decisions of another, within four standard errors', () => {
    const { ips, snips, effectiveSampleSize, decisions } = policyValue(logged);
    expect(Math.abs(ips.value - truth)).toBeLessThan(4 * ips.se);
    expect(Math.abs(snips.value - truth)).toBeLessThan(4 * snips.se);
    expect(decisions).toBe(20_000);
    // A tenth of one half and eight tenths of the other follow the policy: 1 / mean of 1 / propensity.
    expect(effectiveSampleSize / decisions).toBeCloseTo(1 / ((1 / 0.1 + 1 / 0.8) / 2), 1);
  });

  it('is wrong when propensities are not those of the lot: the plain mean of the rows that agree is not the value', () => {
    const blind = logged.map((one) => ({ ...one, propensity: 1 }));
    const { snips } = policyValue(blind);
    expect(Math.abs(snips.value - truth)).toBeGreaterThan(4 * snips.se);
  });

  it('is the mean for the policy that decided, with every decision counted', () => {
    const own = logged.map((one) => ({ ...one, target: one.propensity }));
    const mean = own.reduce((total, { reward }) => total + reward, 0) / own.length;
    const { ips, snips, effectiveSampleSize } = policyValue(own);
    expect(ips.value).toBeCloseTo(mean, 12);
    expect(snips.value).toBeCloseTo(mean, 12);
    expect(effectiveSampleSize).toBeCloseTo(own.length, 6);
  });

  it.each<[readonly Logged[], RegExp]>([
    [[], /0 decisions: at least 2/],
    [[1, 2].map(() => ({ propensity: 0, target: 1, reward: 1 })), /decision 1 has propensity 0/],
    [[1, 2].map(() => ({ propensity: 0.5, target: 0, reward: 1 })), /none of the arms/],
  ])('refuses what tells nothing', (rows, why) => {
    expect(() => policyValue(rows)).toThrow(why);
    expect(() => policyValue(rows)).toThrow(OffPolicyError);
  });
});
