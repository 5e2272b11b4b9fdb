import { imageName } from './native';
import { normalise } from './normalise';
import {
  collection,
  context,
  entity,
  eventsOf,
  leadId,
  onlyOf,
  option,
  posted,
  reference,
  users,
  without,
} from './normalise-sample';

const image = (attributes: Readonly<Record<string, unknown>>, labels = {}) => ({
  [imageName]: { ...entity('lead', attributes, labels), __type: undefined },
});

describe('a creation', () => {
  const target = entity(
    'lead',
    {
      leadid: leadId,
      firstname: 'Maria',
      lastname: 'Lopez',
      fullname: 'Maria Lopez',
      companyname: 'Bluewater',
      leadqualitycode: option(1),
      statecode: option(0),
      statuscode: option(100_000_003),
      revenue: { __type: 'Money:x', Value: '922337203685477.5807' },
      ownerid: reference('systemuser', users.person.toUpperCase(), 'Jo'),
      new_topics: [option(1), option(4)],
      createdon: '/Date(1772357400000)/',
      modifiedon: '/Date(1772357400000)/',
      description: null,
    },
    { statuscode: 'In Nurture', new_topics: 'Loans; Cards', revenue: '$9' },
  );

  it('is a whole record, choices in words, amounts to the last digit', async () => {
    const event = await onlyOf(posted('Create', { Target: target }));
    expect(event).toMatchObject({
      type: 'io.signalbox.lead.created.v1',
      subject: `lead/${leadId}`,
      time: '2026-03-01T09:30:00.000Z',
      origin: 'external',
      correlationid: 'c0ffee00-0000-4000-8000-000000000001',
    });
    expect(event.data.record).toEqual({
      id: leadId,
      nativeType: 'lead',
      firstName: 'Maria',
      lastName: 'Lopez',
      name: 'Maria Lopez',
      company: 'Bluewater',
      rating: 'Hot',
      isConverted: false,
      status: 'In Nurture',
      annualRevenue: '922337203685477.5807',
      ownerId: users.person,
      createdAt: '2026-03-01T09:30:00.000Z',
      modifiedAt: '2026-03-01T09:30:00.000Z',
    });
    expect(event.data.native).toMatchObject({ new_topics: '1,4', new_topicsname: 'Loans; Cards', owneridname: 'Jo' });
    expect(event.data.provenance).toEqual({ record: 'event' });
    expect(event.data.change).toMatchObject({ kind: 'created', fields: [], by: users.person });
  });

  it('has one id however often it is posted, and another one for another step, stage or record', async () => {
    const post = posted('Create', { Target: target });
    const idOf = async (over: object): Promise<string> => (await onlyOf({ ...post, ...over })).id;
    const first = await idOf({});
    expect(await idOf({})).toBe(first);
    expect(await idOf({ NewMemberOfTomorrow: 1 })).toBe(first);
    const others = await Promise.all(
      [
        { OperationId: '0be7a710-0000-4000-8000-000000000002' },
        { OwningExtension: reference('sdkmessageprocessingstep', '57e90000-0000-4000-8000-000000000002') },
        { Stage: 20 },
        { MessageName: 'Update' },
      ].map(idOf),
    );
    expect(new Set([first, ...others]).size).toBe(5);
  });
});

describe('an update', () => {
  const written = { firstname: 'Ana', emailaddress1: null, statuscode: option(2), modifiedon: '/Date(1772357460000)/' };

  it('tells what was written, and what was emptied', async () => {
    const event = await onlyOf(posted('Update', { Target: entity('lead', written) }));
    expect(event.data.change).toMatchObject({
      kind: 'updated',
      fields: ['firstName', 'email', 'status', 'modifiedAt'],
      after: { email: null },
    });
    expect(event.data.record).toMatchObject({ firstName: 'Ana', status: 'Contacted' });
    expect(event.data.record).not.toHaveProperty('email');
    expect(event.data.provenance).toEqual({ record: 'partial' });
    expect(event.time).toBe('2026-03-01T09:31:00.000Z');
  });

  it('leaves out columns that were written and stayed the same, and tells what the others were', async () => {
    const before = { firstname: 'Maria', statuscode: option(2), emailaddress1: 'm@x.example' };
    const event = await onlyOf(
      posted('Update', { Target: entity('lead', written) }, { PreEntityImages: collection(image(before)) }),
    );
    expect(event.data.change.fields).toEqual(['firstName', 'email', 'modifiedAt']);
    expect(event.data.change.before).toEqual({ firstName: 'Maria', email: 'm@x.example', modifiedAt: null });
  });

  it('is whole with an image of all columns, and in the order of the row version', async () => {
    const after = {
      firstname: 'Ana',
      companyname: 'Bluewater',
      modifiedon: '/Date(1772357460000)/',
      versionnumber: 468026,
    };
    const event = await onlyOf(
      posted('Update', { Target: entity('lead', written) }, { PostEntityImages: collection(image(after)) }),
    );
    expect(event.data.record).toMatchObject({ firstName: 'Ana', company: 'Bluewater' });
    expect(event.data.provenance).toEqual({ record: 'event' });
    expect(event.sequence).toBe('00000000000000468026.00020260301093000000');
  });

  it('takes the name that the platform adds to asynchronous steps for what it is: no image', async () => {
    const names = { AsynchronousStepPrimaryName: entity('lead', { fullname: 'Ana Lopez', leadid: leadId }) };
    const event = await onlyOf(
      posted('Update', { Target: entity('lead', written) }, { PostEntityImages: collection(names) }),
    );
    expect(event.data.record).toMatchObject({ name: 'Ana Lopez' });
    expect(event.data.change.fields).not.toContain('name');
    expect(event.data.provenance).toEqual({ record: 'partial' });
  });

  it('of a custom table is a record, or the entity that the tenant says', async () => {
    const post = posted(
      'Update',
      { Target: entity('new_box', { new_name: 'Crate', new_size: { Value: 3 } }) },
      { PrimaryEntityName: 'new_box' },
    );
    expect((await onlyOf(post)).data).toMatchObject({
      entity: 'record',
      change: { fields: ['name', 'new_size'] },
      record: { nativeType: 'new_box', name: 'Crate', attributes: { new_size: 3 } },
    });
    const mapping = { new_box: { entity: '"asset"', name: 'new_name', size: 'new_size' } };
    expect((await onlyOf(post, mapping)).data).toMatchObject({
      entity: 'asset',
      change: { fields: ['name', 'attributes.size'] },
      record: { name: 'Crate', attributes: { size: 3 } },
    });
  });
});

describe('a context without its data', () => {
  const stripped = without(
    posted('Update', {}),
    ...['InputParameters', 'PostEntityImages', 'PreEntityImages', 'ParentContext'],
  );

  it('is a gap: the record has to be read', async () => {
    const event = await onlyOf({ headers: { 'x-ms-dynamics-msg-size-exceeded': 'true' }, body: stripped });
    expect(event.data.change).toMatchObject({ kind: 'updated', gap: true, fields: [] });
    expect(event.data.provenance).toEqual({ record: 'missing' });
  });

  it('is a deletion all the same where it is one', async () => {
    const event = await onlyOf({ ...stripped, MessageName: 'Delete' });
    expect(event.data.change).toEqual(expect.objectContaining({ kind: 'deleted', fields: [] }));
    expect(event.data.change.gap).toBeUndefined();
  });

  it('is refused where it does not even say which record', async () => {
    const cut = without(stripped, 'PrimaryEntityId');
    await expect(eventsOf(cut)).rejects.toMatchObject({ code: 'SBX_DYNAMICS365_RECORD' });
  });
});

describe('times', () => {
  it.each([
    ['/Date(1506409448000-0700)/', '2017-09-26T00:04:08.000Z'],
    ['/Date(1506384248123)/', '2017-09-26T00:04:08.123Z'],
    [{ __type: 'DateTime:#System', __value: '/Date(1506384248000)/' }, '2017-09-26T00:04:08.000Z'],
    ['2017-09-26T00:04:08Z', '2017-09-26T00:04:08.000Z'],
    ['2017-09-26T00:04:08', '2017-09-26T00:04:08.000Z'],
  ])('%j is read as UTC', async (OperationCreatedOn, time) => {
    const event = await onlyOf(
      posted('Update', { Target: entity('lead', { firstname: 'A' }) }, { OperationCreatedOn }),
    );
    expect(event.time).toBe(time);
  });

  it('a context without any is refused', async () => {
    const post = posted('Update', { Target: entity('lead', { firstname: 'A' }) }, { OperationCreatedOn: 'soon' });
    await expect(eventsOf(post)).rejects.toMatchObject({ code: 'SBX_DYNAMICS365_TIME' });
  });
});

describe('own writes', () => {
  const target = { Target: entity('lead', { firstname: 'A' }) };
  const tag = collection({ tag: 'Signalbox' });

  it('are known by the tag of their call, also when it stands on a context around', async () => {
    expect((await onlyOf(posted('Update', target, { SharedVariables: tag }))).origin).toBe('self');
    const parent = posted('Update', target, { ParentContext: posted('Update', target, { SharedVariables: tag }) });
    expect((await onlyOf(posted('Update', target, { ParentContext: parent }))).origin).toBe('self');
    expect((await onlyOf(posted('Update', target, { SharedVariables: collection({ tag: 'Other' }) }))).origin).toBe(
      'external',
    );
  });

  it('are known by the own user', async () => {
    const native = (InitiatingUserId: string) =>
      ({
        kind: 'context',
        headers: {},
        body: posted('Update', target, { InitiatingUserId }),
        ownUser: users.own,
      }) as const;
    expect((await normalise(native(users.own), context()))[0]?.origin).toBe('self');
    expect((await normalise(native(users.person), context()))[0]?.origin).toBe('external');
  });
});
