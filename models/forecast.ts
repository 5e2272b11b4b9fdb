/** An open opportunity. */
export interface Deal {
  /** What it brings when won, in the currency of the file; 0 or more. */
  readonly value: number;
  /** Probability of being won, 0 to 1. */
  readonly probability: number;
  /** Day on which it is expected to close, `yyyy-mm-dd`. */
  readonly closes: string;
  /** What it brought, where it is known: 0 when lost. */
  readonly actual?: number;
}

export const periods = ['month', 'quarter', 'year'] as const;
export type Period = (typeof periods)[number];

/** What the deals of one period bring. */
export interface PeriodForecast {
  /** `2026-03`, `2026-Q1` or `2026`. */
  readonly period: string;
  readonly deals: number;
  readonly expected: number;
  /** What all of them together would bring. */
  readonly most: number;
  /** The interval that the sum lies in with the probability asked for, half of the rest on either side. */
  readonly low: number;
  readonly high: number;
  readonly actual?: number;
}

/** How the interval is made. */
export interface Spread {
  /** Probability of the interval, above 0 and below 1. */
  readonly inside: number;
  /**
   * Standard deviation by which the log-odds of all deals of a period move together (a good month, a bad one); 0 where deals
   * are won or lost independently. From past periods: `swingOf`.
   */
  readonly swing: number;
}

/** Equally likely moves of a standard normal: the middles of 9 slices of its distribution. */
const MOVES = [-1.593, -0.967, -0.589, -0.282, 0, 0.282, 0.589, 0.967, 1.593];

/** Steps of the grid that the distribution of a sum is kept on. */
const STEPS = 2048;

/** Chances that no quantile notices: numbers this small would slow the convolution down a hundredfold. */
const NEGLIGIBLE = 1e-18;

/**
 * Forecasts the value won by period, periods in order of time. Deals are won or lost at their full value, in the period of
 * their expected close. Pure, and without chance.
 */
export function forecast(deals: readonly Deal[], period: Period, spread: Spread): readonly PeriodForecast[] {
  const byPeriod = new Map<string, Deal[]>();
  for (const deal of deals) {
    const name = periodOf(deal.closes, period);
    const own = byPeriod.get(name);
    if (own === undefined) byPeriod.set(name, [deal]);
    else own.push(deal);
  }
  return [...byPeriod].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, own]) => ofPeriod(name, own, spread));
}

function periodOf(day: string, period: Period): string {
  const year = day.slice(0, 4);
  if (period === 'year') return year;
  return period === 'month' ? day.slice(0, 7) : `${year}-Q${Math.ceil(Number(day.slice(5, 7)) / 3)}`;
}

function ofPeriod(period: string, deals: readonly Deal[], { inside, swing }: Spread): PeriodForecast {
  const most = deals.reduce((sum, { value }) => sum + value, 0);
  const chances = mixed(deals, most / STEPS, swing);
  const at = (share: number): number => (quantile(chances, share) * most) / STEPS;
  const known = deals.every(({ actual }) => actual !== undefined);
  return {
    period,
    deals: deals.length,
    most,
    expected: deals.reduce((sum, { value, probability }) => sum + value * probability, 0),
    low: at((1 - inside) / 2),
    high: at((1 + inside) / 2),
    ...(known ? { actual: deals.reduce((sum, { actual = 0 }) => sum + actual, 0) } : {}),
  };
}

/** Probability of each step of the sum, over all moves that the period may make. */
function mixed(deals: readonly Deal[], step: number, swing: number): Float64Array {
  if (swing === 0) return distribution(deals, step);
  const total = new Float64Array(STEPS + 2);
  for (const move of MOVES) {
    const moved = deals.map((deal) => ({ ...deal, probability: shifted(deal.probability, swing * move) }));
    distribution(moved, step).forEach((chance, n) => (total[n] = (total[n] ?? 0) + chance / MOVES.length));
  }
  return total;
}

/** A probability whose log-odds have moved. */
function shifted(probability: number, by: number): number {
  const odds = probability * Math.exp(by);
  return odds / (odds + 1 - probability);
}

/**
 * The swing of periods whose actual value is known: how far, root mean square, the log-odds of what was won were from those of
 * what was expected. 0 where no period had both a win and a loss.
 */
export function swingOf(past: readonly Pick<PeriodForecast, 'expected' | 'most' | 'actual'>[]): number {
  const moves = past
    .map(
      ({ expected, most, actual = NaN }) => Math.log(actual / (most - actual)) - Math.log(expected / (most - expected)),
    )
    .filter((move) => Number.isFinite(move));
  return moves.length === 0 ? 0 : Math.sqrt(moves.reduce((sum, move) => sum + move * move, 0) / moves.length);
}

/**
 * Probability of each step of the sum, by convolution, of deals that are won or lost independently. A value between two steps is shared out between them so that the mean
 * stays exact.
 */
function distribution(deals: readonly Deal[], step: number): Float64Array {
  let chances = new Float64Array(STEPS + 2);
  let next = new Float64Array(STEPS + 2);
  chances[0] = 1;
  let reached = 0;
  for (const { value, probability } of deals) {
    const steps = step === 0 ? 0 : value / step;
    const below = Math.floor(steps);
    const upper = probability * (steps - below);
    next.fill(0);
    // Beyond the last step lies only what rounding put there.
    const last = STEPS + 1;
    for (let n = 0; n <= reached; n += 1) {
      const chance = chances[n] ?? 0;
      if (chance < NEGLIGIBLE) continue;
      const won = Math.min(n + below, last);
      const more = Math.min(won + 1, last);
      next[n] = (next[n] ?? 0) + chance * (1 - probability);
      next[won] = (next[won] ?? 0) + chance * (probability - upper);
      next[more] = (next[more] ?? 0) + chance * upper;
    }
    reached = Math.min(last, reached + below + 1);
    [chances, next] = [next, chances];
  }
  return chances;
}

/** The first step at which the probability of that or less reaches the share. */
function quantile(chances: Float64Array, share: number): number {
  let total = 0;
  const found = chances.findIndex((chance) => (total += chance) >= share - 1e-12);
  return Math.min(STEPS, found < 0 ? STEPS : found);
}

/** Of the periods whose actual value is known: how many there are, and how many lie within their interval. */
export function coverage(forecasts: readonly PeriodForecast[]): { readonly known: number; readonly inside: number } {
  const known = forecasts.filter((one) => one.actual !== undefined);
  const inside = known.filter(({ actual = 0, low, high }) => actual >= low && actual <= high);
  return { known: known.length, inside: inside.length };
}
