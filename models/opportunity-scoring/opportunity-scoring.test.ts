import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import { featuresFromRow } from '../features';
import { dataSet, distance, figuresOf, figuresTold, type Row } from '../held-out';
import { loadModels } from '../registry';
import { openScorer } from '../score';
import { scoreCsv } from '../score-csv';
import type { FeatureRow } from '../feature-row';
import type { Scorer } from '../scored';

const data = dataSet('SALVIRT_B2B_CSV', 'salvirt_b2b/salvirt_b2b.csv');
const withData = data.isThere ? describe : describe.skip;

/** A deal in the middle of everything. */
const DEAL: Row = {
  Product: 'Product D',
  Seller: 'Seller 1',
  Authority: 'Mid',
  Comp_size: 'Mid',
  Competitors: 'Unknown',
  Purch_dept: 'No',
  Partnership: 'No',
  Budgt_alloc: 'Unknown',
  Forml_tend: 'No',
  RFI: 'No',
  RFP: 'Yes',
  Growth: 'Stable',
  Posit_statm: 'Neutral',
  Source: 'Media',
  Client: 'Past',
  Scope: 'Few questions',
  Strat_deal: 'Average important',
  Cross_sale: 'No',
  Up_sale: 'No',
  Deal_type: 'Project',
  Needs_def: 'Yes',
  Att_t_client: 'Normal',
};

let scorer: Scorer;
beforeAll(async () => {
  scorer = await openScorer((await loadModels(path.join(__dirname, '..'))).get('opportunity-scoring')!);
});
afterAll(() => scorer.close());

const features = (cells: Row = {}) => featuresFromRow(scorer.manifest, { ...DEAL, ...cells });
const scored = async (cells: Row = {}) => (await scorer.score([features(cells) as FeatureRow]))[0]!;

describe('opportunity-scoring', () => {
  it('says first that it was trained on made-up opportunities, and was', async () => {
    const [, , first] = (await readFile(path.join(__dirname, 'card.md'), 'utf8')).split('\n');
    expect(first).toMatch(/^\*\*Trained on made-up opportunities\*\*/);
    expect(scorer.manifest.training.data).toMatchObject({ name: 'generated opportunities' });
  });

  it.each<[string, Row, Row]>([
    ['the budget is allocated', { Budgt_alloc: 'Yes' }, { Budgt_alloc: 'No' }],
    ['there are no competitors', { Competitors: 'No' }, { Competitors: 'Yes' }],
    ['the client speaks well of us', { Posit_statm: 'Yes' }, { Posit_statm: 'No' }],
    ['the contact has authority', { Authority: 'High' }, { Authority: 'Low' }],
    ['the needs are defined', { Needs_def: 'Yes' }, { Needs_def: 'Info gathering' }],
    ['it is a current client', { Client: 'Current' }, { Client: 'New' }],
  ])('scores a deal higher when %s', async (_, better, worse) => {
    expect((await scored(better)).score).toBeGreaterThan((await scored(worse)).score + 0.02);
  });

  it('says in words what speaks for a deal', async () => {
    const { label, reasons } = await scored({ Posit_statm: 'Yes', Budgt_alloc: 'Yes', Client: 'Current' });
    expect(label).toBe('Won');
    expect(reasons.map(({ text }) => text)).toEqual(expect.arrayContaining(['The client speaks well of us']));
  });

  it('abstains when hardly anything is known, and adds nothing for a seller it does not know', () => {
    expect(featuresFromRow(scorer.manifest, { Client: 'New' })).toMatchObject({ outcome: 'abstain' });
    expect(features({ Seller: 'Seller 99' })).toMatchObject({ outcome: 'row', defaults: ['seller'] });
  });
});

withData('opportunity-scoring on the public deals, none of which it was trained on', () => {
  it('reaches on them what its manifest tells, and scores the raw file row by row', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'signalbox-opportunity-'));
    try {
      const output = path.join(folder, 'out.csv');
      const rows = parse(await readFile(data.file), { columns: true }) as unknown as Row[];
      expect(await scoreCsv({ model: scorer, input: data.file, output })).toMatchObject({
        rows: rows.length,
        scored: rows.length,
      });
      const scores = parse(await readFile(output), { columns: true }) as unknown as Row[];
      const figures = figuresOf(
        rows.map((row) => row['Status'] === 'Won'),
        scores.map((row) => Number(row['score'])),
      );
      expect(distance(figures, figuresTold(scorer.manifest)['real']!)).toBeLessThan(1e-4);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
