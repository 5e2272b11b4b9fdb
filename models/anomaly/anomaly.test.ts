import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { featuresFromRow } from '../features';
import { dataSet, distance, type Row } from '../held-out';
import { Memory } from '../history/memory';
import { figuresOfScores, scoreRows } from '../history/score-rows.fixture';
import type { BinaryManifest } from '../manifest';
import { loadModels } from '../registry';
import { openScorer } from '../score';
import type { FeatureRow } from '../feature-row';
import type { Scorer } from '../scored';

const incidents = dataSet('INCIDENT_EVENT_LOG_CSV', 'incident_event_log/incident_event_log.csv.gz');
const withIncidents = incidents.isThere ? describe : describe.skip;

let scorer: Scorer;
let manifest: BinaryManifest;
let folder: string;
beforeAll(async () => {
  scorer = await openScorer((await loadModels(path.join(__dirname, '..'))).get('anomaly')!);
  if (scorer.manifest.task !== 'binary') throw new Error('anomaly has two classes');
  manifest = scorer.manifest;
  folder = await mkdtemp(path.join(tmpdir(), 'signalbox-anomaly-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await scorer.close();
});

/** What the model makes of a file, row by row. */
const scoresOf = (rows: readonly Row[]): Promise<readonly Row[]> => scoreRows(scorer, folder, rows);

const heldOut = async (): Promise<readonly Row[]> =>
  parse(gunzipSync(await readFile(path.join(__dirname, 'held-out.csv.gz'))), { columns: true }) as unknown as Row[];

/** A record with a value a day about 100, less on Sundays. */
const daily = (days: number, record = 'r1'): readonly Row[] =>
  Array.from({ length: days }, (_, n) => ({
    record,
    time: new Date(Date.UTC(2026, 0, 5 + n, 9)).toISOString(),
    value: String((n % 7 === 6 ? 30 : 100) + ((n * 37) % 11)),
  }));

describe('anomaly', () => {
  it('finds in the past of a series what Python finds in it, within 1e-5', async () => {
    const memory = new Memory(manifest.history!);
    const lines = (await readFile(path.join(__dirname, 'history.jsonl'), 'utf8')).trimEnd().split('\n');
    let compared = 0;
    for (const line of lines) {
      const told = JSON.parse(line) as { row: Row; history: Row };
      const facts = memory.take(told.row);
      if ('outcome' in facts) throw new Error(facts.reason);
      for (const [name, expected] of Object.entries(told.history)) {
        const found = facts.values[name];
        expect(found === undefined).toBe(expected === '');
        if (found === undefined) continue;
        expect(Math.abs(Number(found) - Number(expected)) / (1 + Math.abs(Number(expected)))).toBeLessThan(1e-5);
        compared += 1;
      }
    }
    expect(compared).toBeGreaterThan(800);
  });

  it('has the held-out figures of its manifest within 1e-4, computed from the raw events alone', async () => {
    const rows = await heldOut();
    const { count, figures } = figuresOfScores(rows, await scoresOf(rows));
    const { holdout, naive, isolationForest } = manifest.metrics;
    expect(count).toBe(holdout.rows);
    expect(distance(figures, holdout)).toBeLessThan(1e-4);
    expect(holdout.prAuc.low).toBeGreaterThan(naive!.prAuc.high!);
    expect(holdout.prAuc.low).toBeGreaterThan(isolationForest!.prAuc.high!);
    expect(manifest.falseAlarms!.share).toBeLessThanOrEqual(2 * manifest.falseAlarms!.budget);
  }, 120_000);

  it('gives the same score without the label, and again, and to a row whatever comes below it', async () => {
    const rows = (await heldOut()).slice(0, 3_000);
    const whole = await scoresOf(rows);
    expect(await scoresOf(rows)).toStrictEqual(whole);
    const bare = rows.map(({ record = '', time = '', value = '', group = '' }) => ({ group, value, time, record }));
    expect(await scoresOf(bare)).toStrictEqual(whole);
    expect(await scoresOf(rows.slice(0, 1_200))).toStrictEqual(whole.slice(0, 1_200));
  }, 120_000);

  it('calls what is far from the past of its record, and says what was expected', async () => {
    const rows = daily(100);
    const odd = await scoresOf([...rows.slice(0, -1), { ...rows.at(-1)!, value: '900' }]);
    expect(odd.at(-1)).toMatchObject({
      label: 'anomalous',
      reasons: expect.stringMatching(
        /^A value of 900, where \d+(\.\d+)? to \d+(\.\d+)? is usual on Tuesdays about 09:00 UTC: \d+\.\d times the usual spread above \(up /,
      ) as unknown,
    });
    // Weekdays are known from the fourth week on.
    const usual = (await scoresOf(rows)).slice(21);
    expect(usual.filter(({ label }) => label === 'anomalous')).toStrictEqual([]);
    expect(usual.at(-1)!['reasons']).toBe('');
  });

  it('never scores a greater deviation lower, on either side', async () => {
    for (const direction of [1, -1]) {
      const sizes = Array.from({ length: 120 }, (_, n) => n * 0.25);
      const rows = sizes.map((size) => ({ outcome: 'row' as const, values: [direction * size, NaN], defaults: [] }));
      const scores = (await scorer.score(rows)).map(({ score }) => score);
      expect(scores).toStrictEqual([...scores].sort((a, b) => a - b));
      expect(scores.at(-1)).toBeGreaterThan(0.9);
      expect(scores[0]).toBeLessThan(0.01);
    }
  });

  it('keeps the place of what it cannot score, says why, and forgets it', async () => {
    const rows = daily(60);
    const whole = await scoresOf(rows);
    expect(
      whole.slice(0, 7).every(({ score, reasons }) => score === '' && reasons!.startsWith('no score: only 0 of 2')),
    ).toBe(true);
    const bad: readonly (readonly [Row, RegExp])[] = [
      [{ ...rows[40]!, value: 'much' }, /no score: value \(value that is watched\) is "much", not a number/],
      [{ ...rows[40]!, value: '1e16' }, /no score: value .* outside/],
      [{ ...rows[40]!, value: 'NaN' }, /no score: value .* is "NaN", not a number/],
      [{ ...rows[40]!, time: 'yesterday' }, /no score: time \(time\) is "yesterday", not a time/],
      [{ ...rows[10]! }, /no score: time \(time\) is earlier than that of a row of "r1" above it/],
      [{ ...rows[40]!, record: '' }, /no score: record .* is missing/],
    ];
    for (const [row, why] of bad) {
      const spoilt = await scoresOf(rows.toSpliced(40, 0, row));
      expect(spoilt[40]).toMatchObject({ score: '', label: '', reasons: expect.stringMatching(why) as unknown });
      expect(spoilt.toSpliced(40, 1)).toStrictEqual(whole);
    }
  });

  it('refuses a file without its columns, by name', async () => {
    const without = daily(3).map(({ value = '', time = '' }) => ({ value, time }));
    await expect(scoresOf(without)).rejects.toThrow(/no column record; found value, time; anomaly needs record, time/);
  });

  it('has no score where the features are all unknown', () => {
    expect(featuresFromRow(manifest, {})).toMatchObject({ outcome: 'abstain' });
    expect(featuresFromRow(manifest, { 'history.value': '2' })).toMatchObject({ outcome: 'row', defaults: ['rate'] });
  });

  it('scores as Python does, within 1e-5', async () => {
    const lines = (await readFile(path.join(__dirname, 'parity.jsonl'), 'utf8')).trimEnd().split('\n');
    const told = lines.map((line) => JSON.parse(line) as { row: Row; score: number });
    const scored = await scorer.score(told.map(({ row }) => featuresFromRow(manifest, row) as FeatureRow));
    scored.forEach(({ score }, n) => {
      expect(Math.abs(score - told[n]!.score)).toBeLessThan(1e-5);
    });
  });
});

withIncidents('anomaly on incidents a day of the public log', () => {
  it('has the figures of its manifest within 1e-4, silences and floods put in as the card says', async () => {
    const rows = incidentDays(gunzipSync(await readFile(incidents.file)).toString('utf8'));
    const scores = await scoresOf(rows);
    for (const [name, isPart] of [
      ['real', () => true],
      ['tested', ({ part }: Row) => part === 'tested'],
    ] as const) {
      const places = rows.flatMap((row, n) => (isPart(row) ? [n] : []));
      const { count, figures } = figuresOfScores(
        places.map((n) => rows[n]!),
        places.map((n) => scores[n]!),
      );
      expect(count).toBe(manifest.metrics[name]!.rows);
      expect(distance(figures, manifest.metrics[name]!)).toBeLessThan(1e-4);
    }
  }, 180_000);

  it('is not below the naive z-score there', () => {
    const { real, realNaive } = manifest.metrics;
    expect(real!.prAuc.value).toBeGreaterThanOrEqual(realNaive!.prAuc.value);
  });
});

const DAY = 86_400_000;
const EVERY = 41;

/** How many incidents each group opened on each day since 1970. */
function incidentCounts(csv: string): ReadonlyMap<string, ReadonlyMap<number, number>> {
  const counts = new Map<string, Map<number, number>>();
  const seen = new Set<string>();
  for (const row of parse(csv, { columns: true }) as unknown as Row[]) {
    if (seen.has(row['number']!)) continue;
    seen.add(row['number']!);
    const [day, month, year] = row['opened_at']!.split(' ')[0]!.split('/').map(Number) as [number, number, number];
    const at = Date.UTC(year, month - 1, day) / DAY;
    const group = row['assignment_group']!.trim();
    const own = counts.get(group) ?? new Map<number, number>();
    counts.set(group, own.set(at, (own.get(at) ?? 0) + 1));
  }
  return counts;
}

/** Incidents by group and day, as training/incident_days.py counts and changes them, a log for each draw. */
function incidentDays(csv: string): readonly Row[] {
  const counts = incidentCounts(csv);
  const at = [...counts.values()].flatMap((own) => [...own.keys()]).sort((a, b) => a - b);
  const [first, days] = [at[0]!, at.at(-1)! - at[0]! + 1];
  const mean = (own: ReadonlyMap<number, number>) => [...own.values()].reduce((a, b) => a + b, 0) / days;
  const busy = [...counts].filter(([name, own]) => name !== '?' && mean(own) >= 2).sort(([a], [b]) => (a < b ? -1 : 1));
  const found = Array.from({ length: days }, (_, day) => day).flatMap((day) =>
    busy.map(([name, own], n) => {
      const time = new Date((first + day) * DAY).toISOString();
      return { name, time, value: own.get(first + day) ?? 0, isLate: day >= 28, part: n % 2 ? 'tested' : 'chosen' };
    }),
  );
  return Array.from({ length: EVERY }, (_, draw) => draw).flatMap((draw) => {
    let turn = -1;
    return found.map(({ name, time, value, isLate, part }) => {
      const isEligible = isLate && value >= 2;
      if (isEligible) turn += 1;
      const isChanged = isEligible && turn % EVERY === draw;
      const changed = isChanged ? value * (Math.floor(turn / EVERY) % 2 === 0 ? 0 : 4) : value;
      const anomaly = String(Number(isChanged));
      return { record: `${draw} ${name}`, group: `draw ${draw}`, time, value: String(changed), part, anomaly };
    });
  });
}
