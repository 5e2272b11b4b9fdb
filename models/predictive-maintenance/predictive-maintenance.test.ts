import { createReadStream } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { featuresFromRecord, featuresFromRow } from '../features';
import { dataSet, distance, figuresOf, figuresTold, scoreHeldOut } from '../held-out';
import { loadModels } from '../registry';
import { openScorer } from '../score';
import { scoreCsv } from '../score-csv';
import type { FeatureRow } from '../feature-row';
import type { Scorer } from '../scored';

const data = dataSet('AI4I2020_CSV', 'ai4i2020/ai4i2020.csv');
const withData = data.isThere ? describe : describe.skip;

/** A machine in the middle of everything. */
const MACHINE: Readonly<Record<string, string>> = {
  Type: 'L',
  'Air temperature [K]': '300.1',
  'Process temperature [K]': '310.2',
  'Rotational speed [rpm]': '1500',
  'Torque [Nm]': '40',
  'Tool wear [min]': '100',
};

let scorer: Scorer;
beforeAll(async () => {
  scorer = await openScorer((await loadModels(path.join(__dirname, '..'))).get('predictive-maintenance')!);
});
afterAll(() => scorer.close());

const features = (cells: Record<string, string> = {}) => featuresFromRow(scorer.manifest, { ...MACHINE, ...cells });
const scored = async (cells: Record<string, string> = {}) => (await scorer.score([features(cells) as FeatureRow]))[0]!;

describe('predictive-maintenance', () => {
  it('computes power, temperature gap and strain from the sensors', () => {
    const { values } = features() as FeatureRow;
    const value = (name: string) => values[scorer.manifest.features.findIndex((f) => f.name === name)];
    expect(value('power')).toBeCloseTo((1500 * 40 * 2 * Math.PI) / 60, 6);
    expect(value('temperatureGap')).toBeCloseTo(10.1, 6);
    expect(value('strain')).toBe(4000);
  });

  it('computes the same from a canonical record', () => {
    const attributes = {
      type: 'L',
      airTemperature: 300.1,
      processTemperature: 310.2,
      rotationalSpeed: 1500,
      torque: 40,
      toolWear: 100,
    };
    expect(featuresFromRecord(scorer.manifest, { entity: 'asset', attributes })).toStrictEqual(features());
  });

  it('is calm about the middle and finds each way to fail, with its reason', async () => {
    expect((await scored()).score).toBeLessThan(0.01);
    const failures: [string, Record<string, string>, RegExp][] = [
      ['overstrain', { 'Torque [Nm]': '65', 'Tool wear [min]': '210' }, /[Ss]train on the tool/],
      ['too little power', { 'Torque [Nm]': '12', 'Rotational speed [rpm]': '2000' }, /Power at/],
      ['too much power', { 'Torque [Nm]': '68', 'Rotational speed [rpm]': '1400' }, /Power at/],
      [
        'heat',
        { 'Process temperature [K]': '308.0', 'Rotational speed [rpm]': '1300', 'Torque [Nm]': '50' },
        /warmer than the air/,
      ],
    ];
    for (const [name, cells, reason] of failures) {
      const { score, label, reasons } = await scored(cells);
      expect({ name, label, isLikely: score > 0.5 }).toStrictEqual({ name, label: 'failure', isLikely: true });
      expect(
        reasons
          .filter((r) => r.direction === 'up')
          .map((r) => r.text)
          .join('; '),
      ).toMatch(reason);
    }
  });

  it('scores a worn tool higher than a new one under the same load', async () => {
    for (const torque of ['30', '45', '60']) {
      const worn = await scored({ 'Torque [Nm]': torque, 'Tool wear [min]': '215' });
      const fresh = await scored({ 'Torque [Nm]': torque, 'Tool wear [min]': '20' });
      expect(worn.score).toBeGreaterThan(fresh.score);
    }
  });

  it('gives the lower grade the higher risk at a strain that the higher grade bears', async () => {
    const cells = { 'Torque [Nm]': '57', 'Tool wear [min]': '205' };
    expect((await scored({ ...cells, Type: 'L' })).score).toBeGreaterThan(
      (await scored({ ...cells, Type: 'H' })).score,
    );
  });

  it.each([
    ['Torque [Nm]', 'high', /^Torque \[Nm\] \(torque\) is "high", not a number/],
    ['Air temperature [K]', 'NaN', /^Air temperature \[K\] .* not a number/],
    ['Process temperature [K]', '3000', /"3000", which makes 2699\.9, outside -100 to 300/],
    ['Rotational speed [rpm]', '-1', /outside 0 to 20000/],
  ])('gives no score when %s is %j, and says so', (column, cell, reason) => {
    expect(features({ [column]: cell })).toMatchObject({
      outcome: 'abstain',
      column: expect.any(String) as unknown,
      reason: expect.stringMatching(reason) as unknown,
    });
  });

  it('abstains without a sensor that several features are made of', () => {
    expect(features({ 'Torque [Nm]': '' })).toMatchObject({
      outcome: 'abstain',
      reason: expect.stringContaining('not known: torque, power, strain') as unknown,
    });
    expect(features({ 'Air temperature [K]': '' })).toMatchObject({ outcome: 'row', defaults: ['temperatureGap'] });
  });
});

withData('predictive-maintenance on the public data', () => {
  it('has the held-out figures of its manifest within 1e-4, and meets its goals', async () => {
    const { model, rows, scored: all } = await scoreHeldOut('predictive-maintenance', data.file, 'UDI');
    const { holdout } = figuresTold(model.manifest);
    expect(rows).toHaveLength(holdout.rows);
    const truth = rows.map((row) => row['Machine_failure'] === '1');
    const figures = figuresOf(
      truth,
      all.map((s) => s.score),
    );
    expect(distance(figures, holdout)).toBeLessThan(1e-4);
    expect(holdout.prAuc.value).toBeGreaterThanOrEqual(0.87);
    const called = all.map((s) => s.label === 'failure');
    const hits = called.filter((yes, n) => yes && truth[n]).length;
    const f1 = (2 * hits) / (called.filter(Boolean).length + truth.filter(Boolean).length);
    expect(f1).toBeGreaterThanOrEqual(0.86);
  });

  it("scores the file's own rows in order, without its label and failure modes too", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'signalbox-maintenance-'));
    try {
      const lines = (await readFile(data.file, 'utf8')).trimEnd().split(/\r?\n/).slice(0, 501);
      const score = async (contents: readonly string[]) => {
        const [input, output] = [path.join(folder, 'in.csv'), path.join(folder, 'out.csv')];
        await writeFile(input, contents.join('\n'));
        const summary = await scoreCsv({ model: scorer, input, output });
        expect(summary).toStrictEqual({ rows: 500, scored: 500, abstained: 0, defaults: {} });
        const read: string[] = [];
        for await (const line of createInterface({ input: createReadStream(output) })) read.push(line);
        return read;
      };
      const whole = await score(lines);
      expect(whole).toHaveLength(501);
      expect(await score(lines.map((line) => line.split(',').slice(0, 8).join(',')))).toStrictEqual(whole);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
