import { eventOf } from '../fixtures/events';
import { decide, leadOf, recordOf, startTenants, withoutIngest, type TenantsLine } from './tenants-line';
import { engagementOf, entries, tasksAbout, untilTask } from './watch';
import { hotLead } from '../line';

// Longer than any poll, whose own failure says what was waited for.
jest.setTimeout(60_000);

let line: TenantsLine<'usual'>;
beforeAll(async () => {
  line = await startTenants({ usual: {} }, { roles: withoutIngest });
});
afterAll(() => line.stop());
afterEach(() => {
  line.org.admin.fault({ kind: 'clear' });
});

let made = 0;

/** A hot lead, told to its lane once the fault is armed. */
async function acted(fault: Parameters<typeof line.org.admin.fault>[0]): Promise<string> {
  const lead = line.org.admin.create('Lead', leadOf('usual'));
  line.org.admin.fault(fault);
  await tell(lead, hotLead, Date.now());
  await untilTask(line, line.tenants.usual, lead);
  return lead;
}

async function tell(
  lead: string,
  fields: typeof hotLead | (Omit<typeof hotLead, 'Contact__c'> & { Contact__c: string }),
  at: number,
): Promise<void> {
  made += 1;
  const event = eventOf({
    id: `e${made}`,
    tenant: line.tenants.usual.tenant,
    time: new Date(at).toISOString(),
    record: recordOf(lead, leadOf('usual', fields)),
  });
  await decide(line, line.tenants.usual, { id: `b${made}`, events: [event] });
}

/** What the CRM answered to every try of making the task. */
async function tries(lead: string): Promise<readonly (readonly [number, string])[]> {
  const all = await entries(line, line.tenants.usual, lead, 'action');
  return all
    .filter(({ action }) => action.kind === 'create-task')
    .map(({ attempt, result }) => [attempt, result.outcome === 'failed' ? result.code : result.outcome]);
}

test('a locked row is tried again: one task, and the ledger tells every try', async () => {
  const lead = await acted({ kind: 'rowLock', times: 4 });
  const told = await tries(lead);
  expect(told.slice(0, -1).length).toBeGreaterThan(0);
  expect(new Set(told.slice(0, -1).map(([, answer]) => answer))).toEqual(new Set(['UNABLE_TO_LOCK_ROW']));
  expect(told.at(-1)?.[1]).toMatch(/^(already-)?applied$/);
  expect(told.map(([attempt]) => attempt)).toEqual(told.map((_, index) => index + 1));
  expect(tasksAbout(line, lead)).toHaveLength(1);
});

test('a server that asks for time gets it', async () => {
  const begun = Date.now();
  const lead = await acted({ kind: 'serverUnavailable', times: 2, retryAfter: 2 });
  expect(Date.now() - begun).toBeGreaterThanOrEqual(2_000);
  expect((await tries(lead)).map(([, answer]) => answer)).toEqual(['SERVER_UNAVAILABLE', 'applied']);
  expect(tasksAbout(line, lead)).toHaveLength(1);
});

test('a write whose answer is lost is found again: one task', async () => {
  const lead = await acted({ kind: 'dropResponse', times: 2 });
  const told = await tries(lead);
  expect(told.length).toBeGreaterThan(1);
  expect(told.at(-1)?.[1]).toBe('already-applied');
  expect(tasksAbout(line, lead)).toHaveLength(1);
  expect(line.org.admin.records('Lead').find(({ Id }) => Id === lead)).toMatchObject({ Rating: 'Hot' });
});

test('a task that a person deleted is not made again by a later decision of the same engagement', async () => {
  const lead = await acted({ kind: 'clear' });
  const [task] = tasksAbout(line, lead);
  line.org.admin.remove(task!.Id);
  await tell(lead, { ...hotLead, Contact__c: 'telephone' }, Date.now() + 5_000);
  expect(await engagementOf(line, line.tenants.usual, lead).result()).toMatchObject({
    label: 'removed',
  });
  expect(tasksAbout(line, lead)).toMatchObject([{ Id: task?.Id, IsDeleted: true }]);
});
