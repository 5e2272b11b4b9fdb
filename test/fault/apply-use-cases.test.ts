import path from 'node:path';
import type { CanonicalEvent } from '../../canonical-schema/event';
import { provideEncoder } from '../../services/provision/encoder';
import { projectRoot } from '../../services/project-root';
import { hotLead, until } from '../line';
import { Applied } from './applied';
import { shareServers } from './settled';

jest.setTimeout(120_000);

let stopServers: () => Promise<void>;
let applied: Applied;

beforeAll(async () => {
  stopServers = await shareServers();
  // Where it cannot be had, text models serve by words, also when they are added later.
  await provideEncoder(path.join(projectRoot, '.signalbox'), () => undefined).catch(() => undefined);
  applied = await Applied.start();
});
afterAll(async () => {
  await applied.stop();
  await stopServers();
});

const ledger = () => applied.signalbox.runtime.ledger;
const engagementOf = (lead: string) => ledger().engagement(applied.tenant, `lead/${lead}`, 'lead-scoring');
const tasksOf = (lead: string) =>
  applied.line.org.admin.records('Task').filter(({ WhoId, IsDeleted }) => WhoId === lead && IsDeleted !== true);

/** A lead with an open engagement that knows its task. */
async function engagedLead(): Promise<{ readonly lead: string; readonly task: string }> {
  const lead = applied.line.org.admin.create('Lead', hotLead);
  const task = await until('the task', async () => {
    const row = await engagementOf(lead);
    return row?.status === 'open' ? row.taskid : undefined;
  });
  return { lead, task };
}

test('a use case whose text model no process had opened is added, and decides the next event', async () => {
  const { line, tenant, signalbox } = applied;
  const { scorers } = signalbox.runtime;
  expect(scorers.has('complaint-product')).toBe(false);
  const added = await applied.apply((file) => {
    file.connections['sales']!.subscribe.push('/data/CaseChangeEvent');
    Object.assign(file.useCases, {
      'complaint-product': { connection: 'sales', entity: 'case', bands: { likely: 0.3 } },
    });
  });
  expect(added).toMatchObject({ code: 0, err: '' });
  const scorer = scorers.get('complaint-product');
  expect(scorer).toBeDefined();
  const subject = 'My credit card was charged twice';
  const Description = 'The bank that issued my credit card charged the annual fee twice and refuses to refund it.';
  const id = line.org.admin.create('Case', { Subject: subject, Description });
  const decision = await until('a decision', async () => {
    const story = await ledger().history(tenant, `case/${id}`);
    return story.flatMap((entry) => (entry.kind === 'decision' ? [entry.decision] : []))[0];
  });
  expect(decision).toMatchObject({
    usecase: 'complaint-product',
    model: { name: 'complaint-product', digest: scorer?.digest },
    policy: await applied.policyOf('complaint-product'),
    ranking: [{ label: 'credit_card' }, {}, {}],
  });
  // A second version opens nothing twice.
  expect(await applied.apply((file) => (file.useCases['complaint-product']!.bands['likely'] = 0.4))).toMatchObject({
    code: 0,
  });
  expect(scorers.get('complaint-product')).toBe(scorer);
});

test('an event that only a removed connection could complete is parked, and holds no other record up', async () => {
  const { line, tenant, signalbox } = applied;
  const lead = line.org.admin.create('Lead', hotLead);
  const [told] = await until('the lead', async () => {
    const story = await ledger().history(tenant, `lead/${lead}`);
    const events = story.flatMap((entry) => (entry.kind === 'event' ? [entry.event] : []));
    return events.length > 0 && events;
  });
  const stray: CanonicalEvent = {
    ...told!,
    ...{ id: `stray-${tenant}`, subject: 'lead/00Q000000000999AAA', connection: 'taken-out' },
    partitionkey: told!.partitionkey.replace(lead, '00Q000000000999AAA'),
    data: { ...told!.data, provenance: { ...told!.data.provenance, record: 'partial' } },
  };
  await signalbox.runtime.publisher.publish(stray);
  const [parked] = await until('the parked event', async () => {
    const rows = await ledger().listParked(tenant);
    return rows.length > 0 && rows;
  });
  expect(parked).toMatchObject({ code: 'SBX_CONNECTION_REMOVED', subject: stray.subject });
  // As many as reach each of the four lanes.
  const others = Array.from({ length: 16 }, () => line.org.admin.create('Lead', hotLead));
  for (const one of others) await until('its decision', async () => (await applied.decisionsOf(one)).length === 1);
});

test('a use case that is taken out decides no more; its engagements end by their task or in time', async () => {
  const { org } = applied.line;
  const soon = await applied.apply((file) =>
    Object.assign(file.useCases['lead-scoring']!, { outcome: { within: 'PT30S' } }),
  );
  expect(soon).toMatchObject({ code: 0, err: '' });
  const [byTask, inTime] = [await engagedLead(), await engagedLead()];
  const removed = await applied.apply((file) => delete file.useCases['lead-scoring']);
  expect(removed).toMatchObject({ code: 0, err: '' });
  expect(removed.out).toMatch(/decides no more from the next batch on; open engagements end by their task or in time/);

  org.admin.update(byTask.task, { Status: 'Completed' });
  await until('the end by its task', async () => (await engagementOf(byTask.lead))?.outcome === 'completed');
  const undecided = org.admin.create('Lead', hotLead);
  org.admin.update(inTime.lead, { Company: 'Bluewater Ltd' });
  await until('the change', async () =>
    (await ledger().history(applied.tenant, `lead/${inTime.lead}`)).some(
      (entry) => entry.kind === 'event' && entry.event.data.change.fields.includes('company'),
    ),
  );
  expect(await applied.decisionsOf(undecided)).toEqual([]);
  expect(await applied.decisionsOf(inTime.lead)).toHaveLength(1);
  expect((await engagementOf(inTime.lead))?.status).toBe('open');

  await until('the end in time', async () => (await engagementOf(inTime.lead))?.outcome === 'expired', 60_000);
  // Closing it needs nothing of the use case.
  expect(tasksOf(inTime.lead)).toMatchObject([{ Status: 'Completed' }]);
});
