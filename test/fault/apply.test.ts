import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import { ledgerFolder } from '../../cli/places';
import { signalbox as command, type Ran } from '../../cli/terminal.fixture';
import { connectors } from '../../connectors/registry';
import type { TenantVersion } from '../../ledger/ledger';
import { loadModels } from '../../models/registry';
import { projectRoot } from '../../services/project-root';
import { startSignalbox, type Signalbox } from '../../services/signalbox';
import { settleVersions } from '../../services/versions';
import { readTenantFile, type LoadOptions } from '../../tenants/load';
import { hotLead, startLine, until, type Line } from '../line';
import { none } from './compare';
import { settled, shareServers } from './settled';
import { startTraffic } from './traffic';

jest.setTimeout(120_000);

const state = mkdtempSync(path.join(tmpdir(), 'signalbox-apply-'));
let stopServers: () => Promise<void>;
let line: Line;
let signalbox: Signalbox;

interface Written {
  tenant: string;
  connections: { sales: { subscribe: string[]; mapping: { lead: Record<string, string> }; [key: string]: unknown } };
  useCases: Record<string, { bands: Record<string, number>; act: Record<string, unknown>; [key: string]: unknown }>;
}

beforeAll(async () => {
  stopServers = await shareServers();
  line = await startLine({ roles: [] });
  const { clientId = '', clientSecret = '' } = line.org.clients['integration'] ?? {};
  Object.assign(process.env, { SF_ID: clientId, SF_SECRET: clientSecret });
  const models = await loadModels(path.join(projectRoot, 'models'));
  const load: LoadOptions = { connectors: [...connectors.values()], models };
  const folder = path.dirname(line.tenantFile);
  let started: readonly TenantVersion[] = [];
  signalbox = await startSignalbox(
    {
      ...line.runtime,
      ledger: { folder: ledgerFolder(state) },
      tenants: async (ledger) => {
        const read = settleVersions(ledger, [readTenantFile(line.tenantFile, load)], load, folder);
        const { tenants, versions } = await read;
        started = versions;
        return tenants;
      },
    },
    undefined,
    () => ({ folder, load: () => Promise.resolve(load), started, everyMs: 200 }),
  );
});
afterAll(async () => {
  await signalbox.stop();
  await line.stop();
  await stopServers();
  rmSync(state, { recursive: true });
});

const written = (): Written => parse(readFileSync(line.tenantFile, 'utf8')) as Written;
/** The ledger is the state folder's, whatever database other suites use. */
const environment = (more: Readonly<Record<string, string>> = {}) => ({
  ...{ ...process.env, DATABASE_URL: undefined },
  ...more,
});
const run = (...args: readonly string[]): Promise<Ran> => command([...args, '--state', state], { env: environment() });

/** Mends the tenant's file and puts it in force; resolves when the running process has taken it. */
async function apply(mend: (file: Written) => void, name = 'tenant.yaml'): Promise<Ran> {
  const file = written();
  mend(file);
  const at = path.join(path.dirname(line.tenantFile), name);
  writeFileSync(at, stringify(file));
  return run('apply', at, '--yes', '--by', 'Ada Byron');
}

const decisionsOf = async (lead: string, tenant = line.tenant.tenant) =>
  (await signalbox.runtime.ledger.history(tenant, `lead/${lead}`)).flatMap((entry) =>
    entry.kind === 'decision' ? [entry.decision] : [],
  );

const policyOf = async (tenant = line.tenant.tenant): Promise<string | undefined> =>
  (await signalbox.runtime.ledger.tenants.list(tenant))[0]?.policies['lead-scoring'];

test('thresholds, a mapping and streams change while events flow: nothing is lost, doubled or out of order', async () => {
  const { ledger } = signalbox.runtime;
  const { tenant } = line.tenant;
  const before = (await policyOf())!;
  const traffic = startTraffic(line.org, 40, 25);
  await until('some traffic', () => traffic.done() > 30);

  const thresholds = await apply((file) => (file.useCases['lead-scoring']!['materialChange'] = 0.01));
  expect(thresholds).toMatchObject({ code: 0, err: '' });
  expect(thresholds.out).toMatch(/^~ useCases\.lead-scoring\.materialChange: 0\.05 -> 0\.01$/m);
  expect(thresholds.out).toMatch(/taken by 1 of 1 running processes/);
  const after = (await policyOf())!;
  expect(after).not.toBe(before);
  const late = line.org.admin.create('Lead', hotLead);
  const [first] = await until('a decision', async () => {
    const made = await decisionsOf(late);
    return made.length > 0 && made;
  });
  expect(first?.policy).toBe(after);

  const mapping = await apply((file) => (file.connections.sales.mapping.lead['region'] = 'City'));
  expect(mapping).toMatchObject({ code: 0, err: '' });
  const mapped = line.org.admin.create('Lead', { ...hotLead, City: 'Bergen' });
  const told = await until('the mapped lead', async () => (await ledger.records(tenant, [`lead/${mapped}`]))[0]);
  expect(told.record.attributes).toMatchObject({ region: 'Bergen' });

  expect(await apply((file) => file.connections.sales.subscribe.push('/data/CaseChangeEvent'))).toMatchObject({
    code: 0,
  });
  const heard = line.org.admin.create('Case', { Subject: 'It does not start' });
  await until('the case', async () => (await ledger.records(tenant, [`case/${heard}`]))[0]);

  const bad = await apply((file) => (file.useCases['lead-scoring']!.bands['hot'] = 60), 'bad.yaml');
  expect(bad.code).toBe(2);
  expect(bad.err).toMatch(/60 is not a probability between 0 and 1/);
  const refused = await apply((file) => Object.assign(file, { partitions: 2 }), 'bad.yaml');
  expect(refused.code).toBe(2);
  expect(refused.err).toMatch(/partitions cannot be changed while events flow: .* Instead: /);

  const leads = await traffic.leads;
  expect(await settled({ org: line.org, ledger, tenant }, leads, 60_000)).toEqual(none);
  const policies = (await Promise.all(leads.map((lead) => decisionsOf(lead)))).map((made) =>
    made.map(({ policy }) => policy),
  );
  expect(new Set(policies.flat())).toEqual(new Set([before, after]));
  // A record's decisions never go back to the version before.
  for (const made of policies)
    expect(made.lastIndexOf(before)).toBeLessThan((made.indexOf(after) + made.length + 1) % (made.length + 1));

  const tenants = await run('tenants', '--tenant', tenant);
  expect(tenants).toMatchObject({ code: 0 });
  expect(tenants.out).toMatch(/version 4 in force since \S+ by Ada Byron; taken by 1 of 1/);
  expect((await run('apply', line.tenantFile)).out).toMatch(/nothing is to be done/);
});

test('a process without the secret keeps the old version and says so; a use case and a stream go, a tenant comes and goes', async () => {
  const { ledger } = signalbox.runtime;
  const { tenant } = line.tenant;
  const good = readFileSync(line.tenantFile, 'utf8');
  const other = written();
  Object.assign(other.connections.sales, {
    auth: { kind: 'client-credentials', clientId: 'env:SF_ID', clientSecret: 'env:ONLY_HERE' },
  });
  const file = path.join(path.dirname(line.tenantFile), 'other.yaml');
  writeFileSync(file, stringify(other));
  const env = environment({ ONLY_HERE: 'x' });
  const missing = await command(['apply', file, '--yes', '--by', 'Ada Byron', '--state', state], { env });
  expect(missing.code).toBe(1);
  expect(missing.err).toMatch(/serves version 4: .*ONLY_HERE is not set/);
  expect((await run('tenants')).code).toBe(1);
  const kept = line.org.admin.create('Lead', hotLead);
  await until('a decision by the old version', async () => (await decisionsOf(kept)).length > 0);
  writeFileSync(line.tenantFile, good);

  const removed = await apply((file) => {
    file.useCases = {};
    file.connections.sales.subscribe = ['/data/LeadChangeEvent'];
  });
  expect(removed).toMatchObject({ code: 0, err: '' });
  const undecided = line.org.admin.create('Lead', hotLead);
  await until('the event', async () => (await ledger.history(tenant, `lead/${undecided}`)).length > 0);
  expect(await decisionsOf(undecided)).toEqual([]);

  const name = `${tenant}b`;
  const neighbour = parse(good) as Written;
  neighbour.tenant = name;
  writeFileSync(file, stringify(neighbour));
  expect(await run('apply', file, '--yes', '--by', 'Ada Byron')).toMatchObject({ code: 0, err: '' });
  const lead = line.org.admin.create('Lead', hotLead);
  await until('the new tenant to decide', async () => (await decisionsOf(lead, name)).length > 0);
  expect(await run('apply', '--remove', name, '--yes', '--by', 'Ada Byron')).toMatchObject({ code: 0, err: '' });
  const unheard = line.org.admin.create('Lead', hotLead);
  await until('the other tenant', async () => (await ledger.history(tenant, `lead/${unheard}`)).length > 0);
  expect(await ledger.history(name, `lead/${unheard}`)).toEqual([]);
});
