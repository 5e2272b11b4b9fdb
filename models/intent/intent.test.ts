import { dataSet, type Row } from '../held-out';
import { scoreTexts, textManifest } from '../text/held-out-texts';
import { holdTo } from '../text/held-out.fixture';
import type { TextManifest } from '../text/text-manifest';
import type { Scored } from '../scored';

const data = dataSet('CLINC150_CSV', 'clinc150/clinc150.csv');
const heldOut = holdTo({
  name: 'intent',
  data,
  ...{ truth: 'intent', figure: 'top1', least: { full: 0.95, words: 0.92 } },
});
const withData = data.isThere ? describe : describe.skip;

let manifest: TextManifest;
beforeAll(async () => {
  manifest = await textManifest('intent');
});

/** Chance that a text of a class has a higher score than one of none. */
function auroc(inside: readonly Scored[], outside: readonly Scored[]): number {
  const wins = inside.map(({ score }) => outside.filter((one) => one.score < score).length);
  return wins.reduce((sum, n) => sum + n, 0) / (inside.length * outside.length);
}

describe('intent', () => {
  it('has 150 classes, and out of scope is none of them', () => {
    expect(manifest.classes).toHaveLength(150);
    expect(manifest.classes).not.toContain('oos');
    expect(manifest.modes.full.beyond!.label).toBe('oos');
    expect(manifest.features.map(({ column }) => column)).toStrictEqual(['text']);
  });
});

withData.each(heldOut.modes)('intent on the public data, mode %s', (mode) => {
  it('tells texts of no intent by the threshold that training chose, as its manifest says', async () => {
    const { beyond } = manifest.modes[mode];
    const { rows, scored } = await heldOut.scored(mode);
    const isOutside = (row: Row): boolean => row['split'] === 'oos_test';
    const outside = await scoreTexts('intent', data.file, heldOut.encoderOf(mode), isOutside);
    expect(outside.rows).toHaveLength(beyond!.rows);
    expect(auroc(scored, outside.scored)).toBeCloseTo(beyond!.auc, 3);
    const rejected = outside.scored.filter(({ label }) => label === 'oos');
    expect(rejected.length / outside.rows.length).toBeCloseTo(beyond!.rejected, 3);
    expect(rejected.every(({ ranking }) => ranking!.gate === 'ask')).toBe(true);
    expect(scored.filter(({ label }) => label !== 'oos').length / scored.length).toBeCloseTo(beyond!.kept, 3);
    // Also where a request that is turned away counts as named wrongly.
    const named = scored.filter(({ label }, n) => label === rows[n]!['intent']);
    expect(named.length / rows.length).toBeGreaterThanOrEqual(mode === 'full' ? 0.95 : 0.92);
    expect(beyond!.chosen.keep).toBe(0.99);
    expect(scored.filter(({ label }) => label !== 'oos').length / scored.length).toBeGreaterThan(0.975);
    expect(beyond!.auc).toBeGreaterThanOrEqual(mode === 'full' ? 0.95 : 0.92);
  }, 600_000);
});
