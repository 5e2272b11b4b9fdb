import type { Directive, Inference, LaneContext, PolicyView } from '../activities/lane-types';
import { eventOf } from '../test/fixtures/events';
import { bandOf, rule, type Ruling } from './policy';

const policy: PolicyView = {
  usecase: 'lead-scoring',
  connection: 'sales',
  bands: [
    { name: 'hot', from: 0.6 },
    { name: 'warm', from: 0.3 },
    { name: 'cold', from: 0 },
  ],
  act: {
    hot: [{ kind: 'task', subject: 'Call {{record.name}}', priority: 'high' }],
    warm: [{ kind: 'set', field: 'Rating', value: 'Warm' }],
  },
  approval: 'none',
  materialChange: 0.05,
  withinMs: 1000,
  digest: 'p1',
};

const event = eventOf();
const request = { eventid: event.id, usecase: 'lead-scoring' };
const open = (band: string, score: number, decision = 'older'): LaneContext['engagements'] => ({
  [`${event.subject} lead-scoring`]: {
    id: 'engagement/acme/sales/lead/00Q000000000001AAA/lead-scoring',
    decision,
    band,
    score,
  },
});

function ruled(
  score: number | undefined,
  engagements: LaneContext['engagements'] = {},
  with_: Partial<PolicyView> = {},
  besides: Partial<Inference> = {},
): Ruling {
  const context: LaneContext = {
    events: [
      { eventid: event.id, subject: event.subject, status: 'decided', usecases: ['lead-scoring'], outcomes: [] },
    ],
    policies: { 'lead-scoring': { ...policy, ...with_ } },
    engagements,
  };
  const inference: Inference = {
    ...(score === undefined ? { abstained: 'too little is known' } : { score }),
    reasons: [],
    ...besides,
  };
  return rule('acme', context, [request], [inference], new Map([[event.id, event]]), '2026-03-01T10:00:01.000Z');
}

test('a score falls into the highest band it reaches', () => {
  expect([0.6, 0.59, 0.3, 0.29, 0].map((score) => bandOf(policy, score))).toEqual([
    'hot',
    'warm',
    'warm',
    'cold',
    'cold',
  ]);
});

test('a band with actions opens an engagement', () => {
  const { decisions, directives } = ruled(0.8);
  expect(decisions).toMatchObject([{ id: 'e1:lead-scoring', outcome: 'act', band: 'hot', score: 0.8, policy: 'p1' }]);
  expect(directives).toMatchObject([
    {
      kind: 'act',
      engagement: 'engagement/acme/sales/lead/00Q000000000001AAA/lead-scoring',
      templates: policy.act.hot,
    },
  ]);
});

test('the propensity of a choice is recorded with its decision', () => {
  expect(ruled(0.8).decisions[0]).not.toHaveProperty('propensity');
  expect(ruled(0.8, {}, {}, { propensity: 0.02 }).decisions).toMatchObject([{ score: 0.8, propensity: 0.02 }]);
});

test('a band without actions, and nothing open: the decision is recorded, nobody is told', () => {
  expect(ruled(0.1)).toMatchObject({ decisions: [{ outcome: 'none', band: 'cold' }], directives: [] });
});

test('an open engagement is not told of a score that hardly moved, and is told of one that did', () => {
  expect(ruled(0.84, open('hot', 0.8)).directives).toEqual([]);
  expect(ruled(0.85, open('hot', 0.79)).directives).toHaveLength(1);
});

test('an open engagement is told when the band changes, however little the score moved', () => {
  expect(ruled(0.6, open('warm', 0.59)).directives).toMatchObject([{ kind: 'act', decision: { band: 'hot' } }]);
});

test('what stays open is not moot by a later score that calls for nothing', () => {
  const { decisions, directives } = ruled(0.1, open('hot', 0.87), { staysOpen: true });
  expect(decisions).toMatchObject([{ outcome: 'none', band: 'cold' }]);
  expect(directives).toEqual([]);
});

test('an open engagement is moot when its band calls for nothing', () => {
  expect(ruled(0.1, open('hot', 0.8)).directives).toMatchObject([
    { kind: 'moot', templates: [], needsApproval: false },
  ]);
});

describe('a batch that the ledger holds already', () => {
  const told = (score: number, band: string, mark: string, status: 'decided' | 'duplicate' = 'decided') => {
    const [decision] = ruled(score).decisions;
    const context: LaneContext = {
      events: [{ eventid: event.id, subject: event.subject, status, usecases: [], outcomes: [] }],
      earlier: decision === undefined ? [] : [decision],
      policies: { 'lead-scoring': policy },
      engagements: open(band, score, mark),
    };
    return rule('acme', context, [], [], new Map([[event.id, event]]), '2026-03-01T11:00:00.000Z');
  };

  test('says again what it said, with the decision as it was recorded', () => {
    expect(told(0.8, 'hot', 'e1:lead-scoring')).toEqual(ruled(0.8));
    expect(told(0.1, 'cold', 'e1:lead-scoring').directives).toMatchObject([{ kind: 'moot', templates: [] }]);
  });

  test('says nothing where the engagement was told by a later decision', () => {
    expect(told(0.8, 'hot', 'later').directives).toEqual([]);
  });

  test('says it again for an event that was delivered again, without a second decision', () => {
    const again = told(0.8, 'hot', 'e1:lead-scoring', 'duplicate');
    expect(again.decisions).toEqual([]);
    expect(again.directives).toEqual(ruled(0.8).directives);
  });
});

test('a model that abstains is recorded with the reason, and nothing is done', () => {
  expect(ruled(undefined)).toMatchObject({
    decisions: [{ outcome: 'abstain', because: 'too little is known' }],
    directives: [],
  });
});

test('approval: required always, above an amount only where the amount is larger or not known', () => {
  const asks = (approval: PolicyView['approval']): boolean | undefined =>
    ruled(0.8, {}, { approval }).directives[0]?.needsApproval;
  expect(asks('none')).toBe(false);
  expect(asks('required')).toBe(true);
  expect(asks({ above: 1000 })).toBe(true);
});

test('another class is told to an open engagement, however little the score moved', () => {
  const ranked = (label: string): Directive['kind'] | undefined => {
    const known = Object.fromEntries(
      Object.entries(open('hot', 0.7)).map(([key, view]) => [key, { ...view, label: 'Group 70' }]),
    );
    return ruled(0.71, known, {}, { ranking: [{ label, score: 0.71 }] }).directives[0]?.kind;
  };
  expect(ranked('Group 70')).toBeUndefined();
  expect(ranked('Group 8')).toBe('act');
});
