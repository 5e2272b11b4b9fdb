import type { Action, ActionResult, CreateCase } from '../../canonical-schema/action';
import { type RunningSalesforce, startSalesforce } from '../../simulators/salesforce';
import type { Connection } from '../contract';
import { noInbox } from '../kit/no-inbox';
import type { SalesforceConfig } from './config';
import { salesforce } from './index';
import type { SalesforceNative } from './native';

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const { signal } = new AbortController();

let org: RunningSalesforce;
let connection: Connection<SalesforceNative>;
let account: string;
let contact: string;

async function connect(config: Partial<SalesforceConfig> = {}): Promise<Connection<SalesforceNative>> {
  const { clientId, clientSecret } = org.clients.integration!;
  const auth = { kind: 'client-credentials', clientId, clientSecret } as const;
  const streams = { pubsubEndpoint: org.grpcAddress, pubsubCa: org.caCertPem };
  return salesforce.connect(
    { baseUrl: org.baseUrl, ...streams, auth, requestsPerSecond: 1000, ...config },
    { log, now: Date.now, inbox: noInbox },
  );
}

beforeEach(async () => {
  org = await startSalesforce();
  connection = await connect();
  account = org.admin.create('Account', { Name: 'Acme' });
  contact = org.admin.create('Contact', { LastName: 'Lopez', AccountId: account });
});

afterEach(async () => {
  await connection.close();
  await org.stop();
});

const base = { tenantid: 'acme', connection: 'sales', decisionid: 'd' };

function opening(id: string, entity: string, of: string, more: Partial<CreateCase['case']> = {}): CreateCase {
  const content = { subject: 'Keep Acme', description: 'Why: …\nSee', priority: 'normal', ...more } as const;
  return { ...base, kind: 'create-case', id, about: { entity, id: of }, case: content };
}

const apply = (...actions: Action[]): Promise<readonly ActionResult[]> => connection.sink.apply(actions, signal);
const cases = (): readonly Record<string, unknown>[] => org.admin.records('Case');
const outcomes = (results: readonly ActionResult[]): string[] => results.map(({ outcome }) => outcome);
const idOf = (result: ActionResult | undefined): string =>
  result === undefined || result.outcome === 'failed' ? '' : result.nativeId;

it('opens one about an account, with the words of Salesforce', async () => {
  const queue = org.admin.create('Group', { Name: 'Retention', Type: 'Queue' });
  const [result] = await apply(opening('k1', 'account', account, { type: 'Problem', team: queue }));
  expect(result).toMatchObject({ actionId: 'k1', outcome: 'applied' });
  expect(cases()).toMatchObject([
    {
      ...{ Id: idOf(result), AccountId: account, ContactId: null, OwnerId: queue },
      ...{ Subject: 'Keep Acme', Description: 'Why: …\nSee', Priority: 'Medium', Type: 'Problem', Status: 'New' },
      ...{ Origin: null, Signalbox_Key__c: 'k1' },
    },
  ]);
});

it('names the account and the contact of whatever it is about', async () => {
  const deal = { Name: 'Vans', StageName: 'Prospecting', CloseDate: '2026-03-01', AccountId: account };
  const opportunity = org.admin.create('Opportunity', deal);
  const other = org.admin.create('Case', { Subject: 'Broken', AccountId: account, ContactId: contact });
  const lead = org.admin.create('Lead', {
    LastName: 'Day',
    FirstName: 'Ann',
    Company: 'Hill',
    Email: 'a@hill.example',
  });
  const results = await apply(
    opening('k1', 'contact', contact),
    opening('k2', 'opportunity', opportunity),
    opening('k3', 'case', other),
    opening('k4', 'lead', lead),
    opening('k5', 'rhythm', 'sales:lead.created:2026-03-01'),
  );
  expect(outcomes(results)).toEqual(['applied', 'applied', 'applied', 'applied', 'applied']);
  const byKey = (key: string) => cases().find(({ Signalbox_Key__c: of }) => of === key);
  expect(['k1', 'k2', 'k3', 'k4', 'k5'].map(byKey)).toMatchObject([
    { ContactId: contact, AccountId: account },
    { ContactId: null, AccountId: account },
    { ContactId: contact, AccountId: account, ParentId: other },
    { ContactId: null, SuppliedName: 'Ann Day', SuppliedCompany: 'Hill', SuppliedEmail: 'a@hill.example' },
    { ContactId: null, AccountId: null },
  ]);
});

it('lets the org’s assignment rules find who is to work on one that names nobody, and only there', async () => {
  const queue = (Name: string): string => org.admin.create('Group', { Name, Type: 'Queue' });
  const [support, retention] = [queue('Support'), queue('Retention')];
  org.admin.assignCases(support);
  const person = org.admin.records('User')[0]?.Id as string;
  await apply(
    opening('k1', 'account', account),
    opening('k2', 'account', account, { team: retention }),
    opening('k3', 'account', account, { team: retention, assignTo: person }),
  );
  const owners = Object.fromEntries(cases().map(({ Signalbox_Key__c: key, OwnerId }) => [String(key), OwnerId]));
  expect(owners).toEqual({ k1: support, k2: retention, k3: person });
});

it('has one effect when the answer is lost and when two processes apply at once, and leaves what an agent did', async () => {
  org.admin.fault({ kind: 'dropResponse' });
  expect(await apply(opening('k1', 'account', account))).toMatchObject([{ outcome: 'failed', failure: 'retryable' }]);
  const caseId = String(cases()[0]?.Id);
  org.admin.closeCase(caseId);
  expect(await apply(opening('k1', 'account', account))).toMatchObject([
    { outcome: 'already-applied', nativeId: caseId },
  ]);
  expect(cases()).toMatchObject([{ Status: 'Closed' }]);
  const other = await connect();
  const both = await Promise.all([
    apply(opening('k2', 'account', account)),
    other.sink.apply([opening('k2', 'account', account)], signal),
  ]);
  await other.close();
  expect(both.flatMap(outcomes).toSorted()).toEqual(['already-applied', 'applied']);
  expect(cases()).toHaveLength(2);
});

it('refuses one about a record that is not there, and leaves its neighbours', async () => {
  const gone = `${account.slice(0, -3)}ZZZ`;
  expect(
    await apply(
      opening('k1', 'account', `${account.slice(0, 12)}zzz`),
      opening('k2', 'account', account),
      opening('k3', 'vehicle', 'a0Z000000000001'),
      opening('k4', 'account', account, { team: gone }),
    ),
  ).toMatchObject([
    { outcome: 'failed', failure: 'permanent', code: 'SBX_SALESFORCE_RECORD_UNKNOWN' },
    { outcome: 'applied' },
    { outcome: 'failed', failure: 'permanent', code: 'MALFORMED_ID' },
    { outcome: 'failed', failure: 'permanent' },
  ]);
  expect(cases()).toHaveLength(1);
});

it('changes what one says and nothing else, and says that it was deleted', async () => {
  await connection.close();
  connection = await connect({ caseOrigin: 'Signalbox' });
  const caseId = idOf((await apply(opening('k1', 'account', account)))[0]);
  org.admin.update(caseId, { Status: 'Working' });
  const said = { subject: 'Keep Acme now', description: 'More', priority: 'high' } as const;
  const change: Action = {
    ...{ ...base, kind: 'update-case', id: 'k2', about: { entity: 'account', id: account } },
    ...{ caseId, case: said },
  };
  expect(await apply(change)).toMatchObject([{ outcome: 'applied', nativeId: caseId }]);
  expect(cases()).toMatchObject([
    { Subject: 'Keep Acme now', Description: 'More', Priority: 'High', Status: 'Working', Origin: 'Signalbox' },
  ]);
  org.admin.remove(caseId);
  expect(await apply({ ...change, id: 'k3' })).toMatchObject([{ outcome: 'failed', failure: 'gone' }]);
});
