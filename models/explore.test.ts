import { explored } from './explore';

const SHARE = 0.3;
const ids = Array.from({ length: 6000 }, (_, n) => `event-${n}:next-best-action`);
const taken = ids.map((id) => explored(2, 3, SHARE, id));

describe('explored', () => {
  it('takes the same arm whenever the decision is made again', () => {
    expect(ids.map((id) => explored(2, 3, SHARE, id))).toStrictEqual(taken);
    expect(new Set(taken.map(({ arm }) => arm)).size).toBe(3);
  });

  it('takes every arm as often as its propensity says', () => {
    for (const arm of [0, 1, 2]) {
      const own = taken.filter((choice) => choice.arm === arm);
      const { propensity } = own[0]!;
      expect(propensity).toBeCloseTo(arm === 2 ? 0.8 : 0.1, 12);
      // Four standard errors of a share.
      const error = Math.sqrt((propensity * (1 - propensity)) / ids.length);
      expect(Math.abs(own.length / ids.length - propensity)).toBeLessThan(4 * error);
    }
  });

  it('takes nothing but the recommended arm where nothing is explored, and any where all is', () => {
    for (const id of ids.slice(0, 200)) expect(explored(1, 3, 0, id)).toStrictEqual({ arm: 1, propensity: 1 });
    expect(explored(0, 4, 1, 'any').propensity).toBe(0.25);
  });
});
