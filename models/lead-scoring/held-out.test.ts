import { calibrationOf } from '../monitor/calibration';
import { dataSet, distance, figuresOf, figuresTold, scoreHeldOut } from '../held-out';

const data = dataSet('BANK_MARKETING_CSV', 'bank_marketing/bank_marketing.csv.gz');
const withData = data.isThere ? describe : describe.skip;

withData('lead-scoring on the public bank marketing data', () => {
  it('has, on the held-out rows, the AUC, log-loss and Brier score of its manifest within 1e-4, and meets its goals', async () => {
    const { model, rows, scored } = await scoreHeldOut('lead-scoring', data.file, 'row_id');
    const { holdout } = figuresTold(model.manifest);
    expect(rows).toHaveLength(holdout.rows);
    const figures = figuresOf(
      rows.map((row) => row['y'] === 'yes'),
      scored.map((s) => s.score),
    );
    expect(distance(figures, holdout)).toBeLessThan(1e-4);
    expect(figures.auc).toBeGreaterThanOrEqual(0.795);
    expect(figures.logLoss).toBeLessThanOrEqual(0.276);
    const pairs = scored.map(({ score }, n) => ({ score, happened: rows[n]!['y'] === 'yes' }));
    expect(calibrationOf(pairs).ece).toBeLessThanOrEqual(0.015);
  });
});
