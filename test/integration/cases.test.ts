import type { Action } from '../../canonical-schema/action';
import type { EngagementRow, Ledger } from '../../ledger/ledger';
import { type Dynamics365Line, leadOf, startDynamics365Line } from '../dynamics365-line';
import { hotLead, startLine, until, type Line } from '../line';
import { entries, untilTask } from './watch';

// Longer than any poll, whose own failure says what was waited for.
jest.setTimeout(60_000);

const keep = { case: { subject: 'Keep {{record.name}}', priority: 'high' } };

interface Place {
  readonly ledger: Ledger;
  readonly tenant: string;
}

/** What Signalbox wrote about a lead, of one kind. */
async function written({ ledger, tenant }: Place, lead: string, kind: Action['kind']) {
  const story = await ledger.history(tenant, lead);
  return story.flatMap((entry) => (entry.kind === 'action' && entry.action.kind === kind ? [entry.result] : []));
}

/** The id of the case that was opened about a lead. */
const untilCase = (place: Place, lead: string): Promise<string> =>
  until('a case about the lead', async () => {
    const [result] = await written(place, lead, 'create-case');
    return result === undefined || result.outcome === 'failed' ? undefined : result.nativeId;
  });

const untilClosed = ({ ledger, tenant }: Place, lead: string): Promise<EngagementRow> =>
  until('the engagement to end', async () => {
    const row = await ledger.engagement(tenant, `lead/${lead}`, 'lead-scoring');
    return row?.status === 'closed' ? row : undefined;
  });

/** Which event ended the engagement, and as what. */
async function endOf(line: Pick<Line, 'signalbox'>, tenant: string, lead: string) {
  const [{ outcome } = { outcome: undefined }] = await entries(line, { tenant }, lead, 'outcome');
  return outcome;
}

describe('in Salesforce', () => {
  let line: Line;
  let place: Place;
  beforeAll(async () => {
    const task = { task: { subject: 'Call {{record.name}} today', priority: 'high' } };
    const subscribe = ['Lead', 'Task', 'Case'].map((object) => `/data/${object}ChangeEvent`);
    line = await startLine({ connection: { subscribe }, useCase: { act: { hot: [task, keep] } } });
    place = { ledger: line.signalbox.runtime.ledger, tenant: line.tenant.tenant };
  }, 120_000);
  afterAll(() => line.stop());

  const caseNow = (id: string) => line.org.admin.records('Case').find(({ Id }) => Id === id);
  const engaged = async (): Promise<{ readonly lead: string; readonly caseId: string; readonly taskId: string }> => {
    const lead = line.org.admin.create('Lead', hotLead);
    const taskId = await untilTask(line, line.tenant, lead);
    return { lead, caseId: await untilCase(place, lead), taskId };
  };
  const taskNow = (id: string) => line.org.admin.records('Task').find(({ Id }) => Id === id);

  test('a case is opened once, says what a moved score says, and ends the engagement when the agent closes it', async () => {
    const { lead, caseId, taskId } = await engaged();
    expect(caseNow(caseId)).toMatchObject({
      ...{ Subject: 'Keep Maria Lopez (92 % likely)', Priority: 'High', Status: 'New', SuppliedName: 'Maria Lopez' },
      Signalbox_Key__c: expect.stringMatching(/^sbx:.*:create-case$/) as string,
    });
    line.org.admin.update(caseId, { Status: 'Working' });
    line.org.admin.update(lead, { Contact__c: 'telephone' });
    await until('the changed case', () => caseNow(caseId)?.Subject === 'Keep Maria Lopez (86 % likely)');
    expect(caseNow(caseId)).toMatchObject({
      Description: expect.stringContaining('Changed: 92 % -> 86 %') as string,
      Status: 'Working',
    });
    expect(line.org.admin.records('Case')).toHaveLength(1);
    line.org.admin.closeCase(caseId);
    expect(await untilClosed(place, lead)).toMatchObject({ outcome: 'completed' });
    const closing = (await entries(line, line.tenant, `case/${caseId}`, 'event')).at(-1);
    expect(await endOf(line, place.tenant, lead)).toMatchObject({ label: 'completed', eventid: closing?.event.id });
    // With the case the task is settled.
    expect(taskNow(taskId)).toMatchObject({
      ...{ Status: 'Completed', Description: expect.stringContaining('Closed by Signalbox: completed.') as string },
    });
    expect(await written(place, lead, 'create-case')).toHaveLength(1);
    // The opening and the change came back, and were no reason to act again.
    const told = await entries(line, line.tenant, `case/${caseId}`, 'event');
    expect(told.map(({ event }) => event.origin)).toEqual(['self', 'external', 'self', 'external']);
  });

  test('a case that somebody deletes ends it as removed', async () => {
    const { lead, caseId } = await engaged();
    line.org.admin.remove(caseId);
    expect(await untilClosed(place, lead)).toMatchObject({ outcome: 'removed' });
  });

  test('a lead that is won leaves the case to those who work on it, and a case that is closed later ends nothing', async () => {
    const { lead, caseId, taskId } = await engaged();
    line.org.admin.convertLead(lead);
    expect(await untilClosed(place, lead)).toMatchObject({ outcome: 'won' });
    expect([taskNow(taskId)?.Status, caseNow(caseId)?.Status]).toEqual(['Completed', 'New']);
    line.org.admin.closeCase(caseId);
    const isHeard = async () =>
      (await entries(line, line.tenant, `case/${caseId}`, 'event')).some(({ event }) => event.origin === 'external');
    await until('the closing to be heard', isHeard);
    expect(await untilClosed(place, lead)).toMatchObject({ outcome: 'won' });
  });
});

describe('in Dataverse', () => {
  let line: Dynamics365Line;
  let place: Place;
  let account: string;
  beforeAll(async () => {
    line = await startDynamics365Line({ subscribe: ['lead', 'task', 'incident'] }, [keep]);
    place = { ledger: line.signalbox.runtime.ledger, tenant: line.tenant };
    account = await line.crm.admin.create('account', { name: 'Bluewater' });
  }, 120_000);
  afterAll(() => line.stop());

  const caseNow = (id: string) => line.crm.admin.record('incident', id);
  const ofAccount = () => ({ 'parentaccountid@odata.bind': `/accounts(${account})` });

  test('a case is opened once, says what a moved score says, and ends the engagement when the agent resolves it', async () => {
    const { admin } = line.crm;
    const lead = await admin.create('lead', { ...leadOf(hotLead), ...ofAccount() });
    const caseId = await untilCase(place, lead);
    expect(caseNow(caseId)).toMatchObject({
      ...{ title: 'Keep Maria Lopez (92 % likely)', prioritycode: 1, statecode: 0, _customerid_value: account },
    });
    await admin.update('lead', lead, leadOf({ ...hotLead, Contact__c: 'telephone' }));
    await until('the changed case', () => caseNow(caseId)?.title === 'Keep Maria Lopez (86 % likely)');
    expect(caseNow(caseId)).toMatchObject({
      description: expect.stringContaining('Changed: 92 % -> 86 %') as string,
    });
    expect(admin.records('incident')).toHaveLength(1);
    await admin.resolveCase(caseId);
    expect(await untilClosed(place, lead)).toMatchObject({ outcome: 'completed' });
    const told = await entries(line, { tenant: place.tenant }, `case/${caseId}`, 'event');
    const own = told.filter(({ event }) => event.origin === 'self');
    const ended = await endOf(line, place.tenant, lead);
    expect(own.length).toBeGreaterThanOrEqual(2);
    expect(told.find(({ event }) => event.id === ended?.eventid)?.event.origin).toBe('external');
    expect(admin.tasks()).toMatchObject([
      { statecode: 1, description: expect.stringContaining('Closed by Signalbox: completed.') as string },
    ]);
  });

  test('a lead without a customer gets its task, and the refusal says what the case lacks', async () => {
    const lead = await line.crm.admin.create('lead', leadOf(hotLead));
    const [refused] = await until('the refusal', async () => {
      const results = await written(place, lead, 'create-case');
      return results.length > 0 && results;
    });
    expect(refused).toMatchObject({ failure: 'permanent', code: 'SBX_DYNAMICS365_NO_CUSTOMER' });
    expect(await written(place, lead, 'create-task')).toMatchObject([{ outcome: 'applied' }]);
    expect(line.crm.admin.records('incident')).toHaveLength(1);
  });
});
