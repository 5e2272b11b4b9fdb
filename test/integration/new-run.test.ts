import { laneId } from '../../workflows/names';
import { coldLead, until } from '../line';
import { startShortHistoryServer, type ShortHistoryServer } from './short-history-server';
import { leadOf, startTenants, type TenantsLine } from './tenants-line';
import { entries, tasksAbout } from './watch';

// Longer than any poll, whose own failure says what was waited for.
jest.setTimeout(60_000);

let server: ShortHistoryServer;
let line: TenantsLine<'usual'>;
beforeAll(async () => {
  server = await startShortHistoryServer(30);
  line = await startTenants({ usual: { partitions: 1 } }, { temporalAddress: server.address });
}, 90_000);
afterAll(async () => {
  await line.stop();
  await server.stop();
});

test('a lane whose history has become long goes on in a new run, and no event is lost or decided twice', async () => {
  const { tenant } = line.tenants.usual;
  const { ledger, temporal } = line.signalbox.runtime;
  const lead = line.org.admin.create('Lead', leadOf('usual'));
  const others: string[] = [];
  const runs = new Set<string>();
  // One after the other, so that there are many small batches.
  while (runs.size < 3) {
    const other = line.org.admin.create('Lead', leadOf('usual', coldLead));
    others.push(other);
    await until('the lead to be decided', async () => (await entries(line, line.tenants.usual, other, 'decision'))[0]);
    runs.add((await temporal.workflow.getHandle(laneId(tenant, 0)).describe()).runId);
  }
  const burst = Array.from({ length: 100 }, () => line.org.admin.create('Lead', leadOf('usual', coldLead)));
  const leads = [lead, ...others, ...burst];
  await until('all leads to be decided', async () => (await ledger.counts(tenant)).decisions >= leads.length);
  await until('the hot lead to have its task', () => tasksAbout(line, lead).length === 1);
  const lanes = new Set<string>();
  for (const one of leads) {
    const told = await entries(line, line.tenants.usual, one, 'event');
    expect(told.filter(({ status }) => status === 'decided')).toHaveLength(1);
    for (const { lane } of told) lanes.add(lane?.runid ?? '');
  }
  expect(lanes.size).toBeGreaterThanOrEqual(3);
  expect(await ledger.counts(tenant)).toMatchObject({
    decisions: leads.length,
    parked: 0,
    duplicatesDropped: 0,
    tasksCreated: 1,
  });
});
