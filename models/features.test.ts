import path from 'node:path';
import { featuresFromRecord, featuresFromRow } from './features';
import { tabular } from './held-out';
import type { TabularManifest } from './manifest';
import { loadModels } from './registry';
import type { FeatureRow, Unscorable } from './feature-row';

const ROW: Record<string, string> = {
  job: 'admin.',
  education: 'university.degree',
  housing: 'yes',
  loan: 'no',
  contact: 'cellular',
  month: 'oct',
  day_of_week: 'mon',
  poutcome: 'success',
  campaign: '1',
  pdays: '6',
  previous: '2',
  'emp.var.rate': '-3.4',
  'cons.price.idx': '92.431',
  'cons.conf.idx': '-26.9',
  euribor3m: '0.74',
  'nr.employed': '5017.5',
};

let manifest: TabularManifest;
beforeAll(async () => {
  manifest = tabular((await loadModels(path.join(__dirname))).get('lead-scoring')!.manifest);
});

const row = (cells: Record<string, string> = {}) => featuresFromRow(manifest, { ...ROW, ...cells });
const value = (features: FeatureRow | Unscorable, name: string) =>
  features.outcome === 'row' ? features.values[manifest.features.findIndex((f) => f.name === name)] : undefined;
/** The same manifest with one feature changed. */
const changed = (name: string, change: object): TabularManifest => ({
  ...manifest,
  features: manifest.features.map((f) => (f.name === name ? { ...f, ...change } : f)),
});

describe('features of a row', () => {
  it('gives numbers as they are and categories as their place in the dictionary', () => {
    const features = row();
    expect(features).toMatchObject({ outcome: 'row', defaults: [] });
    expect(value(features, 'euribor3m')).toBe(0.74);
    const job = manifest.features.find((f) => f.name === 'job')!;
    expect(job.kind === 'categorical' && job.categories[value(features, 'job')! - 1]).toBe('admin.');
  });

  it('reads the sentinel 999 of pdays as never contacted, and sets the flag by it', () => {
    const never = row({ pdays: '999' });
    expect([value(never, 'pdays'), value(never, 'contactedBefore')]).toStrictEqual([-1, 0]);
    expect([value(row({ pdays: '0' }), 'pdays'), value(row({ pdays: '0' }), 'contactedBefore')]).toStrictEqual([0, 1]);
  });

  it('ignores spaces around a value and columns that are no features', () => {
    expect(row({ job: ' admin. ', euribor3m: ' 0.74 ', duration: 'x', y: 'yes' })).toStrictEqual(row());
  });

  it('does not change when the same row comes again, nor does the row', () => {
    const frozen = Object.freeze({ ...ROW });
    expect(featuresFromRow(manifest, frozen)).toStrictEqual(featuresFromRow(manifest, frozen));
  });
});

describe('a cell that cannot be used as it is', () => {
  it('takes the default of the manifest when empty, and says so', () => {
    const features = row({ job: '', pdays: '', euribor3m: '' });
    expect(features).toMatchObject({ defaults: ['job', 'pdays', 'contactedBefore', 'euribor3m'] });
    expect(value(features, 'job')).toBe(value(row({ job: 'unknown' }), 'job'));
    expect(value(features, 'pdays')).toBe(-1);
    expect(value(features, 'euribor3m')).toBeNaN();
  });

  it('takes the unseen code for a category that is not in the dictionary, and says so', () => {
    const features = row({ month: 'jan' });
    expect(features).toMatchObject({ outcome: 'row', defaults: ['month'] });
    expect(value(features, 'month')).toBe(11);
  });

  it.each(['NaN', 'Infinity', '1e999', '0x10', '1,5', 'five', '1 000'])(
    'refuses %j in a number, naming the column',
    (text) => {
      expect(row({ 'emp.var.rate': text })).toMatchObject({
        outcome: 'refuse',
        feature: 'empVarRate',
        column: 'emp.var.rate',
        reason: `emp.var.rate (employment variation rate) is "${text}", not a number`,
      });
    },
  );

  it('refuses an impossible number and abstains on an economy far from anything known', () => {
    expect(row({ campaign: '0' })).toMatchObject({
      outcome: 'refuse',
      reason: expect.stringContaining('outside 1 to 100') as unknown,
    });
    expect(row({ euribor3m: '400' })).toMatchObject({ outcome: 'abstain', column: 'euribor3m' });
  });

  it('clamps, refuses or abstains outside the range, as the manifest says', () => {
    const clamped = featuresFromRow(changed('campaign', { outOfRange: { on: 'clamp' } }), { ...ROW, campaign: '5000' });
    expect(clamped).toMatchObject({ outcome: 'row', defaults: ['campaign'] });
    expect(value(clamped, 'campaign')).toBe(100);
    const abstained = featuresFromRow(changed('month', { unseen: { on: 'abstain' } }), { ...ROW, month: 'jan' });
    expect(abstained).toMatchObject({ outcome: 'abstain', column: 'month' });
    const refused = featuresFromRow(changed('month', { missing: { on: 'refuse' } }), { ...ROW, month: '' });
    expect(refused).toMatchObject({ outcome: 'refuse', reason: 'month (month of contact) is missing' });
  });

  it('survives a text of 1 MB, and repeats only its beginning', () => {
    expect(row({ job: 'x'.repeat(1_000_000) })).toMatchObject({ outcome: 'row', defaults: ['job'] });
    const refused = row({ euribor3m: '9'.repeat(1_000_000) });
    expect(refused).toMatchObject({
      outcome: 'refuse',
      reason: expect.stringContaining('(1000000 characters)') as unknown,
    });
    expect(refused.outcome === 'refuse' && refused.reason.length).toBeLessThan(200);
  });

  it('abstains when more features are unknown than the manifest allows, naming them', () => {
    const features = featuresFromRow(manifest, { campaign: '1', month: 'may' });
    expect(features).toMatchObject({
      outcome: 'abstain',
      reason: expect.stringMatching(/only 2 of 17 .* not known: job,/) as unknown,
    });
  });
});

describe('features of a canonical record', () => {
  /** A lead whose attributes sit where the manifest looks for them. */
  function lead(attributes: Record<string, unknown> = {}): unknown {
    const given = manifest.features.map((f) => [f.path.replace('attributes.', ''), ROW[f.column]] as const);
    return { entity: 'lead', id: '00Q1', status: 'Open', attributes: { ...Object.fromEntries(given), ...attributes } };
  }

  it('are those of the row with the same values', () => {
    expect(featuresFromRecord(manifest, lead())).toStrictEqual(row());
  });

  it('may be numbers or decimal strings', () => {
    const numbers = { campaign: 1, pdays: 6, previous: 2, empVarRate: -3.4, euribor3m: 0.74 };
    expect(featuresFromRecord(manifest, lead(numbers))).toStrictEqual(row());
  });

  it.each([null, undefined, ''])('count as missing when %p', (nothing) => {
    expect(featuresFromRecord(manifest, lead({ euribor3m: nothing }))).toMatchObject({ defaults: ['euribor3m'] });
  });

  it.each([NaN, Infinity, true, {}, []])('are refused when %p stands for a number', (wrong) => {
    expect(featuresFromRecord(manifest, lead({ campaign: wrong }))).toMatchObject({
      outcome: 'refuse',
      column: 'campaign',
    });
  });

  it('are refused when an object stands for a category', () => {
    expect(featuresFromRecord(manifest, lead({ job: { title: 'x' } }))).toMatchObject({
      outcome: 'refuse',
      column: 'job',
    });
  });

  it.each([undefined, null, 5, 'lead', {}, { attributes: null }, { attributes: [] }])(
    'make the model abstain on %j',
    (record) => {
      expect(featuresFromRecord(manifest, record)).toMatchObject({ outcome: 'abstain' });
    },
  );

  it('are never taken from a prototype', () => {
    const inherited = { attributes: Object.create({ job: 'admin.' }) as unknown };
    expect(featuresFromRecord(changed('job', { missing: { on: 'refuse' } }), inherited)).toMatchObject({
      column: 'job',
    });
  });
});
