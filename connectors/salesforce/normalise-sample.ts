import type { CanonicalEvent } from '../../canonical-schema/event';
import { validateEvent } from '../../canonical-schema/validate';
import type { Mapping, NormaliseContext } from '../contract';
import type { PubSubNative, SalesforceNative } from './native';
import { normalise } from './normalise';
import { readNatives } from './read-natives';

// What the tests of normalise share.

/** A lead's id. */
export const lead = '00Q000000000001EAA';
/** Of a change of that lead. */
export const header = {
  entityName: 'Lead',
  recordIds: [lead],
  changeType: 'UPDATE',
  changeOrigin: 'com/salesforce/api/rest/62.0;client=Workbench',
  transactionKey: '0002-aa',
  sequenceNumber: 3,
  commitTimestamp: 1_700_000_000_123,
  commitNumber: '1720911231762341890',
  commitUser: '005000000000001AAA',
};

/** Of the tenant acme. */
export function context(mapping: Mapping = {}): NormaliseContext {
  return { tenant: 'acme', connection: 'sales', org: '00D000000000001AAA', mapping };
}

/** A decoded Pub/Sub change of that lead. */
export function change(over: Omit<Partial<PubSubNative>, 'header'> & { header?: object } = {}): SalesforceNative {
  return {
    kind: 'pubsub',
    eventId: 'e-1',
    schemaId: 's-1',
    schemaName: 'LeadChangeEvent',
    fields: {},
    changedFields: [],
    nulledFields: [],
    diffFields: [],
    dateTypes: {},
    ...over,
    header: { ...header, ...over.header },
  };
}

/** The events of a native, each of them checked against its schema. */
export async function events(native: SalesforceNative, mapping?: Mapping): Promise<readonly CanonicalEvent[]> {
  const made = await normalise(native, context(mapping));
  for (const event of made) expect(validateEvent(event)).toEqual([]);
  return made;
}

/** The same of a native that gives one. */
export async function only(native: SalesforceNative, mapping?: Mapping): Promise<CanonicalEvent> {
  const made = await events(native, mapping);
  expect(made).toHaveLength(1);
  return made[0] as CanonicalEvent;
}

/** The only event of a payload as people have it. */
export async function onlyOf(payload: unknown): Promise<CanonicalEvent> {
  const [native] = readNatives(payload, () => undefined);
  return only(native as SalesforceNative);
}
