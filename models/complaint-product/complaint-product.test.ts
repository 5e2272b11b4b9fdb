import { textManifest } from '../text/held-out-texts';

it('complaint-product reads the narrative alone, and names one of five products', async () => {
  const { features, classes } = await textManifest('complaint-product');
  expect(features.map(({ column }) => column)).toStrictEqual(['narrative']);
  expect(classes).toStrictEqual([
    ...['credit_card', 'credit_reporting', 'debt_collection', 'mortgages_and_loans', 'retail_banking'],
  ]);
});
