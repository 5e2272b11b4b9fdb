import { existsSync } from 'node:fs';
import { dataSet } from '../held-out';
import type { Encoder } from './encoder';
import { encoderWeights, modesHere, openTestEncoder, scoreTexts, textFigures, textManifest } from './held-out-texts';
import type { ModeName } from './text-manifest';

/** What a text model is held to on the texts that it held out, at least, in both modes. */
interface Goal {
  readonly name: string;
  readonly data: ReturnType<typeof dataSet>;
  /** Column of the label. */
  readonly truth: string;
  readonly figure: 'top1' | 'macroF1';
  readonly least: Readonly<Record<ModeName, number>>;
}

const goals: readonly Goal[] = [
  {
    name: 'case-classification',
    data: dataSet('BANKING77_CSV', 'banking77/banking77.csv'),
    ...{ truth: 'category', figure: 'top1', least: { full: 0.935, words: 0.91 } },
  },
  {
    name: 'intent',
    data: dataSet('CLINC150_CSV', 'clinc150/clinc150.csv'),
    ...{ truth: 'intent', figure: 'top1', least: { full: 0.95, words: 0.92 } },
  },
  {
    name: 'support-intent',
    data: dataSet('BITEXT_SUPPORT_CSV', 'bitext_support/bitext_support.csv'),
    ...{ truth: 'intent', figure: 'top1', least: { full: 0.985, words: 0.985 } },
  },
  {
    name: 'sentiment',
    data: dataSet('GOEMOTIONS_CSV', 'goemotions/goemotions.csv.gz'),
    ...{ truth: 'sentiments', figure: 'macroF1', least: { full: 0.75, words: 0.69 } },
  },
  {
    name: 'complaint-product',
    data: dataSet('CFPB_COMPLAINTS_CSV', 'cfpb_complaints/cfpb_complaints.csv'),
    ...{ truth: 'product', figure: 'macroF1', least: { full: 0.75, words: 0.73 } },
  },
];

const hasEncoder = existsSync(encoderWeights);
let encoder: Encoder | undefined;
beforeAll(async () => {
  if (hasEncoder) encoder = await openTestEncoder();
});
afterAll(() => encoder?.close());

const runs = goals.flatMap((goal) => modesHere(hasEncoder).map((mode) => [goal.name, mode, goal] as const));

describe.each(runs)('%s on the public data, mode %s', (name, mode, { data, truth, figure, least }) => {
  (data.isThere ? it : it.skip)(
    'has the held-out figures of its manifest within 1e-4, and meets its goal',
    async () => {
      const { metrics } = await textManifest(name);
      const told = mode === 'full' ? metrics.holdout : metrics.words;
      const { rows, scored } = await scoreTexts(name, data.file, mode === 'full' ? encoder : undefined);
      expect(rows).toHaveLength(told.rows);
      const figures = textFigures(
        rows.map((row) => row[truth]!),
        scored,
      );
      for (const one of ['top1', 'macroF1', 'ece'] as const) expect(figures[one]).toBeCloseTo(told[one].value, 4);
      expect(figures[figure]).toBeGreaterThanOrEqual(least[mode]);
    },
    600_000,
  );
});
