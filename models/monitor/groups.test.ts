import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { dataSet, scoreHeldOut, type Row } from '../held-out';
import { loadModel, loadModels } from '../registry';
import { fairnessCheck, groupsOf } from './groups';

const models = path.join(__dirname, '..');
const audited = readdirSync(models).filter((name) => existsSync(path.join(models, name, 'groups.json')));
/** Columns of the data sets that tell who somebody is; they are kept for the audit. */
const PROTECTED = [
  ...['age', 'marital', 'gender', 'SeniorCitizen', 'Partner', 'Dependents'],
  ...['Sex', 'MaritalStatus', 'Age', 'AgeOfPolicyHolder'],
];

/** Judges what was told of a series, not who: its card tells figures by kind of record. */
const impersonal = 'anomaly';

it('every model with two classes that judges people has figures by group', async () => {
  const shipped = [...(await loadModels(models)).values()];
  const binary = shipped.filter(({ manifest }) => manifest.task === 'binary' && manifest.name !== impersonal);
  expect(audited).toEqual(expect.arrayContaining(binary.map(({ manifest }) => manifest.name)));
});

it.each(audited)('%s treats groups as alike as its training states, and knows no protected column', async (name) => {
  const model = (await loadModel(path.join(models, name)))!;
  const check = fairnessCheck(await groupsOf(model), model.manifest.sha256);
  expect(check).toMatchObject({ result: 'holds', what: expect.stringMatching(/^by .*: calibration off by/) as string });
  for (const { column } of model.manifest.features) expect(PROTECTED).not.toContain(column);
});

const data = dataSet('BANK_MARKETING_CSV', 'bank_marketing/bank_marketing.csv.gz');
(data.isThere ? it : it.skip)(
  'the figures of lead-scoring by marital status are those of its held-out rows',
  async () => {
    const { model, rows, scored } = await scoreHeldOut('lead-scoring', data.file, 'row_id');
    const told = (await groupsOf(model))?.attributes['marital status'] ?? [];
    expect(told.map(({ group }) => group)).toEqual(['divorced', 'married', 'single', 'unknown']);
    const { manifest } = model;
    if (manifest.task !== 'binary') throw new Error('lead-scoring has two classes');
    const share = (some: readonly (readonly [Row, boolean])[]) =>
      some.filter(([, called]) => called).length / some.length;
    for (const { group, rows: many, called, recall } of told) {
      const own = rows
        .map((row, n) => [row, scored[n]!.score >= manifest.threshold.label] as const)
        .filter(([row]) => row['marital'] === group);
      expect(own).toHaveLength(many);
      expect(share(own)).toBeCloseTo(called!, 5);
      expect(share(own.filter(([row]) => row['y'] === 'yes'))).toBeCloseTo(recall!, 5);
    }
  },
);

describe('groups.json', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'signalbox-groups-'));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  const read = async (text: string) => {
    const model = (await loadModel(path.join(models, 'churn')))!;
    writeFileSync(path.join(folder, 'groups.json'), text);
    return groupsOf({ ...model, file: path.join(folder, 'model.onnx') });
  };

  it.each([
    ['{', /groups\.json: not JSON: .*: train again$/],
    ['{"model": "a"}', /groups\.json: \/ must have required property 'smallest': train again$/],
  ])('is refused with its place where it is %j', async (text, what) => {
    await expect(read(text)).rejects.toThrow(what);
  });

  it('may be absent', async () => {
    const model = (await loadModel(path.join(models, 'churn')))!;
    expect(await groupsOf({ ...model, file: path.join(folder, 'elsewhere', 'model.onnx') })).toBeUndefined();
  });
});
