import { coldLead } from '../line';
import { leadOf, startTenants, type TenantsLine } from './tenants-line';
import { entries, tasksAbout, untilClosed, untilTask } from './watch';

// Longer than any poll, whose own failure says what was waited for.
jest.setTimeout(60_000);

const databaseUrl = process.env['DATABASE_URL'];
const onPostgres = databaseUrl === undefined ? describe.skip : describe;

onPostgres('the whole line with its ledger on PostgreSQL (DATABASE_URL)', () => {
  let line: TenantsLine<'usual'>;
  beforeAll(async () => {
    line = await startTenants({ usual: {} }, { databaseUrl: databaseUrl ?? '' });
  });
  afterAll(() => line.stop());

  test('a hot lead becomes a task, the score moots it, and the story is told', async () => {
    const { usual } = line.tenants;
    const lead = line.org.admin.create('Lead', leadOf('usual'));
    await untilTask(line, usual, lead);
    line.org.admin.update(lead, leadOf('usual', coldLead));
    expect(await untilClosed(line, usual, lead)).toMatchObject({ outcome: 'moot' });
    expect(tasksAbout(line, lead)).toMatchObject([{ Status: 'Completed' }]);
    expect((await entries(line, usual, lead, 'decision')).map(({ decision }) => decision.outcome)).toEqual([
      'act',
      'none',
    ]);
    expect(
      (await entries(line, usual, lead, 'action')).map(({ action, result }) => [action.kind, result.outcome]),
    ).toEqual(
      expect.arrayContaining([
        ['create-task', 'applied'],
        ['close-task', 'applied'],
      ]),
    );
  });
});
