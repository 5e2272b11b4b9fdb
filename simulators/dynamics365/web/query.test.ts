import { startDynamics365, type RunningDynamics365 } from '../index';
import { connect, type RawClient, type Reply } from '../test-support/raw-client';

let running: RunningDynamics365;
let client: RawClient;
beforeAll(async () => {
  running = await startDynamics365({ pageSize: 7 });
  client = await connect(running);
  const account = await running.admin.create('account', { name: "O'Neil Ltd" });
  for (let n = 0; n < 12; n += 1) {
    await running.admin.create('contact', {
      firstname: n % 2 === 0 ? 'Ann' : 'Bo',
      lastname: `Name ${String(n).padStart(2, '0')}`,
      ...(n < 3 ? { 'parentcustomerid_account@odata.bind': `/accounts(${account})` } : {}),
      ...(n === 5 ? { jobtitle: 'CEO', birthdate: '1980-02-03' } : {}),
    });
  }
});
afterAll(() => running.stop());

const query = (text: string, headers: Record<string, string> = {}): Promise<Reply> =>
  client.call('GET', `contacts?${text}`, undefined, headers);

const names = ({ body }: Reply): readonly unknown[] => body.value.map(({ lastname }) => lastname);

const numbered = (...numbers: readonly number[]): readonly string[] =>
  numbers.map((n) => `Name ${String(n).padStart(2, '0')}`);

it.each([
  ["lastname eq 'Name 03'", [3]],
  ["lastname eq 'NAME 03'", [3]],
  ["lastname gt 'Name 09' and firstname eq 'Ann'", [10]],
  ["lastname lt 'Name 01' or lastname ge 'Name 11'", [0, 11]],
  ["(lastname eq 'Name 01' or lastname eq 'Name 02') and not (firstname eq 'Bo')", [2]],
  ['jobtitle ne null', [5]],
  ["jobtitle ne 'x'", [5]],
  ['birthdate eq 1980-02-03', [5]],
  ["contains(lastname,'e 1')", [10, 11]],
  ["startswith(firstname,'b') and endswith(lastname,'11')", [11]],
  ["parentcustomerid_account/name eq 'O''Neil Ltd' and lastname ne 'Name 00'", [1, 2]],
  ["Microsoft.Dynamics.CRM.In(PropertyName='lastname',PropertyValues=['Name 04','Name 06'])", [4, 6]],
  ['createdon ge 2020-01-01T00:00:00Z and statecode eq 0 and donotemail eq false and lastname le @p', [0]],
])('filters by %s', async (filter, expected) => {
  const reply = await query(`$select=lastname&$orderby=lastname&$filter=${encodeURIComponent(filter)}&@p='Name 00'`);
  expect(reply.status).toBe(200);
  expect(names(reply)).toEqual(numbered(...expected));
});

it.each([
  ['a property that is none', "$filter=Lastname eq 'x'", '0x0'],
  ['a lookup by its column name', "$filter=parentcustomerid eq 'x'", '0x0'],
  ['half a filter', '$filter=lastname eq', '0x80060888'],
  ['a selection of nothing there is', '$select=lastname,Nothing', '0x0'],
  ['an order by nothing there is', '$orderby=nothing', '0x0'],
])('refuses %s', async (_, text, code) => {
  const reply = await query(text);
  expect([reply.status, reply.body.error.code]).toEqual([400, code]);
});

it('finds rows by a lookup’s id', async () => {
  const account = running.admin.records('account')[0]?.['accountid'];
  const reply = await query(
    `$select=lastname&$orderby=lastname desc&$filter=_parentcustomerid_value eq ${String(account)}`,
  );
  expect(names(reply)).toEqual(numbered(2, 1, 0));
});

it('pages by a next link that keeps the query, with rows neither repeated nor missed', async () => {
  const seen: unknown[] = [];
  let reply = await query('$select=lastname&$orderby=firstname desc,lastname&$count=true', {
    prefer: 'odata.maxpagesize=5',
  });
  expect(reply.body['@odata.count']).toBe(12);
  expect(reply.headers.get('preference-applied')).toBe('odata.maxpagesize=5');
  for (;;) {
    seen.push(...names(reply));
    const next = reply.body['@odata.nextLink'];
    if (typeof next !== 'string') break;
    expect(next).toContain('$skiptoken=%3Ccookie%20pagenumber%3D');
    expect(next).toContain('$orderby=firstname%20desc,lastname');
    // What comes and goes between the pages does not shift them.
    if (seen.length === 5) await running.admin.create('contact', { firstname: 'Zed', lastname: 'First' });
    reply = await client.call('GET', next, undefined, { prefer: 'odata.maxpagesize=5' });
  }
  expect(seen).toEqual(numbered(1, 3, 5, 7, 9, 11, 0, 2, 4, 6, 8, 10));
  await running.admin.remove('contact', String(running.admin.records('contact').at(-1)?.['contactid']));
});

it('has pages of its own size, and none with $top', async () => {
  const first = await query('$select=lastname', { prefer: 'odata.maxpagesize=5000' });
  expect(first.body.value).toHaveLength(7);
  const top = await query('$select=lastname&$top=9');
  expect([top.body.value.length, top.body['@odata.nextLink']]).toEqual([9, undefined]);
});

it('counts, expands and reads collections and single properties', async () => {
  const count = await client.call('GET', 'contacts/$count');
  expect(count.text).toBe('12');
  const account = String(running.admin.records('account')[0]?.['accountid']);
  const of = await client.call(
    'GET',
    `accounts(${account})/contact_customer_accounts?$select=lastname&$orderby=lastname`,
  );
  expect(names(of)).toEqual(numbered(0, 1, 2));
  const expanded = await query(
    "$select=lastname&$filter=lastname eq 'Name 00'&$expand=parentcustomerid_account($select=name)",
  );
  expect(expanded.body.value[0]).toMatchObject({ parentcustomerid_account: { name: "O'Neil Ltd" } });
  const property = await client.call('GET', `accounts(${account})/name`);
  expect(property.body['value']).toBe("O'Neil Ltd");
});

it('refuses what the service has not', async () => {
  expect((await query('$skip=5')).status).toBe(501);
});

describe('definitions', () => {
  it('of tables, by name or filtered', async () => {
    const one = await client.call(
      'GET',
      "EntityDefinitions(LogicalName='task')?$select=EntitySetName,PrimaryIdAttribute",
    );
    expect(one.body).toMatchObject({ EntitySetName: 'tasks', PrimaryIdAttribute: 'activityid' });
    const tracked = await client.call(
      'GET',
      "EntityDefinitions?$select=LogicalName&$filter=ChangeTrackingEnabled eq true and LogicalName eq 'lead'",
    );
    expect(tracked.body.value.map(({ LogicalName }) => LogicalName)).toEqual(['lead']);
    expect((await client.call('GET', "EntityDefinitions(LogicalName='nothing')")).status).toBe(404);
  });

  it('of columns with their kinds, targets and choices', async () => {
    const all = await client.call(
      'GET',
      "EntityDefinitions(LogicalName='task')/Attributes?$select=LogicalName,AttributeType",
    );
    const kinds = new Map(all.body.value.map(({ LogicalName, AttributeType }) => [LogicalName, AttributeType]));
    expect(Object.fromEntries(kinds)).toMatchObject({
      subject: 'String',
      regardingobjectid: 'Lookup',
      scheduledend: 'DateTime',
      statecode: 'State',
    });
    const choices = await client.call(
      'GET',
      "EntityDefinitions(LogicalName='lead')/Attributes(LogicalName='leadqualitycode')/Microsoft.Dynamics.CRM.PicklistAttributeMetadata?$select=LogicalName&$expand=OptionSet",
    );
    const { Options } = choices.body['OptionSet'] as { Options: { Value: number }[] };
    expect(Options.map(({ Value }) => Value)).toEqual([1, 2, 3]);
  });

  it('of lookups with their navigation properties', async () => {
    const { body } = await client.call(
      'GET',
      "EntityDefinitions(LogicalName='task')/ManyToOneRelationships?$select=ReferencedEntity,ReferencingEntityNavigationPropertyName&$filter=ReferencingAttribute eq 'regardingobjectid'",
    );
    const found = new Map(
      body.value.map((one) => [one['ReferencedEntity'], one['ReferencingEntityNavigationPropertyName']]),
    );
    expect(Object.fromEntries(found)).toMatchObject({
      lead: 'regardingobjectid_lead_task',
      incident: 'regardingobjectid_incident_task',
    });
  });
});
