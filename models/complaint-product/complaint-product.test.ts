import { dataSet } from '../held-out';
import { textManifest } from '../text/held-out-texts';
import { holdTo } from '../text/held-out.fixture';

holdTo({
  name: 'complaint-product',
  data: dataSet('CFPB_COMPLAINTS_CSV', 'cfpb_complaints/cfpb_complaints.csv'),
  ...{ truth: 'product', figure: 'macroF1', least: { full: 0.75, words: 0.73 } },
});

it('complaint-product reads the narrative alone, and names one of five products', async () => {
  const { features, classes } = await textManifest('complaint-product');
  expect(features.map(({ column }) => column)).toStrictEqual(['narrative']);
  expect(classes).toStrictEqual([
    ...['credit_card', 'credit_reporting', 'debt_collection', 'mortgages_and_loans', 'retail_banking'],
  ]);
});
