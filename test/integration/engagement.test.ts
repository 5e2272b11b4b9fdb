import { coldLead, until } from '../line';
import { leadOf, startTenants, type TenantsLine } from './tenants-line';
import { entries, engagementOf, tasksAbout, untilClosed, untilTask, writesAbout, type Task } from './watch';

// Longer than any poll, whose own failure says what was waited for.
jest.setTimeout(60_000);

/** The org's first user; tasks are of the one whom Signalbox writes as. */
const teamLead = '005Sb0000000001IAA';
const overdue = [
  { after: 'PT1S', priority: 'high', subject: 'Still to call: {{record.name}}' },
  { after: 'PT1.5S', assignTo: '005000000000009AAA' },
  { after: 'PT2S', assignTo: teamLead },
];
const variants = {
  usual: {},
  brief: { useCase: { outcome: { within: 'PT2S' } } },
  chased: { useCase: { act: { hot: [{ task: { subject: 'Call {{record.name}}', overdue } }] } } },
};
let line: TenantsLine<keyof typeof variants>;
beforeAll(async () => {
  line = await startTenants(variants);
});
afterAll(() => line.stop());

/** A hot lead with its task. */
async function engaged(
  variant: keyof typeof variants = 'usual',
): Promise<{ readonly lead: string; readonly task: Task }> {
  const lead = line.org.admin.create('Lead', leadOf(variant));
  await untilTask(line, line.tenants[variant], lead);
  return { lead, task: tasksAbout(line, lead)[0]! };
}

const taskWith = (lead: string, description: RegExp): Promise<Task> =>
  until(`a task that says ${String(description)}`, () =>
    tasksAbout(line, lead).find(({ Description }) => description.test(String(Description))),
  );

test('however often the score moves there is one task, which says what changed and keeps its due time', async () => {
  const { lead, task } = await engaged();
  expect(task.Subject).toBe('Call Maria Lopez today (92 % likely)');
  expect(task.Description).not.toContain('Changed:');
  line.org.admin.update(lead, { Contact__c: 'telephone' });
  const changed = await taskWith(lead, /^Changed: 92 % -> 86 % since \d{4}-\d\d-\d\d \d\d:\d\d UTC\.$/m);
  expect(changed).toMatchObject({
    Id: task.Id,
    Subject: 'Call Maria Lopez today (86 % likely)',
    ActivityDate: task.ActivityDate,
  });
  line.org.admin.update(lead, { Contact__c: 'cellular' });
  await taskWith(lead, /^Changed: 86 % -> 92 %/m);
  line.org.admin.update(lead, { Month__c: 'may' });
  await taskWith(lead, /^Changed: 92 % -> 63 %/m);
  expect(tasksAbout(line, lead)).toHaveLength(1);
  const decided = await entries(line, line.tenants.usual, lead, 'decision');
  expect(decided.map(({ decision }) => Math.round((decision.score ?? 0) * 100))).toEqual([92, 86, 92, 63]);
});

test('a score that hardly moves is decided and leaves the task alone', async () => {
  const { lead, task } = await engaged();
  line.org.admin.update(lead, { Campaign__c: 2 });
  await until('the second decision', async () => (await entries(line, line.tenants.usual, lead, 'decision'))[1]);
  line.org.admin.update(lead, { Contact__c: 'telephone' });
  await taskWith(lead, /^Changed: 92 % -> 85 %/m);
  const updates = writesAbout(line, lead).filter(
    ({ recordId, operation }) => recordId === task.Id && operation === 'update',
  );
  expect(updates).toHaveLength(1);
});

test('a band without actions closes the task and says why', async () => {
  const { lead, task } = await engaged();
  line.org.admin.update(lead, leadOf('usual', coldLead));
  expect(await untilClosed(line, line.tenants.usual, lead)).toMatchObject({ outcome: 'moot', taskid: task.Id });
  expect(tasksAbout(line, lead)).toMatchObject([
    { Status: 'Completed', Description: expect.stringMatching(/No longer called for: now 2 %/) as string },
  ]);
});

test('a task that a person completes ends the engagement; nothing more is written about it', async () => {
  const { lead, task } = await engaged();
  const before = writesAbout(line, lead).length;
  line.org.admin.completeTask(task.Id);
  expect(await untilClosed(line, line.tenants.usual, lead)).toMatchObject({ outcome: 'completed' });
  await engagementOf(line, line.tenants.usual, lead).result();
  expect(writesAbout(line, lead)).toHaveLength(before);
  const [told] = await entries(line, line.tenants.usual, lead, 'outcome');
  const [completion] = (await entries(line, line.tenants.usual, `task/${task.Id}`, 'event')).slice(-1);
  expect(told?.outcome).toMatchObject({ label: 'completed', eventid: completion?.event.id });
});

test('a task that a person deletes ends the engagement and is not made again', async () => {
  const { lead, task } = await engaged();
  line.org.admin.remove(task.Id);
  expect(await untilClosed(line, line.tenants.usual, lead)).toMatchObject({ outcome: 'removed' });
  await engagementOf(line, line.tenants.usual, lead).result();
  expect(tasksAbout(line, lead)).toMatchObject([{ Id: task.Id, IsDeleted: true }]);
});

test('a converted lead is won: the task is closed and says so', async () => {
  const { lead } = await engaged();
  line.org.admin.convertLead(lead);
  expect(await untilClosed(line, line.tenants.usual, lead)).toMatchObject({ outcome: 'won' });
  expect(tasksAbout(line, lead)).toMatchObject([
    { Status: 'Completed', Description: expect.stringContaining('Closed by Signalbox: won.') as string },
  ]);
});

test('a deleted lead ends the engagement as gone', async () => {
  const { lead } = await engaged();
  line.org.admin.remove(lead);
  expect(await untilClosed(line, line.tenants.usual, lead)).toMatchObject({ outcome: 'gone' });
});

test('an engagement without an outcome ends when its time is over, and its task is closed', async () => {
  const { lead } = await engaged('brief');
  expect(await untilClosed(line, line.tenants.brief, lead)).toMatchObject({ outcome: 'expired' });
  expect(tasksAbout(line, lead)).toMatchObject([
    { Status: 'Completed', Description: expect.stringContaining('Closed by Signalbox: expired.') as string },
  ]);
});

test('a task that nobody does becomes urgent, then somebody else’s; a step comes once, a refused one stops nothing, a newer decision keeps them', async () => {
  const { lead, task } = await engaged('chased');
  expect(task).toMatchObject({ Priority: 'Normal', Subject: 'Call Maria Lopez (92 % likely)' });
  const given = await until('the task to be given to somebody else', () =>
    tasksAbout(line, lead).find(({ OwnerId }) => OwnerId === teamLead),
  );
  const chased = { Id: task.Id, Priority: 'High', Subject: 'Still to call: Maria Lopez (92 % likely)' };
  expect(given).toMatchObject({ ...chased, Status: 'Not Started', Description: task.Description });
  line.org.admin.update(lead, { Contact__c: 'telephone' });
  expect(await taskWith(lead, /^Changed: 92 % -> 86 %/m)).toMatchObject({
    ...{ ...chased, Subject: 'Still to call: Maria Lopez (86 % likely)', OwnerId: teamLead },
  });
  line.org.admin.completeTask(task.Id);
  expect(await untilClosed(line, line.tenants.chased, lead)).toMatchObject({ outcome: 'completed' });
  const told = await entries(line, line.tenants.chased, lead, 'action');
  expect(told.map(({ action, result }) => [action.id.replace(/^.*:lead-scoring:/, ''), result.outcome])).toEqual([
    ['create-task', 'applied'],
    ['update-task:overdue-1', 'applied'],
    // Nobody of that id is there: the task stays as it is, and the next step comes.
    ['update-task:overdue-2', 'failed'],
    ['update-task:overdue-3', 'applied'],
    ['update-task', 'applied'],
  ]);
});

test('a lead that becomes hot again after its engagement ended gets a task of its own', async () => {
  const { lead, task } = await engaged();
  line.org.admin.update(lead, leadOf('usual', coldLead));
  await untilClosed(line, line.tenants.usual, lead);
  line.org.admin.update(lead, leadOf('usual'));
  const second = await untilTask(line, line.tenants.usual, lead);
  expect(second).not.toBe(task.Id);
  expect(
    tasksAbout(line, lead)
      .map(({ Status }) => Status)
      .sort(),
  ).toEqual(['Completed', 'Not Started']);
});
