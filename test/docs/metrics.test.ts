import { parser } from '@prometheus-io/lezer-promql';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { Metrics } from '../../services/observe/metrics';
import { projectRoot } from './project';

interface Rules {
  readonly groups: readonly { readonly rules: readonly Rule[] }[];
}
interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: { readonly summary: string; readonly runbook: string };
}
interface Panel {
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
}
interface Dashboard {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly definition: string }[] };
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>;
}
interface Service {
  readonly command?: readonly string[];
  readonly image?: string;
  readonly volumes?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly healthcheck?: { readonly test: readonly string[] };
}

const read = (...parts: readonly string[]): string => readFileSync(path.join(projectRoot, ...parts), 'utf8');
const rules = (parse(read('deploy', 'prometheus', 'rules.yml')) as Rules).groups.flatMap((group) => group.rules);
const dashboards = readdirSync(path.join(projectRoot, 'deploy', 'grafana', 'dashboards')).map(
  (file) => JSON.parse(read('deploy', 'grafana', 'dashboards', file)) as Dashboard,
);
const compose = parse(read('docker-compose.yml'), { merge: true }) as Compose;
const page = read('docs', 'operate.md');
const documented = [...page.matchAll(/^\| `(signalbox_\w+)` \| ([^|]+) \| ([^|]+) \|/gm)];

const metrics = new Metrics();
/** Every name that the page of a process has, with the labels of it. */
async function exposed(): Promise<ReadonlyMap<string, readonly string[]>> {
  const all = await metrics.registry.getMetricsAsJSON();
  const labels = metrics.registry.getMetricsAsArray() as unknown as readonly { name: string; labelNames?: string[] }[];
  const of = new Map(labels.map(({ name, labelNames = [] }) => [name, labelNames]));
  return new Map(
    all.flatMap(({ name, type }): [string, readonly string[]][] => {
      const own = of.get(name) ?? [];
      if (String(type) !== 'histogram') return [[name, own]];
      return [
        [`${name}_bucket`, [...own, 'le']],
        ...['_sum', '_count'].map((end): [string, string[]] => [name + end, own]),
      ];
    }),
  );
}

/** What Prometheus and a scrape add by themselves. */
const added = { names: ['up'], labels: ['job', 'instance', 'le'] };
/** Grafana's own words, as Prometheus gets to see them. */
const plain = (expr: string): string => expr.replaceAll('$__rate_interval', '1m').replaceAll(/\$\w+/g, 'x');

interface Query {
  readonly where: string;
  readonly expr: string;
}
const queries: readonly Query[] = [
  ...rules.map(({ alert, expr }) => ({ where: alert, expr })),
  ...dashboards.flatMap(({ panels, templating }) => [
    ...panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ where: title, expr: plain(expr) }))),
    ...templating.list.map(({ definition }) => ({
      where: 'variable',
      expr: definition.replace(/^label_values\((.*), \w+\)$/, '$1'),
    })),
  ]),
];

/** The words of one kind that a query has; `⚠` are those that the grammar does not know. */
function words({ expr }: Query, kind: string): readonly string[] {
  const found: string[] = [];
  parser.parse(expr).iterate({
    enter: ({ name, from, to }) => {
      if (name === kind) found.push(expr.slice(from, to));
    },
  });
  return found;
}

/** GitHub's anchor of a heading. */
const anchors = [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
  heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .trim()
    .replaceAll(' ', '-'),
);

describe('metrics', () => {
  it('follow the conventions: base units, _total for what only grows, labels in lower case', async () => {
    for (const { name, type, help } of await metrics.registry.getMetricsAsJSON()) {
      if (!name.startsWith('signalbox_')) continue;
      expect(name.endsWith('_total')).toBe(String(type) === 'counter');
      expect(name).not.toMatch(/_(ms|millis|minutes|hours|kb|mb|percent)(_|$)/);
      expect(help).toMatch(/\.$/);
    }
    for (const labels of (await exposed()).values())
      for (const label of labels) expect(label).toMatch(/^[a-z][a-z_]*$/);
  });

  it('have no label that a record or a person could fill', async () => {
    const known = 'tenant connection stream use_case status step lane outcome band model crm kind result allocation';
    const words = [...known.split(' '), 'priority', 'check', 'version', 'roles', 'le'];
    const own = [...(await exposed())].filter(([name]) => name.startsWith('signalbox_'));
    expect(own.flatMap(([, labels]) => labels).filter((label) => !words.includes(label))).toEqual([]);
  });

  it('are each on the page, with their labels and a meaning, and nothing else is', () => {
    const registered = metrics.registry.getMetricsAsArray() as unknown as readonly {
      name: string;
      labelNames: string[];
    }[];
    const own = registered.filter(({ name }) => name.startsWith('signalbox_'));
    const told = documented.map(([, name, labels = '']) => `${name} ${labels.replaceAll(/[`,]/g, '').trim()}`);
    expect(told.sort()).toEqual(own.map(({ name, labelNames }) => `${name} ${labelNames.join(' ') || '-'}`).sort());
  });
});

describe('alert rules and dashboards', () => {
  it('are there', () => {
    expect(rules.length).toBeGreaterThan(10);
    expect(queries.length).toBeGreaterThan(40);
  });

  it.each(queries)('$where: $expr can be read and asks for what a process tells', async (query) => {
    expect(words(query, '⚠')).toEqual([]);
    const all = await exposed();
    const names = words(query, 'Identifier').filter((name) => !added.names.includes(name));
    expect(names.filter((name) => !all.has(name))).toEqual([]);
    const labels = [...new Set(names.flatMap((name) => all.get(name) ?? []))];
    expect(words(query, 'LabelName').filter((label) => ![...labels, ...added.labels].includes(label))).toEqual([]);
  });

  it.each(rules)('$alert says what and where, and leads to its runbook', ({ annotations: { summary, runbook } }) => {
    expect(summary).toMatch(/\{\{/);
    const [file, anchor] = runbook.split('#');
    expect(file).toBe('docs/operate.md');
    expect(anchors).toContain(anchor);
  });

  it('show every metric of Signalbox somewhere', async () => {
    const shown = new Set(queries.flatMap((query) => words(query, 'Identifier')));
    const hidden = [...(await exposed()).keys()].filter(
      (name) => name.startsWith('signalbox_') && !shown.has(name) && !/_(sum|count|bucket)$/.test(name),
    );
    expect(hidden).toEqual(['signalbox_build_info']);
  });
});

describe('docker-compose.yml', () => {
  const parts = Object.entries(compose.services).filter(([, { command }]) => command?.includes('up'));

  it('asks every part of Signalbox whether it is ready, where it tells', () => {
    expect(parts.map(([name]) => name)).toEqual(['worker', 'dispatch', 'ingest']);
    for (const [, { environment, healthcheck }] of parts) {
      expect(environment?.['SIGNALBOX_METRICS']).toBe('0.0.0.0:9464');
      expect(healthcheck?.test.join(' ')).toContain('http://127.0.0.1:9464/readyz');
    }
  });

  it('scrapes every part', () => {
    const config = read('deploy', 'prometheus', 'prometheus.yml');
    for (const [name] of parts) expect(config).toContain(`'${name}:9464'`);
  });

  it('mounts files that are there', () => {
    const mounted = Object.values(compose.services)
      .flatMap(({ volumes = [] }) => volumes)
      .map((volume) => volume.split(':')[0] ?? '')
      .filter((from) => from.startsWith('./deploy'));
    expect(mounted.length).toBeGreaterThan(2);
    for (const from of mounted) expect(() => readdirSync(path.dirname(path.join(projectRoot, from)))).not.toThrow();
  });
});
