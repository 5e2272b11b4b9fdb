import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CreateTask } from '../../canonical-schema/action';
import type { Decision } from '../../canonical-schema/decision';
import { type Ledger, openLedger, type RecordToKeep } from '../../ledger/ledger';
import { ledgerFolder } from '../places';
import { signalbox } from '../terminal.fixture';
import { normalisedLead } from '../event.fixture';

const state = mkdtempSync(join(tmpdir(), 'signalbox-state-'));
const subject = 'lead/00Q000000000001AAA';
const tenant = 'acme';
const common = ['--tenant', tenant, '--state', state];
const stream = { tenant, connection: 'sales', stream: '/data/LeadChangeEvent' };
const bytes = Buffer.from('{"kind":"json","what":"is this"}');
let [quarantined, gap] = ['', ''];
/** Stays open, as in a running Signalbox: the commands look in beside it. */
let ledger: Ledger;

const decision = (eventid: string): Decision => ({
  id: `${eventid}:lead-scoring`,
  tenantid: tenant,
  connection: 'sales',
  eventid,
  subject,
  usecase: 'lead-scoring',
  outcome: 'act',
  score: 0.873,
  band: 'hot',
  reasons: [{ term: 'poutcome', contribution: 1.25, text: 'Said yes to the last offer' }],
  contributions: { poutcome: 1.25 },
  intercept: -1,
  features: { poutcome: 'success', age: null },
  related: { overdue: 1 },
  relatedFrom: { overdue: ['order/O1@2026-11-23T06:00:00.000Z/1'] },
  model: { name: 'lead-scoring', version: '1.0.0', digest: `sha256:${'a'.repeat(64)}` },
  policy: 'b'.repeat(64),
  decidedat: '2026-11-23T06:43:13.000Z',
  sequence: '1',
});

const known = (about: string, connection: string, own: readonly string[]): RecordToKeep => ({
  source: `/tenants/${tenant}/sap/erp.example`,
  subject: about,
  sequence: '1',
  record: { id: about.slice(about.indexOf('/') + 1), nativeType: 'Contact' },
  native: {},
  deleted: false,
  keys: { connection, own, shared: [] },
});

beforeAll(async () => {
  const event = await normalisedLead(tenant);
  const decided = decision(event.id);
  const workflowid = `engagement/acme/sales/${subject}/lead-scoring`;
  ledger = await openLedger({ folder: ledgerFolder(state) });
  const touch = {
    workflowid,
    source: event.source,
    subject,
    usecase: 'lead-scoring',
    connection: 'sales',
    lastscore: 0.873,
    lastband: 'hot',
  };
  await ledger.recordBatch(tenant, {
    batchid: 'batch-1',
    lane: { workflowid: 'lane/acme/3', runid: 'run-1' },
    events: [{ event, status: 'decided' }],
    records: [
      { ...known(subject, 'sales', ['email:h1']), source: event.source },
      known('contact/C1', 'erp', ['email:h1', 'phone:h2']),
      known('contact/C2', 'erp', ['phone:h2']),
      known('account/77', 'erp', []),
      { ...known('account/77', 'sales', []), source: event.source },
    ],
    decisions: [decided],
    engagements: [{ ...touch, lastdecision: decided.id, lastsequence: '1' }],
  });
  const action: CreateTask = {
    kind: 'create-task',
    id: `${decided.id}:task`,
    tenantid: tenant,
    connection: 'sales',
    about: { entity: 'lead', id: '00Q000000000001AAA' },
    decisionid: decided.id,
    task: { subject: 'Call Maria\u001b[2J Lopez today', description: 'x', priority: 'high' },
  };
  await ledger.recordActions([
    {
      ...{
        action,
        source: event.source,
        engagement: workflowid,
        workflowid,
        runid: 'run-2',
        attempt: 2,
        at: '2026-11-23T06:43:14.000Z',
      },
      result: { actionId: action.id, outcome: 'applied', nativeId: '00T1', answer: { success: true } },
    },
  ]);
  const engagement = `engagement/acme/sales/${subject}/lead-scoring`;
  await ledger.recordOutcome(tenant, {
    ...{ engagement, decisionid: decided.id, label: 'won', at: '2026-11-24T06:43:14.000Z' },
  });
  gap = await ledger.gaps.open({
    ...stream,
    cause: 'SBX_SF_REPLAY_EXPIRED',
    from: '2026-11-20T00:00:00.000Z',
    policy: 'backfill',
  });
  quarantined = await ledger.quarantine.add({
    ...stream,
    position: { v: 1 },
    code: 'SBX_X',
    message: 'not understood',
    bytes,
  });
}, 120_000);

afterAll(async () => {
  await ledger.close();
  rmSync(state, { recursive: true });
});

test('export writes the features as they were, with what became of the decision', async () => {
  const output = join(state, 'rows.csv');
  const told = await signalbox(['export', ...common, '--use-case', 'lead-scoring', '--output', output, '--json']);
  expect(told).toMatchObject({ code: 0, err: '' });
  expect(JSON.parse(told.out)).toEqual({ tenant, usecase: 'lead-scoring', output, rows: 1, labelled: 1 });
  const [header = '', row = '', ...rest] = readFileSync(output, 'utf8').split('\n');
  const values = row.split(',');
  expect(Object.fromEntries(header.split(',').map((name, n) => [name, values[n]]))).toMatchObject({
    subject,
    outcome: 'act',
    score: '0.873',
    label: 'won',
    labelledat: '2026-11-24T06:43:14.000Z',
    'feature.poutcome': 'success',
    'feature.age': '',
    'related.overdue': '1',
  });
  expect(rest).toEqual(['']);
});

test('export of what was never decided is no success, and a path that cannot be written is told', async () => {
  const of = (useCase: string, output: string) =>
    signalbox(['export', ...common, '--use-case', useCase, '--output', output]);
  expect(await of('churn', join(state, 'none.csv'))).toMatchObject({
    code: 1,
    out: expect.stringMatching(/^0 decisions/) as string,
  });
  const { code, err } = await of('lead-scoring', join(state, 'nowhere', 'rows.csv'));
  expect(code).toBe(2);
  expect(err).toMatch(/cannot be written: ENOENT/);
});

test('history tells who is the same customer in another CRM, and what would be a guess', async () => {
  const { code, out } = await signalbox(['history', ...common, subject]);
  expect(code).toBe(0);
  expect(out.slice(out.indexOf('The same'))).toBe(
    'The same customer:\n  erp  contact/C1  by email\n' +
      'Not linked, because it would be a guess:\n' +
      '  by phone: two records of one CRM have it as their own: contact/C1, contact/C2\n',
  );
});

test.each(['history', 'erase'])('%s asks which is meant where two CRMs have a record of the id', async (command) => {
  for (const name of ['77', 'account/77']) {
    const { code, out, err } = await signalbox([command, ...common, name]);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/records of several CRMs have this name/);
    expect(err).toMatch(/\/tenants\/acme\/sap\/erp\.example\/account\/77 \(connection erp\)/);
    expect(err).toMatch(/\/tenants\/acme\/salesforce\/\w+\/account\/77 \(connection sales\)/);
  }
});

test('erase takes the one that is named in full', async () => {
  const key = '/tenants/acme/sap/erp.example/account/77';
  const { out } = await signalbox(['erase', ...common, key]);
  expect(out).toContain(`the person:\n  ${key}  asked for\nwould be erased:\n       1  records\n`);
});

test('history --customer tells the story from wherever one begins', async () => {
  const alone = await signalbox(['history', ...common, 'contact/C1']);
  expect(alone).toMatchObject({ code: 1, out: '' });
  const { code, out } = await signalbox(['history', ...common, '--customer', 'contact/C1']);
  expect(code).toBe(0);
  expect(out).toMatch(/lead\/00Q000000000001AAA: decision lead-scoring: act/);
  const { out: json } = await signalbox(['history', ...common, '--customer', '--json', 'contact/C1']);
  const told = JSON.parse(json) as { readonly entries: readonly unknown[]; readonly customer: unknown };
  expect(told.entries.length).toBeGreaterThan(3);
  expect(told.customer).toMatchObject({ members: [{ subject, connection: 'sales', by: ['email'] }] });
});

test('history tells the whole story, from the event to what the CRM answered', async () => {
  const { code, out } = await signalbox(['history', ...common, subject]);
  expect(code).toBe(0);
  const told = [
    /gap in \/data\/LeadChangeEvent until an unknown time: SBX_SF_REPLAY_EXPIRED/,
    /io\.signalbox\.lead\.\w+\.v1 on lead\/00Q000000000001AAA {2}\[decided\]/,
    /lane lane\/acme\/3 run run-1 batch batch-1/,
    /2026-11-23T06:43:13\.000Z {2}decision lead-scoring: act, score 87\.3 %, band hot/,
    /\+1\.250 {2}Said yes to the last offer/,
    /related overdue = 1 from order\/O1@2026/,
    /model lead-scoring 1\.0\.0 sha256:a{64}/,
    /policy b{64}/,
    /2026-11-23T06:43:14\.000Z {2}action: create task "Call Maria .*Lopez today"/,
    /the CRM answered: applied as 00T1 \(attempt 2\)/,
    /\{"success":true\}/,
    /workflow engagement\/acme\/sales\/lead\/00Q000000000001AAA\/lead-scoring run run-2/,
  ];
  const places = told.map((pattern) => out.search(pattern));
  expect(out).toContain('engagement lead-scoring opened');
  expect(places).not.toContain(-1);
  expect(places.slice(3)).toEqual([...places.slice(3)].sort((a, b) => a - b));
  expect(out).not.toContain('\u001b');
});

test('history takes the id alone, and tells the same as JSON', async () => {
  const { out } = await signalbox(['history', ...common, '--json', '00Q000000000001AAA']);
  const { entries } = JSON.parse(out) as { entries: { kind: string }[] };
  expect(new Set(entries.map(({ kind }) => kind))).toEqual(
    new Set(['event', 'decision', 'engagement-opened', 'action', 'outcome', 'gap']),
  );
});

test('history of what nobody knows is a problem, not silence', async () => {
  await expect(signalbox(['history', ...common, 'lead/none'])).resolves.toMatchObject({
    code: 1,
    out: '',
    err: expect.stringContaining('nothing is known of lead/none (tenant acme)') as string,
  });
});

test('gaps are listed, and an open one is a problem', async () => {
  const { code, out } = await signalbox(['gaps', 'list', ...common]);
  expect(code).toBe(1);
  expect(out).toContain(`${gap}  sales /data/LeadChangeEvent  2026-11-20T00:00:00.000Z .. unknown  open (backfill)`);
  expect(JSON.parse((await signalbox(['gaps', 'list', ...common, '--json'])).out)).toMatchObject({
    gaps: [{ id: gap }],
  });
  const other = ['--tenant', 'beta', '--state', state];
  await expect(signalbox(['gaps', 'list', ...other])).resolves.toMatchObject({ code: 0, out: 'no open gaps\n' });
});

test('doctor tells what waits for a person in the ledger', async () => {
  const { out } = await signalbox(['doctor', '--state', state, '--json']);
  const { findings } = JSON.parse(out) as { findings: { level: string; what: string }[] };
  expect(findings).toContainEqual({ level: 'ok', what: `ledger in ${ledgerFolder(state)}` });
});

test('the quarantine is listed, shown with its bytes, and given up with a reason, once', async () => {
  const listed = await signalbox(['quarantine', 'list', ...common]);
  expect(listed).toMatchObject({ code: 1, out: expect.stringContaining(`${quarantined}  `) as string });
  const shown = await signalbox(['quarantine', 'show', ...common, '--json', quarantined]);
  expect(JSON.parse(shown.out)).toMatchObject({ id: quarantined, code: 'SBX_X', bytes: bytes.toString('base64') });
  const drop = ['quarantine', 'drop', ...common, '--reason', 'test data', quarantined];
  await expect(signalbox(drop)).resolves.toMatchObject({ code: 0 });
  await expect(signalbox(drop)).resolves.toMatchObject({
    code: 2,
    err: expect.stringContaining('resolved before: dropped: test data') as string,
  });
  await expect(signalbox(['quarantine', 'list', ...common])).resolves.toMatchObject({
    code: 0,
    out: 'nothing in the quarantine\n',
  });
  expect((await signalbox(['quarantine', 'list', ...common, '--all'])).out).toContain('[dropped: test data');
});

test.each([
  [['show', 'none'], /nothing in the quarantine has the id none/],
  [['drop', '--reason', 'x', 'none'], /nothing in the quarantine has the id none/],
  [['release', '--tenant-file', 'x.yaml', 'none'], /no broker is named \(AMQP_URL\)/],
])('quarantine %j is refused', async ([name = '', ...rest], what) => {
  const { code, err } = await signalbox(['quarantine', name, ...common, ...rest]);
  expect(code).toBe(2);
  expect(err).toMatch(what);
});
