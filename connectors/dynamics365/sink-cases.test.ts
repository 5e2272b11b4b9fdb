import type { Action, ActionResult, CreateCase } from '../../canonical-schema/action';
import { type Sample, startSample } from '../../test/dynamics365-org';
import { caseIdOf } from './case-row';

let sample: Sample;
let account: string;
let contact: string;
beforeEach(async () => {
  sample = await startSample({ subscribe: ['lead'] });
  account = await sample.org.admin.create('account', { name: 'Acme' });
  contact = await sample.org.admin.create('contact', { lastname: 'Lopez' });
});
afterEach(() => sample.stop());

const base = (id: string, entity: string, of: string) => ({
  ...{ id, tenantid: 'acme', connection: 'sales', decisionid: 'd-1', about: { entity, id: of } },
});
function opening(id: string, entity: string, of: string, more: Partial<CreateCase['case']> = {}): CreateCase {
  const content = { subject: 'Keep Acme', description: 'Why', priority: 'high', ...more } as const;
  return { kind: 'create-case', ...base(id, entity, of), case: content };
}

const apply = (...actions: readonly Action[]): Promise<readonly ActionResult[]> =>
  sample.connection.sink.apply(actions, AbortSignal.timeout(10_000));
const one = async (action: Action): Promise<ActionResult> => (await apply(action))[0]!;
const idOf = (id: string): string => caseIdOf({ id, tenantid: 'acme' });
const caseOf = (id: string) => sample.org.admin.record('incident', idOf(id));
const cases = () => sample.org.admin.records('incident');
const itemsOf = (id: string) =>
  sample.org.admin.records('queueitem').filter(({ _objectid_value: of }) => of === idOf(id));

const logicalName = '@Microsoft.Dynamics.CRM.lookuplogicalname';

it('opens one about an account, a contact, or whatever names one as its customer', async () => {
  const { admin } = sample.org;
  const deal = { name: 'Vans', 'customerid_account@odata.bind': `/accounts(${account})` };
  const opportunity = await admin.create('opportunity', deal);
  const person = { lastname: 'Day', 'parentcontactid@odata.bind': `/contacts(${contact})` };
  const lead = await admin.create('lead', person);
  const broken = { title: 'Broken', 'customerid_contact@odata.bind': `/contacts(${contact})` };
  const other = await admin.create('incident', broken);
  const results = await apply(
    opening('c1', 'account', account, { type: 'Problem' }),
    opening('c2', 'contact', contact, { type: '3' }),
    opening('c3', 'opportunity', opportunity),
    opening('c4', 'lead', lead),
    opening('c5', 'case', other),
  );
  expect(results.map((result) => result.outcome)).toEqual(['applied', 'applied', 'applied', 'applied', 'applied']);
  const customers = ['c1', 'c2', 'c3', 'c4', 'c5'].map((id) => {
    const row = caseOf(id);
    return [row?._customerid_value, row?.[`_customerid_value${logicalName}`], row?._parentcaseid_value ?? null];
  });
  expect(customers).toEqual([
    [account, 'account', null],
    [contact, 'contact', null],
    [account, 'account', null],
    [contact, 'contact', null],
    [contact, 'contact', other],
  ]);
  expect(caseOf('c1')).toMatchObject({ title: 'Keep Acme', description: 'Why', prioritycode: 1, casetypecode: 2 });
  expect(caseOf('c2')).toMatchObject({ casetypecode: 3, statecode: 0 });
});

it('refuses one that would have no customer, one about nothing, and a type that there is not; its neighbours are opened', async () => {
  const { admin } = sample.org;
  const lead = await admin.create('lead', { lastname: 'Day', companyname: 'Hill' });
  const results = await apply(
    opening('c1', 'lead', lead),
    opening('c2', 'rhythm', 'sales:lead.created:2026-03-01'),
    opening('c3', 'account', contact),
    opening('c4', 'account', account, { type: 'Nonsense' }),
    opening('c5', 'account', account),
  );
  expect(results).toMatchObject([
    {
      ...{ outcome: 'failed', failure: 'permanent', code: 'SBX_DYNAMICS365_NO_CUSTOMER' },
      message: expect.stringMatching(/lead .* names neither an account nor a contact.*parent account/) as string,
    },
    { outcome: 'failed', failure: 'permanent', code: 'SBX_DYNAMICS365_NO_CUSTOMER' },
    { outcome: 'failed', failure: 'permanent', code: 'SBX_DYNAMICS365_RECORD_UNKNOWN' },
    { outcome: 'failed', failure: 'permanent' },
    { outcome: 'applied' },
  ]);
  expect(cases()).toHaveLength(1);
});

it('gives it to a person or team as its owner, or puts it into a queue, once', async () => {
  const { admin } = sample.org;
  const person = admin.person('Jo Doe');
  const queue = await admin.create('queue', { name: 'Retention' });
  await apply(
    opening('c1', 'account', account, { assignTo: person }),
    opening('c2', 'account', account, { team: queue }),
    opening('c3', 'account', account, { team: queue, assignTo: person }),
  );
  expect([caseOf('c1')?._ownerid_value, caseOf('c3')?._ownerid_value]).toEqual([person, person]);
  expect([itemsOf('c1'), itemsOf('c2'), itemsOf('c3')]).toMatchObject([
    [],
    [{ _queueid_value: queue }],
    [{ _queueid_value: queue }],
  ]);
  const elsewhere = await admin.create('queue', { name: 'Elsewhere' });
  const [item] = itemsOf('c2');
  const moved = { 'queueid@odata.bind': `/queues(${elsewhere})` };
  await admin.update('queueitem', String(item?.queueitemid), moved);
  expect(await one(opening('c2', 'account', account, { team: queue }))).toMatchObject({ outcome: 'already-applied' });
  expect(itemsOf('c2')).toMatchObject([{ _queueid_value: elsewhere }]);
  expect(await one(opening('c4', 'account', account, { team: account }))).toMatchObject({
    ...{ failure: 'permanent', code: 'SBX_DYNAMICS365_OWNER' },
  });
});

it('is opened once, also when the answer is lost, and changed only as long as nobody has resolved it', async () => {
  const { admin } = sample.org;
  admin.fault({ kind: 'dropResponse' });
  const first = await one(opening('c1', 'account', account));
  expect(first).toMatchObject({ outcome: 'failed', failure: 'retryable' });
  expect(await one(opening('c1', 'account', account))).toMatchObject({ nativeId: idOf('c1') });
  expect(cases()).toHaveLength(1);
  const said = { subject: 'Keep Acme now', description: 'More', priority: 'low' } as const;
  const change = (id: string): Action => ({
    ...{ kind: 'update-case', ...base(id, 'account', account) },
    ...{ caseId: idOf('c1'), case: said },
  });
  expect(await one(change('c2'))).toMatchObject({ outcome: 'applied', nativeId: idOf('c1') });
  expect(caseOf('c1')).toMatchObject({ title: 'Keep Acme now', description: 'More', prioritycode: 3, statecode: 0 });
  await admin.resolveCase(idOf('c1'));
  expect(await one(change('c3'))).toMatchObject({ outcome: 'failed', failure: 'conflict', code: '0x800404cf' });
  expect(await one(opening('c1', 'account', account))).toMatchObject({ outcome: 'already-applied' });
  await admin.remove('incident', idOf('c1'));
  expect(await one(change('c4'))).toMatchObject({ outcome: 'failed', failure: 'gone' });
});
