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

const data = dataSet('GOEMOTIONS_CSV', 'goemotions/goemotions.csv.gz');
const withData = data.isThere ? describe : describe.skip;
const hasEncoder = existsSync(encoderWeights);

let encoder: Encoder | undefined;
beforeAll(async () => {
  if (hasEncoder) encoder = await openTestEncoder();
});
afterAll(() => encoder?.close());

describe('sentiment', () => {
  it('has layers of its own above those that all text models share', async () => {
    const { classes, top } = await textManifest('sentiment');
    expect(classes).toStrictEqual(['negative', 'neutral', 'positive']);
    expect(top).toMatchObject({ file: 'top.onnx' });
  });
});

withData.each(modesHere(hasEncoder))('sentiment on the public data, mode %s', (mode) => {
  it('has the held-out figures of its manifest within 1e-4, and meets its goal', async () => {
    const { metrics } = await textManifest('sentiment');
    const told = mode === 'full' ? metrics.holdout : metrics.words;
    const { rows, scored } = await scoreTexts('sentiment', data.file, mode === 'full' ? encoder : undefined);
    expect(rows).toHaveLength(told.rows);
    const figures = textFigures(
      rows.map((row) => row['sentiments']!),
      scored,
    );
    for (const name of ['top1', 'macroF1', 'ece'] as const) expect(figures[name]).toBeCloseTo(told[name].value, 4);
    expect(figures.macroF1).toBeGreaterThanOrEqual(mode === 'full' ? 0.75 : 0.69);
  }, 600_000);
});
