import { compare, none, type LedgerSide, type OrgSide } from './compare';

/** An org in which a lead was made hot, changed, and rated by Signalbox; and a ledger that fits. */
const org: OrgSide = {
  changes: [
    { record: 'L1', key: 't1/1', kind: 'CREATE', isOwn: false, fields: { Job__c: 'retired', Campaign__c: 1 } },
    { record: 'L1', key: 't2/1', kind: 'UPDATE', isOwn: true, fields: { Rating: 'Hot' } },
    { record: 'L1', key: 't3/1', kind: 'UPDATE', isOwn: false, fields: { Campaign__c: 2 } },
  ],
  tasks: [{ id: 'T1', lead: 'L1', key: 'sbx:e1:lead-scoring:create-task', isOpen: true }],
  ratings: new Map([['L1', 'Hot']]),
};
const decision = (event: string, decidedat: string, campaign: number) => ({
  ...{ id: `${event}:lead-scoring`, eventid: event, record: 'L1', band: 'hot', decidedat },
  features: { job: 'retired', campaign },
});
const ledger: LedgerSide = {
  events: [
    { record: 'L1', key: 't1/1', id: 'e1', status: 'decided' },
    { record: 'L1', key: 't2/1', id: 'e2', status: 'echo' },
    { record: 'L1', key: 't3/1', id: 'e3', status: 'decided' },
  ],
  decisions: [decision('e1', '2026-01-01T00:00:01.000Z', 1), decision('e3', '2026-01-01T00:00:02.000Z', 2)],
};

/** The twins: one thing wrong in each, and how it must be told. */
const twins: readonly (readonly [string, OrgSide, LedgerSide, Partial<typeof none>])[] = [
  [
    'an event that the ledger does not hold is lost',
    org,
    { ...ledger, events: ledger.events.filter(({ id }) => id !== 'e2') },
    { lost: ['UPDATE t2/1 of L1 is not in the ledger'] },
  ],
  [
    'an event that was not decided is lost',
    org,
    {
      events: ledger.events.map((e) => (e.id === 'e3' ? { ...e, status: 'ignored', because: 'it was stale' } : e)),
      decisions: ledger.decisions.slice(0, 1),
    },
    { lost: ['UPDATE t3/1 of L1 was not decided: ignored, it was stale'] },
  ],
  [
    'an event that is held twice is doubled',
    org,
    { ...ledger, events: [...ledger.events, { record: 'L1', key: 't1/1', id: 'e1b', status: 'decided' }] },
    { doubled: ['CREATE t1/1 of L1 is in the ledger 2 times'] },
  ],
  [
    'an event that was decided twice is doubled',
    org,
    { ...ledger, decisions: [...ledger.decisions, decision('e1', '2026-01-01T00:00:03.000Z', 1)] },
    { doubled: ['CREATE t1/1 of L1 was decided 2 times'] },
  ],
  [
    'a second task for one decision is doubled',
    {
      ...org,
      tasks: [...org.tasks, { id: 'T2', lead: 'L1', key: 'sbx:e1:lead-scoring:create-task', isOpen: false }],
    },
    ledger,
    { doubled: ['2 tasks of L1 for sbx:e1:lead-scoring:create-task'] },
  ],
  [
    'a second open task of a lead is doubled',
    {
      ...org,
      tasks: [...org.tasks, { id: 'T2', lead: 'L1', key: 'sbx:e3:lead-scoring:create-task', isOpen: true }],
    },
    ledger,
    { doubled: ['2 open tasks of L1'] },
  ],
  [
    'decisions in the wrong order are disordered',
    org,
    {
      ...ledger,
      decisions: [decision('e1', '2026-01-01T00:00:02.000Z', 1), decision('e3', '2026-01-01T00:00:01.000Z', 2)],
    },
    { disordered: ['t3/1 of L1 was decided before what came before it in the org'] },
  ],
  [
    'a decision that did not see the state of the org is disordered',
    org,
    {
      ...ledger,
      decisions: [decision('e1', '2026-01-01T00:00:01.000Z', 1), decision('e3', '2026-01-01T00:00:02.000Z', 1)],
    },
    { disordered: ['t3/1 of L1 was decided with campaign 1, the org had 2'] },
  ],
  ['a hot lead without a task is wrong', { ...org, tasks: [] }, ledger, { wrong: ['L1 is hot and has no task'] }],
  [
    'a hot lead whose task was closed is wrong',
    { ...org, tasks: org.tasks.map((task) => ({ ...task, isOpen: false })) },
    ledger,
    { wrong: ['L1 is hot and all its tasks are closed'] },
  ],
  [
    'a cold lead with an open task is wrong',
    org,
    { ...ledger, decisions: ledger.decisions.map((d) => (d.eventid === 'e3' ? { ...d, band: 'cold' } : d)) },
    { wrong: ['L1 is cold and has an open task'] },
  ],
  [
    'a task that belongs to no decision is wrong',
    { ...org, tasks: [{ id: 'T1', lead: 'L1', key: 'sbx:e9:lead-scoring:create-task', isOpen: true }] },
    ledger,
    { wrong: ['task T1 of L1 belongs to no decision'] },
  ],
  [
    'a rating other than that of the last decision is wrong',
    { ...org, ratings: new Map([['L1', null]]) },
    ledger,
    { wrong: ['L1 has the rating null, expected Hot'] },
  ],
];

test('an org and a ledger that fit have no differences', () => {
  expect(compare(org, ledger)).toEqual(none);
});

test('leads that are not asked about do not count', () => {
  expect(compare({ ...org, ratings: new Map() }, { events: [], decisions: [] })).toEqual(none);
});

test.each(twins)('%s', (_name, orgTwin, ledgerTwin, told) => {
  expect(compare(orgTwin, ledgerTwin)).toEqual({ ...none, ...told });
});
