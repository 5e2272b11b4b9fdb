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

// Half a minute of a busy core: every held-out hour looks back on weeks.
jest.setTimeout(300_000);

const incidents = dataSet('INCIDENT_EVENT_LOG_CSV', 'incident_event_log/incident_event_log.csv.gz');
const withIncidents = incidents.isThere ? describe : describe.skip;
const HOUR = 3_600_000;

let scorer: Scorer;
let manifest: BinaryManifest;
let folder: string;
beforeAll(async () => {
  scorer = await openScorer((await loadModels(path.join(__dirname, '..'))).get('rhythm')!);
  if (scorer.manifest.task !== 'binary') throw new Error('rhythm has two classes');
  manifest = scorer.manifest;
  folder = await mkdtemp(path.join(tmpdir(), 'signalbox-rhythm-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await scorer.close();
});

const scoresOf = (rows: readonly Row[]): Promise<readonly Row[]> => scoreRows(scorer, folder, rows);

/** Five weeks of leads by the hour, 40 by day and 4 by night, and the hours after as told. */
function weeks(...newest: readonly number[]): readonly Row[] {
  const known = 5 * 168 + 24 + 14;
  return Array.from({ length: known + newest.length }, (_, n) => {
    const at = Date.UTC(2026, 0, 5) + n * HOUR;
    const mean = new Date(at).getUTCHours() >= 8 && new Date(at).getUTCHours() < 18 ? 40 : 4;
    const count = newest[n - known] ?? Math.round(mean + Math.sqrt(mean) * (((n * 7_919) % 13) / 6 - 1));
    return { stream: 's', time: new Date(at).toISOString(), count: String(count), what: 'leads created' };
  });
}

describe('rhythm', () => {
  it('finds in the past of a stream what Python finds in it, within 1e-5', async () => {
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
    expect(compared).toBeGreaterThan(300);
  });

  it('has the held-out figures of its manifest within 1e-4, computed from the raw hours alone', async () => {
    const zipped = await readFile(path.join(__dirname, 'held-out.csv.gz'));
    const rows = parse(gunzipSync(zipped), { columns: true }) as unknown as Row[];
    const { count, figures } = figuresOfScores(rows, await scoresOf(rows));
    const { holdout, naive } = manifest.metrics;
    expect(count).toBe(holdout.rows);
    expect(distance(figures, holdout)).toBeLessThan(1e-4);
    expect(holdout.prAuc.low).toBeGreaterThan(naive!.prAuc.high!);
    expect(manifest.falseAlarms!.share).toBeLessThan(0.0012);
  });

  it('calls a flood, and says what was to be expected; nothing before four weeks are known', async () => {
    const scored = await scoresOf(weeks(214));
    expect(scored.slice(0, 28 * 24).every(({ score }) => score === '')).toBe(true);
    expect(scored.slice(28 * 24, -1).every(({ label }) => label === 'usual')).toBe(true);
    expect(scored.at(-1)).toMatchObject({
      label: 'unusual',
      reasons: expect.stringMatching(
        /^214 leads created between 14:00 and 15:00 UTC; on Tuesdays at that hour usually \d\d to \d\d \(up /,
      ) as unknown,
    });
  });

  it('calls a silence in the first hour where much was to be expected, and by night after some', async () => {
    expect((await scoresOf(weeks(0))).at(-1)).toMatchObject({
      label: 'unusual',
      reasons: expect.stringMatching(/^no leads created between 14:00 and 15:00 UTC; on Tuesdays/) as unknown,
    });
    const usual = [40, 40, 40, 40, 4, 4, 4, 4, 4, 4];
    const silent = Array.from({ length: 8 }, () => 0);
    const labels = (await scoresOf(weeks(...usual, ...silent))).slice(-silent.length).map(({ label }) => label);
    expect(labels[0]).toBe('usual');
    expect(labels.at(-1)).toBe('unusual');
  });

  it('keeps the place of what it cannot score, says why, and forgets it', async () => {
    const whole = await scoresOf(weeks(41));
    const rows = weeks(41);
    const bad: readonly (readonly [Row, RegExp])[] = [
      [{ ...rows[40]!, count: 'many' }, /no score: count .* is "many", not a number/],
      [{ ...rows[40]!, count: '-1' }, /no score: count .* outside/],
      [{ ...rows[40]!, count: '' }, /no score: count .* is missing/],
      [{ ...rows[40]!, stream: '' }, /no score: stream .* is missing/],
    ];
    for (const [row, why] of bad) {
      const spoilt = await scoresOf(rows.toSpliced(40, 0, row));
      expect(spoilt[40]).toMatchObject({ score: '', reasons: expect.stringMatching(why) as unknown });
      expect(spoilt.toSpliced(40, 1)).toStrictEqual(whole);
    }
  });

  it('scores as Python does, within 1e-5, and a greater deviation never lower', async () => {
    const lines = (await readFile(path.join(__dirname, 'parity.jsonl'), 'utf8')).trimEnd().split('\n');
    const told = lines.map((line) => JSON.parse(line) as { row: Row; score: number });
    const scored = await scorer.score(told.map(({ row }) => featuresFromRow(manifest, row) as FeatureRow));
    scored.forEach(({ score }, n) => {
      expect(Math.abs(score - told[n]!.score)).toBeLessThan(1e-5);
    });
    for (const direction of [1, -1]) {
      const sizes = Array.from({ length: 80 }, (_, n) => n * 0.25);
      const rows = sizes.map((size) => ({ outcome: 'row' as const, values: [direction * size, NaN], defaults: [] }));
      const scores = (await scorer.score(rows)).map(({ score }) => score);
      expect(scores).toStrictEqual([...scores].sort((a, b) => a - b));
      expect(scores.at(-1)).toBeGreaterThan(0.9);
    }
  });
});

withIncidents('rhythm on the public log by the hour', () => {
  it('has the figures of its manifest within 1e-4, silences and floods put in as the card says', async () => {
    const rows = logHours(gunzipSync(await readFile(incidents.file)).toString('utf8'));
    const { count, figures } = figuresOfScores(rows, await scoresOf(rows));
    const { real, realNaive } = manifest.metrics;
    expect(count).toBe(real!.rows);
    expect(distance(figures, real!)).toBeLessThan(1e-4);
    expect(real!.prAuc.value).toBeGreaterThan(realNaive!.prAuc.value);
  });
});

/** `29/2/2016 01:16` in hours since 1970; undefined for what is no time. */
function hourIn(text = ''): number | undefined {
  const [, day, month, year, hour] = /^(\d+)\/(\d+)\/(\d+) (\d+):/.exec(text) ?? [];
  return day === undefined ? undefined : Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour)) / HOUR;
}

/** Hours of the log's streams, as training/log_hours.py counts and changes them. */
function logHours(csv: string): readonly Row[] {
  const log = parse(csv, { columns: true }) as unknown as Row[];
  const firsts = [...new Map(log.toReversed().map((row) => [row['number'], row])).values()];
  const lasts = [...new Map(log.map((row) => [row['number'], row])).values()];
  const times: Readonly<Record<string, readonly number[]>> = {
    opened: firsts.flatMap((row) => hourIn(row['opened_at']) ?? []),
    resolved: lasts.flatMap((row) => hourIn(row['resolved_at']) ?? []),
    updated: log.flatMap((row) => hourIn(row['sys_updated_at']) ?? []),
  };
  const opened = times['opened']!;
  const [first, last] = opened.reduce(([low, high], at) => [Math.min(low, at), Math.max(high, at)], [Infinity, 0]);
  const streams = Object.entries(times).map(([stream, at]) => {
    const counts = Array.from({ length: last - first + 1 }, () => 0);
    for (const hour of at) if (hour >= first && hour <= last) counts[hour - first]! += 1;
    return { stream, ...changed(counts) };
  });
  return Array.from({ length: last - first + 1 }, (_, n) => n).flatMap((n) =>
    streams.map(({ stream, counts, anomalous }) => ({
      ...{ stream, time: new Date((first + n) * HOUR).toISOString(), what: `incidents ${stream}` },
      ...{ count: String(counts[n]), anomaly: String(Number(anomalous[n])) },
    })),
  );
}

function changed(told: readonly number[]): {
  readonly counts: readonly number[];
  readonly anomalous: readonly boolean[];
} {
  const counts = [...told];
  const anomalous = counts.map(() => false);
  const eligible = told.flatMap((count, n) => (n >= 28 * 24 && n < told.length - 6 && count >= 5 ? [n] : []));
  eligible
    .filter((_, n) => n % 37 === 0)
    .forEach((hour, n) => {
      if (n % 2 === 0) {
        counts[hour]! *= 4;
        anomalous[hour] = true;
        return;
      }
      let out = 0;
      for (let at = hour; at < hour + 6; at += 1) {
        out += counts[at]!;
        anomalous[at] = out >= 10;
        counts[at] = 0;
      }
    });
  return { counts, anomalous };
}
