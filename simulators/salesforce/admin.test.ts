import { startOrg, type OrgUnderTest } from './test-support/org-under-test';

let org: OrgUnderTest;
beforeAll(async () => {
  org = await startOrg();
});
afterAll(() => org.stop());

const admin = async (method: string, path: string, body?: object): Promise<{ status: number; body: unknown }> => {
  const response = await fetch(org.salesforce.adminUrl + path, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
};
const made = async (object: string, fields: object): Promise<string> =>
  ((await admin('POST', `/records/${object}`, fields)).body as { id: string }).id;

it('is healthy', async () => {
  expect(await admin('GET', '/health')).toEqual({ status: 200, body: { status: 'ok' } });
});

it('writes records as a user in the browser, and shows records and decoded events', async () => {
  const id = await made('Lead', { LastName: 'Day', Company: 'Acme' });
  await admin('PATCH', `/records/${id}`, { City: 'Bonn' });
  await admin('DELETE', `/records/${id}`);
  expect((await admin('GET', '/records/Lead')).body).toMatchObject([{ Id: id, City: 'Bonn', IsDeleted: true }]);
  await admin('POST', `/undelete/${id}`);
  const { body } = await admin('GET', `/events?topic=${encodeURIComponent('/data/LeadChangeEvent')}`);
  const headers = (body as { decoded: { ChangeEventHeader: Record<string, unknown> } }[]).map(
    ({ decoded }) => decoded.ChangeEventHeader,
  );
  expect(headers.map(({ changeType }) => changeType)).toEqual(['CREATE', 'UPDATE', 'DELETE', 'UNDELETE']);
  expect(headers[0]?.['changeOrigin']).toBe('com/salesforce/api/soap/62.0;client=SfdcInternalAPI/');
});

it('marks a lead as converted by hand, with the date', async () => {
  const id = await made('Lead', { LastName: 'Dusk', Company: 'Acme' });
  await admin('PATCH', `/records/${id}`, { IsConverted: true });
  const leads = (await admin('GET', '/records/Lead')).body as Record<string, unknown>[];
  const today = new Date().toISOString().slice(0, 10);
  expect(leads.find((lead) => lead['Id'] === id)).toMatchObject({ IsConverted: true, ConvertedDate: today });
});

it('converts a lead and completes a task', async () => {
  const leadId = await made('Lead', { LastName: 'Night', Company: 'Beta' });
  const converted = await admin('POST', '/convert-lead', { leadId, opportunity: false });
  expect(converted.body).toMatchObject({
    leadId,
    accountId: expect.stringMatching(/^001/) as unknown,
    contactId: expect.stringMatching(/^003/) as unknown,
  });
  expect(converted.body).not.toHaveProperty('opportunityId');
  const taskId = await made('Task', { Subject: 'Call' });
  await admin('POST', '/complete-task', { taskId });
  expect((await admin('GET', '/records/Task')).body).toMatchObject([{ Id: taskId, IsClosed: true }]);
});

it('refuses with the reason, and names what there is', async () => {
  expect(await admin('POST', '/records/Lead', { LastName: 'x' })).toMatchObject({
    status: 400,
    body: [{ errorCode: 'REQUIRED_FIELD_MISSING' }],
  });
  expect(await admin('POST', '/convert-lead', {})).toMatchObject({
    status: 400,
    body: [{ message: "The request needs 'leadId'" }],
  });
  expect(JSON.stringify(await admin('GET', '/events?topic=/nope'))).toContain('/data/LeadChangeEvent');
  expect(JSON.stringify(await admin('GET', '/nope'))).toContain('POST convert-lead');
});

it('stops on request, and leaves nothing listening', async () => {
  const other = await startOrg();
  const answer = await fetch(`${other.salesforce.adminUrl}/stop`, { method: 'POST' });
  expect(answer.status).toBe(200);
  await other.salesforce.stopped;
  await expect(fetch(`${other.salesforce.adminUrl}/health`)).rejects.toThrow();
  other.client.close();
});
