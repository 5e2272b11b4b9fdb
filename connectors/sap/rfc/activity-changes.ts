import type { ActionResult, CloseTask, UpdateTask } from '../../../canonical-schema/action';
import { applied, refused } from '../../kit/action-result';
import { objectsOf } from '../json';
import { withLocks } from '../sink/key-locks';
import { failed } from './activities';
import { type ActivityFields, changedActivity } from './activity-fields';
import { callBapi, inUnit, messagesOf } from './bapi';
import type { RfcProcess, RfcSession } from './process';

export type ActivityChange = UpdateTask | CloseTask;

/**
 * Changes and closes sales activities by BAPI. Setting the same values twice is setting them once, so a try whose commit was lost is
 * made again. Changes of one activity wait for each other: SAP locks it for each.
 */
export async function changeActivities(
  actions: readonly ActivityChange[],
  rfc: RfcProcess,
  fields: ActivityFields,
  org: string,
): Promise<Map<string, ActionResult>> {
  const results = await Promise.all(
    actions.map((action) => withLocks([`${org} activity ${action.taskId}`], () => changeOne(action, rfc, fields))),
  );
  return new Map(results.map((result) => [result.actionId, result]));
}

async function changeOne(action: ActivityChange, rfc: RfcProcess, fields: ActivityFields): Promise<ActionResult> {
  const { taskId } = action;
  try {
    return await rfc.session(async (session) => {
      if (!(await isThere(taskId, session, fields))) {
        return refused(
          action,
          'gone',
          'SBX_SAP_RECORD_UNKNOWN',
          `there is no sales activity ${taskId} of Signalbox any more`,
        );
      }
      const answer = await inUnit(session, async () => {
        const changed = await callBapi(session, 'BAPI_BPCONTACT_CHANGE', changedActivity(action, fields));
        const saved = await callBapi(session, 'BAPI_BPCONTACT_SAVEFROMMEMORY', {});
        return [...messagesOf(changed), ...messagesOf(saved)];
      });
      return applied(action, 'applied', taskId, answer);
    });
  } catch (error) {
    return failed(action, error);
  }
}

/** An activity of ours has its reference among its relationships. */
async function isThere(id: string, session: RfcSession, { names }: ActivityFields): Promise<boolean> {
  const of = [{ OBJTYPE: 'BUS1037', [names.activityId]: id }];
  const detail = await callBapi(session, 'BAPI_BPCONTACT_GETDETAIL', { SALESACTIVITYID: of });
  return objectsOf(detail.BINARYRELATIONSHIP).length > 0;
}
