import type { Action } from '../../canonical-schema/action';
import type { Connection } from '../../connectors/contract';
import type { SapNative } from '../../connectors/sap/native';
import type { RfcFault } from '../../simulators/sap/rfc/faults';
import { customer, type RfcLine, signal, startRfcLine, task, tried } from '../rfc-line';

let line: RfcLine;
let { system, connect, called } = {} as RfcLine;

beforeEach(async () => {
  line = await startRfcLine();
  ({ system, connect, called } = line);
});
afterEach(() => line.stop());

describe('a change of an activity by BAPI', () => {
  const base = { tenantid: 'acme', connection: 'erp', decisionid: 'd1', about: { entity: 'account', id: customer } };
  const created = async (connection: Connection<SapNative>): Promise<string> => {
    const [result] = await connection.sink.apply([task()], signal());
    return (result as { readonly nativeId: string }).nativeId;
  };
  const changeTo = (subject: string, taskId: string): Action => ({
    ...{ ...base, kind: 'update-task', id: `change ${subject}`, taskId },
    task: { subject, description: 'It moved' },
  });
  const close = (taskId: string): Action => ({ ...base, kind: 'close-task', id: 'close', taskId, description: 'Moot' });

  it('is committed in one session; the activity is closed with its reason, and keeps the rest', async () => {
    const connection = await connect();
    const taskId = await created(connection);
    expect(await tried(connection, changeTo('Call now', taskId))).toEqual(['applied']);
    expect(system.activities).toMatchObject([
      { id: taskId, general: { ACTIVITY_COMMENT: 'Call now' }, text: ['It moved'] },
    ]);
    const unit = system.calls.filter((call) => /BPCONTACT_CHANGE|SAVEFROMMEMORY|COMMIT/.test(call)).slice(-3);
    expect([unit.length, new Set(unit.map((call) => call.split(' ')[0])).size]).toEqual([3, 1]);
    expect(await tried(connection, close(taskId))).toEqual(['applied']);
    expect(system.activities).toMatchObject([
      {
        customer,
        day: '20260303',
        general: { ACTIVITY_COMMENT: 'Call now', STATUS: '2', SALESORG: '1000' },
        text: ['Moot'],
      },
    ]);
    expect(await tried(connection, close(taskId))).toEqual(['applied']);
    expect(system.activities).toHaveLength(1);
  });

  it('one after the other, however many at once', async () => {
    const connection = await connect();
    const taskId = await created(connection);
    const changes = Array.from({ length: 6 }, (_, n) => changeTo(`Call ${n}`, taskId));
    const results = await connection.sink.apply(changes, signal());
    expect(results.map(({ outcome }) => outcome)).toEqual(Array(6).fill('applied'));
    expect(system.activities).toMatchObject([{ general: { ACTIVITY_COMMENT: 'Call 5' } }]);
  });

  it('of one that is gone is told so', async () => {
    const connection = await connect();
    const [result] = await connection.sink.apply([close('0100009999')], signal());
    expect(result).toMatchObject({ outcome: 'failed', failure: 'gone', code: 'SBX_SAP_RECORD_UNKNOWN' });
  });

  it.each<[RfcFault, string, readonly string[]]>([
    ['refused-table', 'BAPI_BPCONTACT_CHANGE', ['SBX_SAP_BAPI_REFUSED']],
    ['refused-structure', 'BAPI_TRANSACTION_COMMIT', ['SBX_SAP_BAPI_REFUSED']],
    ['exception', 'BAPI_BPCONTACT_CHANGE', ['SBX_SAP_RFC_FAILED']],
    ['locked', 'BAPI_BPCONTACT_CHANGE', ['SBX_SAP_RFC_LOCKED', 'applied']],
    ['lost-after', 'BAPI_TRANSACTION_COMMIT', ['SBX_SAP_RFC_LOST', 'applied']],
    ['crash-before', 'BAPI_BPCONTACT_SAVEFROMMEMORY', ['SBX_SAP_RFC_CRASH', 'applied']],
  ])('%s at %s leads to %j', async (fault, step, outcomes) => {
    const connection = await connect({ sessions: 1 });
    const taskId = await created(connection);
    system.fault(step, fault);
    const before = called('BAPI_TRANSACTION_ROLLBACK');
    // A process that has ended is started again after a delay: it may be asked more than once meanwhile.
    const told = await tried(connection, changeTo('Call now', taskId));
    expect([told[0], told.at(-1)]).toEqual([outcomes[0], outcomes.at(-1)]);
    const isDone = outcomes.at(-1) === 'applied';
    expect(system.activities).toMatchObject([{ general: { ACTIVITY_COMMENT: isDone ? 'Call now' : 'Call' } }]);
    if (fault.startsWith('refused')) expect(called('BAPI_TRANSACTION_ROLLBACK')).toBe(before + 1);
  });
});
