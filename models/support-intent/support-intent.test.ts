import { dataSet } from '../held-out';
import { textManifest } from '../text/held-out-texts';
import { holdTo } from '../text/held-out.fixture';

holdTo({
  name: 'support-intent',
  data: dataSet('BITEXT_SUPPORT_CSV', 'bitext_support/bitext_support.csv'),
  ...{ truth: 'intent', figure: 'top1', least: { full: 0.985, words: 0.985 } },
});

it('support-intent reads the instruction alone: category and tags of the data set follow from the intent', async () => {
  const { features, classes } = await textManifest('support-intent');
  expect(features.map(({ column }) => column)).toStrictEqual(['instruction']);
  expect(classes).toHaveLength(27);
});
