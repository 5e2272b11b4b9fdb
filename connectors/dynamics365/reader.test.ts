import type { RowNative } from './native';
import { normalise } from './normalise';
import { context } from './normalise-sample';
import { apiOf, type Sample, startSample } from '../../test/dynamics365-org';
import { RowReader } from './reader';
import { TableDefinitions } from './table-definitions';

let sample: Sample;
beforeAll(async () => {
  sample = await startSample();
});
afterAll(() => sample.stop());

const signal = (): AbortSignal => AbortSignal.timeout(10_000);

async function all(rows: AsyncIterable<unknown>): Promise<readonly RowNative[]> {
  const found: RowNative[] = [];
  for await (const row of rows) found.push(row as RowNative);
  return found;
}

it('reads rows by id with their labels; what is gone is absent', async () => {
  const { admin } = sample.org;
  const person = admin.person('Jo Doe');
  const ids: string[] = [];
  for (let n = 0; n < 60; n++)
    ids.push(await admin.create('lead', { lastname: `Lopez ${n}`, leadqualitycode: 2 }, person));
  await admin.remove('lead', ids[7]!);
  const rows = await sample.connection.reader.read('lead', [...ids, 'not-a-guid'], signal());
  expect(rows).toHaveLength(59);
  const [event] = await normalise(rows[0]!, context());
  expect(event).toMatchObject({ type: 'io.signalbox.lead.observed.v1' });
  expect(event?.data.record).toMatchObject({
    lastName: expect.stringMatching(/^Lopez/) as string,
    rating: 'Warm',
    ownerId: person,
  });
  expect(event?.data.native).toMatchObject({ owneridname: 'Jo Doe', owneridtype: 'systemuser' });
});

it('reads what changed within a window, oldest first, page by page', async () => {
  const { admin } = sample.org;
  const before = new Date(Math.floor(Date.now() / 1000) * 1000 + 1000).toISOString();
  await new Promise((resolve) => setTimeout(resolve, Date.parse(before) - Date.now()));
  const made: string[] = [];
  for (let n = 0; n < 7; n++) made.push(await admin.create('contact', { lastname: `Ruiz ${n}` }));
  const api = apiOf(sample.config);
  const paged = new RowReader(api, new TableDefinitions(api, Date.now), Date.now, 3);
  const to = new Date(Date.now() + 2000).toISOString();
  const rows = await all(paged.changed('contact', before, to, signal()));
  expect(rows.map(({ row }) => row.contactid).sort()).toEqual([...made].sort());
  expect(await all(sample.connection.reader.changed('contact', to, to, signal()))).toEqual([]);
});

it('tells a table that is not there as something to mend', async () => {
  await expect(
    sample.connection.reader.read('new_nothing', ['5c8a3e10-7b1f-ee11-9cbe-000d3a0b1c01'], signal()),
  ).rejects.toMatchObject({
    name: 'Permanent',
  });
});

it('tells a busy Dataverse as something to try again', async () => {
  sample.org.admin.fault({ kind: 'serverUnavailable', retryAfter: 1 });
  const reading = sample.connection.reader.read('lead', ['5c8a3e10-7b1f-ee11-9cbe-000d3a0b1c01'], signal());
  await expect(reading).rejects.toMatchObject({ name: 'Retryable', afterMs: 1000 });
});
