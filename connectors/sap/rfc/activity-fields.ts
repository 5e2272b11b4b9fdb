import type { CloseTask, CreateTask, UpdateTask } from '../../../canonical-schema/action';
import { stableId } from '../../../canonical-schema/identity';
import type { Parameters } from './messages';

/** Names of fields whose structures SAP documents only in the system itself; `doctor` asks it (see check.ts). */
export const usualNames = {
  from: 'FROM_DATE',
  to: 'TO_DATE',
  comment: 'ACTIVITY_COMMENT',
  partnerRole: 'PARTN_ROLE',
  partner: 'PARTN_ID',
  textLine: 'TDLINE',
  customerLow: 'CUSTOMER_LOW',
  activityId: 'OBJKEY',
  document: 'DOC_NUMBER',
  status: 'STATUS',
} as const;
export type Names = Readonly<Record<keyof typeof usualNames, string>>;

/** What a tenant says of its sales activities. */
export interface ActivityFields {
  /** Further fields of GENERALDATA: the activity's type, the sales area. */
  readonly fields: Readonly<Record<string, string>>;
  readonly names: Names;
  /** The status of an activity that is done. */
  readonly closedStatus: string;
}

/** Structures and the fields of them that are used. */
export function usedFields({ fields, names }: ActivityFields): ReadonlyMap<string, readonly string[]> {
  const reference = Object.keys(referenceTo(''));
  return new Map([
    ['BAPI_BUS1037_VBKAKOM_CR', [...reference, ...Object.keys(fields), names.from, names.to, names.comment]],
    ['BAPI_BUS1037_VBKAKOM_UPD', [names.document, names.status, names.comment]],
    ['BAPI_VBKA_VBPA2KOM', [...reference, names.partnerRole, names.partner]],
    ['BAPI_VBKA_TLINEKOM', [...reference, names.document, names.textLine]],
    ['BAPI_RANGESKUNNR', ['SIGN', 'OPTION', names.customerLow]],
    ['BAPI_VBKA_BOID', [names.activityId]],
  ]);
}

/** The action's id as the key of an external object, by which SAP ties the activity to it: a CHAR field of 70. */
export function referenceOf({ id }: CreateTask): string {
  return `SBX${stableId(id)}`;
}

/** The day that an activity is due, as ABAP writes it. */
export function dayOf({ task }: CreateTask): string | undefined {
  return task.due?.slice(0, 10).replaceAll('-', '');
}

/** An activity that refers to an external object, for a customer (partner function AG, sold-to party). */
export function newActivity(action: CreateTask, { fields, names }: ActivityFields): Parameters {
  const reference = referenceTo(referenceOf(action));
  const day = dayOf(action);
  const general = {
    ...reference,
    ...fields,
    ...(day === undefined ? {} : { [names.from]: day, [names.to]: day }),
    // The field's length.
    [names.comment]: action.task.subject.slice(0, 40),
  };
  return {
    GENERALDATA: [general],
    GENERALDATAX: [{ ...flags(general), ...reference }],
    BUSINESSPARTNER: [{ ...reference, [names.partnerRole]: 'AG', [names.partner]: action.about.id }],
    TEXT: linesOf(action.task.description).map((line) => ({ ...reference, [names.textLine]: line })),
  };
}

/** What a change says of an activity; what it does not mark stays. */
export function changedActivity(action: UpdateTask | CloseTask, { names, closedStatus }: ActivityFields): Parameters {
  const { subject, description } = action.kind === 'close-task' ? { subject: undefined, ...action } : action.task;
  const key = { [names.document]: action.taskId };
  const general = {
    // The field's length.
    ...(subject === undefined ? {} : { [names.comment]: subject.slice(0, 40) }),
    ...(action.kind === 'close-task' ? { [names.status]: closedStatus } : {}),
  };
  const lines = (description === undefined ? [] : linesOf(description)).map((line) => ({ [names.textLine]: line }));
  return {
    GENERALDATA: [{ ...key, ...general }],
    GENERALDATAX: [{ ...key, ...flags(general) }],
    TEXT: lines.map((line) => ({ ...key, ...line })),
    TEXTX: lines.map((line) => ({ ...key, ...flags(line) })),
  };
}

function referenceTo(key: string): Readonly<Record<string, string>> {
  return { REFOBJECTTYPE: 'PROXY0001', REFOBJECTKY: key, REFRELTYPE: 'VORL' };
}

function flags(fields: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.keys(fields).map((name) => [name, 'X']));
}

/** Lines of SAP's long texts have 132 characters. */
function linesOf(text: string): readonly string[] {
  return text.split('\n').flatMap((line) => line.match(/.{1,132}/gsu) ?? ['']);
}
