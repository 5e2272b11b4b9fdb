import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import { leadFields } from '../../cli/demo/lead-fields';
import { signalbox as command, type Ran } from '../../cli/terminal.fixture';
import { openLedger, type Follower, type Ledger } from '../../ledger/ledger';
import { openStateFolder } from '../../services/provision/state-folder';
import { projectRoot } from '../../services/project-root';
import type { Role } from '../../services/signalbox';
import { startSalesforce, type RunningSalesforce } from '../../simulators/salesforce';
import { hasPostgres, ownDatabase } from '../database';
import { hotLead, until, writeTenant } from '../line';
import { none } from './compare';
import type { Written } from './applied';
import { RoleProcess } from './processes';
import { settled, shareServers } from './settled';
import { changesPerLead, startTraffic } from './traffic';

jest.setTimeout(170_000);

const title = 'five processes and a changed file';
const skipped = `${title} (skipped: no DATABASE_URL, no PostgreSQL on this machine)`;
const parts: readonly Role[] = ['worker', 'worker', 'dispatch', 'ingest', 'ingest'];

(hasPostgres ? describe : describe.skip)(hasPostgres ? title : skipped, () => {
  const closers: (() => unknown)[] = [];
  let org: RunningSalesforce;
  let ledger: Ledger;
  let tenant: string;
  let tenantFile: string;
  let env: Readonly<Record<string, string>>;
  const processes: RoleProcess[] = [];

  beforeAll(async () => {
    closers.push(await shareServers());
    const dir = mkdtempSync(path.join(tmpdir(), 'signalbox-apply-'));
    closers.push(() => {
      rmSync(dir, { recursive: true, force: true });
    });
    const database = await ownDatabase(path.join(projectRoot, '.signalbox'));
    closers.push(() => database.stop());
    org = await startSalesforce({ fields: { Lead: leadFields.map(({ name, type }) => ({ name, type })) } });
    closers.push(() => org.stop());
    const written = await writeTenant(dir, org);
    ({ tenantFile } = written);
    ({ tenant } = written.tenant);
    ledger = await openLedger({ url: database.url });
    closers.push(() => ledger.close());
    const { AMQP_URL = '', TEMPORAL_ADDRESS = '' } = process.env;
    env = { ...written.env, DATABASE_URL: database.url, AMQP_URL, TEMPORAL_ADDRESS };
    for (const [n, role] of parts.entries()) {
      mkdirSync(path.join(dir, `${n}`));
      const folder = await openStateFolder(path.join(dir, `${n}`));
      const part = new RoleProcess(role, { tenantFile, folder, env });
      closers.push(async () => {
        await part.stop();
        folder.close();
      });
      await part.start();
      processes.push(part);
    }
  });
  afterAll(async () => {
    for (const close of closers.reverse()) await close();
  });

  const run = (...args: readonly string[]): Promise<Ran> => command(args, { env: { ...process.env, ...env } });

  const apply = (mend: (file: Written) => unknown): Promise<Ran> => {
    const file = parse(readFileSync(tenantFile, 'utf8')) as Written;
    mend(file);
    writeFileSync(tenantFile, stringify(file));
    return run('apply', tenantFile, '--yes', '--by', 'Ada Byron');
  };

  const decisionsOf = async (lead: string) =>
    (await ledger.history(tenant, `lead/${lead}`)).flatMap((entry) =>
      entry.kind === 'decision' ? [entry.decision] : [],
    );

  const policies = async (): Promise<readonly (string | undefined)[]> =>
    (await ledger.tenants.list(tenant)).map((version) => version.policies['lead-scoring']);

  /** Which version each process serves, by what it does. */
  const served = async (): Promise<readonly (readonly [string, number | undefined])[]> => {
    const { out } = await run('tenants', '--tenant', tenant, '--json');
    const { followers } = JSON.parse(out) as { readonly followers: readonly Follower[] };
    return followers.map(({ roles, taken }) => [roles, taken[tenant]?.number] as const).sort();
  };
  const all = (number: number) => [...parts].sort().map((role) => [role, number]);

  test('all of them take each version while events flow, and none is lost, doubled or decided by a version that was over', async () => {
    await until('all to be heard of', async () => (await served()).length === parts.length);
    expect(await served()).toEqual(all(1));
    const traffic = startTraffic(org, 60, 30);
    await until('some decisions', async () => (await ledger.counts(tenant)).decisions > 20);

    const raised = await apply((file) => (file.useCases['lead-scoring']!.bands['hot'] = 0.999));
    expect(raised).toMatchObject({ code: 0, err: '' });
    expect(raised.out).toMatch(/version 2 of \S+ is in force; taken by 5 of 5 running processes/);
    expect(await served()).toEqual(all(2));
    const taken = Date.now();
    const late = org.admin.create('Lead', hotLead);
    const [first] = await until('a decision', async () => {
      const made = await decisionsOf(late);
      return made.length > 0 && made;
    });
    expect(first).toMatchObject({ band: 'warm', policy: (await policies())[0] });

    // One that is away meanwhile takes it when it is there again.
    await processes[0]!.kill();
    const mapped = await apply((file) => {
      file.connections['sales']!.mapping.lead['region'] = 'City';
      file.connections['sales']!.subscribe.push('/data/CaseChangeEvent');
    });
    expect(mapped.out).toMatch(/version 3 of \S+ is in force; taken by 4 of 5 running processes/);
    await processes[0]!.start();
    await until(
      'the one that was away',
      async () => (await served()).filter(([, number]) => number === 3).length === 5,
    );
    const heard = org.admin.create('Case', { Subject: 'It does not start' });
    await until('the case', async () => (await ledger.records(tenant, [`case/${heard}`]))[0]);
    const inBergen = org.admin.create('Lead', { ...hotLead, City: 'Bergen' });
    const told = await until('the mapped lead', async () => (await ledger.records(tenant, [`lead/${inBergen}`]))[0]);
    expect(told.record.attributes).toMatchObject({ region: 'Bergen' });

    const leads = await traffic.leads;
    expect(await settled({ org, ledger, tenant }, leads, 60_000)).toEqual(none);
    expect(await ledger.counts(tenant)).toMatchObject({ gapsOpen: 0, quarantined: 0, parked: 0 });
    const made = await Promise.all(leads.map(decisionsOf));
    expect(made.flat()).toHaveLength(leads.length * changesPerLead);
    const [, , old] = await policies();
    expect(new Set(made.flat().map(({ policy }) => policy)).size).toBe(2);
    for (const { score = 0, band, policy, decidedat } of made.flat()) {
      const isOld = policy === old;
      expect([score, band]).toEqual([
        score,
        score >= (isOld ? 0.5 : 0.999) ? 'hot' : score >= 0.25 ? 'warm' : undefined,
      ]);
      if (Date.parse(decidedat) > taken) expect(isOld).toBe(false);
    }
  });
});
