import { coldLead, hotLead, startLine, until, type Line } from '../line';

let line: Line;
beforeAll(async () => {
  line = await startLine();
}, 60_000);
afterAll(() => line.stop());

const openTasks = (lead: string): readonly Record<string, unknown>[] =>
  line.org.admin.records('Task').filter(({ WhoId, IsDeleted }) => WhoId === lead && IsDeleted !== true);

test('a hot lead becomes one task with its reasons; the score moves it, moots it, and the story is told', async () => {
  const lead = line.org.admin.create('Lead', hotLead);
  const created = await until('a task for the lead', () => openTasks(lead)[0]);
  expect(created).toMatchObject({ Status: 'Not Started', Priority: 'High', WhoId: lead });
  expect(created.Subject).toMatch(/^Call Maria Lopez today \(\d+ % likely\)$/);
  expect(created.Description).toContain('+ Contacted in March');

  line.org.admin.update(lead, coldLead);
  await until('the task to be closed as moot', () => openTasks(lead)[0]?.Status === 'Completed');
  const story = await until('the engagement to end', async () => {
    const told = await line.signalbox.runtime.ledger.history(line.tenant.tenant, lead);
    return told.some(({ kind }) => kind === 'engagement-closed') ? told : undefined;
  });
  expect(story.map(({ kind }) => kind)).toEqual(
    expect.arrayContaining(['event', 'decision', 'engagement-opened', 'action', 'outcome', 'engagement-closed']),
  );
  expect(openTasks(lead)).toHaveLength(1);
});

test('a cold lead is decided and recorded, and nothing is written to the CRM', async () => {
  const lead = line.org.admin.create('Lead', coldLead);
  const { ledger } = line.signalbox.runtime;
  const decided = await until('the decision', async () =>
    (await ledger.history(line.tenant.tenant, lead)).find((entry) => entry.kind === 'decision'),
  );
  expect(decided).toMatchObject({ decision: { outcome: 'none', usecase: 'lead-scoring' } });
  expect(
    line.org.admin.writes().filter(({ clientId, recordId }) => clientId === 'Signalbox' && recordId === lead),
  ).toEqual([]);
});
