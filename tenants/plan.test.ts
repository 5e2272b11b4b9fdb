import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { parse } from 'yaml';
import { connectors } from '../connectors/registry';
import { changeText, documentDigest, planTenant } from './plan';

const all = [...connectors.values()];

interface Document {
  partitions?: number;
  connections: Record<string, Record<string, unknown>>;
  useCases: Record<string, Record<string, unknown>>;
  [key: string]: unknown;
}

const example = (): Document => {
  return {
    tenant: 'acme',
    connections: {
      sales: {
        connector: 'salesforce',
        baseUrl: 'https://acme.my.salesforce.com',
        auth: { kind: 'client-credentials', clientId: 'env:SF_ID', clientSecret: 'env:SF_SECRET' },
        subscribe: ['/data/LeadChangeEvent', '/data/TaskChangeEvent'],
        mapping: { lead: { region: 'Region__c' } },
      },
    },
    useCases: {
      'lead-scoring': {
        connection: 'sales',
        bands: { hot: 0.6, warm: 0.3 },
        act: { hot: [{ task: { subject: 'Call {{record.name}}' } }] },
      },
    },
  };
};

const planOf = (mend: (document: Document) => void) => {
  const after = example();
  mend(after);
  return planTenant(example(), after, all);
};

test.each<[string, (document: Document) => void, string, RegExp]>([
  [
    'a threshold',
    (d) => (d.useCases['lead-scoring']!['bands'] = { hot: 0.7, warm: 0.3 }),
    '~ useCases.lead-scoring.bands.hot: 0.6 -> 0.7',
    /another policy digest/,
  ],
  [
    'a template',
    (d) => (d.useCases['lead-scoring']!['act'] = { hot: [{ task: { subject: 'Ring' } }] }),
    '~ useCases.lead-scoring.act.hot[0].task.subject: Call {{record.name}} -> Ring',
    /engagements keep what they were told/,
  ],
  [
    'a mapping',
    (d) => (d.connections['sales']!['mapping'] = { lead: { region: 'Area__c' } }),
    '~ connections.sales.mapping.lead.region: Region__c -> Area__c',
    /mapped from now on/,
  ],
  [
    'a stream that is added',
    (d) =>
      (d.connections['sales']!['subscribe'] = [
        '/data/CaseChangeEvent',
        '/data/TaskChangeEvent',
        '/data/LeadChangeEvent',
      ]),
    '+ connections.sales.subscribe[/data/CaseChangeEvent]: /data/CaseChangeEvent',
    /heard from now on/,
  ],
  [
    'a stream that is removed',
    (d) => (d.connections['sales']!['subscribe'] = ['/data/LeadChangeEvent']),
    '- connections.sales.subscribe[/data/TaskChangeEvent]: /data/TaskChangeEvent',
    /position stays/,
  ],
  [
    'a use case that is added',
    (d) => (d.useCases['churn'] = { connection: 'sales', entity: 'account', bands: { high: 0.5 } }),
    '+ useCases.churn',
    /next batch/,
  ],
  [
    'a use case that is removed',
    (d) => delete d.useCases['lead-scoring'],
    '- useCases.lead-scoring',
    /open engagements end/,
  ],
  [
    'a connection that is added',
    (d) => (d.connections['other'] = { ...d.connections['sales'] }),
    '+ connections.other',
    /heard from now on/,
  ],
  [
    "a secret's reference",
    (d) =>
      (d.connections['sales']!['auth'] = {
        kind: 'client-credentials',
        clientId: 'env:SF_ID',
        clientSecret: 'env:OTHER',
      }),
    '~ connections.sales.auth.clientSecret: env:SF_SECRET -> env:OTHER',
    /let run empty/,
  ],
  [
    'a challenger',
    (d) => (d.useCases['lead-scoring']!['challengers'] = ['churn']),
    '+ useCases.lead-scoring.challengers[0]: churn',
    /decides nothing/,
  ],
  [
    'a time zone',
    (d) => (d['timeZone'] = 'Europe/Berlin'),
    '+ timeZone: Europe/Berlin',
    /the past of series is told by it, too, and what was decided stays/,
  ],
  ['a holiday', (d) => (d['holidays'] = ['2026-12-25']), '+ holidays: ["2026-12-25"]', /next batch of each lane/],
  ['retention', (d) => (d['retention'] = { events: 'P1D' }), '~ retention.events: P180D -> P1D', /next deletion/],
])('%s', (_, mend, text, means) => {
  const plan = planOf(mend);
  expect(plan.map(changeText)).toEqual([text]);
  expect(plan[0]?.means).toMatch(means);
  expect(plan[0]).not.toHaveProperty('refused');
});

test.each<[string, (document: Document) => void, RegExp]>([
  ['partitions', (d) => (d.partitions = 8), /wait until the queues/],
  ['connections.sales.connector', (d) => (d.connections['sales']!['connector'] = 'cloudevents'), /another name/],
  ['connections.sales.transport', (d) => (d.connections['sales']!['transport'] = 'cometd'), /another name/],
])('%s is refused with the way to go', (path, mend, fix) => {
  expect(planOf(mend).find((change) => change.path === path)?.refused?.fix).toMatch(fix);
});

test('a tenant comes and goes in one line', () => {
  expect(planTenant(undefined, example(), all).map(changeText)).toEqual(['+ the tenant']);
  expect(planTenant(example(), undefined, all).map(changeText)).toEqual(['- the tenant']);
});

test('defaults that are written out, comments and the order of streams are no change', () => {
  const written = { ...example(), partitions: 4, retention: { events: 'P180D' } };
  written.connections['sales'] = { start: 'latest', ...written.connections['sales'] };
  written.connections['sales']['subscribe'] = ['/data/TaskChangeEvent', '/data/LeadChangeEvent'];
  expect(planTenant(example(), written, all)).toEqual([]);
  const text = readFileSync('tenants/examples/acme.yaml', 'utf8');
  const bare = JSON.parse(JSON.stringify(parse(text))) as unknown;
  expect(planTenant(parse(`# a comment\n${text}`), bare, all)).toEqual([]);
  expect(documentDigest(parse(text), all)).toBe(documentDigest(bare, all));
});

/** The keys of every object in another order. */
const shuffled = (value: unknown, seed: number): unknown => {
  if (Array.isArray(value)) return value.map((item) => shuffled(item, seed));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(
    ([key, item], n) => [key, shuffled(item, seed), (n * 7 + seed) % 11] as const,
  );
  return Object.fromEntries([...entries].sort((a, b) => a[2] - b[2]).map(([key, item]) => [key, item]));
};

test('property: equal documents have an empty plan and one digest; another threshold has exactly one change', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10 }), fc.integer({ min: 1, max: 59 }), (seed, hundredths) => {
      const other = shuffled(example(), seed) as Document;
      expect(planTenant(example(), other, all)).toEqual([]);
      expect(documentDigest(other, all)).toBe(documentDigest(example(), all));
      other.useCases['lead-scoring']!['bands'] = { warm: 0.3, hot: 0.6 + hundredths / 200 };
      expect(planTenant(example(), other, all)).toHaveLength(1);
      expect(documentDigest(other, all)).not.toBe(documentDigest(example(), all));
    }),
  );
});
