import type { CanonicalEvent } from '../../canonical-schema/event';
import { validateEvent } from '../../canonical-schema/validate';
import { type NormaliseContext } from '../contract';
import { normalise } from './normalise';
import { readNatives, readText } from './read-natives';

const context: NormaliseContext = { tenant: 'acme', connection: 'erp', org: 'QM7CLNT200', mapping: {} };

async function eventsOf(payload: unknown, mapping = context.mapping): Promise<readonly CanonicalEvent[]> {
  const natives = typeof payload === 'string' ? readText(payload) : readNatives(payload);
  const events = (await Promise.all(natives.map((native) => normalise(native, { ...context, mapping })))).flat();
  for (const event of events) expect(validateEvent(event)).toEqual([]);
  return events;
}

async function eventOf(payload: unknown, mapping = context.mapping): Promise<CanonicalEvent> {
  const [event, ...others] = await eventsOf(payload, mapping);
  expect(others).toEqual([]);
  return event!;
}

const s4 = (object: string, happened: string, data: unknown) => ({
  type: `sap.s4.beh.${object.toLowerCase()}.v1.${object}.${happened}.v1`,
  specversion: '1.0',
  source: '/default/sap.s4.beh/QM7CLNT200',
  id: 'a7f0c2d4-1b9e-1eef-a3c1-9d02be01f7aa',
  time: '2026-03-02T07:15:09Z',
  datacontenttype: 'application/json',
  data,
});

describe('events of S/4HANA', () => {
  it('that tell a key only are gaps, to be read', async () => {
    const { type, subject, time, sequence, data } = await eventOf(
      s4('BusinessPartner', 'Changed', { BusinessPartner: '0000000007' }),
    );
    expect({ type, subject, time, sequence }).toEqual({
      type: 'io.signalbox.account.updated.v1',
      subject: 'account/0000000007',
      time: '2026-03-02T07:15:09.000Z',
      sequence: '00000020260302071509.00000000000000000000',
    });
    expect(data.change).toEqual({ kind: 'updated', fields: [], gap: true });
    expect(data.provenance.record).toBe('missing');
  });

  it('that tell more than a key are told in part', async () => {
    const { data } = await eventOf(
      s4('SalesOrder', 'Created', { SalesOrder: '4711', SoldToParty: '0000100234', TotalNetAmount: '1250.50' }),
    );
    expect(data.record).toEqual({
      id: '4711',
      nativeType: 'SalesOrder',
      number: '4711',
      accountId: '0000100234',
      amount: '1250.50',
    });
    expect([data.change.gap, data.provenance.record]).toEqual([undefined, 'partial']);
  });

  it('keep what happened where it is no plain change', async () => {
    const { type, data } = await eventOf(
      s4('OutboundDelivery', 'GoodsIssueStatusChanged', { OutboundDelivery: '80000017' }),
    );
    expect(type).toBe('io.signalbox.transaction.updated.v1');
    expect(data.native.eventType).toMatch(/GoodsIssueStatusChanged/);
  });

  it('are the same event however they are written', async () => {
    const event = s4('SalesOrder', 'Deleted', { SalesOrder: '4711' });
    const old = {
      cloudEventsVersion: '0.1',
      eventType: event.type,
      eventID: event.id,
      eventTime: event.time,
      source: event.source,
      data: event.data,
    };
    const binary = {
      headers: { 'ce-type': event.type, 'ce-id': event.id, 'ce-source': event.source, 'ce-time': event.time },
      body: JSON.stringify(event.data),
    };
    const encoded = {
      ...event,
      data: undefined,
      data_base64: Buffer.from(JSON.stringify(event.data)).toString('base64'),
    };
    const told = await eventOf(event);
    expect(told.type).toBe('io.signalbox.order.deleted.v1');
    for (const other of [old, binary, encoded, [event], JSON.stringify(event)])
      expect(await eventOf(other)).toEqual(told);
  });

  it('of unknown objects are records', async () => {
    const { subject, data } = await eventOf(
      s4('MaintenanceNotification', 'Created', { MaintenanceNotification: '10009' }),
    );
    expect(subject).toBe('record/10009');
    expect(data.record).toMatchObject({ nativeType: 'MaintenanceNotification' });
  });
});

const image = { id: '6f0b2a8e-58c1-4d0e-9d3f-0b7a1c2d3e4f', displayId: '30041', name: 'Spring fair' };
const images = (data: Readonly<Record<string, unknown>>, type = 'sap.ssc.leadservice.entity.lead') => ({
  id: 'e4b0c1d2-0000-4a4a-8b8b-111122223333',
  specversion: '0.2',
  type,
  source: '5f1e00c4a1b2c3d4e5f60718',
  time: '2026-03-02T07:15:09.123456789Z',
  data,
});

describe('events of Sales and Service Cloud V2', () => {
  it('tell what has changed, what was emptied, who did it, and in which order', async () => {
    const event = await eventOf(
      images({
        beforeImage: { ...image, status: 'OPEN', email: 'old@fair.example', extensions: { Zone: 3, Kept: 1 } },
        currentImage: {
          ...image,
          status: 'QUALIFIED',
          extensions: { Zone: 4, Kept: 1 },
          adminData: { updatedOn: '2026-03-02T07:15:09.001Z' },
        },
        dataContext: { requestedByUser: 'b1d3' },
      }),
    );
    expect(event.data.change).toEqual({
      kind: 'updated',
      fields: ['status', 'extensions.Zone', 'email'],
      by: 'b1d3',
      before: { status: 'OPEN', 'extensions.Zone': 3, email: 'old@fair.example' },
      after: { email: null },
    });
    expect(event.data.record).toMatchObject({ status: 'QUALIFIED', name: 'Spring fair' });
    expect(event.data.native).toEqual({ displayId: '30041', extensions: { Zone: 4, Kept: 1 } });
    expect(event.sequence).toBe('00000020260302071509.00000000000001000000');
    expect(event.origin).toBe('external');
  });

  it('are created and deleted where an image is missing', async () => {
    const created = await eventOf(images({ beforeImage: null, currentImage: image }));
    const deleted = await eventOf(images({ beforeImage: image, currentImage: {} }));
    expect([created.type, deleted.type]).toEqual(['io.signalbox.lead.created.v1', 'io.signalbox.lead.deleted.v1']);
    expect(deleted.subject).toBe(`lead/${image.id}`);
  });

  it('are own ones where an own user asked for them', async () => {
    const [native] = readNatives(images({ currentImage: image, dataContext: { requestedByUser: 'B1D3' } }));
    const [event] = await normalise({ ...native, own: ['b1d3'] } as never, context);
    expect(event?.origin).toBe('self');
  });

  it('of a name that a customer chose are about what it names, or a record', async () => {
    const known = await eventOf(
      images({ beforeImage: image, currentImage: image }, 'sap.crm.custom.event.opportunityChanged'),
    );
    const free = await eventOf(
      images({ beforeImage: image, currentImage: image }, 'sap.crm.custom.event.scoreTheFair'),
    );
    expect([known.type, free.type]).toEqual(['io.signalbox.opportunity.updated.v1', 'io.signalbox.record.updated.v1']);
    expect(free.data.record.nativeType).toBe('scoreTheFair');
    expect(known.data.provenance.record).toBe('partial');
  });
});

describe('notifications of Cloud for Customer', () => {
  const root = '00163E5A11CE1EE8B2F4C3D2E1F0A9B8';
  const notification = (data: object) => ({
    'event-type': 'Opportunity.Root.Updated',
    'cloud-events-version': '0.1',
    'event-id': 'FA163E5A11CE1EE8B2F5',
    'event-time': '2026-03-02T07:15:09Z',
    source: 'https://my300001.crm.ondemand.com',
    data: { 'root-entity-id': root, 'entity-id': root, ...data },
  });

  it('are gaps', async () => {
    const { subject, data } = await eventOf(notification({}));
    expect(subject).toBe(`opportunity/${root}`);
    expect(data.change).toEqual({ kind: 'updated', fields: [], gap: true });
  });

  it('tell fields with the enhanced payload', async () => {
    const changes = [
      {
        node: 'Root',
        nodeID: root,
        Modification: 'U',
        ChangedBy: 'SIGNALBOX',
        ChangedFields: [{ Fieldname: 'ProbabilityPercent', New: '60', Old: '40' }],
      },
    ];
    const { origin, data } = await eventOf(notification({ Changes: changes }));
    expect(origin).toBe('self');
    expect(data.change).toEqual({
      kind: 'updated',
      fields: ['probability'],
      by: 'SIGNALBOX',
      before: { probability: '40' },
    });
    expect(data.record.probability).toBe('60');
  });
});

describe('rows', () => {
  it('of OData V2 lose what OData adds, and localised texts are their content', async () => {
    const event = await eventOf({
      d: {
        results: {
          __metadata: { type: 'c4codata.ServiceRequest', etag: 'W/"x"' },
          ObjectID: '00163E5A11CE1EE8B2F4C3D2E1F00001',
          ID: '5201',
          Name: { content: 'Pump is loud', languageCode: 'E' },
          ServiceRequestLifeCycleStatusCode: '4',
          ServicePriorityCodeText: 'Urgent',
          LastChangeDateTime: '/Date(1772435709849)/',
          ServiceRequestItem: { __deferred: { uri: 'https://my300001.crm.ondemand.com/x' } },
          ContractID: '',
        },
      },
    });
    expect(event.type).toBe('io.signalbox.case.observed.v1');
    expect(event.time).toBe('2026-03-02T07:15:09.849Z');
    expect(event.sequence).toBe('00000020260302071509.00000000000849000000');
    expect(event.data.record).toMatchObject({
      number: '5201',
      subject: 'Pump is loud',
      priority: 'Urgent',
      isClosed: true,
    });
    expect(event.data.native).toEqual({ ServiceRequestLifeCycleStatusCode: '4' });
  });

  it('of S/4HANA have their time in two fields', async () => {
    const { subject, time, data } = await eventOf({
      __metadata: { type: 'API_BUSINESS_PARTNER.A_BusinessPartnerType' },
      BusinessPartner: '0000000007',
      BusinessPartnerFullName: 'Pumpen Maier GmbH',
      LastChangeDate: '/Date(1772409600000)/',
      LastChangeTime: 'PT7H15M9S',
      LastChangedByUser: 'CB9980000012',
    });
    expect([subject, time]).toEqual(['account/0000000007', '2026-03-02T07:15:09.000Z']);
    expect(data.record).toMatchObject({ name: 'Pumpen Maier GmbH', nativeType: 'BusinessPartner' });
    expect(data.change.by).toBe('CB9980000012');
  });

  it('of S/4HANA are reached as their addresses say: by what is marked as the default', async () => {
    const partner = (addresses: unknown) => ({
      __metadata: { type: 'API_BUSINESS_PARTNER.A_BusinessPartnerType' },
      ...{ BusinessPartner: '7', LastChangeDate: '/Date(1772409600000)/', to_BusinessPartnerAddress: addresses },
    });
    const mails = [
      { EmailAddress: 'old@maier.example' },
      { EmailAddress: 'ada@maier.example', IsDefaultEmailAddress: true },
    ];
    const first = {
      ...{ StreetName: 'Ring', HouseNumber: '5', PostalCode: '89073', CityName: 'Ulm', Region: '', Country: 'DE' },
      to_EmailAddress: { results: mails },
      to_PhoneNumber: [{ PhoneNumber: '731 5', InternationalPhoneNumber: '+497315' }],
    };
    const { data } = await eventOf(partner({ results: [first, { CityName: 'Bonn' }] }));
    expect(data.record).toMatchObject({
      email: 'ada@maier.example',
      phone: '+497315',
      billingAddress: { street: 'Ring 5', postalCode: '89073', city: 'Ulm', countryCode: 'DE' },
    });
    expect(data.native).toHaveProperty('to_BusinessPartnerAddress');
    for (const none of [{ results: [] }, { __deferred: { uri: 'https://s4.example/x' } }, [{}]]) {
      const { record } = (await eventOf(partner(none))).data;
      expect(Object.keys(record).sort()).toEqual(['id', 'modifiedAt', 'nativeType', 'number']);
    }
  });

  it('take a tenant’s mapping, also into objects', async () => {
    const { data } = await eventOf(images({ currentImage: { ...image, extensions: { Zone: 4 } }, beforeImage: null }), {
      lead: { zone: 'extensions.Zone', company: '"Fair " & displayId' },
    });
    expect(data.record).toMatchObject({ company: 'Fair 30041', attributes: { zone: 4 } });
  });
});
