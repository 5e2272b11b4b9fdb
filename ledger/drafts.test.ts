import { openLedger, type DraftRow, type Ledger } from './ledger';

let ledger: Ledger;
beforeAll(async () => {
  ledger = await openLedger({});
});
afterAll(() => ledger.close());

const draft = (decisionid: string, change: Partial<DraftRow> = {}): DraftRow => ({
  ...{ decisionid, engagement: 'engagement/x', source: '/tenants/t/crm/o', subject: 'lead/1' },
  ...{ usecase: 'lead-scoring', outcome: 'drafted' },
  ...{ tokensin: 100, tokensout: 20, durationms: 5, at: '2026-11-27T10:00:00.000Z' },
  sent: { system: 's', user: 'u' },
  content: { subject: 'Call', description: 'Now.', because: 'So.', takenOut: 0 },
  ...change,
});

test('keeps the first draft of a decision, as it was recorded', async () => {
  const first = draft('d1');
  expect(await ledger.drafts.record('t', first)).toEqual(first);
  expect(await ledger.drafts.record('t', draft('d1', { tokensin: 999 }))).toEqual(first);
  expect(await ledger.drafts.find('t', 'd1')).toEqual(first);
  expect(await ledger.drafts.find('other', 'd1')).toBeUndefined();
});

test('says of a draft that was not used why, and of one that is not there', async () => {
  const lost = { code: 'SBX_ASSISTANT_LOST', message: 'lost', outcome: 'template' } as const;
  await ledger.drafts.record('t', draft('d2'));
  await ledger.drafts.pass('t', draft('d2', lost));
  expect(await ledger.drafts.find('t', 'd2')).toMatchObject({ ...lost, tokensin: 100 });
  await ledger.drafts.pass('t', draft('d3', lost));
  expect(await ledger.drafts.find('t', 'd3')).toMatchObject(lost);
});

test('records the answer to a proposal, and counts tokens of a time', async () => {
  const answer = { by: 'ina', verdict: 'approve', at: '2026-11-27T11:00:00.000Z' } as const;
  await ledger.drafts.record('tokens', draft('d4'));
  await ledger.drafts.record('tokens', draft('d5', { at: '2026-11-25T10:00:00.000Z' }));
  await ledger.drafts.answer('tokens', 'd4', answer);
  expect((await ledger.drafts.find('tokens', 'd4'))?.answer).toEqual(answer);
  expect(await ledger.drafts.tokensSince('tokens', '2026-11-26T00:00:00.000Z')).toBe(120);
  expect(await ledger.drafts.tokensSince('nobody', '2026-11-26T00:00:00.000Z')).toBe(0);
});

test('what was sent goes with the events, the draft with the decisions', async () => {
  await ledger.drafts.record('old', draft('d6'));
  await ledger.purge('old', { eventsBefore: '2026-11-28T00:00:00.000Z', decisionsBefore: '2026-01-01T00:00:00.000Z' });
  const kept = await ledger.drafts.find('old', 'd6');
  expect([kept?.content, kept && 'sent' in kept]).toEqual([draft('d6').content, false]);
  const later = '2026-11-28T00:00:00.000Z';
  expect(await ledger.purge('old', { eventsBefore: later, decisionsBefore: later })).toMatchObject({ drafts: 1 });
  expect(await ledger.drafts.find('old', 'd6')).toBeUndefined();
});

test('is told in the history of its record, and the newest alone where only so many are wanted', async () => {
  await ledger.drafts.record('told', draft('d7'));
  expect(await ledger.history('told', 'lead/1')).toMatchObject([{ kind: 'draft', draft: { decisionid: 'd7' } }]);
  expect(await ledger.recentHistory('told', 'lead/1', 1)).toHaveLength(1);
});
