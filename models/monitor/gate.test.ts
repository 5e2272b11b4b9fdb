import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { BinaryManifest, Manifest } from '../manifest';
import type { Paired } from './comparison';
import { gate, type GateInput } from './gate';
import { disparitiesOf, type Groups } from './groups';
import { parseManifest } from '../parse-manifest';

function manifestOf(name: string): Manifest {
  const file = path.join(__dirname, '..', name, 'manifest.json');
  return parseManifest(readFileSync(file, 'utf8'), file);
}

const champion = manifestOf('lead-scoring') as BinaryManifest;
const { holdout } = champion.metrics;
/** The champion with other held-out figures. */
const other = (figures: Partial<typeof holdout>): BinaryManifest => ({
  ...champion,
  metrics: { ...champion.metrics, holdout: { ...holdout, ...figures } },
});
const challenger = other({ logLoss: { value: holdout.logLoss.value - 0.01 } });

/** Pairs in which the challenger says `score` and half of that has happened where `truth` is 0.5. */
const pairsOf = (rows: number, truth: (score: number) => number): readonly Paired[] =>
  Array.from({ length: rows }, (_, n) => {
    const score = ((n % 10) + 0.5) / 10;
    return { challenger: score, champion: 0.5, happened: (Math.floor(n / 10) + 0.5) / (rows / 10) < truth(score) };
  });
/** Two groups of an attribute, treated nearly alike, and one too small to count. */
const groups: Groups = {
  model: champion.sha256,
  smallest: 200,
  limits: { calibration: 0.08, recall: 0.2, selection: 0.8 },
  why: 'a test says so',
  attributes: {
    age: [
      { group: 'under 60', rows: 800, rate: 0.2, meanScore: 0.21, called: 0.25, recall: 0.7 },
      { group: '60 and over', rows: 200, rate: 0.3, meanScore: 0.25, called: 0.3, recall: 0.8 },
      { group: 'not known', rows: 199, rate: 0, meanScore: 0.9, called: 1, recall: null },
    ],
  },
};
const [most, least] = groups.attributes['age']!;
const aged = (changes: object): Groups => ({ ...groups, attributes: { age: [most!, { ...least!, ...changes }] } });
const good: GateInput = {
  champion,
  challenger,
  shadowed: 500,
  pairs: pairsOf(400, (score) => score),
  groups,
};
const results = (changes: Partial<GateInput>) =>
  Object.fromEntries(gate({ ...good, ...changes }).map(({ check, result }) => [check, result]));
const all = { task: 'holds', holdout: 'holds', shadow: 'holds', calibration: 'holds', fairness: 'holds' };

it('lets a challenger through that is better on held-out rows and in shadow, calibrated, and told by group', () => {
  expect(results({})).toStrictEqual(all);
});

it.each<[string, Partial<GateInput>, object]>([
  ['is no better on held-out rows', { challenger: champion }, { holdout: 'fails' }],
  ['was never in shadow', { shadowed: 0, pairs: [] }, { shadow: 'fails' }],
  ['is worse in shadow', { pairs: pairsOf(400, (score) => 1 - score) }, { shadow: 'fails', calibration: 'fails' }],
  [
    'is as good as the champion',
    { pairs: good.pairs.map((pair) => ({ ...pair, champion: pair.challenger })) },
    { shadow: 'fails' },
  ],
  [
    'is not calibrated on held-out rows',
    { challenger: { ...other({ logLoss: { value: 0.1 }, ece: { value: 0.031 } }) } },
    { calibration: 'fails' },
  ],
  ['is not calibrated in shadow', { pairs: pairsOf(400, (score) => (score > 0.5 ? 1 : 0)) }, { calibration: 'fails' }],
  ['is not told by group', { groups: { ...groups, attributes: {} } }, { fairness: 'unknown' }],
  ['is told by group without a limit', { groups: { ...groups, limits: {} } }, { fairness: 'unknown' }],
  ['brings the groups of another model', { groups: { ...groups, model: '0'.repeat(64) } }, { fairness: 'fails' }],
  ['selects one group much less often', { groups: aged({ called: 0.32 }) }, { fairness: 'fails' }],
  ['finds one group much less often', { groups: aged({ recall: 0.91 }) }, { fairness: 'fails' }],
  ['is off for one group', { groups: aged({ meanScore: 0.21 }) }, { fairness: 'fails' }],
  ['predicts something else', { challenger: { ...challenger, positive: 'no' } }, { task: 'fails' }],
])('holds a challenger back that %s', (_, changes, expected) => {
  expect(results(changes)).toStrictEqual({ ...all, ...expected });
});

it('says what is not known instead of guessing', () => {
  const { training } = challenger;
  const elsewhere = { ...challenger, training: { ...training, data: { ...training.data, sha256: '0'.repeat(64) } } };
  expect(results({ challenger: elsewhere, pairs: good.pairs.slice(0, 199) })).toStrictEqual({
    ...all,
    holdout: 'unknown',
    shadow: 'unknown',
  });
});

it('compares on the rows that were held out where a challenger learnt from decisions', () => {
  const { training } = challenger;
  const elsewhere = { ...challenger, training: { ...training, data: { ...training.data, sha256: '0'.repeat(64) } } };
  const heldOut = { rows: 200, difference: -0.2, low: -0.3, high: -0.1 };
  expect(results({ challenger: elsewhere, heldOut })).toStrictEqual(all);
  const noBetter = { ...heldOut, high: 0.1 };
  expect(results({ challenger: elsewhere, heldOut: noBetter })).toStrictEqual({ ...all, holdout: 'fails' });
});

it('compares models with two classes only', () => {
  expect(results({ challenger: manifestOf('case-routing') })).toStrictEqual({ task: 'fails' });
});

it('measures how differently groups are treated, small ones aside', () => {
  const { calibration, recall, selection } = disparitiesOf(groups);
  expect(calibration).toBeCloseTo(0.05, 9);
  expect(recall).toBeCloseTo(0.1, 9);
  expect(selection).toBeCloseTo(0.25 / 0.3, 9);
});
