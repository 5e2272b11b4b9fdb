import { textManifest } from '../text/held-out-texts';

it('sentiment has layers of its own above those that all text models share', async () => {
  const { classes, top } = await textManifest('sentiment');
  expect(classes).toStrictEqual(['negative', 'neutral', 'positive']);
  expect(top).toMatchObject({ file: 'top.onnx' });
});
