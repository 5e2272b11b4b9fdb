import { type RunningGraph, startGraph } from '../index';

type Body = Readonly<Record<string, unknown>>;
type Row = Readonly<Record<string, unknown>>;

let graph: RunningGraph;
let token: string;
let user: string;
let list: string;
let inbox: string;

beforeEach(async () => {
  graph = await startGraph();
  ({ id: user, list } = graph.admin.user('jo@acme.example'));
  inbox = `users/${user}/mailFolders/inbox/messages`;
  const { clientId: client_id, clientSecret: client_secret, tokenUrl, baseUrl } = graph;
  const form = { grant_type: 'client_credentials', client_id, client_secret, scope: `${baseUrl}/.default` };
  const granted = await fetch(tokenUrl, { method: 'POST', body: new URLSearchParams(form) });
  token = String(((await granted.json()) as Body).access_token);
});

afterEach(() => graph.stop());

async function get(path: string, rows?: number) {
  const prefer = rows === undefined ? {} : { prefer: `odata.maxpagesize=${rows}` };
  const headers = { authorization: `Bearer ${token}`, ...prefer };
  const response = await fetch(path.startsWith('http') ? path : `${graph.baseUrl}/v1.0/${path}`, { headers });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Body };
}

/** All pages of a round, then where the next one begins. */
async function round(path: string, rows?: number) {
  const pages: (readonly Row[])[] = [];
  for (let next = path; ;) {
    const { body } = await get(next, rows);
    pages.push(body.value as readonly Row[]);
    const link = body['@odata.deltaLink'];
    if (typeof link === 'string') return { pages, rows: pages.flat(), link };
    next = String(body['@odata.nextLink']);
  }
}

const ids = (rows: readonly Row[]): readonly unknown[] => rows.map(({ id }) => id);
const create = (subject: string): string => graph.admin.create(inbox, { subject });
const start = { dateTime: '2026-03-02T09:00:00', timeZone: 'UTC' };

it('tells a folder whole, in pages of the size that is preferred, ten without, then what changed since', async () => {
  const made = Array.from({ length: 25 }, (_, n) => create(`${n}`));
  expect((await round(`${inbox}/delta`)).pages.map(({ length }) => length)).toEqual([10, 10, 5]);
  const first = await round(`${inbox}/delta?$select=subject`, 12);
  expect(first.pages.map(({ length }) => length)).toEqual([12, 12, 1]);
  expect(ids(first.rows)).toEqual(made);
  expect(Object.keys(first.rows[0] ?? {}).sort()).toEqual(['@odata.etag', 'id', 'subject']);
  const changed = made[3] ?? '';
  graph.admin.update(inbox, changed, { isRead: true });
  const second = await round(first.link);
  expect(ids(second.rows)).toEqual([changed]);
  expect(Object.keys(second.rows[0] ?? {})).toContain('subject');
  expect((await round(second.link)).rows).toEqual([]);
});

it('leaves what changes while pages are read to the next round', async () => {
  const made = [create('a'), create('b'), create('c')];
  const page = await get(`${inbox}/delta`, 2);
  const late = create('late');
  const rest = await round(String(page.body['@odata.nextLink']), 2);
  expect(ids(rest.rows)).toEqual([made[2]]);
  expect(ids((await round(rest.link)).rows)).toEqual([late]);
});

it('tells what is no longer in the folder as removed, once, and nothing of what came and went', async () => {
  const [gone, moved] = [create('gone'), create('moved')];
  const { link } = await round(`${inbox}/delta`);
  graph.admin.remove(inbox, gone);
  graph.admin.move(inbox, moved, 'archive');
  graph.admin.remove(inbox, create('brief'));
  const removed = (id: string) => ({
    '@odata.type': '#microsoft.graph.message',
    id,
    '@removed': { reason: 'deleted' },
  });
  const second = await round(link);
  expect(second.rows).toEqual([removed(gone), removed(moved)]);
  expect((await round(second.link)).rows).toEqual([]);
  expect(ids((await round(`users/${user}/mailFolders/archive/messages/delta`)).rows)).toEqual([moved]);
});

it('tells events in a view of time: one that leaves it is removed', async () => {
  const events = `users/${user}/events`;
  const inside = graph.admin.create(events, { subject: 'in', start });
  graph.admin.create(events, { subject: 'out', start: { ...start, dateTime: '2027-03-02T09:00:00' } });
  const view = `users/${user}/calendarView/delta?startDateTime=2026-03-01T00:00:00Z&endDateTime=2026-04-01T00:00:00Z`;
  const first = await round(view);
  expect(ids(first.rows)).toEqual([inside]);
  graph.admin.update(events, inside, { start: { ...start, dateTime: '2026-05-02T09:00:00' } });
  expect((await round(first.link)).rows).toMatchObject([{ id: inside, '@removed': { reason: 'deleted' } }]);
  expect((await get(`${view}&$select=subject`)).status).toBe(400);
  expect((await get(`users/${user}/calendarView/delta`)).status).toBe(400);
  expect((await get(`${events}/delta`)).status).toBe(400);
});

it('tells tasks, and no whole mailbox', async () => {
  const tasks = `users/${user}/todo/lists/${list}/tasks`;
  const task = graph.admin.create(tasks, { title: 'Call' });
  const { rows, link } = await round(`${tasks}/delta`);
  expect(ids(rows)).toEqual([task]);
  graph.admin.remove(tasks, task);
  expect((await round(link)).rows).toMatchObject([{ id: task, '@removed': { reason: 'deleted' } }]);
  expect((await get(`users/${user}/messages/delta`)).status).toBe(400);
});

it('answers a token that it has forgotten with where to begin anew', async () => {
  const message = create('a');
  const { link } = await round(`${inbox}/delta`);
  graph.admin.fault({ kind: 'expiredDeltaToken' });
  const refused = await get(link);
  expect(refused).toMatchObject({ status: 410, body: { error: { code: 'SyncStateNotFound' } } });
  expect(ids((await round(String(refused.headers.get('location')))).rows)).toEqual([message]);
});

it('lists mail folders, and those within them', async () => {
  const customers = graph.admin.addFolder(user, 'Customers');
  const acme = graph.admin.addFolder(user, 'Acme', customers);
  const folders = `users/${user}/mailFolders`;
  const { body } = await get(`${folders}?$top=5`);
  const rest = await get(String(body['@odata.nextLink']));
  expect(rest.body.value).toMatchObject([{ id: customers, displayName: 'Customers', childFolderCount: 1 }]);
  expect((await get(`${folders}/${customers}/childFolders`)).body.value).toMatchObject([{ id: acme }]);
  const inFolder = `${folders}/${acme}/messages`;
  const id = graph.admin.create(inFolder, { subject: 'Offer' });
  expect((await get(`users/${user}/messages/${id}`)).body.parentFolderId).toBe(acme);
  graph.admin.removeFolder(user, acme);
  expect((await get(inFolder)).status).toBe(404);
});
