import { startDynamics365, type RunningDynamics365 } from '../index';
import { connect, type RawClient, type Reply } from '../test-support/raw-client';

let running: RunningDynamics365;
let client: RawClient;
beforeEach(async () => {
  running = await startDynamics365();
  client = await connect(running);
});
afterEach(() => running.stop());

const lead = (lastname: string): Promise<string> => running.admin.create('lead', { lastname });

const follow = (link: unknown, headers: Record<string, string> = {}): Promise<Reply> =>
  client.call('GET', String(link), undefined, headers);

/** The delta link after everything there is so far. */
const synchronise = async (): Promise<string> => {
  const reply = await client.call('GET', 'leads?$select=lastname', undefined, { prefer: 'odata.track-changes' });
  return String(reply.body['@odata.deltaLink']);
};

it('gives everything at first, then what changed, then where deleted rows were', async () => {
  const [first, second, third] = [await lead('One'), await lead('Two'), await lead('Three')];
  const whole = await client.call('GET', 'leads?$select=lastname', undefined, { prefer: 'odata.track-changes' });
  expect(whole.headers.get('preference-applied')).toBe('odata.track-changes');
  expect(whole.body.value.map(({ lastname }) => lastname)).toEqual(['One', 'Two', 'Three']);
  expect(whole.body['@odata.deltaLink']).toMatch(/leads\?\$select=lastname&\$deltatoken=\d+!\d\d%2F\d\d%2F\d{4}%20/);
  await running.admin.update('lead', second, { lastname: 'Two!' });
  await running.admin.remove('lead', first);
  const fourth = await lead('Four');
  const fleeting = await lead('Gone');
  await running.admin.remove('lead', fleeting);
  const delta = await follow(whole.body['@odata.deltaLink']);
  expect(delta.body['@odata.context']).toMatch(/\$metadata#leads\(lastname\)\/\$delta$/);
  const root = `${running.baseUrl}/api/data/v9.2/$metadata#leads/$deletedEntity`;
  expect(delta.body.value).toMatchObject([
    { leadid: second, lastname: 'Two!' },
    { leadid: fourth, lastname: 'Four' },
    { '@odata.context': root, id: first, reason: 'deleted' },
    { '@odata.context': root, id: fleeting, reason: 'deleted' },
  ]);
  const nothing = await follow(delta.body['@odata.deltaLink']);
  expect(nothing.body.value).toEqual([]);
  expect(running.admin.record('lead', third)).toBeDefined();
});

it('pages deltas, and leaves what changes meanwhile to the next one', async () => {
  const link = await synchronise();
  const ids = [await lead('One'), await lead('Two'), await lead('Three')];
  const small = { prefer: 'odata.maxpagesize=2' };
  const page = await follow(link, small);
  expect(page.body.value.map(({ lastname }) => lastname)).toEqual(['One', 'Two']);
  expect(page.body['@odata.deltaLink']).toBeUndefined();
  await running.admin.update('lead', ids[2] ?? '', { lastname: 'Three!' });
  await running.admin.remove('lead', ids[0] ?? '');
  const last = await follow(page.body['@odata.nextLink'], small);
  expect(last.body.value).toEqual([]);
  const next = await follow(last.body['@odata.deltaLink'], small);
  expect(next.body.value).toMatchObject([{ lastname: 'Three!' }, { id: ids[0], reason: 'deleted' }]);
});

it('pages the first reading without the preference being repeated', async () => {
  for (const name of ['One', 'Two', 'Three']) await lead(name);
  const prefer = 'odata.track-changes,odata.maxpagesize=2';
  const page = await client.call('GET', 'leads?$select=lastname', undefined, { prefer });
  const last = await follow(page.body['@odata.nextLink']);
  expect(last.body.value.map(({ lastname }) => lastname)).toEqual(['Three']);
  await lead('Four');
  const delta = await follow(last.body['@odata.deltaLink']);
  expect(delta.body.value.map(({ lastname }) => lastname)).toEqual(['Four']);
});

it('counts changes', async () => {
  const link = await synchronise();
  await lead('One');
  const token = link.split('$deltatoken=')[1] ?? '';
  const count = await client.call('GET', `leads/$count?$deltatoken=${token}`);
  expect(count.text).toBe('1');
});

it('refuses a token that has expired, and gives one anew', async () => {
  const link = await synchronise();
  running.admin.fault({ kind: 'expiredDeltaToken' });
  const refused = await follow(link);
  expect([refused.status, refused.body.error]).toEqual([
    400,
    {
      code: '0x80044352',
      message: 'Version stamp associated with the client has expired. Please perform a full sync.',
    },
  ]);
  expect((await follow(await synchronise())).status).toBe(200);
});

it.each(['filter', 'orderby', 'expand', 'top'])('does not go with $%s', async (option) => {
  const reply = await client.call('GET', `leads?$${option}=1`, undefined, { prefer: 'odata.track-changes' });
  expect([reply.status, reply.body.error.message]).toEqual([
    400,
    `The "$${option}" query parameter isn't supported when Change Tracking is enabled.`,
  ]);
});
