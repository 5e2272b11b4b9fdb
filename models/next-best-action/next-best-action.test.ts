import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { featuresFromRecord, featuresFromRow, sourcesOf } from '../features';
import { dataSet, distance, figuresOf, figuresTold, scoreHeldOut, type Row } from '../held-out';
import type { UpliftManifest } from '../manifest';
import { loadModels } from '../registry';
import { openScorer } from '../score';
import { scoreCsv } from '../score-csv';
import type { FeatureRow } from '../feature-row';
import type { Scored, Scorer } from '../scored';

const data = dataSet('HILLSTROM_EMAIL_CSV', 'hillstrom_email/hillstrom_email.csv.gz');
const withData = data.isThere ? describe : describe.skip;

const MENS = 'Mens E-Mail';
const WOMENS = 'Womens E-Mail';
const NONE = 'No E-Mail';

/** A customer of a year, as the data set writes one. */
const CUSTOMER: Row = {
  recency: '6',
  history: '142.44',
  mens: '1',
  womens: '0',
  zip_code: 'Urban',
  newbie: '0',
  channel: 'Web',
};

let scorer: Scorer;
let manifest: UpliftManifest;
beforeAll(async () => {
  const model = (await loadModels(path.join(__dirname, '..'))).get('next-best-action')!;
  if (model.manifest.task !== 'uplift') throw new Error('next-best-action has arms');
  manifest = model.manifest;
  scorer = await openScorer(model);
});
afterAll(() => scorer.close());

const features = (cells: Row = {}) => featuresFromRow(manifest, { ...CUSTOMER, ...cells });
const scored = async (cells: Row = {}) => (await scorer.score([features(cells) as FeatureRow]))[0]!;
const armOf = ({ arms }: Scored, label: string) => arms!.find((arm) => arm.label === label)!;
const mean = (values: readonly number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;

describe('next-best-action', () => {
  it('reads neither the arm nor what came of it', () => {
    const columns = manifest.features.flatMap(sourcesOf).map(({ column }) => column);
    for (const column of ['segment', 'visit', 'conversion', 'spend', 'row_id', 'history_segment']) {
      expect(columns).not.toContain(column);
    }
  });

  it('has as score the probability under the arm of its label, and tells what each arm adds to none', async () => {
    const one = await scored();
    expect(one.arms!.map(({ label }) => label)).toStrictEqual([MENS, NONE, WOMENS]);
    expect(armOf(one, one.label).score).toBe(one.score);
    expect(armOf(one, NONE).uplift).toBe(0);
    for (const { score, uplift } of one.arms!) expect(uplift).toBeCloseTo(score - armOf(one, NONE).score, 12);
  });

  it('explores by the id of the decision, the same on every replay, and scores the arm that it chose', async () => {
    const row = features() as FeatureRow;
    const rows = Array.from({ length: 2000 }, (_, n) => ({ ...row, decision: `event-${n}:next-best-action` }));
    const first = await scorer.score(rows);
    expect(await scorer.score(rows)).toStrictEqual(first);
    const { label: best, propensity: without } = await scored();
    expect(without).toBeUndefined();
    const { exploration } = manifest.policy;
    const others = first.filter(({ label }) => label !== best);
    expect(new Set(others.map(({ label }) => label))).toStrictEqual(new Set([NONE, WOMENS]));
    for (const one of first) {
      expect(one.propensity).toBeCloseTo(exploration / 3 + (one.label === best ? 1 - exploration : 0), 12);
      expect(one.score).toBe(armOf(one, one.label).score);
      expect(one.ranking!.best[0]).toStrictEqual({ label: one.label, score: one.score });
    }
    expect(others.length / first.length).toBeGreaterThan(exploration / 3);
    expect(others.length / first.length).toBeLessThan(exploration);
  });

  it("gives buyers of men's goods only the men's e-mail, and finds more in the women's for buyers of women's goods", async () => {
    const mens = await scored({ mens: '1', womens: '0' });
    const womens = await scored({ mens: '0', womens: '1' });
    expect(mens.label).toBe(MENS);
    expect(armOf(womens, WOMENS).uplift).toBeGreaterThan(armOf(mens, WOMENS).uplift + 0.02);
  });

  it('expects a visit more of who bought lately, whatever is sent', async () => {
    const late = await scored({ recency: '1' });
    const long = await scored({ recency: '11' });
    for (const arm of manifest.classes) expect(armOf(late, arm).score).toBeGreaterThan(armOf(long, arm).score);
  });

  it('computes the same from a canonical record', () => {
    const attributes = { ...CUSTOMER, zipCode: 'Urban', recency: 6, history: 142.44, mens: 1, womens: 0, newbie: 0 };
    expect(featuresFromRecord(manifest, { entity: 'contact', attributes })).toStrictEqual(features());
  });

  it.each([
    ['recency', 'lately', /^recency \(months since the last purchase\) is "lately", not a number/],
    ['history', '-1', /^history .* outside 0 to 1000000/],
    ['history', 'NaN', /^history .* not a number/],
  ])('gives no score when %s is %j, and says so', (column, cell, reason) => {
    expect(features({ [column]: cell })).toMatchObject({
      outcome: 'abstain',
      column,
      reason: expect.stringMatching(reason) as unknown,
    });
  });

  it('abstains when hardly anything is known', () => {
    expect(featuresFromRow(manifest, { recency: '3' })).toMatchObject({ outcome: 'abstain' });
  });
});

withData('next-best-action on the public trial', () => {
  let rows: readonly Row[];
  let all: readonly Scored[];
  beforeAll(async () => {
    ({ rows, scored: all } = await scoreHeldOut('next-best-action', data.file, 'row_id'));
  });
  const visited = (row: Row) => Number(row['visit']);
  /** Rows whose lot was the arm, in the order they are given. */
  const share = (places: readonly number[], arm: string) =>
    mean(places.filter((n) => rows[n]!['segment'] === arm).map((n) => visited(rows[n]!)));

  it('has the held-out figures of its manifest within 1e-4', () => {
    const { holdout } = figuresTold(manifest);
    expect(rows).toHaveLength(holdout.rows);
    const own = all.map((one, n) => armOf(one, rows[n]!['segment']!).score);
    expect(
      distance(
        figuresOf(
          rows.map((row) => visited(row) === 1),
          own,
        ),
        holdout,
      ),
    ).toBeLessThan(1e-4);
  });

  it('has the effects and the value that its manifest tells, and is within a standard error of the best single arm', () => {
    const { holdout } = manifest.trial;
    const told = (name: string) => holdout[name] as { readonly value: number; readonly se: number };
    const places = rows.map((_, n) => n);
    const single = manifest.classes.map((arm) => share(places, arm));
    for (const arm of [MENS, WOMENS]) {
      expect(share(places, arm) - share(places, NONE)).toBeCloseTo(told(`ate.${arm}`).value, 5);
    }
    const weights = manifest.classes.map((arm) => rows.length / rows.filter((row) => row['segment'] === arm).length);
    const followed = places.filter((n) => all[n]!.label === rows[n]!['segment']);
    const weight = (n: number) => weights[manifest.classes.indexOf(all[n]!.label)]!;
    const value =
      followed.reduce((sum, n) => sum + weight(n) * visited(rows[n]!), 0) /
      followed.reduce((sum, n) => sum + weight(n), 0);
    expect(value).toBeCloseTo(told('value.policy').value, 5);
    expect(value).toBeGreaterThanOrEqual(Math.max(...single) - told('value.policy').se);
  });

  it("knows for whom the women's e-mail works: it adds more among the third that it ranks first, and the Qini is above 0", () => {
    const inTrial = rows.map((_, n) => n).filter((n) => rows[n]!['segment'] !== MENS);
    const ranked = inTrial.toSorted((a, b) => armOf(all[b]!, WOMENS).uplift - armOf(all[a]!, WOMENS).uplift);
    const effect = (places: readonly number[]) => share(places, WOMENS) - share(places, NONE);
    const third = Math.floor(ranked.length / 3);
    expect(effect(ranked.slice(0, third))).toBeGreaterThan(effect(ranked.slice(-third)) + 0.02);
    for (const trial of Object.values(manifest.trial)) {
      expect((trial[`qini.${WOMENS}`] as { readonly low: number }).low).toBeGreaterThan(0);
    }
  });

  it("scores the file's own rows in order, with its outcomes and without them, and tells what each e-mail adds", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'signalbox-nba-'));
    try {
      const lines = gunzipSync(await readFile(data.file))
        .toString('utf8')
        .split('\n')
        .slice(0, 301);
      const score = async (contents: readonly string[]) => {
        const [input, output] = [path.join(folder, 'in.csv'), path.join(folder, 'out.csv')];
        await writeFile(input, contents.join('\n'));
        expect(await scoreCsv({ model: scorer, input, output })).toMatchObject({ rows: 300, scored: 300 });
        return parse(await readFile(output), { columns: true }) as unknown as Row[];
      };
      const whole = await score(lines);
      expect(Object.keys(whole[0]!)).toStrictEqual([
        ...['score', 'label', 'reasons'],
        ...[`uplift ${MENS}`, `uplift ${WOMENS}`],
      ]);
      expect(whole.every((row) => Number(row[`uplift ${row['label']!}`]) > 0)).toBe(true);
      expect(await score(lines.map((line) => line.split(',').slice(0, -4).join(',')))).toStrictEqual(whole);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
