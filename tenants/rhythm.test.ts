import { acme, faultsOf, load, options } from './broken-example.fixture';

const entry = { entity: 'rhythm', bands: { unusual: 0.5 }, act: {}, outcome: { within: 'P7D' } } as const;
const models = new Map([
  ...options.models,
  ['rhythm', { manifest: { classes: ['usual', 'unusual'], useCase: entry } }],
]);

/** The example with a use case about the rhythm of its connection. */
const withAct = (...lines: readonly string[]): string =>
  `${acme.trimEnd()}\n`.replace(
    /\nuseCases:\n/,
    `\nuseCases:\n  anomaly:\n    connection: sales\n    model: rhythm\n${lines.map((line) => `    ${line}\n`).join('')}`,
  );

const lineOf = (text: string, part: string): number => text.slice(0, text.indexOf(part)).split('\n').length;

test('one entry switches it on; what the model brings along stands', () => {
  expect(load(withAct(), { models }).useCases['anomaly']).toMatchObject({
    ...{ entity: 'rhythm', model: 'rhythm', connection: 'sales' },
    bands: [{ name: 'unusual', from: 0.5 }],
  });
});

test('a task for a named owner is taken', () => {
  const text = withAct(
    'act: { unusual: [{ task: { subject: "{{record.what}}: {{reasons.0}}", assignTo: 0055g000001 } }] }',
  );
  expect(faultsOf(text, { models })).toEqual([]);
});

test.each([
  ['a task without an owner', 'task: { subject: Look }', '.task', /has no owner/],
  ['a task for the owner of the record', 'task: { subject: Look, assignTo: owner }', '.task.assignTo', /nobody owns/],
  ['a note', 'note: { title: Look }', '.note', /no record of the CRM/],
  ['a field', 'set: { field: Rating, value: Hot }', '.set', /no record of the CRM/],
])('%s is refused, at its place', (_, act, path, message) => {
  const text = withAct('act:', '  unusual:', `    - ${act}`);
  const [fault, ...more] = faultsOf(text, { models });
  expect(more).toEqual([]);
  expect(fault).toMatchObject({
    ...{ file: 'acme.yaml', path: `useCases.anomaly.act.unusual[0]${path}`, line: lineOf(text, act) },
    message: expect.stringMatching(message) as string,
    fix: expect.stringMatching(/assignTo/) as string,
  });
});

test('events must be kept for longer than a rhythm takes to be known', () => {
  const text = withAct().replace(/events: P\d+D/, 'events: P14D');
  const [fault, ...more] = faultsOf(text, { models });
  expect(more).toEqual([]);
  expect(fault).toMatchObject({ path: 'retention.events', line: lineOf(text, 'events: P14D') });
  expect(faultsOf(acme.replace(/events: P\d+D/, 'events: P14D'), { models })).toEqual([]);
});
