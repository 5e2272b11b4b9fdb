import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { featuresFromRow, sourcesOf } from '../features';
import { dataSet, distance, figuresOf, figuresTold, type Row } from '../held-out';
import { loadModels } from '../registry';
import { openScorer } from '../score';
import { scoreCsv } from '../score-csv';
import type { FeatureRow } from '../feature-row';
import type { Scorer } from '../scored';

const data = dataSet('VEHICLE_CLAIM_FRAUD_CSV', 'vehicle_claim_fraud/vehicle_claim_fraud.csv.gz');
const withData = data.isThere ? describe : describe.skip;

/** A claim that nothing speaks against. */
const CLAIM: Row = {
  Fault: 'Third Party',
  BasePolicy: 'Liability',
  VehicleCategory: 'Sedan',
  PolicyType: 'Sedan - Liability',
  VehiclePrice: '20000 to 29000',
  AgeOfVehicle: '6 years',
  Make: 'Honda',
  AddressChange_Claim: 'no change',
  Days_Policy_Accident: 'more than 30',
  Days_Policy_Claim: 'more than 30',
  PastNumberOfClaims: '2 to 4',
  PoliceReportFiled: 'Yes',
  WitnessPresent: 'Yes',
  AgentType: 'External',
  NumberOfSuppliments: '1 to 2',
  NumberOfCars: '1 vehicle',
  Deductible: '400',
  DriverRating: '2',
  AccidentArea: 'Urban',
  Month: 'Mar',
  DayOfWeek: 'Monday',
  MonthClaimed: 'Mar',
  DayOfWeekClaimed: 'Tuesday',
  WeekOfMonth: '2',
  WeekOfMonthClaimed: '2',
  Year: '1995',
};

let scorer: Scorer;
beforeAll(async () => {
  scorer = await openScorer((await loadModels(path.join(__dirname, '..'))).get('fraud')!);
});
afterAll(() => scorer.close());

const features = (cells: Row = {}) => featuresFromRow(scorer.manifest, { ...CLAIM, ...cells });
const scored = async (cells: Row = {}) => (await scorer.score([features(cells) as FeatureRow]))[0]!;

describe('fraud', () => {
  it('says first that it was trained on made-up claims, and was', async () => {
    const [, , first] = (await readFile(path.join(__dirname, 'card.md'), 'utf8')).split('\n');
    expect(first).toMatch(/^\*\*Trained on made-up claims\*\*/);
    expect(scorer.manifest.training.data).toMatchObject({ name: 'generated claims', licence: "the project's own" });
  });

  it('has neither the row counter nor a protected column among its features', () => {
    const columns = scorer.manifest.features.flatMap(sourcesOf).map(({ column }) => column);
    for (const column of ['PolicyNumber', 'RepNumber', 'Sex', 'MaritalStatus', 'Age', 'AgeOfPolicyHolder']) {
      expect(columns).not.toContain(column);
    }
    expect(columns).not.toContain('FraudFound_P');
  });

  it.each<[string, Row]>([
    ['the holder is at fault', { Fault: 'Policy Holder' }],
    ['own damage is covered', { BasePolicy: 'All Perils', PolicyType: 'Sedan - All Perils' }],
    ['the address changed lately', { AddressChange_Claim: 'under 6 months' }],
    ['the policy is a few days old', { Days_Policy_Accident: '1 to 7', Days_Policy_Claim: '8 to 15' }],
    ['there is no police report and no witness', { PoliceReportFiled: 'No', WitnessPresent: 'No' }],
  ])('scores a claim higher when %s', async (_, cells) => {
    expect((await scored(cells)).score).toBeGreaterThan((await scored()).score);
  });

  it('calls a claim with several red flags, and says which they are', async () => {
    const cells = { Fault: 'Policy Holder', BasePolicy: 'All Perils', AddressChange_Claim: 'under 6 months' };
    const { label, reasons } = await scored({ ...cells, PoliceReportFiled: 'No', WitnessPresent: 'No' });
    expect(label).toBe('fraud');
    expect(reasons.filter(({ direction }) => direction === 'up').map(({ text }) => text)).toEqual(
      expect.arrayContaining(['The policy holder is at fault', 'Moved within six months before the claim']),
    );
  });

  it('abstains when hardly anything is known, and reads unknown values as unknown', () => {
    expect(featuresFromRow(scorer.manifest, { Fault: 'Third Party' })).toMatchObject({ outcome: 'abstain' });
    expect(features({ MonthClaimed: '0', Make: '' })).toMatchObject({
      outcome: 'row',
      defaults: ['make', 'claimMonth'],
    });
  });
});

withData('fraud on the public claims, none of which it was trained on', () => {
  it('reaches on them what its manifest tells, and scores the raw file row by row', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'signalbox-fraud-'));
    try {
      const output = path.join(folder, 'out.csv');
      const rows = parse(gunzipSync(await readFile(data.file)), { columns: true }) as unknown as Row[];
      const summary = await scoreCsv({ model: scorer, input: data.file, output });
      expect(summary).toMatchObject({ rows: rows.length, scored: rows.length, abstained: 0 });
      const scores = parse(await readFile(output), { columns: true }) as unknown as Row[];
      const figures = figuresOf(
        rows.map((row) => row['FraudFound_P'] === '1'),
        scores.map((row) => Number(row['score'])),
      );
      expect(distance(figures, figuresTold(scorer.manifest)['real']!)).toBeLessThan(1e-4);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
