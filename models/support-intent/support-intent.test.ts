import { existsSync } from 'node:fs';
import { dataSet } from '../held-out';
import type { Encoder } from '../text/encoder';
import {
  encoderWeights,
  modesHere,
  openTestEncoder,
  scoreTexts,
  textFigures,
  textManifest,
} from '../text/held-out-texts';

const data = dataSet('BITEXT_SUPPORT_CSV', 'bitext_support/bitext_support.csv');
const withData = data.isThere ? describe : describe.skip;
const hasEncoder = existsSync(encoderWeights);

let encoder: Encoder | undefined;
beforeAll(async () => {
  if (hasEncoder) encoder = await openTestEncoder();
});
afterAll(() => encoder?.close());

describe('support-intent', () => {
  it('reads the instruction alone: category and tags of the data set follow from the intent', async () => {
    const { features, classes } = await textManifest('support-intent');
    expect(features.map(({ column }) => column)).toStrictEqual(['instruction']);
    expect(classes).toHaveLength(27);
  });
});

withData.each(modesHere(hasEncoder))('support-intent on the public data, mode %s', (mode) => {
  it('has the held-out figures of its manifest within 1e-4, and meets its goal', async () => {
    const { metrics } = await textManifest('support-intent');
    const told = mode === 'full' ? metrics.holdout : metrics.words;
    const { rows, scored } = await scoreTexts('support-intent', data.file, mode === 'full' ? encoder : undefined);
    expect(rows).toHaveLength(told.rows);
    const figures = textFigures(
      rows.map((row) => row['intent']!),
      scored,
    );
    for (const name of ['top1', 'macroF1', 'ece'] as const) expect(figures[name]).toBeCloseTo(told[name].value, 4);
    expect(figures.top1).toBeGreaterThanOrEqual(0.985);
  }, 600_000);
});
