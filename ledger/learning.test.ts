import { previousChampion } from './champions';
import { databases } from '../test/database';
import { type Ledger } from './ledger';
import { ledgerOver } from './ledger-over.fixture';
import { sampleBatch, sampleDecision, sampleEvent } from './sample.fixture';

const model = (letter: string) => ({ name: 'lead-scoring', version: '1.0.0', digest: `sha256:${letter.repeat(64)}` });
const [champion, challenger] = [model('a'), model('c')];
const longAgo = '2000-01-01T00:00:00.000Z';

describe.each(databases)('what models learn from, over $name', (where) => {
  const over = ledgerOver(where);
  const { it } = over;
  let ledger: Ledger;
  let tenant: string;
  beforeEach(() => {
    ({ ledger, tenant } = over);
  });

  /** Records decisions of the champion on the n-th events; the score of the n-th is n hundredths. */
  async function decide(...ns: readonly number[]): Promise<readonly string[]> {
    for (const n of ns) {
      const event = sampleEvent(tenant, n, `lead/${n}`);
      const batch = sampleBatch(`b${n}`, [event]);
      const decisions = [{ ...sampleDecision(event), score: n / 100, model: champion }];
      await ledger.recordBatch(tenant, { ...batch, decisions });
    }
    return ns.map((n) => sampleDecision(sampleEvent(tenant, n, `lead/${n}`)).id);
  }
  const source = '/tenants/acme/salesforce/00D000000000001';
  const end = (decisionid: string, label: string, at: string) =>
    ledger.recordOutcome(tenant, { engagement: 'e', decisionid, label, at });
  const pending = (digest = challenger.digest) =>
    ledger.shadow.pending(tenant, 'lead-scoring', { digest, since: longAgo, limit: 10 });

  it('gives the oldest and the newest decisions of a model, in order', async () => {
    await decide(1, 2, 3);
    const scores = async (which: 'oldest' | 'newest', digest = champion.digest) =>
      (await ledger.learning.scored(tenant, 'lead-scoring', digest, { which, limit: 2 })).map(({ score }) => score);
    expect(await scores('oldest')).toEqual([0.01, 0.02]);
    expect(await scores('newest')).toEqual([0.02, 0.03]);
    expect(await scores('newest', challenger.digest)).toEqual([]);
    expect(await ledger.learning.newestModel(tenant, 'lead-scoring')).toEqual(champion);
    expect(await ledger.learning.newestModel(tenant, 'churn')).toBeUndefined();
  });

  it('gives decisions with the first label of those that say whether it happened, and what a challenger said', async () => {
    const [first = '', second = '', third = ''] = await decide(1, 2, 3);
    await end(first, 'lost', '2026-02-01T00:00:00.000Z');
    await end(first, 'won', '2026-02-02T00:00:00.000Z');
    await end(second, 'expired', '2026-02-03T00:00:00.000Z');
    await end(third, 'completed', '2026-02-04T00:00:00.000Z');
    const shadow = { digest: challenger.digest, usecase: 'lead-scoring', source, subject: 'lead/1' };
    await ledger.shadow.record(tenant, [{ ...shadow, decisionid: first, score: 0.5 }]);
    const asked = { digest: champion.digest, challenger: challenger.digest, limit: 10 };
    expect(await ledger.learning.labelled(tenant, 'lead-scoring', asked)).toEqual([
      { id: second, score: 0.02, label: 'expired' },
      { id: first, score: 0.01, label: 'lost', shadow: 0.5 },
    ]);
  });

  it.each([
    [undefined, ['lost', undefined, 'won']],
    [
      ['won', 'completed'],
      ['won', 'completed', 'completed'],
    ],
  ])('counts one and the same outcome wherever it is asked for, of labels %j', async (labels, expected) => {
    const ids = await decide(1, 2, 3);
    const [first = '', second = '', third = ''] = ids;
    // Two engagements tell of the first; of the third a task was completed before the record was won.
    await end(first, 'lost', '2026-02-01T00:00:00.000Z');
    await ledger.recordOutcome(tenant, {
      ...{ engagement: 'f', decisionid: first, label: 'won', at: '2026-02-01T00:00:00.000Z' },
    });
    await end(second, 'completed', '2026-02-03T00:00:00.000Z');
    await end(third, 'completed', '2026-02-04T00:00:00.000Z');
    await end(third, 'won', '2026-02-05T00:00:00.000Z');
    const exported = new Map<string, string | undefined>();
    for await (const { decision, outcome } of ledger.labelled(tenant, 'lead-scoring', labels))
      exported.set(decision.id, outcome?.label);
    expect(ids.map((id) => exported.get(id))).toEqual(expected);
    const asked = { digest: champion.digest, limit: 10, ...(labels === undefined ? {} : { labels }) };
    const learnt = new Map(
      (await ledger.learning.labelled(tenant, 'lead-scoring', asked)).map(({ id, label }) => [id, label]),
    );
    expect(ids.map((id) => learnt.get(id))).toEqual(expected);
  });

  it('keeps the first reference of a model', async () => {
    expect(await ledger.learning.reference(tenant, 'lead-scoring', 'd')).toBeUndefined();
    await ledger.learning.freezeReference(tenant, 'lead-scoring', 'd', { rows: 1 });
    await ledger.learning.freezeReference(tenant, 'lead-scoring', 'd', { rows: 2 });
    expect(await ledger.learning.reference(tenant, 'lead-scoring', 'd')).toMatchObject({ reference: { rows: 1 } });
  });

  it('offers a decision to a challenger until it is scored, with the record while that is unchanged', async () => {
    const [first = '', second = ''] = await decide(1, 2);
    // The second lead changes after it was decided.
    const later = { ...sampleEvent(tenant, 9, 'lead/2'), id: 'later' };
    await ledger.recordBatch(tenant, { ...sampleBatch('b9', [later]), decisions: [], engagements: [] });
    expect(await pending()).toMatchObject([
      { decisionid: first, subject: 'lead/1', record: { status: 'state 1' } },
      { decisionid: second, subject: 'lead/2' },
    ]);
    expect((await pending())[1]).not.toHaveProperty('record');
    expect(await pending(champion.digest)).toEqual([]);
    const scores = [
      { decisionid: first, digest: challenger.digest, usecase: 'lead-scoring', source, subject: 'lead/1', score: 0.5 },
      {
        decisionid: second,
        digest: challenger.digest,
        usecase: 'lead-scoring',
        source,
        subject: 'lead/2',
        because: 'changed',
      },
    ];
    await ledger.shadow.record(tenant, scores);
    await ledger.shadow.record(
      tenant,
      scores.map((score) => ({ ...score, score: 0.9 })),
    );
    expect(await pending()).toEqual([]);
    expect(await ledger.shadow.counts(tenant)).toEqual([
      { usecase: 'lead-scoring', digest: challenger.digest, scored: 1, unscored: 1 },
    ]);
    expect(await ledger.shadow.newest(tenant, 'lead-scoring', challenger.digest)).toMatch(/Z$/);
  });

  it('deletes shadow scores with the decisions they belong to', async () => {
    const [decisionid = ''] = await decide(1);
    const shadow = {
      decisionid,
      digest: challenger.digest,
      usecase: 'lead-scoring',
      source,
      subject: 'lead/1',
      score: 0.5,
    };
    await ledger.shadow.record(tenant, [shadow]);
    await ledger.purge(tenant, { eventsBefore: longAgo, decisionsBefore: longAgo });
    expect(await ledger.shadow.counts(tenant)).toHaveLength(1);
    const purged = await ledger.purge(tenant, { eventsBefore: longAgo, decisionsBefore: '2999-01-01T00:00:00.000Z' });
    expect(purged).toMatchObject({ decisions: 1, shadow_scores: 1 });
    expect(await ledger.shadow.counts(tenant)).toEqual([]);
  });

  it('tells a lane the champion in force, and goes back step by step to what the file says', async () => {
    const force = async () =>
      (await ledger.laneContext(tenant, { batchid: 'b', events: [], taskIds: [], caseIds: [] })).champions[
        'lead-scoring'
      ];
    const rows = () => ledger.champions.list(tenant, 'lead-scoring');
    const common = { usecase: 'lead-scoring', by: 'Ada', gate: {} };
    const promote = (digest: string, before: string, after: number) => {
      const change = { ...common, kind: 'promoted' as const, digest, before, followsfile: false };
      return ledger.champions.change(tenant, change, after);
    };
    const rollBack = async () => {
      const [newest] = await rows();
      const back = previousChampion(await rows())!;
      const change = { ...common, ...back, kind: 'rolled-back' as const, before: newest!.digest };
      await ledger.champions.change(tenant, change, newest!.number);
    };
    expect(await force()).toBeUndefined();
    await promote('one', 'file', 0);
    await promote('two', 'one', 1);
    expect(await force()).toBe('two');
    await expect(promote('three', 'one', 1)).rejects.toThrow(/changed by someone else meanwhile/);
    expect(await force()).toBe('two');
    await rollBack();
    expect(await force()).toBe('one');
    await rollBack();
    expect(await force()).toBeUndefined();
    expect(previousChampion(await rows())).toBeUndefined();
    expect((await rows()).map(({ number, kind, digest }) => `${number} ${kind} ${digest}`)).toEqual([
      '4 rolled-back file',
      '3 rolled-back one',
      '2 promoted two',
      '1 promoted one',
    ]);
  });
});
