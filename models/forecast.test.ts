import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import { coverage, forecast, swingOf, type Deal } from './forecast';
import { dataSet, type Row } from './held-out';

/** Deals that do not know of each other. */
const ALONE = { inside: 0.8, swing: 0 };

const deal = (value: number, probability: number, closes = '2026-03-15', actual?: number): Deal => ({
  value,
  probability,
  closes,
  ...(actual === undefined ? {} : { actual }),
});

/** Chance of each number of successes among trials of their own chances, by counting all cases. */
function byCounting(deals: readonly Deal[], inside: number): readonly [number, number] {
  const sums = Array.from({ length: 2 ** deals.length }, (_, mask) => ({
    sum: deals.reduce((total, { value }, n) => total + ((mask >> n) & 1 ? value : 0), 0),
    chance: deals.reduce((product, { probability: p }, n) => product * ((mask >> n) & 1 ? p : 1 - p), 1),
  })).sort((a, b) => a.sum - b.sum);
  const at = (share: number): number => {
    let total = 0;
    return sums.find(({ chance }) => (total += chance) >= share - 1e-12)?.sum ?? NaN;
  };
  return [at((1 - inside) / 2), at((1 + inside) / 2)];
}

describe('forecast', () => {
  it('adds value times probability by month, quarter and year, in order of time', () => {
    const deals = [deal(100, 0.5, '2026-04-01'), deal(50, 0.2, '2026-03-31'), deal(10, 1, '2026-06-30')];
    expect(forecast(deals, 'month', ALONE).map(({ period, expected }) => [period, expected])).toStrictEqual([
      ['2026-03', 10],
      ['2026-04', 50],
      ['2026-06', 10],
    ]);
    expect(forecast(deals, 'quarter', ALONE).map(({ period, deals: n }) => [period, n])).toStrictEqual([
      ['2026-Q1', 1],
      ['2026-Q2', 2],
    ]);
    expect(forecast(deals, 'year', ALONE)).toMatchObject([{ period: '2026', expected: 70 }]);
  });

  it('has the interval of the exact distribution, within a step of the grid', () => {
    const deals = [1200, 300, 4500, 70, 990, 2100, 15, 800, 640, 3300].map((value, n) => deal(value, 0.05 + n * 0.09));
    const most = deals.reduce((sum, { value }) => sum + value, 0);
    for (const inside of [0.5, 0.8, 0.95]) {
      const { low, high } = forecast(deals, 'month', { inside, swing: 0 })[0]!;
      const [exactLow, exactHigh] = byCounting(deals, inside);
      expect(Math.abs(low - exactLow)).toBeLessThanOrEqual((most / 2048) * deals.length);
      expect(Math.abs(high - exactHigh)).toBeLessThanOrEqual((most / 2048) * deals.length);
    }
  });

  it('nears the normal distribution where there are many deals', () => {
    const deals = Array.from({ length: 2000 }, () => deal(10, 0.3));
    const { expected, low, high } = forecast(deals, 'month', ALONE)[0]!;
    const spread = 1.2816 * Math.sqrt(2000 * 0.3 * 0.7) * 10;
    expect(expected).toBeCloseTo(6000, 6);
    expect(Math.abs(low - (6000 - spread))).toBeLessThan(15);
    expect(Math.abs(high - (6000 + spread))).toBeLessThan(15);
  });

  it('is less sure of a sum whose deals move together, and of none that is certain', () => {
    const deals = Array.from({ length: 300 }, () => deal(10, 0.5));
    const [alone] = forecast(deals, 'month', ALONE);
    const [together] = forecast(deals, 'month', { inside: 0.8, swing: 0.5 });
    expect(together!.expected).toBe(alone!.expected);
    expect(together!.high - together!.low).toBeGreaterThan(3 * (alone!.high - alone!.low));
    expect(forecast([deal(7, 1)], 'month', { inside: 0.8, swing: 2 })).toMatchObject([{ low: 7, high: 7 }]);
  });

  it('learns the swing from periods that are over', () => {
    expect(swingOf([])).toBe(0);
    expect(swingOf([{ expected: 40, actual: 40, most: 100 }])).toBe(0);
    const odds = (share: number) => Math.log(share / (1 - share));
    const past = [0.3, 0.7].map((share) => ({ expected: 50, actual: share * 100, most: 100 }));
    expect(swingOf(past)).toBeCloseTo(odds(0.7), 12);
  });

  it('is certain of what is certain, and of deals that are worth nothing', () => {
    expect(forecast([deal(7, 1), deal(9, 0)], 'month', ALONE)).toMatchObject([{ expected: 7, low: 7, high: 7 }]);
    expect(forecast([deal(0, 0.5)], 'month', ALONE)).toMatchObject([{ expected: 0, low: 0, high: 0 }]);
    expect(forecast([], 'month', ALONE)).toStrictEqual([]);
  });

  it('tells how often the interval held, of the periods whose end is known', () => {
    const found = forecast(
      [deal(10, 0.5, '2026-01-01', 10), deal(10, 0, '2026-02-01', 10), deal(5, 0.5)],
      'month',
      ALONE,
    );
    expect(coverage(found)).toStrictEqual({ known: 2, inside: 1 });
  });
});

const pipeline = dataSet('MAVEN_CRM_CSV', 'maven_crm/maven_crm.csv');
const withData = pipeline.isThere ? describe : describe.skip;

withData('forecast on the public Maven pipeline: a demonstration on synthetic deals', () => {
  const isoDay = (text: string): string => {
    const [month = '', day = '', year = ''] = text.split('/');
    return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  };

  /**
   * Month by month: the deals that close in it, at list price, with the share that was won among the deals of their product that
   * had closed before the month began. The month of the close is taken as known.
   */
  const dealsByMonth = async (): Promise<readonly (readonly Deal[])[]> => {
    const read = async (file: string) => parse(await readFile(file), { columns: true }) as unknown as Row[];
    const named = (row: Row) => row['product']!.replaceAll(' ', '');
    const listed = await read(path.join(path.dirname(pipeline.file), 'products.csv'));
    const prices = new Map(listed.map((row) => [named(row), Number(row['sales_price'])]));
    const rows = (await read(pipeline.file)).map((row) => ({
      product: named(row),
      isWon: row['deal_stage'] === 'Won',
      closes: isoDay(row['close_date']!),
      actual: Number(row['close_value']),
    }));
    const months = [...new Set(rows.map(({ closes }) => closes.slice(0, 7)))].sort().slice(1);
    return months.map((month) => {
      const before = rows.filter(({ closes }) => closes < month);
      return rows
        .filter(({ closes }) => closes.startsWith(month))
        .map(({ product, closes, actual }): Deal => {
          const alike = before.filter((row) => row.product === product);
          const won = alike.filter(({ isWon }) => isWon).length;
          return { value: prices.get(product)!, probability: (won + 1) / (alike.length + 2), closes, actual };
        });
    });
  };

  it('never holds for deals taken as independent, and mostly does with the swing of the months before', async () => {
    const months = await dealsByMonth();
    const alone = months.flatMap((deals) => forecast(deals, 'month', ALONE));
    // Three months at least tell the swing.
    const together = months.flatMap((deals, n) =>
      n < 3 ? [] : forecast(deals, 'month', { inside: 0.8, swing: swingOf(alone.slice(0, n)) }),
    );
    expect(coverage(together)).toStrictEqual({ known: 6, inside: 6 });
    expect(coverage(alone)).toStrictEqual({ known: 9, inside: 0 });
  });
});
