import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { signalbox as command } from '../../cli/terminal.fixture';
import { featuresFromRow, sourcesOf } from '../../models/features';
import { loadModels } from '../../models/registry';
import { openScorer } from '../../models/score';
import { projectRoot } from '../../services/project-root';
import { type RunningDynamics365, startDynamics365 } from '../../simulators/dynamics365';
import { configOf } from '../dynamics365-org';
import { until } from '../line';
import { type PushedLine, startPushedLine } from '../pushed-line';
import { entries } from './watch';
import type { Scored } from '../../models/scored';

// Longer than any poll, whose own failure says what was waited for.
jest.setTimeout(60_000);

type Cells = Readonly<Record<string, string>>;

/** Made-up incidents of the model's own fixture, with what the model says of each. */
interface Case {
  readonly cells: Cells;
  readonly scored: Scored;
}

const tenant = `t${randomBytes(4).toString('hex')}`;
const env = (crm: RunningDynamics365) => ({ D365_SECRET: crm.clientSecret, D365_KEY: 'k-1' });
let line: PushedLine<RunningDynamics365>;
let org: RunningDynamics365;
let cases: readonly Case[];
/** Attribute of the record, and the column of the incident table that holds it. */
let columns: ReadonlyMap<string, string>;
let teams: Readonly<Record<string, string>>;

beforeAll(async () => {
  const model = (await loadModels(path.join(projectRoot, 'models'))).get('case-routing');
  if (model === undefined) throw new Error('no model case-routing');
  const sources = model.manifest.features.flatMap(sourcesOf);
  columns = new Map(sources.map((source) => [source.path.replace(/^attributes\./, ''), `new_${source.column}`]));
  cases = await casesOf(model);
  line = await startPushedLine(
    async () => {
      const options = {
        columns: { incident: [...columns.values()].map((name) => ({ name, type: 'String' as const })) },
      };
      const crm = await startDynamics365(options);
      const labels = new Set(cases.map(({ scored }) => scored.label));
      const created = [...labels].map(async (name) => [name, await crm.admin.create('team', { name })] as const);
      teams = Object.fromEntries(await Promise.all(created));
      return crm;
    },
    (crm, origin) => ({ tenant, file: tenantWith(crm, origin), env: env(crm) }),
  );
  org = line.crm;
  const connect = ['connect', 'dynamics365', '--tenant', tenant, '--tenants', line.tenantFile, '--yes'];
  expect(await command(connect, { env: env(org) })).toMatchObject({ code: 0, err: '' });
}, 120_000);

afterAll(() => line.stop());

async function casesOf(model: Parameters<typeof openScorer>[0]): Promise<readonly Case[]> {
  const file = path.join(path.dirname(model.file), 'parity.jsonl');
  const rows = readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((text) => (JSON.parse(text) as { readonly row: Cells }).row);
  const scorer = await openScorer(model);
  const features = rows.map((cells) => featuresFromRow(model.manifest, cells)).filter((row) => row.outcome === 'row');
  expect(features).toHaveLength(rows.length);
  const scored = await scorer.score(features);
  await scorer.close();
  return scored.map((one, n) => ({ cells: rows[n] ?? {}, scored: one }));
}

function tenantWith(crm: RunningDynamics365, origin: string): object {
  const { auth, ...config } = configOf(crm);
  return {
    tenant,
    connections: {
      service: {
        connector: 'dynamics365',
        ...config,
        auth: { ...auth, clientSecret: 'env:D365_SECRET' },
        webhook: { kind: 'webhook-key', key: 'env:D365_KEY', url: `${origin}/in/${tenant}/service` },
        subscribe: ['incident', 'task'],
        start: 'earliest',
        mapping: { case: Object.fromEntries(columns) },
      },
    },
    useCases: {
      'case-routing': {
        connection: 'service',
        bands: { automate: 0.9, suggest: 0.5 },
        act: {
          automate: [{ route: { field: 'ownerid', to: teams } }],
          suggest: [{ task: { subject: 'Give {{record.subject}} to {{label}}?', body: '{{ranking}}' } }],
        },
        outcome: { within: 'P30D' },
      },
    },
  };
}

/** The first case whose best class is as likely as that. */
function caseScored(from: number, to: number): Case {
  const found = cases.find(({ scored }) => scored.score >= from && scored.score < to);
  if (found === undefined) throw new Error(`no case is scored from ${from} to ${to}`);
  return found;
}

async function open({ cells }: Case, title: string): Promise<string> {
  const customer = await org.admin.create('account', { name: `Customer of ${title}` });
  return org.admin.create('incident', {
    title,
    'customerid_account@odata.bind': `/accounts(${customer})`,
    ...Object.fromEntries([...columns.values()].map((column) => [column, cells[column.replace('new_', '')]])),
  });
}

test('a case that the model is sure of gets its team as owner, and the decision says which others were likely', async () => {
  const sure = caseScored(0.9, 1);
  const id = await open(sure, 'Printer on fire');
  const team = teams[sure.scored.label];
  await until('the new owner', () => org.admin.record('incident', id)?._ownerid_value === team);
  const [decided] = await entries(line, { tenant }, id, 'decision');
  expect(decided?.decision).toMatchObject({ band: 'automate', ranking: sure.scored.ranking?.best });
  expect(org.admin.tasks()).toEqual([]);
});

test('a case that the model is less sure of is proposed to a person, with the likeliest groups', async () => {
  const unsure = caseScored(0.5, 0.9);
  const id = await open(unsure, 'Screen is black');
  const before = org.admin.record('incident', id)?._ownerid_value;
  const task = await until('the task', () =>
    org.admin.tasks().find(({ _regardingobjectid_value: about }) => about === id),
  );
  const [first, second] = unsure.scored.ranking?.best ?? [];
  expect(task.subject).toContain(`Give Screen is black to ${first?.label}?`);
  expect(task.description).toMatch(new RegExp(`^${first?.label} \\(\\d+ %\\)\\n${second?.label} \\(\\d+ %\\)\\n`));
  expect(org.admin.record('incident', id)?._ownerid_value).toBe(before);
});

test('a case that is nothing like what the model knows is left to a person', async () => {
  const guess = caseScored(0, 0.5);
  const id = await open(guess, 'A ghost in the lift');
  const [decided] = await until('the decision', async () => {
    const found = await entries(line, { tenant }, id, 'decision');
    return found.length > 0 ? found : undefined;
  });
  expect(decided?.decision).toMatchObject({ outcome: 'none', score: guess.scored.score });
});
