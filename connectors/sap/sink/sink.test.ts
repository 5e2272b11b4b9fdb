import type { Action, CreateTask } from '../../../canonical-schema/action';
import { type RunningSap, startSap } from '../../../simulators/sap';
import { noInbox } from '../../kit/no-inbox';
import { sap } from '..';
import type { RowNative } from '../native';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const signal = (): AbortSignal => AbortSignal.timeout(20_000);
let system: RunningSap;

beforeEach(async () => {
  system = await startSap();
});
afterEach(() => system.stop());

const connect = (baseUrl = system.c4cUrl, more: object = {}) =>
  sap.connect(
    {
      product: 'c4c',
      baseUrl,
      auth: { kind: 'basic', username: system.basicUser, password: system.basicPassword },
      requestsPerSecond: 500,
      ...more,
    },
    { log: silent, now: Date.now, inbox: noInbox },
  );

const newAccount = (): string =>
  system.admin.create('CorporateAccountCollection', { Name: 'Maier', RoleCode: 'CRM000' });

function taskAbout(id: string, key = 'act-1'): CreateTask {
  return {
    kind: 'create-task',
    id: key,
    tenantid: 'acme',
    connection: 'service',
    decisionid: 'd1',
    about: { entity: 'account', id },
    task: { subject: 'Call', description: 'Because', due: '2026-03-03T09:00:00.000Z', priority: 'high' },
  };
}

const base = {
  tenantid: 'acme',
  connection: 'service',
  decisionid: 'd1',
  about: { entity: 'account', id: 'x' },
} as const;

describe('tasks', () => {
  it('are about the account, changed and closed, with one note', async () => {
    const { sink } = await connect();
    const account = newAccount();
    const [created] = await sink.apply([taskAbout(account)], signal());
    const taskId = (created as { nativeId: string }).nativeId;
    const accountId = system.admin.record('CorporateAccountCollection', account).AccountID;
    expect(system.admin.record('TaskCollection', taskId)).toMatchObject({
      MainAccountPartyID: accountId,
      PriorityCode: '2',
      Status: '1',
    });
    const changes: Action[] = [
      { ...base, kind: 'update-task', id: 'a2', taskId, task: { subject: 'Call now', description: 'It moved' } },
      { ...base, kind: 'close-task', id: 'a3', taskId, description: 'It is moot' },
    ];
    const results = await sink.apply(changes, signal());
    expect(results.map(({ outcome }) => outcome)).toEqual(['applied', 'applied']);
    expect(system.admin.record('TaskCollection', taskId)).toMatchObject({ Subject: 'Call now', Status: '3' });
    expect(system.admin.notes('TaskTextCollection').map(({ Text: text }) => text)).toEqual(['It is moot']);
    const [gone] = await sink.apply(
      [{ ...base, kind: 'close-task', id: 'a4', taskId: `${taskId.slice(0, -3)}FFF`, description: 'x' }],
      signal(),
    );
    expect(gone).toMatchObject({ outcome: 'failed', failure: 'gone' });
  });

  it('are about nobody where no record of SAP stands for what they are about', async () => {
    const { sink } = await connect();
    const action = { ...taskAbout('x', 'act-r'), about: { entity: 'rhythm', id: 'service:case.created:2026-03-01' } };
    const [created] = await sink.apply([action], signal());
    expect(created).toMatchObject({ outcome: 'applied' });
    const { nativeId } = created as { nativeId: string };
    expect(system.admin.record('TaskCollection', nativeId).MainAccountPartyID ?? '').toBe('');
  });

  it('are one, too, where two processes make it at once', async () => {
    // Another spelling of the host: the locks of one process do not hold between the two.
    const sinks = [await connect(), await connect(system.c4cUrl.replace('127.0.0.1', '127.1'))].map(({ sink }) => sink);
    const account = newAccount();
    const isWithdrawn = (): boolean => system.admin.writes().some(({ method }) => method === 'DELETE');
    // Until both have looked before either has written.
    for (let round = 0; round < 5 || (!isWithdrawn() && round < 100); round++) {
      const action = taskAbout(account, `act-${round}`);
      const results = (await Promise.all(sinks.map((sink) => sink.apply([action], signal())))).flat();
      expect(new Set(results.map((result) => (result as { nativeId?: string }).nativeId)).size).toBe(1);
      expect(system.admin.tasks().filter(({ SignalboxKey_KUT: key }) => key === action.id)).toHaveLength(1);
    }
    expect(isWithdrawn()).toBe(true);
  });

  it('of S/4HANA are refused with what to do instead', async () => {
    const { sink } = await connect(system.s4Url, { product: 's4' });
    const [result] = await sink.apply([taskAbout('7')], signal());
    expect(result).toMatchObject({ outcome: 'failed', failure: 'permanent', code: 'SBX_SAP_NO_TASKS' });
  });
});

describe('tickets', () => {
  const opened = (entity: string, id: string): Action => ({
    ...base,
    kind: 'create-case',
    id: 'case-1',
    about: { entity, id },
    case: { subject: 'Pump 7', description: 'It shakes', priority: 'high', type: 'SRRQ', team: 'T7', assignTo: 'E7' },
  });

  it('are opened once about the account, with a description, for a team and a person', async () => {
    const { sink } = await connect();
    const account = newAccount();
    const results = [];
    for (let n = 0; n < 2; n++) results.push(...(await sink.apply([opened('account', account)], signal())));
    expect(results.map(({ outcome }) => outcome)).toEqual(['applied', 'already-applied']);
    expect(system.admin.tickets()).toMatchObject([
      {
        SignalboxKey_KUT: 'case-1',
        Name: 'Pump 7',
        ServicePriorityCode: '2',
        ProcessingTypeCode: 'SRRQ',
        ServiceAndSupportTeam: 'T7',
        AssignedTo: 'E7',
        CustomerID: system.admin.record('CorporateAccountCollection', account).AccountID,
      },
    ]);
    expect(system.admin.notes()).toMatchObject([{ TypeCode: '10004', Text: 'It shakes' }]);
  });

  it('say what they are told later, and stay with whom they are', async () => {
    const { sink } = await connect();
    const [made] = await sink.apply([opened('account', newAccount())], signal());
    const { nativeId: caseId } = made as { nativeId: string };
    const said = { subject: 'Pump 7 and 8', description: 'They shake', priority: 'low' } as const;
    const change: Action = { ...base, kind: 'update-case', id: 'case-2', caseId, case: said };
    expect(await sink.apply([change], signal())).toMatchObject([{ outcome: 'applied', nativeId: caseId }]);
    expect(system.admin.tickets()).toMatchObject([
      { Name: 'Pump 7 and 8', ServicePriorityCode: '7', AssignedTo: 'E7', ServiceAndSupportTeam: 'T7' },
    ]);
    expect(system.admin.notes()).toMatchObject([{ TypeCode: '10004', Text: 'They shake' }]);
    const gone = { ...change, id: 'case-3', caseId: `${caseId.slice(0, -3)}FFF` };
    expect(await sink.apply([gone], signal())).toMatchObject([{ outcome: 'failed', failure: 'gone' }]);
  });

  it('of S/4HANA are refused with what to do instead', async () => {
    const { sink } = await connect(system.s4Url, { product: 's4' });
    const [result] = await sink.apply([opened('account', '7')], signal());
    expect(result).toMatchObject({ failure: 'permanent', code: 'SBX_SAP_NO_CASES' });
  });

  it('want their key field: the check warns where the ticket has none, and tasks have one', async () => {
    await system.stop();
    system = await startSap({ extensionFields: { TaskCollection: ['SignalboxKey_KUT'] } });
    const found = await (await connect()).check(signal());
    expect(found).toContainEqual({ level: 'ok', what: 'field Task.SignalboxKey_KUT' });
    expect(found).toContainEqual(
      expect.objectContaining({
        level: 'warning',
        what: 'field ServiceRequest.SignalboxKey_KUT',
        fix: expect.stringContaining('where a use case opens cases') as string,
      }),
    );
  });
});

describe('the session', () => {
  const setName = (id: string, key: string, value: string): Action => ({
    ...base,
    kind: 'set-fields',
    id: key,
    about: { entity: 'account', id },
    fields: { AdditionalName: value },
  });

  it('is begun again once when SAP has lost it', async () => {
    const { sink } = await connect();
    const account = newAccount();
    expect(await sink.apply([setName(account, 'b1', 'one')], signal())).toMatchObject([{ outcome: 'applied' }]);
    system.admin.fault({ kind: 'csrfLoss' });
    expect(await sink.apply([setName(account, 'b2', 'two')], signal())).toMatchObject([{ outcome: 'applied' }]);
    expect(system.admin.record('CorporateAccountCollection', account).AdditionalName).toBe('two');
  });

  it('takes another token when the old one was revoked', async () => {
    const auth = {
      kind: 'client-credentials',
      loginUrl: system.tokenUrl,
      clientId: system.clientId,
      clientSecret: system.clientSecret,
    };
    const { sink } = await connect(system.c4cUrl, { auth });
    const account = newAccount();
    expect(await sink.apply([setName(account, 'c1', 'one')], signal())).toMatchObject([{ outcome: 'applied' }]);
    system.admin.fault({ kind: 'tokenExpiry' });
    expect(await sink.apply([setName(account, 'c2', 'two')], signal())).toMatchObject([{ outcome: 'applied' }]);
  });

  it('tells wrong credentials as such', async () => {
    const auth = { kind: 'basic', username: 'SIGNALBOX', password: 'wrong' };
    const connection = await connect(system.c4cUrl, { auth });
    expect(await connection.sink.apply([taskAbout(newAccount())], signal())).toMatchObject([
      { outcome: 'failed', failure: 'auth' },
    ]);
    const findings = await connection.check(signal());
    expect(findings.find(({ level, what }) => level === 'error' && what.startsWith('service'))?.fix).toMatch(/user/);
  });

  it('writes business partners of S/4HANA, which want If-Match and a token', async () => {
    const { sink, reader } = await connect(system.s4Url, { product: 's4' });
    const id = system.admin.create('A_BusinessPartner', { BusinessPartnerCategory: '2', OrganizationBPName1: 'Maier' });
    const [row] = await reader.read('BusinessPartner', [id, '9999999'], signal());
    const { etag } = (row as RowNative).fields.__metadata as { readonly etag: string };
    const set = {
      ...base,
      kind: 'set-fields',
      id: 'e1',
      about: { entity: 'account', id },
      fields: { SearchTerm2: 'HOT' },
      expectedVersion: etag,
    } as const;
    expect(await sink.apply([set], signal())).toMatchObject([{ outcome: 'applied' }]);
    expect(system.admin.record('A_BusinessPartner', id).SearchTerm2).toBe('HOT');
  });
});
