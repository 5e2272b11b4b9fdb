import { hotLead, until } from '../line';
import { Applied, type Written } from './applied';
import { none } from './compare';
import { settled, shareServers } from './settled';
import { startTraffic } from './traffic';

jest.setTimeout(120_000);

let stopServers: () => Promise<void>;
let applied: Applied;

beforeAll(async () => {
  stopServers = await shareServers();
  applied = await Applied.start();
});
afterAll(async () => {
  await applied.stop();
  await stopServers();
});

/** What the lower bound of `hot` is raised to, from 0.5. */
const raised = 0.999;
const bandOf = (score: number, hot: number): string | undefined =>
  score >= hot ? 'hot' : score >= 0.25 ? 'warm' : undefined;

test('thresholds, a mapping and streams change while events flow: nothing is lost, doubled or out of order', async () => {
  const { line, tenant } = applied;
  const { ledger } = applied.signalbox.runtime;
  const before = (await applied.policyOf())!;
  const traffic = startTraffic(line.org, 40, 25);
  await until('some traffic', () => traffic.done() > 30);

  const thresholds = await applied.apply((file) => (file.useCases['lead-scoring']!.bands['hot'] = raised));
  expect(thresholds).toMatchObject({ code: 0, err: '' });
  expect(thresholds.out).toMatch(/^~ useCases\.lead-scoring\.bands\.hot: 0\.5 -> 0\.999$/m);
  expect(thresholds.out).toMatch(/taken by 1 of 1 running processes/);
  const after = (await applied.policyOf())!;
  expect(after).not.toBe(before);
  const late = line.org.admin.create('Lead', hotLead);
  const [first] = await until('a decision', async () => {
    const made = await applied.decisionsOf(late);
    return made.length > 0 && made;
  });
  expect(first?.policy).toBe(after);

  const mapping = await applied.apply((file) => (file.connections['sales']!.mapping.lead['region'] = 'City'));
  expect(mapping).toMatchObject({ code: 0, err: '' });
  const mapped = line.org.admin.create('Lead', { ...hotLead, City: 'Bergen' });
  const told = await until('the mapped lead', async () => (await ledger.records(tenant, [`lead/${mapped}`]))[0]);
  expect(told.record.attributes).toMatchObject({ region: 'Bergen' });

  expect(
    await applied.apply((file) => file.connections['sales']!.subscribe.push('/data/CaseChangeEvent')),
  ).toMatchObject({
    code: 0,
  });
  const heard = line.org.admin.create('Case', { Subject: 'It does not start' });
  await until('the case', async () => (await ledger.records(tenant, [`case/${heard}`]))[0]);

  const bad = await applied.apply((file) => (file.useCases['lead-scoring']!.bands['hot'] = 60), 'bad.yaml');
  expect(bad.code).toBe(2);
  expect(bad.err).toMatch(/60 is not a probability between 0 and 1/);
  const refused = await applied.apply((file) => Object.assign(file, { partitions: 2 }), 'bad.yaml');
  expect(refused.code).toBe(2);
  expect(refused.err).toMatch(/partitions cannot be changed while events flow: .* Instead: /);

  const leads = await traffic.leads;
  expect(await settled({ org: line.org, ledger, tenant }, leads, 60_000)).toEqual(none);
  const all = (await Promise.all([...leads, late].map((lead) => applied.decisionsOf(lead)))).flat();
  const hotFrom = (policy: string): number => (policy === before ? 0.5 : raised);
  for (const { score = 0, band, policy } of all) expect([score, band]).toEqual([score, bandOf(score, hotFrom(policy))]);
  // The change is felt: what was hot is warm.
  expect(new Set(all.filter(({ score = 0 }) => score >= 0.5 && score < raised).map(({ band }) => band)).size).toBe(2);
  const policies = (await Promise.all(leads.map((lead) => applied.decisionsOf(lead)))).map((made) =>
    made.map(({ policy }) => policy),
  );
  expect(new Set(policies.flat())).toEqual(new Set([before, after]));
  // A record's decisions never go back to the version before.
  for (const made of policies)
    expect(made.lastIndexOf(before)).toBeLessThan((made.indexOf(after) + made.length + 1) % (made.length + 1));

  const tenants = await applied.run(['tenants', '--tenant', tenant]);
  expect(tenants).toMatchObject({ code: 0 });
  expect(tenants.out).toMatch(/version 4 in force since \S+ by Ada Byron; taken by 1 of 1/);
  expect((await applied.run(['apply', line.tenantFile])).out).toMatch(/nothing is to be done/);
});

test('a process without the secret keeps the old version and says so; a use case and a stream go, a tenant comes and goes', async () => {
  const { line, tenant } = applied;
  const { ledger } = applied.signalbox.runtime;
  const good = applied.written();
  const other = applied.written();
  Object.assign(other.connections['sales']!, {
    auth: { kind: 'client-credentials', clientId: 'env:SF_ID', clientSecret: 'env:ONLY_HERE' },
  });
  const missing = await applied.applyFile(applied.write('other.yaml', other), { ONLY_HERE: 'x' });
  expect(missing.code).toBe(1);
  expect(missing.err).toMatch(/serves version 4: .*ONLY_HERE is not set/);
  expect((await applied.run(['tenants'])).code).toBe(1);
  const kept = line.org.admin.create('Lead', hotLead);
  await until('a decision by the old version', async () => (await applied.decisionsOf(kept)).length > 0);

  const removed = await applied.apply((file) => {
    file.useCases = {};
    file.connections['sales']!.subscribe = ['/data/LeadChangeEvent'];
  });
  expect(removed).toMatchObject({ code: 0, err: '' });
  const undecided = line.org.admin.create('Lead', hotLead);
  await until('the event', async () => (await ledger.history(tenant, `lead/${undecided}`)).length > 0);
  expect(await applied.decisionsOf(undecided)).toEqual([]);

  const name = `${tenant}b`;
  const neighbour: Written = { ...good, tenant: name };
  Object.assign(neighbour.connections['sales']!, { onGap: 'halt', subscribe: ['/data/LeadChangeEvent'] });
  expect(await applied.applyFile(applied.write('other.yaml', neighbour))).toMatchObject({ code: 0, err: '' });
  const lead = line.org.admin.create('Lead', hotLead);
  await until('the new tenant to decide', async () => (await applied.decisionsOf(lead, name)).length > 0);
  line.org.admin.fault({ kind: 'dropStream' });
  line.org.admin.fault({ kind: 'expiredReplayId' });
  const halted = await until('the gap that waits for a person', async () => (await ledger.gaps.list(name))[0]);
  expect(halted).toMatchObject({ policy: 'halt', stream: '/data/LeadChangeEvent' });
  expect(await applied.run(['apply', '--remove', name, '--yes', '--by', 'Ada Byron'])).toMatchObject({
    code: 0,
    err: '',
  });
  const unheard = line.org.admin.create('Lead', hotLead);
  await until('the other tenant', async () => (await ledger.history(tenant, `lead/${unheard}`)).length > 0);
  expect(await ledger.history(name, `lead/${unheard}`)).toEqual([]);
  // Nobody could let it go on any more.
  await until('the gap to be closed', async () => (await ledger.gaps.list(name)).length === 0);
  expect(await ledger.gaps.list(name, 'all')).toMatchObject([
    { id: halted.id, recovered: 0, cause: expect.stringContaining('SBX_GAP_UNREAD') as string },
  ]);
});
