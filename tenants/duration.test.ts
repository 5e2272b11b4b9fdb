import { durationMs } from './duration';

const hour = 3_600_000;

test.each([
  ['PT4H', 4 * hour],
  ['P30D', 30 * 24 * hour],
  ['P1W', 7 * 24 * hour],
  ['P1Y', 366 * 24 * hour],
  ['P1M', 31 * 24 * hour],
  ['P1DT1H1M1.5S', 25 * hour + 61_500],
  ['PT0S', 0],
])('%s is %i ms', (text, ms) => {
  expect(durationMs(text)).toBe(ms);
});

test.each(['', 'P', 'PT', 'P1DT', '4h', 'PT4', 'P-1D', 'p1d', 'P1H', 'PT1D', ' P1D', 'P99999999999999999Y'])(
  '%j is no duration',
  (text) => {
    expect(durationMs(text)).toBeUndefined();
  },
);
