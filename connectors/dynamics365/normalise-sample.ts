import type { CanonicalEvent } from '../../canonical-schema/event';
import { validateEvent } from '../../canonical-schema/validate';
import type { Mapping, NormaliseContext } from '../contract';
import { normalise } from './normalise';
import { readNatives } from './read-natives';

// What the tests of normalise share.

const contract = 'http://schemas.microsoft.com/xrm/2011/Contracts';

/** A lead's id. */
export const leadId = '5c8a3e10-7b1f-ee11-9cbe-000d3a0b1c01';
/** A person's and Signalbox' own user. */
export const users = { person: '8f2d4a60-1122-ee11-9cbe-000d3a0b1c02', own: '8f2d4a60-1122-ee11-9cbe-000d3a0b1c09' };

/** Of the tenant acme. */
export function context(mapping: Mapping = {}): NormaliseContext {
  return { tenant: 'acme', connection: 'sales', org: 'org1', mapping };
}

/** A collection as the serializer writes it. */
export function collection(values: Readonly<Record<string, unknown>>): readonly object[] {
  return Object.entries(values).map(([key, value]) => ({ key, value }));
}

/** A choice, a lookup and an entity as the serializer writes them. */
export const option = (Value: number) => ({ __type: `OptionSetValue:${contract}`, Value });
export const reference = (LogicalName: string, Id: string, Name: string | null = null) => ({
  ...{ __type: `EntityReference:${contract}`, Id, KeyAttributes: [], LogicalName, Name, RowVersion: null },
});
export const entity = (
  LogicalName: string,
  attributes: Readonly<Record<string, unknown>>,
  labels: Readonly<Record<string, string>> = {},
  Id: string = leadId,
) => ({
  __type: `Entity:${contract}`,
  Attributes: collection(attributes),
  EntityState: null,
  FormattedValues: collection(labels),
  Id,
  KeyAttributes: [],
  LogicalName,
  RelatedEntities: [],
  RowVersion: null,
});

/** A context about that lead, as an asynchronous step posts it. */
export function posted(
  MessageName: string,
  parameters: Readonly<Record<string, unknown>>,
  over: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  return {
    BusinessUnitId: 'b1d0f3a2-0000-ee11-9cbe-000d3a0b1c00',
    CorrelationId: 'c0ffee00-0000-4000-8000-000000000001',
    Depth: 1,
    InitiatingUserId: users.person,
    InputParameters: collection(parameters),
    IsInTransaction: false,
    MessageName,
    Mode: 1,
    OperationCreatedOn: '/Date(1772357400000+0000)/',
    OperationId: '0be7a710-0000-4000-8000-000000000001',
    OrganizationId: '06a00000-0000-4000-8000-000000000001',
    OrganizationName: 'org1',
    OutputParameters: [],
    OwningExtension: reference('sdkmessageprocessingstep', '57e90000-0000-4000-8000-000000000001'),
    ParentContext: null,
    PostEntityImages: [],
    PreEntityImages: [],
    PrimaryEntityId: leadId,
    PrimaryEntityName: 'lead',
    RequestId: null,
    SecondaryEntityName: 'none',
    SharedVariables: [],
    Stage: 40,
    UserId: users.person,
    ...over,
  };
}

/** An object without some of its members. */
export function without<T extends object>(object: T, ...names: readonly string[]): Partial<T> {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name))) as Partial<T>;
}

/** The events of a payload as people have it, each of them checked against its schema. */
export async function eventsOf(payload: unknown, mapping?: Mapping): Promise<readonly CanonicalEvent[]> {
  const natives = readNatives(payload);
  const made = (await Promise.all(natives.map((native) => normalise(native, context(mapping))))).flat();
  for (const event of made) expect(validateEvent(event)).toEqual([]);
  return made;
}

/** The same of a payload that gives one. */
export async function onlyOf(payload: unknown, mapping?: Mapping): Promise<CanonicalEvent> {
  const made = await eventsOf(payload, mapping);
  expect(made).toHaveLength(1);
  return made[0] as CanonicalEvent;
}
