import { startSample, type Sample } from '../../test/dynamics365-org';
import type { Position, Reader, Tracked } from '../contract';
import type { Dynamics365Native, RowNative } from './native';
import { normalise } from './normalise';
import { context } from './normalise-sample';

let sample: Sample;
type Tracking = NonNullable<Reader<Dynamics365Native>['tracked']>;
let tracked: Tracking;
beforeAll(async () => {
  // Pages of three, so that everything below takes several.
  sample = await startSample({}, { pageSize: 3 });
  const { reader } = sample.connection;
  tracked = (...args) => reader.tracked!(...args);
});
afterAll(() => sample.stop());

const signal = (): AbortSignal => AbortSignal.timeout(10_000);

/** All that is told since a token; its last word must be the next token. */
async function since(token: Position | undefined, stream = 'lead', tracking = tracked) {
  const told = [];
  for await (const one of tracking(stream, token, signal())) told.push(one);
  const last = told.pop();
  if (last?.kind !== 'token') throw new Error('no token at the end');
  const rows = told.flatMap((one) => (one.kind === 'change' ? [one.native as RowNative] : []));
  expect(rows).toHaveLength(told.length);
  return { rows, token: last.token };
}

const lead = (lastname: string): Promise<string> => sample.org.admin.create('lead', { lastname });

it('tells nothing but a token at first, whatever is there', async () => {
  for (let n = 0; n < 7; n++) await lead(`Lopez ${n}`);
  const first = await since(undefined);
  expect(first.rows).toEqual([]);
  expect((await since(first.token)).rows).toEqual([]);
});

/** What a reader must tell of updates, deletions and creations; rejects where it does not. */
async function examine(tracking: Tracking): Promise<void> {
  const { admin } = sample.org;
  const ids = [];
  for (let n = 0; n < 12; n++) ids.push(await lead(`Ruiz ${n}`));
  const { token } = await since(undefined, 'lead', tracking);
  const [changed, deleted, brief] = [ids[3]!, ids[7]!, await lead('Short')];
  await admin.update('lead', changed, { companyname: 'Bluewater' });
  await admin.update('lead', changed, { firstname: 'Ana' });
  await admin.remove('lead', deleted);
  await admin.remove('lead', brief);
  const made = [];
  for (let n = 0; n < 4; n++) made.push(await lead(`New ${n}`));
  const { rows, token: next } = await since(token, 'lead', tracking);
  const isDeleted = (row: RowNative): boolean => row.isDeleted === true;
  const present = rows.filter((row) => !isDeleted(row)).map(({ row }) => row.leadid);
  expect(present.sort()).toEqual([changed, ...made].sort());
  expect(rows.filter(isDeleted).map(({ row }) => row.id)).toEqual(expect.arrayContaining([deleted]));
  const [whole] = await normalise(
    rows.find(({ row }) => row.leadid === changed)!,
    context(),
  );
  expect(whole).toMatchObject({ type: 'io.signalbox.lead.observed.v1' });
  expect(whole?.data.record).toMatchObject({ firstName: 'Ana', lastName: 'Ruiz 3', company: 'Bluewater' });
  const [gone] = await normalise(
    rows.find(({ row }) => row.id === deleted)!,
    context(),
  );
  expect(gone).toMatchObject({ type: 'io.signalbox.lead.deleted.v1', subject: `lead/${deleted}` });
  expect((await since(next, 'lead', tracking)).rows).toEqual([]);
}

it('tells what changed since the token, once and whole, and what was deleted', () => examine(tracked));

/** Changes what a reader tells. */
const telling = (
  change: (told: Tracked<Dynamics365Native>, token: Position | undefined) => readonly Tracked<Dynamics365Native>[],
): Tracking =>
  async function* (stream, token, until) {
    for await (const told of tracked(stream, token, until)) yield* change(told, token);
  };

it.each<[defect: string, twin: Tracking]>([
  [
    'leaves out deletions',
    telling((told) => (told.kind === 'change' && (told.native as RowNative).isDeleted === true ? [] : [told])),
  ],
  ['tells a change twice', telling((told) => (told.kind === 'change' ? [told, told] : [told]))],
  [
    'gives the old token again',
    telling((told, token) => (told.kind === 'token' ? [{ kind: 'token', token: token ?? told.token }] : [told])),
  ],
  ['begins anew each time', (stream, _, until) => tracked(stream, undefined, until)],
])('a reader that %s is found', async (_, twin) => {
  await expect(examine(twin)).rejects.toThrow();
});

it('goes on from a token that was kept as text', async () => {
  const { token } = await since(undefined, 'contact');
  const id = await sample.org.admin.create('contact', { lastname: 'Ruiz' });
  const { rows } = await since(JSON.parse(JSON.stringify(token)) as Position, 'contact');
  expect(rows.map(({ row }) => row.contactid)).toEqual([id]);
});

it('says that a token is no longer known, before it tells anything', async () => {
  const { token } = await since(undefined);
  await lead('Unseen');
  sample.org.admin.fault({ kind: 'expiredDeltaToken' });
  await expect(since(token)).rejects.toMatchObject({ name: 'PositionExpired', code: '0x80044352' });
  await expect(since({ v: 9 })).rejects.toMatchObject({ name: 'PositionExpired', code: 'SBX_POSITION_UNKNOWN' });
  expect((await since(undefined)).rows).toEqual([]);
});

it('tells a table that is not tracked as something to mend', async () => {
  await expect(since(undefined, 'systemuser')).rejects.toMatchObject({ name: 'Permanent', code: '0x80044355' });
});

describe('of records that were known', () => {
  it('tells those that are deleted, and none that are there, hidden from it, or no id', async () => {
    const { admin } = sample.org;
    const ids = [];
    for (let n = 0; n < 60; n++) ids.push(await lead(`Diaz ${n}`));
    const [gone, hidden] = [[ids[0]!, ids[55]!], ids[7]!];
    for (const id of gone) await admin.remove('lead', id);
    admin.hide(hidden);
    const told = (await sample.connection.reader.gone!('lead', [...ids, 'no-id'], signal())) as readonly RowNative[];
    expect(told.map(({ row }) => row.id)).toEqual(gone);
    const [event] = await normalise(told[0]!, context());
    expect(event).toMatchObject({ type: 'io.signalbox.lead.deleted.v1', subject: `lead/${gone[0]!}` });
  });

  it('tells nothing where it could not be asked', async () => {
    const id = await lead('Diaz');
    await sample.org.admin.remove('lead', id);
    sample.org.admin.fault({ kind: 'serverUnavailable', times: 100 });
    await expect(sample.connection.reader.gone!('lead', [id], signal())).rejects.toMatchObject({ name: 'Retryable' });
    sample.org.admin.fault({ kind: 'clear' });
  });
});
