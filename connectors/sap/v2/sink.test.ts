import type { Action } from '../../../canonical-schema/action';
import type { RunningSap } from '../../../simulators/sap';
import { about, applyOne, caseAbout, connectV2, signal, startTenant, taskAbout } from '../../../test/sap-v2-tenant';

let system: RunningSap;
const account = (): string => system.admin.v2.create('accounts', { firstLineName: 'Maier' });

beforeEach(async () => {
  system = await startTenant();
});
afterEach(() => system.stop());

describe('tasks', () => {
  it('are about account and contact of their record, changed and closed, with one text', async () => {
    const connection = await connectV2(system);
    const { v2 } = system.admin;
    const [owner, contact] = [account(), v2.create('contactPersons', { familyName: 'Day' })];
    const lead = v2.create('leads', { name: 'Fair', account: { id: owner }, contact: { id: contact } });
    const made = await applyOne(connection, taskAbout('lead', lead));
    const taskId = (made as { nativeId: string }).nativeId;
    expect(v2.record('tasks', taskId)).toMatchObject({
      description: 'Call',
      priority: 'URGENT',
      status: 'OPEN',
      dueDateTime: '2026-03-03T09:00:00.000Z',
      account: { id: owner },
      contact: { id: contact },
      notes: [{ content: 'Because' }],
      extensions: { SignalboxKey: 'act-1' },
    });
    const task = { subject: 'Call now', description: 'It moved', priority: 'low', assignTo: 'E0007' } as const;
    const changes: Action[] = [
      { ...about('lead', lead), kind: 'update-task', id: 'a2', taskId, task },
      { ...about('lead', lead), kind: 'close-task', id: 'a3', taskId, description: 'It is moot' },
    ];
    const results = await connection.sink.apply(changes, signal());
    expect(results.map(({ outcome }) => outcome)).toEqual(['applied', 'applied']);
    const record = v2.record('tasks', taskId);
    expect(record).toMatchObject({ description: 'Call now', owner: { displayId: 'E0007' }, status: 'COMPLETED' });
    expect(record.notes).toMatchObject([{ content: 'It is moot' }]);
    v2.remove('tasks', taskId);
    expect(await applyOne(connection, { ...changes[1], id: 'a4' } as Action)).toMatchObject({ failure: 'gone' });
  });

  it('are one, too, where two processes make it at once', async () => {
    // Another spelling of the host: the locks of one process do not hold between the two.
    const other = system.v2Url.replace('127.0.0.1', '127.1');
    const both = [await connectV2(system), await connectV2(system, { baseUrl: other })];
    const id = account();
    const isWithdrawn = (): boolean => system.admin.writes().some(({ method }) => method === 'DELETE');
    // Until both have looked before either has written.
    for (let round = 0; round < 5 || (!isWithdrawn() && round < 100); round++) {
      const action = taskAbout('account', id, `act-${round}`);
      const results = await Promise.all(both.map((connection) => applyOne(connection, action)));
      expect(new Set(results.map((result) => (result as { nativeId?: string }).nativeId)).size).toBe(1);
      expect(system.admin.v2.keyed('tasks', action.id)).toHaveLength(1);
    }
    expect(isWithdrawn()).toBe(true);
  });

  it('that an index did not know yet are found behind the creation, and the own one is taken back', async () => {
    const connection = await connectV2(system);
    const { v2 } = system.admin;
    const others = v2.create('tasks', { description: 'Call', extensions: { SignalboxKey: 'act-1' } });
    system.admin.fault({ kind: 'lateIndex' });
    const result = await applyOne(connection, taskAbout('account', account()));
    expect(result).toMatchObject({ outcome: 'already-applied', nativeId: others });
    expect(v2.keyed('tasks', 'act-1').map(({ id }) => id)).toEqual([others]);
  });

  it('whose answer was lost are looked for when an index may know them, and not made again', async () => {
    const connection = await connectV2(system);
    const action = taskAbout('account', account());
    system.admin.fault({ kind: 'dropResponse' });
    const lost = await applyOne(connection, action);
    expect(lost).toMatchObject({ failure: 'retryable', code: 'SBX_SAP_NO_ANSWER', retryAfterMs: 5_000 });
    expect(await applyOne(connection, action)).toMatchObject({ outcome: 'already-applied' });
    expect(system.admin.v2.records('tasks')).toHaveLength(1);
  });

  it('about a record that is not there are refused', async () => {
    const connection = await connectV2(system);
    const gone = await applyOne(connection, taskAbout('account', 'b8adfb7e-50f3-11f0-a28d-fd9b4de46c56'));
    expect(gone).toMatchObject({ failure: 'permanent', code: 'SBX_SAP_RECORD_UNKNOWN' });
    expect(system.admin.v2.records('tasks')).toEqual([]);
  });
});

describe('cases', () => {
  it('are opened once about a machine, for a team', async () => {
    const connection = await connectV2(system, { v2: { caseType: 'ZSRV' } });
    const { v2 } = system.admin;
    const owner = account();
    const machine = v2.create('registeredProducts', { serialId: 'P-7', account: { id: owner } });
    const first = await applyOne(connection, caseAbout('asset', machine));
    const second = await applyOne(connection, caseAbout('asset', machine));
    expect([first.outcome, second.outcome]).toEqual(['applied', 'already-applied']);
    expect(v2.keyed('cases', 'case-1')).toMatchObject([
      {
        subject: 'Pump 7',
        description: { content: 'It shakes' },
        priority: '02',
        caseType: 'ZSRV',
        serviceTeam: { displayId: 'SERVICE_NORTH' },
        account: { id: owner },
        registeredProducts: [{ id: machine }],
      },
    ]);
  });

  it('say what they are told later, and stay with whom they are', async () => {
    const connection = await connectV2(system);
    const { v2 } = system.admin;
    const owner = account();
    const made = await applyOne(connection, caseAbout('account', owner));
    const { nativeId: caseId } = made as { nativeId: string };
    const said = { subject: 'Pump 7 and 8', description: 'They shake', priority: 'low' } as const;
    const change: Action = { ...about('account', owner), kind: 'update-case', id: 'case-2', caseId, case: said };
    expect(await applyOne(connection, change)).toMatchObject({ outcome: 'applied', nativeId: caseId });
    expect(v2.record('cases', caseId)).toMatchObject({
      ...{ subject: 'Pump 7 and 8', description: { content: 'They shake' }, priority: '07' },
      ...{ serviceTeam: { displayId: 'SERVICE_NORTH' }, extensions: { SignalboxKey: 'case-1' } },
    });
    const gone = { ...change, id: 'case-3', caseId: '00000000-0000-4000-8000-000000000000' };
    expect(await applyOne(connection, gone)).toMatchObject({ outcome: 'failed', failure: 'gone' });
  });
});

describe('fields', () => {
  const set = (id: string, fields: Record<string, string | number | null>, more: object = {}): Action => ({
    ...about('account', id),
    kind: 'set-fields',
    id: `set-${JSON.stringify(fields)}`,
    fields,
    ...more,
  });

  it('are set by path, beside what is there, and emptied by null', async () => {
    const connection = await connectV2(system);
    const id = system.admin.v2.create('accounts', {
      firstLineName: 'Maier',
      webSite: 'x',
      extensions: { Hint: 'old' },
    });
    expect(await applyOne(connection, set(id, { 'extensions.Score': 87, webSite: null }))).toMatchObject({
      outcome: 'applied',
      nativeVersion: system.admin.v2.record('accounts', id).etag,
    });
    const record = system.admin.v2.record('accounts', id);
    expect(record).toMatchObject({ firstLineName: 'Maier', extensions: { Hint: 'old', Score: 87 } });
    expect(record).not.toHaveProperty('webSite');
    const before = system.admin.writes().length;
    expect(await applyOne(connection, set(id, { 'extensions.Score': 87 }))).toMatchObject({
      outcome: 'already-applied',
    });
    expect(system.admin.writes()).toHaveLength(before);
  });

  it('give a case its processor and its team', async () => {
    const connection = await connectV2(system);
    const id = system.admin.v2.create('cases', { subject: 'No heat' });
    const fields = { 'processor.id': 'b8adfb7e-50f3-11f0-a28d-fd9b4de46c56', 'serviceTeam.id': 'T' };
    await applyOne(connection, { ...about('case', id), kind: 'set-fields', id: 'r1', fields });
    expect(system.admin.v2.record('cases', id)).toMatchObject({
      processor: { id: 'b8adfb7e-50f3-11f0-a28d-fd9b4de46c56' },
      serviceTeam: { id: 'T' },
    });
  });

  it('are written over what somebody changed meanwhile, unless a version was expected', async () => {
    const connection = await connectV2(system);
    const id = account();
    system.admin.fault({ kind: 'parallelChange' });
    expect(await applyOne(connection, set(id, { 'extensions.Hint': 'one' }))).toMatchObject({ outcome: 'applied' });
    const { etag: expectedVersion, adminData } = system.admin.v2.record('accounts', id);
    system.admin.fault({ kind: 'parallelChange' });
    const stale = await applyOne(connection, set(id, { 'extensions.Hint': 'two' }, { expectedVersion }));
    expect(stale).toMatchObject({ failure: 'conflict', code: 'SBX_SAP_VERSION' });
    const byTime = { expectedVersion: adminData.updatedOn };
    expect(await applyOne(connection, set(id, { 'extensions.Hint': 'three' }, byTime))).toMatchObject({
      failure: 'conflict',
    });
    expect(system.admin.v2.record('accounts', id).extensions).toEqual({ Hint: 'one' });
  });

  it('of a record that others change all the time are tried again later', async () => {
    const connection = await connectV2(system);
    system.admin.fault({ kind: 'parallelChange', times: 3 });
    const result = await applyOne(connection, set(account(), { 'extensions.Hint': 'x' }));
    expect(result).toMatchObject({ failure: 'retryable', code: 'SBX_SAP_V2_MOVED' });
  });

  it('that the tenant does not have are refused with its words', async () => {
    const connection = await connectV2(system);
    const result = await applyOne(connection, set(account(), { 'extensions.Nothing': 'x' }));
    expect(result).toMatchObject({ failure: 'permanent', code: 'accounts.1004' });
    expect((result as { message: string }).message).toContain("Unknown extension field 'Nothing'");
  });
});

describe('notes', () => {
  it('are left once beside those of others, also where the text came back as HTML', async () => {
    const connection = await connectV2(system);
    const id = system.admin.v2.create('cases', { subject: 'No heat', notes: [{ content: 'Rang twice' }] });
    const note = { title: 'Likely to breach', text: 'Why' };
    const action: Action = { ...about('case', id), kind: 'add-note', id: 'n1', note };
    const first = await applyOne(connection, action);
    expect(first).toMatchObject({ outcome: 'applied' });
    const texts = (): readonly { readonly content: string }[] =>
      system.admin.v2.record('cases', id).notes as readonly { readonly content: string }[];
    expect(texts().map(({ content }) => content)).toEqual(['Rang twice', 'Likely to breach\n\nWhy\nNote n1']);
    const asHtml = texts().map((one) => ({ ...one, content: `<p>${one.content.replaceAll('\n', '<br/>')}</p>` }));
    system.admin.v2.update('cases', id, { notes: asHtml });
    const again = await applyOne(connection, action);
    expect(again).toMatchObject({ outcome: 'already-applied', nativeId: (first as { nativeId: string }).nativeId });
    expect(texts()).toHaveLength(2);
  });

  it('where the service takes none are refused, and not tried for ever', async () => {
    const connection = await connectV2(system);
    const id = system.admin.v2.create('opportunities', { name: 'Pumps' });
    const action: Action = { ...about('opportunity', id), kind: 'add-note', id: 'n1', note: { title: 'A', text: 'B' } };
    expect(await applyOne(connection, action)).toMatchObject({
      failure: 'permanent',
      code: expect.stringContaining('2042') as string,
    });
  });
});

describe('the session', () => {
  const write = (id: string, hint: string): Action => ({
    ...about('account', id),
    kind: 'set-fields',
    id: hint,
    fields: { 'extensions.Hint': hint },
  });

  it('takes another token when the old one was revoked', async () => {
    const { tokenUrl: loginUrl, clientId, clientSecret } = system;
    const auth = { kind: 'client-credentials', loginUrl, clientId, clientSecret };
    const connection = await connectV2(system, { auth });
    const id = account();
    expect(await applyOne(connection, write(id, 'one'))).toMatchObject({ outcome: 'applied' });
    system.admin.fault({ kind: 'tokenExpiry' });
    expect(await applyOne(connection, write(id, 'two'))).toMatchObject({ outcome: 'applied' });
  });

  it('fetches a CSRF token once the tenant asks for one, and again when that session has ended', async () => {
    await system.stop();
    system = await startTenant({ v2Csrf: true });
    const connection = await connectV2(system);
    const id = account();
    expect(await applyOne(connection, write(id, 'one'))).toMatchObject({ outcome: 'applied' });
    system.admin.fault({ kind: 'csrfLoss' });
    expect(await applyOne(connection, write(id, 'two'))).toMatchObject({ outcome: 'applied' });
    expect(system.admin.v2.record('accounts', id).extensions).toEqual({ Hint: 'two' });
  });

  it('waits as long as a tenant that was asked too much says', async () => {
    const connection = await connectV2(system);
    const id = account();
    system.admin.fault({ kind: 'tooManyRequests', on: 'write', retryAfter: 1 });
    expect(await applyOne(connection, write(id, 'one'))).toMatchObject({ failure: 'retryable', retryAfterMs: 1_000 });
    const before = performance.now();
    expect(await applyOne(connection, write(id, 'two'))).toMatchObject({ outcome: 'applied' });
    expect(performance.now() - before).toBeGreaterThan(800);
  });
});
