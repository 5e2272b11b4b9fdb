import type { Reference, Values } from './definitions';
import type { Row } from './table';
import type { TableType } from './table-type';
import type { Demand, Operation, Parameters } from './transaction';

/** Turns writes into runs of the event pipeline: which messages fire, with which parameters. */

type Run = Omit<Operation, 'id' | 'at' | 'caller'>;

const plain = (value: string | boolean) => ({ kind: 'plain', value }) as const;
const reference = (to: Reference) => ({ kind: 'reference', reference: to }) as const;
const choice = (value: number) => ({ kind: 'choice', value }) as const;
const entity = (type: TableType, id: string, values: Readonly<Values>) =>
  ({ kind: 'entity', type, id, values }) as const;

const asked = (message: string, target: Parameters): Demand => ({
  message,
  parameters: { ...target, SuppressDuplicateDetection: plain(false) },
});

/** What a caller asks for with an Update. */
export const updateOf = (type: TableType, id: string, given: Readonly<Values>): Demand =>
  asked('Update', { Target: entity(type, id, { ...given, [type.id]: id }) });

/** What a caller asks for with the SetState of old. */
export const setStateOf = (to: Reference, state: number, status: number): Demand => ({
  message: 'SetState',
  parameters: { EntityMoniker: reference(to), State: choice(state), Status: choice(status) },
});

/** What a caller asks for with the Assign of old. */
export const assignOf = (to: Reference, owner: Reference): Demand => ({
  message: 'Assign',
  parameters: { Target: reference(to), Assignee: reference(owner) },
});

/** Columns that follow from others and are not in the Target of a Create. */
const derived = new Set(['owninguser', 'owningteam']);

const withoutDerived = (values: Readonly<Values>): Values =>
  Object.fromEntries(Object.entries(values).filter(([name]) => !derived.has(name)));

/** The Create, with every column the platform set. */
export const created = (type: TableType, after: Row, given: Readonly<Values>): Run => ({
  message: 'Create',
  type,
  recordId: after.id,
  parameters: { Target: entity(type, after.id, withoutDerived(after.values)) },
  demand: asked('Create', { Target: entity(type, after.id, given) }),
  after,
  present: Object.keys(after.values),
});

/** The Update, and the old message that state and owner also fire. */
export const updated = (
  type: TableType,
  before: Row,
  after: Row,
  given: Readonly<Values>,
  target: Readonly<Values>,
  demand: Demand,
): readonly Run[] => {
  const run = { type, recordId: after.id, demand, before, after, present: Object.keys(target) };
  const to: Reference = { table: type.name, id: after.id };
  const runs: Run[] = [{ ...run, message: 'Update', parameters: { Target: entity(type, after.id, target) } }];
  if (typeof given['statecode'] === 'number') {
    const { parameters } = setStateOf(to, given['statecode'], Number(given['statuscode']));
    runs.push({ ...run, message: 'SetState', parameters });
  }
  const owner = given['ownerid'];
  if (typeof owner === 'object' && owner !== null && 'table' in owner) {
    runs.push({ ...run, message: 'Assign', parameters: assignOf(to, owner).parameters });
  }
  return runs;
};

/** The Delete, which names the row only. */
export const deleted = (type: TableType, before: Row): Run => {
  const parameters = { Target: reference({ table: type.name, id: before.id }) };
  const demand: Demand = { message: 'Delete', parameters };
  return { message: 'Delete', type, recordId: before.id, parameters, demand, before, present: [] };
};

/** The Associate or Disassociate, which belongs to no table. */
export const associated = (from: Reference, relationship: string, to: Reference, isLink: boolean): Run => {
  const message = isLink ? 'Associate' : 'Disassociate';
  const parameters: Parameters = {
    Target: reference(from),
    Relationship: { kind: 'relationship', name: relationship },
    RelatedEntities: { kind: 'references', references: [to] },
  };
  return { message, recordId: from.id, parameters, demand: { message, parameters }, present: [] };
};
