import type { Labelled } from '../ledger/ledger';
import { sampleDecision, sampleEvent } from '../ledger/sample.fixture';
import { toLearning, type WrittenLearning } from '../tenants/learning';
import { labelOf } from './labels';

const day = 86_400_000;
const decision = sampleDecision(sampleEvent('acme', 1));
const decidedat = Date.parse(decision.decidedat);
/** What the outcome says `days` after the decision, with 30 days to wait. */
const said = (label: string | undefined, days: number, written: WrittenLearning = {}) => {
  const outcome = label === undefined ? {} : { outcome: { label, at: decision.decidedat } };
  const labelled: Labelled = { decision, ...outcome };
  return labelOf({ outcome: { within: 30 * day }, learning: toLearning(written) }, labelled, decidedat + days * day);
};

it.each([
  ['won', 'yes'],
  ['lost', 'no'],
  ['expired', 'no'],
  ['completed', 'censored'],
  ['declined', 'censored'],
  ['moot', 'censored'],
  [undefined, 'censored'],
])('of old decisions %s says %s', (outcome, label) => {
  expect(said(outcome, 31)).toBe(label);
});

it('waits until slow ends had their time, too, where the tenant does not say that all are quick', () => {
  expect(said('won', 29)).toBe('censored');
  expect(said('won', 29, { early: true })).toBe('yes');
  expect(said(undefined, 29, { early: true })).toBe('censored');
});

it("takes the tenant's word for what outcomes say", () => {
  const labels = { yes: ['lost'], no: ['won', 'completed'] } as const;
  expect(['lost', 'won', 'completed', 'expired'].map((outcome) => said(outcome, 31, { labels }))).toEqual([
    'yes',
    'no',
    'no',
    'censored',
  ]);
});
