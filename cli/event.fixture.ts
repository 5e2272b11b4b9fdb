import type { CanonicalEvent } from '../canonical-schema/event';
import { connectorNamed } from '../connectors/registry';

const payload = {
  ChangeEventHeader: {
    entityName: 'Lead',
    recordIds: ['00Q000000000001AAA'],
    changeType: 'UPDATE',
    changedFields: ['Rating'],
    transactionKey: '001b7375-0086-250e-e6ca-b99bc3a8b69f',
    sequenceNumber: 1,
    commitTimestamp: 1795416192000,
    commitNumber: 92847272780,
    commitUser: '005',
  },
  Rating: 'Hot',
};

/** A lead's change as the Salesforce connector tells it. */
export const normalisedLead = async (tenant: string): Promise<CanonicalEvent> => {
  const connector = connectorNamed('salesforce');
  const [native] = connector.readNatives({ payload, id: 'e1' }, () => undefined) as readonly unknown[];
  const [event] = await connector.normalise(native, { tenant, connection: 'sales', org: '00D1', mapping: {} });
  if (event === undefined) throw new Error('the connector told no event');
  return event;
};
