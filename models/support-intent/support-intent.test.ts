import { textManifest } from '../text/held-out-texts';

it('support-intent reads the instruction alone: category and tags of the data set follow from the intent', async () => {
  const { features, classes } = await textManifest('support-intent');
  expect(features.map(({ column }) => column)).toStrictEqual(['instruction']);
  expect(classes).toHaveLength(27);
});
