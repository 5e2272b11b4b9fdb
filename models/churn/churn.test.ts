import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import { featuresFromRow } from '../features';
import { dataSet, distance, figuresOf, figuresTold, scoreHeldOut } from '../held-out';
import { loadModels } from '../registry';
import { openScorer } from '../score';
import { scoreCsv } from '../score-csv';
import type { FeatureRow, Unscorable } from '../feature-row';
import type { Scorer } from '../scored';

const data = dataSet('TELCO_CHURN_CSV', 'telco_churn/telco_churn.csv');
const withData = data.isThere ? describe : describe.skip;

/** A customer of a few months on fibre, as the data set writes one. */
const CUSTOMER: Readonly<Record<string, string>> = {
  tenure: '4',
  MultipleLines: 'Yes',
  InternetService: 'Fiber optic',
  OnlineSecurity: 'No',
  OnlineBackup: 'No',
  DeviceProtection: 'No',
  TechSupport: 'No',
  StreamingTV: 'Yes',
  StreamingMovies: 'No',
  Contract: 'Month-to-month',
  PaperlessBilling: 'Yes',
  PaymentMethod: 'Electronic check',
  MonthlyCharges: '85.7',
  TotalCharges: '342.8',
};

let scorer: Scorer;
let fixture: Record<string, string>[];

beforeAll(async () => {
  scorer = await openScorer((await loadModels(path.join(__dirname, '..'))).get('churn')!);
  const lines = (await readFile(path.join(__dirname, 'parity.jsonl'), 'utf8')).trimEnd().split('\n');
  fixture = lines.map((line) => (JSON.parse(line) as { row: Record<string, string> }).row);
});
afterAll(() => scorer.close());

const features = (row: Readonly<Record<string, string>>) => featuresFromRow(scorer.manifest, row);
const scores = async (rows: readonly (FeatureRow | Unscorable)[]) =>
  (await scorer.score(rows.filter((row) => row.outcome === 'row'))).map((s) => s.score);
/** Places where a score is higher than the one before it, for each fixture row with the cells in turn. */
async function rises(cells: readonly Record<string, string>[]): Promise<number> {
  const all = await scores(fixture.flatMap((row) => cells.map((cell) => features({ ...row, ...cell }))));
  return all.filter((s, n) => n % cells.length > 0 && s > (all[n - 1] ?? 1) + 1e-7).length;
}

describe('churn', () => {
  it('never scores a customer higher for having stayed longer', async () => {
    expect(await rises(['0', '1', '2', '6', '12', '24', '48', '72'].map((tenure) => ({ tenure })))).toBe(0);
  });

  it('scores a longer contract, support and security lower, and an electronic check higher', async () => {
    expect(await rises(['Month-to-month', 'One year', 'Two year'].map((Contract) => ({ Contract })))).toBe(0);
    expect(await rises(['No', 'Yes'].map((OnlineSecurity) => ({ OnlineSecurity })))).toBe(0);
    expect(await rises(['No', 'Yes'].map((TechSupport) => ({ TechSupport })))).toBe(0);
    const payments = ['Electronic check', 'Mailed check'].map((PaymentMethod) => ({ PaymentMethod }));
    expect(await rises(payments)).toBe(0);
  });

  it('says in words why a new customer on fibre is likely to leave', async () => {
    const [scored] = await scorer.score([features(CUSTOMER) as FeatureRow]);
    expect(scored).toMatchObject({ label: 'Yes' });
    expect(scored!.score).toBeGreaterThan(0.6);
    const upward = scored!.reasons.filter((r) => r.direction === 'up').map((r) => r.text);
    expect(upward).toEqual(expect.arrayContaining(['Can leave from month to month', 'Customer for 4 months']));
  });

  it('has no protected column among its features', () => {
    const columns = scorer.manifest.features.map((f) => f.column.toLowerCase());
    for (const column of ['gender', 'seniorcitizen', 'partner', 'dependents', 'churn', 'customerid']) {
      expect(columns).not.toContain(column);
    }
  });

  it('reads "No internet service" as "No", and the blank charges of a first month as missing', () => {
    const none = { OnlineSecurity: 'No internet service', StreamingTV: 'No internet service' };
    expect(features({ ...CUSTOMER, ...none })).toStrictEqual(features({ ...CUSTOMER, StreamingTV: 'No' }));
    expect(features({ ...CUSTOMER, tenure: '0', TotalCharges: ' ' })).toMatchObject({
      outcome: 'row',
      defaults: ['totalCharges'],
    });
  });

  it.each([
    ['tenure', 'long', /^tenure \(months as a customer\) is "long", not a number/],
    ['MonthlyCharges', '-5', /^MonthlyCharges \(monthly charges\) is "-5", outside 0 to 10000/],
    ['MonthlyCharges', 'NaN', /^MonthlyCharges .* not a number/],
    ['TotalCharges', '1e300', /^TotalCharges .* outside/],
  ])('gives no score when %s is %j, and says so', (column, cell, reason) => {
    expect(features({ ...CUSTOMER, [column]: cell })).toMatchObject({
      outcome: 'abstain',
      column,
      reason: expect.stringMatching(reason) as unknown,
    });
  });

  it('abstains when hardly anything is known', () => {
    expect(features({ tenure: '3', Contract: 'One year' })).toMatchObject({ outcome: 'abstain' });
  });
});

withData('churn on the public data', () => {
  it('has the held-out figures of its manifest within 1e-4, and meets its goals', async () => {
    const { model, rows, scored } = await scoreHeldOut('churn', data.file, 'customerID');
    const { holdout } = figuresTold(model.manifest);
    expect(rows).toHaveLength(holdout.rows);
    const figures = figuresOf(
      rows.map((row) => row['Churn'] === 'Yes'),
      scored.map((s) => s.score),
    );
    expect(distance(figures, holdout)).toBeLessThan(1e-4);
    expect(figures.auc).toBeGreaterThanOrEqual(0.855);
    expect(figures.brier).toBeLessThanOrEqual(0.132);
  });

  it("scores the file's own rows in order, with its label column and without it, and rows that are odd", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'signalbox-churn-'));
    try {
      const lines = (await readFile(data.file, 'utf8')).split(/\r?\n/).slice(0, 301);
      const unlabelled = lines.map((line) => line.split(',').slice(0, -1).join(','));
      const score = async (contents: readonly string[]) => {
        const [input, output] = [path.join(folder, 'in.csv'), path.join(folder, 'out.csv')];
        await writeFile(input, contents.join('\n'));
        const summary = await scoreCsv({ model: scorer, input, output });
        return {
          summary,
          rows: parse(await readFile(output), { columns: true }) as unknown as Record<string, string>[],
        };
      };
      const labelled = await score(lines);
      expect(labelled.summary).toMatchObject({ rows: 300, scored: 300, abstained: 0 });
      expect((await score(unlabelled)).rows).toStrictEqual(labelled.rows);
      const odd = await score(
        lines.with(2, lines[2]!.replace('Month-to-month', 'Weekly').replace('One year', 'Weekly')),
      );
      expect(odd.summary).toMatchObject({ rows: 300, scored: 300, defaults: { contract: 1 } });
      expect(odd.rows.toSpliced(1, 1)).toStrictEqual(labelled.rows.toSpliced(1, 1));
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
