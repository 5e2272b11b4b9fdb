import { faultsOf, load } from './broken-example.fixture';

const env = { SECRET: 'a secret' };

const fileWith = (...steps: readonly string[]): string => `tenant: acme
connections:
  sales:
    connector: salesforce
    baseUrl: https://acme.my.salesforce.com
    auth: { kind: client-credentials, clientId: env:SECRET, clientSecret: env:SECRET }
    subscribe: [/data/LeadChangeEvent]
useCases:
  lead-scoring:
    connection: sales
    bands: { hot: 0.6 }
    act:
      hot:
        - task:
            subject: Call {{record.name}}
            overdue:
${steps.map((step) => `              - ${step}\n`).join('')}    outcome: { won: record.isConverted, within: P30D }
`;

test('steps are kept in milliseconds, with what they change', () => {
  const text = fileWith(
    '{ after: PT8H, priority: high }',
    "{ after: P2D, assignTo: owner, subject: 'Late: {{record.name}}' }",
  );
  expect(load(text, { env }).useCases['lead-scoring']?.act.hot).toMatchObject([
    {
      overdue: [
        { after: 28_800_000, change: { priority: 'high' } },
        { after: 172_800_000, change: { assignTo: 'owner', subject: 'Late: {{record.name}}' } },
      ],
    },
  ]);
});

const step = 'useCases.lead-scoring.act.hot[0].task.overdue';
test.each<[what: string, steps: readonly string[], path: string, line: number, message: RegExp]>([
  ['that changes nothing', ['{ after: PT8H }'], `${step}[0]`, 17, /changes nothing/],
  [
    'out of turn',
    ['{ after: P1D, priority: high }', '{ after: PT8H, assignTo: owner }'],
    `${step}[1].after`,
    18,
    /PT8H is not later than the step before, P1D/,
  ],
  [
    'that never comes',
    ['{ after: P30D, priority: high }'],
    `${step}[0].after`,
    17,
    /never comes: the engagement ends after P30D/,
  ],
  ['without its time', ['{ priority: high }'], `${step}[0]`, 17, /after/],
  ['with a word for a time', ['{ after: soon, priority: high }'], `${step}[0].after`, 17, /soon/],
  ['of another priority', ['{ after: PT8H, priority: urgent }'], `${step}[0].priority`, 17, /urgent/],
  [
    'with a field that is not there',
    ["{ after: PT8H, subject: '{{record.nmae}}' }"],
    `${step}[0].subject`,
    17,
    /has no field "nmae"/,
  ],
])('a step %s is refused, at its place', (_, steps, path, line, message) => {
  const [fault, ...more] = faultsOf(fileWith(...steps), { env });
  expect(more).toEqual([]);
  expect(fault).toMatchObject({ path, line, message: expect.stringMatching(message) as string });
  expect(fault?.fix).not.toBe('');
});
