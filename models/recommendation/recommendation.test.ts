import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { featuresFromRow } from '../features';
import type { Row } from '../held-out';
import { Memory } from '../history/memory';
import { scoreRows } from '../history/score-rows.fixture';
import type { MulticlassManifest } from '../manifest';
import { loadModels } from '../registry';
import { openScorer } from '../score';
import type { FeatureRow } from '../feature-row';
import type { Scorer } from '../scored';

let scorer: Scorer;
let manifest: MulticlassManifest;
let folder: string;
beforeAll(async () => {
  scorer = await openScorer((await loadModels(path.join(__dirname, '..'))).get('recommendation')!);
  if (scorer.manifest.task !== 'multiclass') throw new Error('recommendation has several classes');
  manifest = scorer.manifest;
  folder = await mkdtemp(path.join(tmpdir(), 'signalbox-recommendation-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await scorer.close();
});

/** What the model makes of a file, row by row. */
const scoresOf = (rows: readonly Row[]): Promise<readonly Row[]> => scoreRows(scorer, folder, rows);

const heldOut = async (): Promise<readonly Row[]> =>
  parse(gunzipSync(await readFile(path.join(__dirname, 'held-out.csv.gz'))), { columns: true }) as unknown as Row[];

/** What one customer took, a month apart. */
const took = (...items: readonly string[]): readonly Row[] =>
  items.map((item, n) => ({ customer: 'c1', time: `2026-${String(n + 1).padStart(2, '0')}-01T00:00:00Z`, item }));

const ranked = ({ label, label_2, label_3 }: Row): readonly string[] => [label!, label_2!, label_3!];
const mean = (values: readonly number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;

describe('recommendation', () => {
  it('says first that it was trained on made-up purchases, and was', async () => {
    const [, , first] = (await readFile(path.join(__dirname, 'card.md'), 'utf8')).split('\n');
    expect(first).toMatch(/^\*\*Trained on made-up purchases\*\*/);
    expect(manifest.training.data.name).toBe('generated purchases');
  });

  it('finds in the past of a customer what Python finds in it', async () => {
    const memory = new Memory(manifest.history!);
    const lines = (await readFile(path.join(__dirname, 'history.jsonl'), 'utf8')).trimEnd().split('\n');
    for (const line of lines) {
      const told = JSON.parse(line) as { row: Row; history: Row };
      const facts = memory.take(told.row);
      if ('outcome' in facts) throw new Error(facts.reason);
      const asTold = Object.entries(told.history).filter(([, value]) => value !== '');
      const number = (value: string) => (Number.isNaN(Number(value)) ? value : Number(value));
      expect(facts.values).toStrictEqual(Object.fromEntries(asTold.map(([name, value]) => [name, number(value)])));
    }
    expect(lines).toHaveLength(400);
  });

  it('has the hit-rates and the MRR of its manifest within 1e-4, from the raw purchases, and beats its rivals here', async () => {
    const rows = await heldOut();
    const ids = new Set((await readFile(path.join(__dirname, 'holdout.txt'), 'utf8')).trimEnd().split('\n'));
    const scores = await scoresOf(rows);
    const held = rows.flatMap((row, n) =>
      ids.has(row['row_id']!) ? [{ next: row['next']!, best: ranked(scores[n]!) }] : [],
    );
    const { holdout, popular, markov, together } = manifest.metrics;
    expect(held).toHaveLength(holdout.rows);
    const top1 = mean(held.map(({ next, best }) => Number(best[0] === next)));
    const top3 = mean(held.map(({ next, best }) => Number(best.includes(next))));
    expect(Math.abs(top1 - holdout.top1.value)).toBeLessThan(1e-4);
    expect(Math.abs(top3 - holdout.top3.value)).toBeLessThan(1e-4);
    for (const rival of [popular!, markov!, together!]) expect(holdout.top3.low).toBeGreaterThan(rival.top3.high!);
    expect(holdout.mrr!.value).toBeGreaterThan(top1 + (top3 - top1) / 3);
  });

  it('tells where the most popular is not beaten: on the public sequences', async () => {
    const card = await readFile(path.join(__dirname, 'card.md'), 'utf8');
    const { incidents, incidentsPopular } = manifest.metrics;
    expect(card.includes("caller's next incident: hit-rate@3") && incidents !== undefined).toBe(true);
    const isShown = incidents!.top3.low! > incidentsPopular!.top3.high!;
    expect(/incident: hit-rate@3 [^*\n]*\*\*not shown to beat/.test(card)).toBe(!isShown);
  });

  it('recommends what follows, and says how many took it', async () => {
    const [first, second] = await scoresOf(took('starter', 'team'));
    expect(ranked(first!)).toContain('team');
    expect(ranked(second!)).toContain('integrations');
    expect(second!['reasons']).toMatch(/Of customers who last took team, \d+ of \d+ next took \w+ \(/);
    const { of, times } = supportOf('team');
    const label = second!['label']!;
    expect(second!['reasons']).toContain(`${times[label]} of ${of} next took ${label}`);
  });

  it('does not recommend a plan again, nor the one below', async () => {
    const scores = await scoresOf(took('starter', 'team', 'business', 'support', 'analytics'));
    for (const row of scores.slice(2)) {
      expect(ranked(row)).not.toContain('starter');
      expect(ranked(row)).not.toContain('business');
    }
  });

  it('gives the same without what came next, again, and to a row whatever comes below it', async () => {
    const rows = (await heldOut()).slice(0, 2_000);
    const whole = await scoresOf(rows);
    expect(await scoresOf(rows)).toStrictEqual(whole);
    const bare = rows.map(({ customer = '', time = '', item = '' }) => ({ item, time, customer }));
    expect(await scoresOf(bare)).toStrictEqual(whole);
    expect(await scoresOf(rows.slice(0, 700))).toStrictEqual(whole.slice(0, 700));
  });

  it('keeps the place of what it cannot score, says why, and forgets it', async () => {
    const rows = took('starter', 'team', 'integrations');
    const whole = await scoresOf(rows);
    const bad: readonly (readonly [Row, RegExp])[] = [
      [{ ...rows[1]!, item: '' }, /no score: item \(what was taken\) is missing/],
      [{ ...rows[1]!, customer: ' ' }, /no score: customer .* is missing/],
      [{ ...rows[1]!, time: 'NaN' }, /no score: time \(time\) is "NaN", not a time/],
      [{ ...rows[1]!, time: '2020-01-01T00:00:00Z' }, /no score: time \(time\) is earlier than that of a row of "c1"/],
    ];
    for (const [row, why] of bad) {
      const spoilt = await scoresOf(rows.toSpliced(2, 0, row));
      expect(spoilt[2]).toMatchObject({ score: '', label: '', reasons: expect.stringMatching(why) as unknown });
      expect(spoilt.toSpliced(2, 1)).toStrictEqual(whole);
    }
    const [unseen] = await scoresOf(took('a hat'));
    expect(unseen).toMatchObject({ score: '', reasons: expect.stringMatching(/^no score: only 12 of 14/) as unknown });
    await expect(scoresOf(rows.map(({ item = '', time = '' }) => ({ item, time })))).rejects.toThrow(
      /no column customer/,
    );
  });

  it('scores as Python does, within 1e-5, and explains the best against the second exactly', async () => {
    const lines = (await readFile(path.join(__dirname, 'parity.jsonl'), 'utf8')).trimEnd().split('\n');
    const told = lines.map((line) => JSON.parse(line) as { row: Row; score: number });
    const scored = await scorer.score(told.map(({ row }) => featuresFromRow(manifest, row) as FeatureRow));
    scored.forEach(({ score, contributions, intercept, ranking }, n) => {
      expect(Math.abs(score - told[n]!.score)).toBeLessThan(1e-5);
      const sum = Object.values(contributions).reduce((total, c) => total + c, intercept);
      expect(sum).toBeCloseTo(Math.log(score / ranking!.best[1]!.score), 9);
    });
  });

  function supportOf(item: string) {
    const last = manifest.features.find(({ name }) => name === 'last');
    if (last?.kind !== 'categorical') throw new Error('last is an item');
    return last.support![item]!;
  }
});
