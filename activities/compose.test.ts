import type { Action } from '../canonical-schema/action';
import { validateAction } from '../canonical-schema/validate';
import { compose, type DraftTexts } from './compose';
import type { ActInput } from './engagement-types';
import type { DecisionDigest } from './lane-types';
import type { Snapshot } from './merge';
import type { ActTemplate } from '../tenants/act-template';

const snapshot: Snapshot = {
  source: '/tenants/acme/salesforce/00D000000000001AAA',
  subject: 'lead/00Q000000000001AAA',
  sequence: '2026-03-01T10:00:00.000Z/1',
  record: { id: '00Q000000000001AAA', nativeType: 'Lead', name: 'Maria Lopez', ownerId: '005000000000001AAA' },
  native: {},
  deleted: false,
};
const decision: DecisionDigest = {
  id: 'e1:lead-scoring',
  sequence: '1',
  score: 0.8,
  band: 'hot',
  reasons: [
    { term: 'month', contribution: 0.7, text: 'Contacted in March' },
    { term: 'job', contribution: -0.2, text: 'Works as technician' },
  ],
  model: 'sha256:abc',
  decidedat: '2026-03-01T10:00:00.000Z',
};
const task: ActTemplate = {
  kind: 'task',
  subject: 'Call {{record.name}}',
  due: 3_600_000,
  priority: 'high',
  assignTo: 'owner',
};
const set: ActTemplate = { kind: 'set', field: 'Rating', value: '{{band}}' };

function told(
  change: Partial<ActInput> = {},
  templates: readonly ActTemplate[] = [task],
  kind: 'act' | 'moot' = 'act',
): ActInput {
  const identity = {
    engagement: 'engagement/acme/sales/lead/00Q000000000001AAA/lead-scoring',
    tenant: 'acme',
    connection: 'sales',
    subject: snapshot.subject,
    usecase: 'lead-scoring',
  };
  const directive = { ...identity, kind, templates, needsApproval: false, withinMs: 86_400_000, decision };
  return { ...identity, directive, ...change };
}

const likely = { scoreWord: 'likely' };

const composed = (...args: Parameters<typeof told>): readonly Action[] => {
  const actions = compose(told(...args), snapshot, likely);
  expect(actions.flatMap(validateAction)).toEqual([]);
  return actions;
};

test('a task says whom to call, how likely it is, why, until when, and what decided it', () => {
  const [created] = composed();
  expect(created).toMatchObject({
    id: 'sbx:e1:lead-scoring:create-task',
    kind: 'create-task',
    about: { entity: 'lead', id: '00Q000000000001AAA' },
    task: {
      subject: 'Call Maria Lopez (80 % likely)',
      due: '2026-03-01T11:00:00.000Z',
      assignTo: '005000000000001AAA',
      priority: 'high',
    },
  });
  expect(created?.kind === 'create-task' && created.task.description.split('\n')).toEqual([
    'Why (80 % likely):',
    '+ Contacted in March',
    '- Works as technician',
    'Holds until 2026-03-02 unless the score moves.',
    'Decision e1:lead-scoring',
    'Model sha256:abc',
    'Workflow engagement/acme/sales/lead/00Q000000000001AAA/lead-scoring',
  ]);
});

test.each<[by: string, draft: DraftTexts | undefined, subject: string]>([
  ['its template', undefined, 'Call Maria Lopez (80 % unusual)'],
  ['an assistant', { subject: 'Look', description: 'Now.', model: 'm' }, 'Look (80 % unusual)'],
])('what is scored is said in the word of its model, whoever words the task: %s', (_, draft, subject) => {
  const [created] = compose(told(), snapshot, { scoreWord: 'unusual', ...(draft === undefined ? {} : { draft }) });
  const description = expect.stringContaining('Why (80 % unusual):') as string;
  expect(created).toMatchObject({ task: { subject, description } });
});

test('the same directive gives the same actions', () => {
  expect(composed()).toEqual(composed());
});

test('a subject that tells the score itself is left as it is', () => {
  const [created] = composed({}, [{ kind: 'task', subject: '{{percent}} % sure', priority: 'low' }]);
  expect(created).toMatchObject({ task: { subject: '80 % sure', priority: 'low' } });
});

const overdue: ActTemplate = {
  ...task,
  overdue: [
    { after: 1_000, change: { priority: 'low', subject: 'Still to call: {{record.name}}' } },
    { after: 2_000, change: { assignTo: '005000000000009AAA' } },
    { after: 3_000, change: { assignTo: 'owner' } },
  ],
};

test('a step of a task that nobody has done changes what it names, and nothing else', () => {
  const told = (steps: number): readonly Action[] =>
    composed({ taskId: '00T000000000001AAA', overdue: { steps, isNow: true } }, [overdue, set]);
  expect([1, 2, 3].map((steps) => told(steps))).toMatchObject([
    [
      {
        ...{ id: 'sbx:e1:lead-scoring:update-task:overdue-1', taskId: '00T000000000001AAA' },
        task: { subject: 'Still to call: Maria Lopez (80 % likely)', priority: 'low' },
      },
    ],
    [{ id: 'sbx:e1:lead-scoring:update-task:overdue-2', task: { assignTo: '005000000000009AAA' } }],
    [{ id: 'sbx:e1:lead-scoring:update-task:overdue-3', task: { assignTo: '005000000000001AAA' } }],
  ]);
  expect(told(2)[0]).toHaveProperty('task', { assignTo: '005000000000009AAA' });
  expect(told(4)).toEqual([]);
});

test('a later decision leaves the task as its steps have made it', () => {
  const [updated] = composed({ taskId: '00T000000000001AAA', overdue: { steps: 1 } }, [overdue]);
  expect(updated).toMatchObject({ task: { subject: 'Still to call: Maria Lopez (80 % likely)', priority: 'low' } });
});

test('a later decision changes the open task, says what changed, and moves neither due time nor owner', () => {
  const previous = { ...decision, id: 'e0:lead-scoring', score: 0.62 };
  const [updated] = composed({ taskId: '00T000000000001AAA', previous });
  expect(updated).toMatchObject({ kind: 'update-task', taskId: '00T000000000001AAA' });
  const content = updated?.kind === 'update-task' ? updated.task : {};
  expect(Object.keys(content).sort()).toEqual(['description', 'priority', 'subject']);
  expect(content.description).toContain('Changed: 62 % -> 80 % since 2026-03-01 10:00 UTC.');
});

test("what is known of the customer's other records can be said in the task", () => {
  const template = { ...task, body: '{{related.overdue}} late deliveries, {{related.other}}.' };
  const { directive } = told({}, [template]);
  const [created] = composed({ directive: { ...directive, decision: { ...decision, related: { overdue: 2 } } } });
  expect(created?.kind === 'create-task' && created.task.description).toMatch(/^2 late deliveries, \.\n/);
});

test('at most one task, whatever the templates', () => {
  expect(composed({}, [task, task]).map(({ kind }) => kind)).toEqual(['create-task']);
});

test('fields are set from templates, beside the task', () => {
  const actions = composed({}, [task, set, { kind: 'set', field: 'Score__c', value: 80 }]);
  expect(actions.map(({ kind }) => kind)).toEqual(['create-task', 'set-fields']);
  expect(actions[1]).toMatchObject({ id: 'sbx:e1:lead-scoring:set-fields', fields: { Rating: 'hot', Score__c: 80 } });
  const [told] = composed({}, [{ kind: 'set', field: 'Model__c', value: '{{decision.model}}' }]);
  expect(told).toMatchObject({ fields: { Model__c: decision.model } });
});

test('a note says its text, why and the receipt; each has an id of its own, and a later decision leaves another', () => {
  const note: ActTemplate = { kind: 'note', title: '{{record.name}} is {{band}}', text: 'Ask about the price.' };
  const [first, second] = composed({}, [note, { kind: 'note', title: 'Again' }]);
  expect(first).toMatchObject({ id: 'sbx:e1:lead-scoring:add-note', note: { title: 'Maria Lopez is hot' } });
  expect(first?.kind === 'add-note' && first.note.text.split('\n').slice(0, 4)).toEqual([
    'Ask about the price.',
    '',
    'Why (80 % likely):',
    '+ Contacted in March',
  ]);
  expect(second).toMatchObject({ id: 'sbx:e1:lead-scoring:add-note:2', note: { title: 'Again' } });
  expect(composed({ taskId: '00T1' }, [task, note]).map(({ kind }) => kind)).toEqual(['update-task', 'add-note']);
});

test('a band without a task closes the one that is open', () => {
  expect(composed({ taskId: '00T000000000001AAA' }, [set]).map(({ kind }) => kind)).toEqual([
    'close-task',
    'set-fields',
  ]);
});

test('a moot engagement closes its task and says why; without a task there is nothing to do', () => {
  expect(composed({}, [], 'moot')).toEqual([]);
  expect(composed({ taskId: '00T000000000001AAA' }, [], 'moot')).toMatchObject([
    {
      kind: 'close-task',
      id: 'sbx:e1:lead-scoring:close-task',
      description: 'No longer called for: now 80 %. Contacted in March.',
    },
  ]);
});

test('a task that is closed for another reason has an action of its own', () => {
  const closing = { label: 'won', because: 'told by event e9' } as const;
  expect(composed({ taskId: '00T000000000001AAA', closing }, [], 'moot')).toMatchObject([
    { id: 'sbx:e1:lead-scoring:close-task:won', description: 'Closed by Signalbox: won.' },
  ]);
});

describe('of a model with several classes', () => {
  const ranking = [
    { label: 'Group 70', score: 0.81 },
    { label: 'Group 8', score: 0.07 },
  ];
  const route: ActTemplate = { kind: 'route', field: 'OwnerId', to: { 'Group 70': '00G70', 'Group 24': '00G24' } };
  const ranked = (templates: readonly ActTemplate[], of = ranking): readonly Action[] => {
    const input = told({}, templates);
    const { directive } = input;
    return compose({ ...input, directive: { ...directive, decision: { ...decision, ranking: of } } }, snapshot, likely);
  };

  test('a route gives the record the owner of the best class, in one write with what else is set', () => {
    expect(ranked([set, route])).toMatchObject([
      { kind: 'set-fields', fields: { Rating: 'hot', OwnerId: '00G70' }, about: { entity: 'lead' } },
    ]);
  });

  test('a class without an owner goes to the one for all others, or changes nothing', () => {
    const other = [{ label: 'toString', score: 0.9 }];
    expect(ranked([route], other)).toEqual([]);
    expect(ranked([{ ...route, otherwise: '00G1' }], other)).toMatchObject([{ fields: { OwnerId: '00G1' } }]);
  });

  test('a route may put the record into a queue, and leave its owner', () => {
    const queued: ActTemplate = { kind: 'route', queue: true, to: { 'Group 70': 'q-70' }, otherwise: 'q-1' };
    expect(ranked([set, queued])).toMatchObject([
      { id: 'sbx:e1:lead-scoring:add-to-queue', kind: 'add-to-queue', queue: 'q-70' },
      { kind: 'set-fields', fields: { Rating: 'hot' } },
    ]);
    expect(ranked([queued], [{ label: 'Group 9', score: 0.9 }])).toMatchObject([{ queue: 'q-1' }]);
    expect(ranked([{ kind: 'route', queue: true, to: { 'Group 8': 'q-8' } }])).toEqual([]);
  });

  test('a task may name the class and tell the likeliest', () => {
    const [created] = ranked([{ ...task, subject: 'Give to {{label}}? {{percent}} %', body: '{{ranking}}' }]);
    expect(created).toMatchObject({
      task: {
        subject: 'Give to Group 70? 80 %',
        description: expect.stringContaining('Group 70 (81 %)\nGroup 8 (7 %)\n') as string,
      },
    });
  });
});

const opened: ActTemplate = {
  kind: 'case',
  subject: '{{record.name}} is at risk',
  body: 'Look at it.',
  priority: 'high',
  team: 'T7',
  assignTo: 'owner',
};

test('a case says what the task says, to whom the template gives it', () => {
  const [action, ...others] = composed({}, [opened, opened]);
  expect(others).toEqual([]);
  expect(action).toMatchObject({
    id: 'sbx:e1:lead-scoring:create-case',
    kind: 'create-case',
    case: {
      subject: 'Maria Lopez is at risk (80 % likely)',
      priority: 'high',
      team: 'T7',
      assignTo: '005000000000001AAA',
    },
  });
  const text = action?.kind === 'create-case' ? action.case.description : '';
  expect(text).toMatch(/^Look at it\.\n\nWhy \(80 % likely\):\n/);
  expect(text).toContain('Decision e1:lead-scoring');
});

test('an engagement that has opened a case changes what it says, opens no other one, and closes none', () => {
  const previous = { ...decision, score: 0.6 };
  const [first, changed, ...others] = composed({ caseId: 'C1', previous }, [task, opened]);
  expect(first?.kind).toBe('create-task');
  expect(others).toEqual([]);
  expect(changed).toEqual({
    ...{ tenantid: 'acme', connection: 'sales', about: first?.about, decisionid: decision.id },
    ...{ id: 'sbx:e1:lead-scoring:update-case', kind: 'update-case', caseId: 'C1' },
    case: {
      subject: 'Maria Lopez is at risk (80 % likely)',
      description: expect.stringContaining('Changed: 60 % -> 80 %') as string,
      priority: 'high',
    },
  });
  expect(composed({ caseId: 'C1' }, [task]).map(({ kind }) => kind)).toEqual(['create-task']);
  expect(composed({ caseId: 'C1' }, [], 'moot')).toEqual([]);
});
