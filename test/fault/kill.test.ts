import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { BrokerConnection } from '../../broker/connection';
import { parkedQueue } from '../../broker/routing';
import { leadFields } from '../../cli/demo/lead-fields';
import { openLedger, type Ledger } from '../../ledger/ledger';
import { provideAll } from '../../services/provision/provide';
import { openStateFolder } from '../../services/provision/state-folder';
import { projectRoot } from '../../services/project-root';
import { roles, type Role } from '../../services/signalbox';
import { startSalesforce, type RunningSalesforce } from '../../simulators/salesforce';
import { until, writeTenant } from '../line';
import { none } from './compare';
import { hasPostgres, ownDatabase } from '../database';
import { noLog } from '../real-broker';
import { RoleProcess } from './processes';
import { settled } from './settled';
import { orgSide } from './sides';
import { changesPerLead, startTraffic } from './traffic';

/** What can be killed and started again. */
interface Mortal {
  kill(): Promise<unknown>;
  start(): Promise<unknown>;
}

interface Stage {
  readonly org: RunningSalesforce;
  readonly ledger: Ledger;
  readonly tenant: string;
  readonly mortals: Readonly<Record<string, Mortal>>;
  /** Messages in the tenant's parking queue. */
  parked(): Promise<number>;
  stop(): Promise<void>;
}

const leadsPerKill = 80;
const perSecond = 80;
const stateDir = path.join(projectRoot, '.signalbox');

/** Every part in a process of its own; servers that only this test knows, for it kills them. */
async function setStage(): Promise<Stage> {
  const closers: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  const kept = <T>(value: T, end: (value: T) => Promise<unknown>): T => {
    closers.push(() => end(value));
    return value;
  };
  try {
    const dir = kept(await mkdtemp(path.join(tmpdir(), 'signalbox-kill-')), (made) =>
      rm(made, { recursive: true, force: true }),
    );
    // A persistent run has its state folder for itself; what was downloaded before serves it, too.
    await mkdir(path.join(stateDir, 'cache'), { recursive: true });
    await symlink(path.join(stateDir, 'cache'), path.join(dir, 'cache'));
    const folder = kept(await openStateFolder(dir), (opened) => {
      opened.close();
      return Promise.resolve();
    });
    const [servers, database] = await Promise.all([
      provideAll({ rabbit: true, temporal: true, isPrivate: true, isPersistent: true, stateDir: dir }),
      ownDatabase(stateDir),
    ]);
    closers.push(() => Promise.all([servers.stop(), database.stop()]));
    const { rabbit, temporal } = servers;
    if (rabbit === undefined || temporal === undefined) throw new Error('no servers were provided');
    const fields = leadFields.map(({ name, type }) => ({ name, type }));
    const org = kept(await startSalesforce({ fields: { Lead: fields } }), (running) => running.stop());
    const { tenant, tenantFile, env } = await writeTenant(dir, org);
    const ledger = kept(await openLedger({ url: database.url }), (opened) => opened.close());
    const places = { DATABASE_URL: database.url, AMQP_URL: rabbit.url, TEMPORAL_ADDRESS: temporal.url };
    const mortals: Record<string, Mortal> = {
      broker: { kill: () => rabbit.kill(), start: () => rabbit.restart() },
      Temporal: { kill: () => temporal.kill(), start: () => temporal.restart() },
    };
    const start = async (role: Role): Promise<void> => {
      const part = kept(new RoleProcess(role, { tenantFile, folder, env: { ...env, ...places } }), (one) => one.stop());
      await part.start();
      mortals[role] = part;
    };
    for (const role of roles) await start(role);
    const parked = async (): Promise<number> => {
      const broker = await BrokerConnection.open(rabbit.url, noLog);
      const { messageCount } = await broker
        .withChannel((channel) => channel.checkQueue(parkedQueue(tenant.tenant)))
        .finally(() => broker.close());
      return messageCount;
    };
    return { org, ledger, tenant: tenant.tenant, mortals, parked, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const title = 'killing the parts while 2,000 events flow';
const skipped = `${title} (skipped: no DATABASE_URL, no PostgreSQL on this machine)`;

(hasPostgres ? describe : describe.skip)(hasPostgres ? title : skipped, () => {
  let stage: Stage;
  const lived: string[] = [];

  beforeAll(async () => {
    stage = await setStage();
    // RabbitMQ writes down half a second after it said so that a queue exists; only then can the queue survive a kill.
    await wait(2_000);
  }, 120_000);
  afterAll(() => stage.stop(), 60_000);

  test.each(['worker', 'dispatch', 'ingest', 'broker', 'Temporal'])(
    'kill -9 of %s: nothing lost, no task twice, every lead in order',
    async (name) => {
      const { org, ledger, tenant, mortals } = stage;
      const mortal = mortals[name];
      if (mortal === undefined) throw new Error(`there is no ${name}`);
      const before = (await ledger.counts(tenant)).decisions;
      const traffic = startTraffic(org, leadsPerKill, perSecond);
      await until(
        'events to flow',
        async () => traffic.done() > 100 && (await ledger.counts(tenant)).decisions > before,
      );
      await mortal.kill();
      const doneAtKill = traffic.done();
      const decidedAtKill = (await ledger.counts(tenant)).decisions - before;
      await mortal.start();
      const leads = await traffic.leads;
      lived.push(...leads);
      const total = leadsPerKill * changesPerLead;
      // The kill fell in the middle: some events were decided before it, and some came after it.
      expect(doneAtKill).toBeLessThan(total);
      expect(decidedAtKill).toBeGreaterThan(0);
      expect(decidedAtKill).toBeLessThan(total);
      expect({ ...(await settled(stage, leads, 60_000)), parked: await stage.parked() }).toEqual({
        ...none,
        parked: 0,
      });
      expect((await ledger.counts(tenant)).decisions - before).toBe(total);
    },
    120_000,
  );

  test('after all of it: 2,000 changes of 400 leads, each decided once; no gap, nothing parked or in quarantine', async () => {
    const { org, ledger, tenant } = stage;
    const total = 5 * leadsPerKill * changesPerLead;
    // An overtaken decision may still be acted on, and closed again, after the last lead looks as it must.
    await until('the ledger to name as many tasks as the org holds', async () => {
      const { tasksCreated } = await ledger.counts(tenant);
      return tasksCreated === orgSide(org, lived).tasks.length;
    });
    const { changes, ratings } = orgSide(org, lived);
    expect(ratings.size).toBe(5 * leadsPerKill);
    expect(changes.filter(({ isOwn }) => !isOwn)).toHaveLength(total);
    expect(await settled(stage, lived)).toEqual(none);
    expect(await ledger.counts(tenant)).toMatchObject({ decisions: total, quarantined: 0, gapsOpen: 0, parked: 0 });
  }, 60_000);
});
