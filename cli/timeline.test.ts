import type { DraftRow } from '../ledger/ledger';
import { timeline } from './timeline';

const at = '2026-11-27T17:40:11.902Z';
const asked: DraftRow = {
  ...{
    decisionid: 'e1:lead-scoring',
    engagement: 'engagement/x',
    source: '/tenants/t/crm/o',
    subject: 'lead/1',
    usecase: 'lead-scoring',
    at,
  },
  ...{ outcome: 'drafted', model: 'local-model', host: '127.0.0.1:8080', prompt: 'ab'.repeat(32) },
  ...{ masked: { email: 1, name: 4 }, tokensin: 1204, tokensout: 96, durationms: 812 },
};
const row: DraftRow = {
  ...asked,
  content: { subject: 'Call Maria', description: 'Now.', because: 'It is quiet.', takenOut: 2 },
  proposal: { does: 'set the field Rating to "Warm"', field: 'Rating', value: 'Warm' },
};
const told = (draft: DraftRow) =>
  timeline([{ kind: 'draft', at, draft }])
    .split('\n')
    .map((line) => line.trim());

test('tells what was drafted, by whom, from what, and what awaits an answer', () => {
  expect(told(row)).toEqual([
    `${at}  drafted by the assistant: "Call Maria"`,
    '2 links or contact details that are not of the record were taken out',
    'proposes to set the field Rating to "Warm": It is quiet.',
    'awaits approval as e1:lead-scoring:assistant',
    'assistant local-model at 127.0.0.1:8080, 812 ms, 1204 tokens asked, 96 answered',
    `prompt sha256:${'ab'.repeat(32)}, masked: 1 email, 4 name`,
    'of decision e1:lead-scoring',
    '',
  ]);
});

test('tells who answered, and why there is no draft', () => {
  const answer = { by: 'ina@acme.example', verdict: 'refuse', at } as const;
  expect(told({ ...row, answer })).toContain(`refused by ina@acme.example at ${at}`);
  const none = told({
    ...asked,
    outcome: 'template',
    code: 'SBX_ASSISTANT_TIMEOUT',
    message: 'no draft within 20000 ms',
  });
  expect(none.slice(0, 2)).toEqual([
    `${at}  no draft, the template's text was used: SBX_ASSISTANT_TIMEOUT`,
    'no draft within 20000 ms',
  ]);
});
