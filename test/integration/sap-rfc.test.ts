import type { Connection, Delivery } from '../../connectors/contract';
import { sap } from '../../connectors/sap';
import type { SapNative } from '../../connectors/sap/native';
import type { RfcFault } from '../../simulators/sap/rfc/faults';
import { customer, type RfcLine, signal, startRfcLine, task, tried } from '../rfc-line';

let line: RfcLine;
let { system, inbox, connect, called } = {} as RfcLine;

beforeEach(async () => {
  line = await startRfcLine();
  ({ system, inbox, connect, called } = line);
});
afterEach(() => line.stop());

describe('an activity by BAPI', () => {
  it('is created, saved and committed in one session, and only once', async () => {
    const connection = await connect();
    expect(await tried(connection)).toEqual(['applied']);
    const [activity] = system.activities;
    expect(activity).toMatchObject({
      customer,
      day: '20260303',
      general: { SALESORG: '1000', ACTIVITY_COMMENT: 'Call' },
    });
    expect(activity?.text).toEqual(['Because', 'x'.repeat(132), 'x'.repeat(68)]);
    const unit = system.calls.filter((call) => /CREATEFROMDATA|SAVEFROMMEMORY|COMMIT/.test(call));
    expect([unit.length, new Set(unit.map((call) => call.split(' ')[0])).size]).toEqual([3, 1]);
    expect(await tried(connection)).toEqual(['already-applied']);
    expect(await tried(await connect())).toEqual(['already-applied']);
    expect(system.activities).toHaveLength(1);
  });

  it('concurrently: one for each action, over no more connections than the pool has', async () => {
    const { sink } = await connect({ sessions: 2 });
    const actions = Array.from({ length: 12 }, (_, index) => task(`a${index % 6}`));
    const results = await Promise.all(actions.map(async (action) => (await sink.apply([action], signal()))[0]));
    expect(results.every((result) => result?.outcome !== 'failed')).toBe(true);
    expect(system.activities).toHaveLength(6);
    expect(system.open()).toBeLessThanOrEqual(2);
  });

  it('about something else than a customer is refused', async () => {
    expect(await tried(await connect(), { ...task(), about: { entity: 'lead', id: '1' } })).toEqual([
      'SBX_SAP_NOT_WRITABLE',
    ]);
  });

  const steps = [
    'BAPI_BPCONTACT_GETLIST',
    'BAPI_BPCONTACT_CREATEFROMDATA',
    'BAPI_BPCONTACT_SAVEFROMMEMORY',
    'BAPI_TRANSACTION_COMMIT',
  ];
  const mishaps = (['crash-before', 'crash-after', 'lost-before', 'lost-after'] as const).flatMap((fault) =>
    steps.map((step) => [fault, step] as const),
  );
  it.each(mishaps)('%s at %s: tried again, there once', async (fault, step) => {
    system.fault(step, fault);
    const connection = await connect();
    const outcomes = await tried(connection);
    expect(outcomes[0]).toBe(fault.startsWith('crash') ? 'SBX_SAP_RFC_CRASH' : 'SBX_SAP_RFC_LOST');
    const isDone = step === 'BAPI_TRANSACTION_COMMIT' && fault.endsWith('after');
    expect(outcomes.at(-1)).toBe(isDone ? 'already-applied' : 'applied');
    expect(system.activities).toHaveLength(1);
  });

  it.each<[RfcFault, string, string]>([
    ['refused-structure', 'BAPI_BPCONTACT_CREATEFROMDATA', 'SBX_SAP_BAPI_REFUSED'],
    ['refused-table', 'BAPI_BPCONTACT_SAVEFROMMEMORY', 'SBX_SAP_BAPI_REFUSED'],
    ['refused-structure', 'BAPI_TRANSACTION_COMMIT', 'SBX_SAP_BAPI_REFUSED'],
    ['refused-table', 'BAPI_TRANSACTION_COMMIT', 'SBX_SAP_BAPI_REFUSED'],
    ['exception', 'BAPI_BPCONTACT_CREATEFROMDATA', 'SBX_SAP_RFC_FAILED'],
  ])('%s at %s: not tried again, nothing left behind', async (fault, step, code) => {
    system.fault(step, fault);
    const connection = await connect({ sessions: 1 });
    expect(await tried(connection)).toEqual([code]);
    if (code === 'SBX_SAP_BAPI_REFUSED') expect(called('BAPI_TRANSACTION_ROLLBACK')).toBe(1);
    expect(system.activities).toEqual([]);
    // The next one's commit does not bring it back.
    expect(await tried(connection, task('another'))).toEqual(['applied']);
    expect(system.activities).toHaveLength(1);
  });

  it('under the lock of another user is tried again', async () => {
    system.fault('BAPI_BPCONTACT_SAVEFROMMEMORY', 'locked');
    expect(await tried(await connect())).toEqual(['SBX_SAP_RFC_LOCKED', 'applied']);
  });

  it('an answer that never comes ends the call and not the connector', async () => {
    system.fault('BAPI_TRANSACTION_COMMIT', 'silent');
    expect(await tried(await connect({ timeoutSeconds: 1 }))).toEqual(['SBX_SAP_RFC_LOST', 'applied']);
    expect(system.activities).toHaveLength(1);
  });

  it('with a wrong password is told as a matter of access, with its fix', async () => {
    const connection = { ashost: system.url, client: '100', user: system.user, passwd: 'wrong' };
    const { sink } = await connect({ connection });
    const [result] = await sink.apply([task()], signal());
    expect(result).toMatchObject({
      failure: 'auth',
      code: 'SBX_SAP_RFC_LOGON',
      message: expect.stringContaining('rfc.connection') as unknown,
    });
  });
});

describe('the check', () => {
  const findings = async (connection: Connection<SapNative>) =>
    (await connection.check(signal())).filter(({ what }) => what.startsWith('RFC'));

  it('proves logon and fields', async () => {
    expect((await findings(await connect())).map(({ level }) => level)).toEqual(Array(7).fill('ok'));
    const activity = { fields: {}, names: { comment: 'NO_SUCH_FIELD' } };
    const wrong = (await findings(await connect({ activity }))).filter(({ level }) => level === 'error');
    expect(wrong.map(({ what, why }) => `${what}: ${why}`)).toEqual(
      ['CR', 'UPD'].map((end) => `RFC structure BAPI_BUS1037_VBKAKOM_${end}: it has no NO_SUCH_FIELD`),
    );
  });

  it.each([
    ['node-rfc is not installed', '/no/such/module'],
    ['its SDK is not', 'node-rfc'],
  ])('says what to install where %s', async (_, module) => {
    process.env.SIGNALBOX_NODE_RFC = module;
    const [found] = await findings(await connect());
    expect(found).toMatchObject({
      level: 'error',
      why: expect.stringContaining('Install the SAP NW RFC SDK') as unknown,
    });
    for (const word of ['SAPNWRFC_HOME', 'npm install node-rfc@3.3.1']) expect(found?.fix).toContain(word);
    expect(await tried(await connect())).toEqual(['SBX_SAP_RFC_MISSING']);
  });
});

describe('what SAP calls', () => {
  const z = 'Z_CUSTOMER_CHANGED';
  const calls = [
    { name: z, parameters: { KUNNR: customer } },
    { name: z, parameters: { KUNNR: '7' } },
  ];
  const server = () => ({
    connection: { gwhost: system.url, gwserv: 'sapgw00', program_id: 'SIGNALBOX' },
    functions: [z],
  });

  async function subscribe(abort: AbortController): Promise<AsyncIterator<Delivery<SapNative>>> {
    const { source } = await connect({ server: server() });
    const options = { start: { from: 'earliest' }, maxInFlight: 10, signal: abort.signal } as const;
    return source.subscribe('events', options)[Symbol.asyncIterator]();
  }
  async function idsOf(deliveries: AsyncIterator<Delivery<SapNative>>, count: number): Promise<readonly string[]> {
    const ids: string[] = [];
    while (ids.length < count) {
      const { native } = (await deliveries.next()).value as { native: SapNative };
      const context = { tenant: 't', connection: 'erp', org: 'o', mapping: {} };
      ids.push(...(await sap.normalise(native, context)).map(({ id }) => id));
    }
    return ids;
  }

  it('is answered once it is in the inbox: a function, and a unit at its commit', async () => {
    const abort = new AbortController();
    const deliveries = await subscribe(abort);
    const ids = idsOf(deliveries, 3);
    expect(await system.callOut({ calls: calls.slice(0, 1) })).toBe('ok');
    expect(await inbox.newest('events')).toBe(1);
    expect(await system.callOut({ unit: 'U1', calls })).toBe('ok');
    expect(await inbox.newest('events')).toBe(3);
    // It was not confirmed, and comes again: it is known.
    expect(await system.callOut({ unit: 'U1', calls })).toBe('check 16');
    expect(new Set(await ids).size).toBe(3);
    abort.abort();
    expect((await deliveries.next()).done).toBe(true);
  });

  it('and cannot be kept is refused, and keeps its ids when it comes again', async () => {
    const abort = new AbortController();
    const append = inbox.append.bind(inbox);
    inbox.append = () => Promise.reject(new Error('full'));
    const deliveries = await subscribe(abort);
    const ids = idsOf(deliveries, 2);
    expect(await system.callOut({ calls: calls.slice(0, 1) })).toMatch(/call again/);
    expect(await system.callOut({ unit: 'U2', calls })).toBe('commit 15');
    expect(await inbox.newest('events')).toBe(0);
    inbox.append = append;
    expect(await system.callOut({ unit: 'U2', calls })).toBe('ok');
    const first = await ids;
    abort.abort();
    await deliveries.next();
    // In another process, which has not heard of the unit: the same ids, which the ledger drops.
    const second = new AbortController();
    const again = await subscribe(second);
    const rest = idsOf(again, 4);
    expect(await system.callOut({ unit: 'U2', calls })).toBe('ok');
    expect(await rest).toEqual([...first, ...first]);
    second.abort();
    await again.next();
  });
});
