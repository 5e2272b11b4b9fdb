import { coldLead, hotLead, startLine, until, type Line } from '../line';
import { none } from './compare';
import { settled, shareServers } from './settled';
import { ledgerSide, orgSide } from './sides';

let stopServers: () => Promise<void>;
beforeAll(async () => {
  stopServers = await shareServers();
}, 120_000);
afterAll(() => stopServers(), 30_000);

const leads = 12;

/** What became of one lead, without the ids that differ between two orgs. */
type Told = readonly unknown[];

interface Run {
  readonly told: readonly Told[];
  readonly duplicatesDropped: number;
  readonly events: number;
}

/** Lets leads live, each step only when the one before is dealt with: batches fall differently from run to run. */
async function run(line: Line): Promise<Run> {
  const { org, tenant, signalbox } = line;
  const { ledger } = signalbox.runtime;
  const sides = { org, ledger, tenant: tenant.tenant };
  const ids = Array.from({ length: leads }, (_, n) =>
    org.admin.create('Lead', { ...(n % 3 === 0 ? coldLead : hotLead), LastName: `Lead ${n}` }),
  );
  expect(await settled(sides, ids)).toEqual(none);
  for (const [n, id] of ids.entries()) org.admin.update(id, n % 2 === 0 ? hotLead : coldLead);
  expect(await settled(sides, ids)).toEqual(none);
  for (const id of ids) org.admin.update(id, { Campaign__c: 2 });
  expect(await settled(sides, ids)).toEqual(none);
  await until('every event to be in the ledger', async () => {
    const { events } = await ledger.counts(tenant.tenant);
    return events === publishedOf(line);
  });
  const { decisions } = await ledgerSide(ledger, tenant.tenant, ids);
  const { tasks, ratings } = orgSide(org, ids);
  const told = ids.map((id) => [
    decisions.filter(({ record }) => record === id).map(({ band, features }) => ({ band, features })),
    tasks.filter(({ lead }) => lead === id).map(({ isOpen }) => isOpen),
    ratings.get(id),
  ]);
  return { told, events: publishedOf(line), duplicatesDropped: (await ledger.counts(tenant.tenant)).duplicatesDropped };
}

/** Distinct events on the topics that the tenant listens to. */
function publishedOf({ org }: Line): number {
  const topics = ['/data/LeadChangeEvent', '/data/TaskChangeEvent'];
  return new Set(topics.flatMap((topic) => org.admin.events(topic).map(({ id }) => id))).size;
}

test('every event delivered twice: the decisions and tasks of a run without, every second delivery dropped', async () => {
  const once = await startLine();
  const plain = await run(once).finally(() => once.stop());
  expect(plain.duplicatesDropped).toBe(0);

  const twice = await startLine();
  try {
    twice.org.admin.fault({ kind: 'duplicateEvents', times: 1_000_000 });
    const doubled = await run(twice);
    expect(doubled.told).toEqual(plain.told);
    const { ledger } = twice.signalbox.runtime;
    await until('every second delivery to be counted', async () => {
      const { duplicatesDropped } = await ledger.counts(twice.tenant.tenant);
      return duplicatesDropped === publishedOf(twice);
    });
    expect(await ledger.counts(twice.tenant.tenant)).toMatchObject({ events: doubled.events, parked: 0 });
  } finally {
    await twice.stop();
  }
}, 120_000);
