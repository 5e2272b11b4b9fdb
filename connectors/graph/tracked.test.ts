import { type Sample, startSample } from '../../test/graph-directory';
import { type Position, PositionExpired, type Reader, Retryable } from '../contract';
import { graph } from '.';
import type { GraphNative, ResourceNative } from './native';
import { normalise } from './normalise';

type Tracking = NonNullable<Reader<GraphNative>['tracked']>;

let sample: Sample;
let inbox: string;
let mailbox: string;
let calendar: string;
let list: string;
let tracked: Tracking;

beforeEach(async () => {
  sample = await startSample(['messages']);
  const { id, list: tasks } = sample.directory.admin.user('jo@acme.example');
  inbox = `users/${id}/mailFolders/inbox/messages`;
  mailbox = `users/${id}/messages`;
  calendar = `users/${id}/events`;
  list = `users/${id}/todo/lists/${tasks}/tasks`;
  const { reader } = sample.connection;
  tracked = (...args) => reader.tracked!(...args);
});

afterEach(() => sample.stop());

const signal = (): AbortSignal => AbortSignal.timeout(10_000);

/** All that is told since a token; its last word must be the next token, which must survive as text. */
async function since(stream: string, token: Position | undefined, tracking = tracked) {
  const told = [];
  for await (const one of tracking(stream, token, signal())) told.push(one);
  const last = told.pop();
  if (last?.kind !== 'token') throw new Error('no token at the end');
  const natives = told.flatMap((one) => (one.kind === 'change' ? [one.native as ResourceNative] : []));
  expect(natives).toHaveLength(told.length);
  const of = (isDeleted: boolean) =>
    natives.filter((native) => (native.isDeleted === true) === isDeleted).map(({ path }) => path);
  return { natives, present: of(false), gone: of(true), token: JSON.parse(JSON.stringify(last.token)) as Position };
}

const create = (stream: string, values: object): string =>
  `${stream}/${sample.directory.admin.create(stream, values as Readonly<Record<string, unknown>>)}`;
const idOf = (path: string): string => path.split('/').at(-1) ?? '';
const inDays = (days: number) => ({
  dateTime: new Date(Date.now() + days * 24 * 3_600_000).toISOString().replace('Z', ''),
  timeZone: 'UTC',
});

/** What a reader must tell of changes, deletions and creations in one collection; rejects where it does not. */
async function examine(stream: string, values: object, change: object, tracking = tracked): Promise<void> {
  const { admin } = sample.directory;
  const made = Array.from({ length: 5 }, () => create(stream, values));
  const first = await since(stream, undefined, tracking);
  expect(first.natives).toEqual([]);
  const [changed = '', gone = ''] = made;
  admin.update(stream, idOf(changed), change as Readonly<Record<string, unknown>>);
  admin.update(stream, idOf(changed), change as Readonly<Record<string, unknown>>);
  admin.remove(stream, idOf(gone));
  admin.remove(stream, idOf(create(stream, values)));
  const added = create(stream, values);
  const second = await since(stream, first.token, tracking);
  expect([...second.present].sort()).toEqual([changed, added].sort());
  expect(second.gone).toEqual([gone]);
  expect((await since(stream, second.token, tracking)).natives).toEqual([]);
}

const cases = (): readonly [stream: string, values: object, change: object][] => [
  [inbox, { subject: 'Offer' }, { isRead: true }],
  [mailbox, { subject: 'Offer' }, { isRead: true }],
  [calendar, { subject: 'Meeting', start: inDays(3) }, { showAs: 'free' }],
  [list, { title: 'Call' }, { status: 'completed' }],
];

it.each(['a folder', 'a mailbox', 'a calendar', 'a list'].map((what, n) => [what, n] as const))(
  'tells what changed in %s since the token, whole, each once, deletions too',
  (_, n) => examine(...cases()[n]!),
);

it('of a twin that forgets its tokens, or leaves out deletions, that can be told', async () => {
  const deaf: Tracking = async function* (stream, token, stop) {
    for await (const one of tracked(stream, token, stop)) {
      if (one.kind === 'token' || (one.native as ResourceNative).isDeleted !== true) yield one;
    }
  };
  await expect(examine(inbox, { subject: 'Offer' }, { isRead: true }, deaf)).rejects.toThrow();
  const forgetful: Tracking = (stream, _, stop) => tracked(stream, undefined, stop);
  await expect(examine(inbox, { subject: 'Offer' }, { isRead: true }, forgetful)).rejects.toThrow();
});

it('gives the same event as reading does, and an event of its own for a deletion', async () => {
  const context = { tenant: 'acme', connection: 'office', org: 'd1', mapping: {} };
  const { token } = await since(inbox, undefined);
  const path = create(inbox, { subject: 'Offer' });
  const told = await since(inbox, token);
  const [read] = await sample.connection.reader.read('message', [path], signal());
  expect(told.natives).toEqual([read]);
  sample.directory.admin.remove(inbox, idOf(path));
  const { natives } = await since(inbox, told.token);
  const [event] = await normalise(natives[0]!, context);
  expect(event).toMatchObject({ type: 'io.signalbox.interaction.deleted.v1', subject: `interaction/${path}` });
});

it('a message that was moved is gone from its folder, and not from its mailbox', async () => {
  const message = create(inbox, { subject: 'Offer' });
  const [folder, whole] = [await since(inbox, undefined), await since(mailbox, undefined)];
  sample.directory.admin.move(inbox, idOf(message), 'archive');
  expect(await since(inbox, folder.token)).toMatchObject({ present: [], gone: [message] });
  expect(await since(mailbox, whole.token)).toMatchObject({ present: [`${mailbox}/${idOf(message)}`], gone: [] });
});

it('a folder that is made later is tracked from its first message on; one that is gone needs a new token', async () => {
  const { admin } = sample.directory;
  const user = mailbox.split('/')[1] ?? '';
  const customers = admin.addFolder(user, 'Customers');
  const first = await since(mailbox, undefined);
  const acme = admin.addFolder(user, 'Acme', customers);
  const id = admin.create(`users/${user}/mailFolders/${acme}/messages`, { subject: 'Offer' });
  const second = await since(mailbox, first.token);
  expect(second).toMatchObject({ present: [`${mailbox}/${id}`], gone: [] });
  admin.removeFolder(user, acme);
  await expect(since(mailbox, second.token)).rejects.toThrow(PositionExpired);
  const gone = await sample.connection.reader.gone!(mailbox, [`${mailbox}/${id}`], signal());
  expect(gone).toMatchObject([{ path: `${mailbox}/${id}`, isDeleted: true }]);
});

it('a meeting that moves out of the view is there, and one that moves into it is told', async () => {
  const { admin } = sample.directory;
  const near = create(calendar, { subject: 'near', start: inDays(3) });
  const far = create(calendar, { subject: 'far', start: inDays(900) });
  const { token } = await since(calendar, undefined);
  admin.update(calendar, idOf(near), { start: inDays(900) });
  admin.update(calendar, idOf(far), { start: inDays(3) });
  const { present, gone } = await since(calendar, token);
  expect([[...present].sort(), gone]).toEqual([[near, far].sort(), []]);
});

it('the view of a calendar moves on with the months, and loses no change on the way', async () => {
  let now = Date.parse('2026-03-20T00:00:00Z');
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const { reader } = await graph.connect(sample.config, { log, now: () => now, inbox: sample.inbox });
  const moving: Tracking = (...args) => reader.tracked!(...args);
  const at = (dateTime: string) => ({ start: { dateTime, timeZone: 'UTC' } });
  const known = create(calendar, at('2026-02-20T00:00:00'));
  const first = await since(calendar, undefined, moving);
  sample.directory.admin.update(calendar, idOf(known), { showAs: 'free' });
  now = Date.parse('2026-04-01T00:00:00Z');
  const second = await since(calendar, first.token, moving);
  expect(second.present).toEqual([known]);
  const late = create(calendar, at('2027-04-20T00:00:00'));
  expect((await since(calendar, second.token, moving)).present).toEqual([late]);
});

it('a token that Graph has forgotten is thrown before anything is told; a beginning that it forgets is tried again', async () => {
  const { token } = await since(inbox, undefined);
  create(inbox, { subject: 'Offer' });
  sample.directory.admin.fault({ kind: 'expiredDeltaToken' });
  const told: unknown[] = [];
  const reading = async (): Promise<void> => {
    for await (const one of tracked(inbox, token, signal())) told.push(one);
  };
  await expect(reading()).rejects.toThrow(PositionExpired);
  expect(told).toEqual([]);
  await expect(since(inbox, { v: 7 })).rejects.toThrow(PositionExpired);
  for (let n = 0; n < 501; n++) create(inbox, { subject: 'one more than a page holds' });
  sample.directory.admin.fault({ kind: 'expiredDeltaToken' });
  await expect(since(inbox, undefined)).rejects.toThrow(Retryable);
});

it('tells which known records are gone: deleted, or moved out of their folder; none that is there', async () => {
  const { admin } = sample.directory;
  const { reader } = sample.connection;
  const [there, deleted, moved] = ['a', 'b', 'c'].map((subject) => create(inbox, { subject })) as [
    string,
    string,
    string,
  ];
  admin.remove(inbox, idOf(deleted));
  admin.move(inbox, idOf(moved), 'archive');
  const gone = await reader.gone!(inbox, [there, deleted, moved], signal());
  expect(gone.map((native) => (native as ResourceNative).path)).toEqual([deleted, moved]);
  const task = create(list, { title: 'Call' });
  expect(await reader.gone!(list, [task, `${list}/AAMkADnone=`], signal())).toMatchObject([
    { path: `${list}/AAMkADnone=` },
  ]);
  expect(reader.holds!(inbox)).toEqual({ nativeType: 'message', idPrefix: `${inbox}/` });
});
