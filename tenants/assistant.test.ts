import { acme, env, faultsOf, load } from './broken-example.fixture';

const block = `assistant:
  baseUrl: https://models.acme.example/v1
  model: qwen3-14b
  apiKey: env:ASSISTANT_KEY
`;
const more = { env: { ...env, ASSISTANT_KEY: 'the-key' } };
const drafting = acme.replace('assignTo: owner', 'draft: true');
const withBlock = (change: (text: string) => string = (text) => text): string => `${change(block)}${drafting}`;

test('is off unless the file names it, and a task unless it says so', () => {
  expect(load(acme).assistant).toBeUndefined();
  expect(JSON.stringify(load(acme).useCases)).not.toContain('draft');
  expect(JSON.stringify(load(`${block}${acme}`, more).useCases)).not.toContain('draft');
});

test('has its defaults, the key behind the reference, and its time in the templates that draft', () => {
  const { assistant, useCases } = load(withBlock(), more);
  expect(assistant).toEqual({
    ...{ baseUrl: 'https://models.acme.example/v1', model: 'qwen3-14b', apiKey: 'the-key' },
    ...{ timeoutMs: 20_000, maxTokens: 1_000, tokensPerDay: 200_000, responseFormat: 'json_schema', personal: [] },
  });
  const tasks = Object.values(useCases).flatMap(({ act }) => Object.values(act).flat());
  expect(tasks).toContainEqual(expect.objectContaining({ kind: 'task', draft: { withinMs: 20_000 } }));
});

test('changes the policy of a use case that drafts, and of no other', () => {
  const policies = (text: string) => Object.values(load(text, more).useCases).map(({ policy }) => policy);
  expect(policies(`${block}${acme}`)).toEqual(policies(acme));
  expect(policies(withBlock())[0]).not.toBe(policies(acme)[0]);
});

type Broken = readonly [what: string, text: string, at: string, message: RegExp, fix: RegExp, path: string];

test.each<Broken>([
  ['a draft without an assistant', drafting, 'true\n', /no assistant/, /add assistant:/, 'task.draft'],
  [
    'an unknown key',
    withBlock((b) => b.replace('model:', 'modle:')),
    'modle',
    /not known/,
    /"model"/,
    'assistant.modle',
  ],
  ['an address that is none', withBlock((b) => b.replace('https://', '')), 'models.acme', /./, /https:\/\//, 'baseUrl'],
  [
    'a key written out',
    withBlock((b) => b.replace('env:ASSISTANT_KEY', 'hunter2')),
    'hunter2',
    /must not stand/,
    /env:/,
    'apiKey',
  ],
  [
    'a key that is not there',
    withBlock((b) => b.replace('ASSISTANT_KEY', 'NO_KEY')),
    'env:NO',
    /NO_KEY is not set/,
    /export/,
    'apiKey',
  ],
  [
    'a key in clear',
    withBlock((b) => b.replace('https:', 'http:')),
    'http:',
    /in clear/,
    /https:\/\//,
    'assistant.baseUrl',
  ],
  [
    'no time',
    withBlock((b) => `${b}  timeout: PT0.1S\n`),
    'PT0.1S',
    /cannot take/,
    /PT1S to PT5M/,
    'assistant.timeout',
  ],
  [
    'a personal field that nobody has',
    withBlock((b) => `${b}  personal: [region, descripton]\n`),
    'descripton',
    /no record has/,
    /"description"/,
    'assistant.personal[1]',
  ],
  ['too few tokens', withBlock((b) => `${b}  maxTokens: 5\n`), '5\n', /100/, /1000/, 'assistant.maxTokens'],
])('%s is told with its place and its fix', (_, text, at, message, fix, path) => {
  const faults = faultsOf(text, more);
  const fault = faults.find((one) => one.path.endsWith(path));
  expect(fault?.message).toMatch(message);
  expect(fault?.fix).toMatch(fix);
  const before = text.slice(0, text.indexOf(at)).split('\n');
  expect([fault?.line, fault?.column]).toEqual([before.length, (before.at(-1)?.length ?? 0) + 1]);
  expect(JSON.stringify(faults)).not.toContain('hunter2');
});

test('an endpoint on this machine may be asked in clear', () => {
  expect(
    faultsOf(
      withBlock((b) => b.replace('https://models.acme.example', 'http://127.0.0.1:8080')),
      more,
    ),
  ).toEqual([]);
});
