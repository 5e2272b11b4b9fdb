import { dataSet } from '../held-out';
import { textManifest } from '../text/held-out-texts';
import { holdTo } from '../text/held-out.fixture';

holdTo({
  name: 'sentiment',
  data: dataSet('GOEMOTIONS_CSV', 'goemotions/goemotions.csv.gz'),
  ...{ truth: 'sentiments', figure: 'macroF1', least: { full: 0.75, words: 0.69 } },
});

it('sentiment has layers of its own above those that all text models share', async () => {
  const { classes, top } = await textManifest('sentiment');
  expect(classes).toStrictEqual(['negative', 'neutral', 'positive']);
  expect(top).toMatchObject({ file: 'top.onnx' });
});
