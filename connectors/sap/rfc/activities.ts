import type { Action, ActionResult, CreateTask } from '../../../canonical-schema/action';
import { Permanent, Retryable } from '../../contract';
import { applied, refused } from '../../kit/action-result';
import { type Fields, objectsOf, textOf } from '../json';
import { withLocks } from '../sink/key-locks';
import { type ActivityFields, dayOf, newActivity, referenceOf } from './activity-fields';
import { callBapi, inUnit, messagesOf } from './bapi';
import type { RfcProcess, RfcSession } from './process';

/**
 * Creates tasks as sales activities (BUS1037) by BAPI, each at most once: the action's id is the activity's external reference, which is
 * looked up before, under a lock in this process, and again after the commit, so that nothing is told that is not saved.
 */
export async function createActivities(
  actions: readonly CreateTask[],
  rfc: RfcProcess,
  fields: ActivityFields,
  org: string,
): Promise<Map<string, ActionResult>> {
  const results = await Promise.all(
    actions.map((action) => withLocks([`${org} ${action.id}`], () => createOne(action, rfc, fields))),
  );
  return new Map(results.map((result) => [result.actionId, result]));
}

async function createOne(action: CreateTask, rfc: RfcProcess, fields: ActivityFields): Promise<ActionResult> {
  if (action.about.entity !== 'account') {
    const message = `sales activities are of customers: a task about a ${action.about.entity} cannot be created by BAPI`;
    return refused(action, 'permanent', 'SBX_SAP_NOT_WRITABLE', message);
  }
  try {
    return await rfc.session(async (session) => {
      const known = await find(action, session, fields);
      if (known !== undefined) return applied(action, 'already-applied', known, null);
      const answer = await inUnit(session, async () => {
        const created = await callBapi(session, 'BAPI_BPCONTACT_CREATEFROMDATA', newActivity(action, fields));
        const saved = await callBapi(session, 'BAPI_BPCONTACT_SAVEFROMMEMORY', {});
        return [...messagesOf(created), ...messagesOf(saved)];
      });
      const id = await find(action, session, fields);
      if (id === undefined)
        throw new Permanent(
          'SBX_SAP_BAPI_UNSAVED',
          'SAP has confirmed the activity and does not have it (SM13: update errors?)',
        );
      return applied(action, 'applied', id, answer);
    });
  } catch (error) {
    return failed(action, error);
  }
}

/** The activity that refers to the action: among the customer's of that day the one with the reference in its relationships. */
async function find(action: CreateTask, session: RfcSession, { names }: ActivityFields): Promise<string | undefined> {
  const day = dayOf(action);
  const listed = await callBapi(session, 'BAPI_BPCONTACT_GETLIST', {
    ...(day === undefined ? {} : { ACTIVITY_START_DATE: day, ACTIVITY_END_DATE: day }),
    CUSTOMERSEL: [{ SIGN: 'I', OPTION: 'EQ', [names.customerLow]: action.about.id }],
  });
  const reference = referenceOf(action);
  for (const activity of objectsOf(listed.SALESACTIVITYID)) {
    const detail = await callBapi(session, 'BAPI_BPCONTACT_GETDETAIL', { SALESACTIVITYID: [activity] });
    const isIts = objectsOf(detail.BINARYRELATIONSHIP).some((row) => holds(row, reference));
    if (isIts) return textOf(activity[names.activityId]);
  }
  return undefined;
}

/** In any of its fields: which of the two objects of a relationship is the external one depends on its type. */
function holds(row: Fields, reference: string): boolean {
  return Object.values(row).some((value) => textOf(value) === reference);
}

/** What a call that failed leads to. Throws what is no matter of SAP. */
export function failed(action: Action, error: unknown): ActionResult {
  if (error instanceof Retryable) {
    const delay = error.afterMs === undefined ? {} : { retryAfterMs: error.afterMs };
    return { ...refused(action, 'retryable', error.code, error.message), ...delay };
  }
  if (!(error instanceof Permanent)) throw error;
  const isAccess = error.code === 'SBX_SAP_RFC_LOGON' || error.code === 'SBX_SAP_RFC_MISSING';
  return refused(action, isAccess ? 'auth' : 'permanent', error.code, error.message);
}
