import type { Org } from '../org/org';
import type { Row } from '../org/table';
import type { Operation, Transaction } from '../org/transaction';
import type { Step } from './steps';
import { bareReference, entityBody, parameterPairs, type Pair } from './values';

/** What every context of an organisation says. */
export interface Sender {
  readonly org: Org;
  readonly organizationId: string;
  readonly organizationName: string;
  /** `-0700`: written into async contexts' times. */
  readonly asyncOffset: string;
  readonly requestIds: boolean;
}

const noId = '00000000-0000-0000-0000-000000000000';

/** The step of the platform itself that synchronous contexts name as the parent's. */
const objectModel = { table: 'sdkmessageprocessingstep', id: '63cdbb1b-ea3e-db11-86a7-000a3a5473e8' };

const offsetMs = (offset: string): number => {
  const [, sign = '+', hours = '0', minutes = '0'] = /^([+-])(\d{2})(\d{2})$/.exec(offset) ?? [];
  return (Number(hours) * 60 + Number(minutes)) * 60_000 * (sign === '-' ? -1 : 1);
};

/** Synchronous: milliseconds, UTC. Asynchronous: whole seconds, off by the offset it names, so that both add up to the instant. */
const createdOn = (at: number, isAsync: boolean, offset: string): string => {
  if (!isAsync) return `/Date(${at})/`;
  const seconds = Math.floor(at / 1000) * 1000;
  return `/Date(${seconds - offsetMs(offset)}${offset})/`;
};

const image = ({ org }: Sender, { type }: Operation, row: Row, attributes?: readonly string[]): object => {
  if (type === undefined) return {};
  const wanted = Object.entries(row.values).filter(
    ([name, value]) => value !== null && (attributes?.includes(name) !== false || name === type.id),
  );
  const form = { isFormatted: true, nameOf: org.nameOf.bind(org) };
  return entityBody(type, row.id, Object.fromEntries(wanted), form);
};

/** The platform's own image in asynchronous contexts: the row's name and id. */
const primaryName = ({ type, after }: Operation): readonly Pair[] => {
  if (type === undefined || after === undefined) return [];
  const values = { [type.primaryName]: after.values[type.primaryName] ?? null, [type.id]: after.id };
  return [{ key: 'AsynchronousStepPrimaryName', value: entityBody(type, after.id, values, { isFormatted: false }) }];
};

const images = (sender: Sender, operation: Operation, step: Step, which: 'isPre' | 'isPost'): readonly Pair[] => {
  const row = which === 'isPre' ? operation.before : operation.after;
  const isThere = row !== undefined && (which === 'isPre' || step.stage === 40);
  const wanted = isThere ? step.images.filter((registered) => registered[which]) : [];
  const own =
    row === undefined
      ? []
      : wanted.map(({ alias, attributes }) => ({ key: alias, value: image(sender, operation, row, attributes) }));
  return which === 'isPost' && step.isAsync ? [...own, ...primaryName(operation)] : own;
};

const sharedVariables = (operation: Operation, tag: string | undefined, isParent: boolean): readonly Pair[] => {
  const isCreate = operation.demand.message === 'Create';
  const pairs: Pair[] = isCreate ? [{ key: 'IsAutoTransact', value: true }] : [];
  if (tag !== undefined) pairs.push({ key: 'tag', value: tag });
  if (isCreate) pairs.push({ key: 'DefaultsAddedFlag', value: true });
  if (isParent && operation.message === 'Update' && operation.type !== undefined) {
    const type = 'KeyValuePairOfstringstring:#System.Collections.Generic';
    pairs.push({ key: 'ChangedEntityTypes', value: [{ __type: type, key: operation.type.name, value: 'Update' }] });
  }
  return pairs;
};

/** The members that the step's context and its parent context share. */
const common = (sender: Sender, operation: Operation, transaction: Transaction, step: Step) => {
  const { org } = sender;
  const user = org.table('systemuser').get(operation.caller.userId);
  const objectId = user?.values['azureactivedirectoryobjectid'] ?? noId;
  const synchronousRequest = step.isAsync ? transaction.requestId : operation.id;
  return {
    BusinessUnitId: org.businessUnit.id,
    CorrelationId: transaction.correlationId,
    Depth: 1,
    InitiatingUserAgent: '',
    InitiatingUserAzureActiveDirectoryObjectId: objectId,
    InitiatingUserId: operation.caller.userId,
    IsExecutingOffline: false,
    IsInTransaction: !step.isAsync,
    IsOfflinePlayback: false,
    IsolationMode: 1,
    Mode: step.isAsync ? 1 : 0,
    OperationCreatedOn: createdOn(operation.at, step.isAsync, sender.asyncOffset),
    OperationId: operation.id,
    OrganizationId: sender.organizationId,
    OrganizationName: sender.organizationName,
    PrimaryEntityId: operation.type === undefined ? noId : operation.recordId,
    PrimaryEntityName: operation.type?.name ?? 'none',
    RequestId: sender.requestIds ? synchronousRequest : null,
    SecondaryEntityName: 'none',
    UserAzureActiveDirectoryObjectId: objectId,
    UserId: operation.caller.userId,
  };
};

/** Members come in the order of their names. */
const ordered = (members: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(members).sort(([one], [other]) => (one < other ? -1 : 1)));

/** The execution context that a step is posted. */
export const contextFor = (
  sender: Sender,
  operation: Operation,
  transaction: Transaction,
  step: Step,
): Readonly<Record<string, unknown>> => {
  const shared = common(sender, operation, transaction, step);
  const { tag } = operation.caller;
  const own = bareReference({ table: 'sdkmessageprocessingstep', id: step.id }, step.isAsync ? null : step.name);
  const isCreate = operation.message === 'Create';
  return ordered({
    ...shared,
    InputParameters: parameterPairs(operation.parameters, isCreate),
    MessageName: operation.message,
    OutputParameters: isCreate ? [{ key: 'id', value: operation.recordId }] : [],
    OwningExtension: own,
    ParentContext: ordered({
      ...shared,
      InputParameters: parameterPairs(operation.demand.parameters, false),
      MessageName: operation.demand.message,
      OutputParameters: [],
      OwningExtension: step.isAsync ? own : bareReference(objectModel, 'ObjectModel Implementation'),
      ParentContext: null,
      PostEntityImages: [],
      PreEntityImages: [],
      SharedVariables: sharedVariables(operation, tag, true),
      Stage: 30,
    }),
    PostEntityImages: images(sender, operation, step, 'isPost'),
    PreEntityImages: images(sender, operation, step, 'isPre'),
    SharedVariables: sharedVariables(operation, tag, false),
    Stage: step.stage,
  });
};

/** Members that an oversize context goes without. */
const strippable = ['ParentContext', 'InputParameters', 'PreEntityImages', 'PostEntityImages'];

/** Largest payload that is sent whole, in bytes. */
const MAX_PAYLOAD_BYTES = 256 * 1024;

// The contract serialiser escapes every slash.
const serialise = (context: object): string => JSON.stringify(context).replaceAll('/', '\\/');

/** The body of a post: the whole context, or without its large members where it is too large (or is to be treated so). */
export const payloadOf = (
  context: Readonly<Record<string, unknown>>,
  isForced: boolean,
): { readonly body: string; readonly isStripped: boolean } => {
  const whole = serialise(context);
  if (!isForced && Buffer.byteLength(whole) <= MAX_PAYLOAD_BYTES) return { body: whole, isStripped: false };
  const kept = Object.entries(context).filter(([name]) => !strippable.includes(name));
  return { body: serialise(Object.fromEntries(kept)), isStripped: true };
};
