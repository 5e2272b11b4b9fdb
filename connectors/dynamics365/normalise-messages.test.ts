import { imageName } from './native';
import { collection, entity, eventsOf, leadId, onlyOf, option, posted, reference, users } from './normalise-sample';

const accountId = 'aa000000-0000-4000-8000-000000000001';
const image = (attributes: Readonly<Record<string, unknown>>, labels = {}) => ({
  [imageName]: { ...entity('lead', attributes, labels), __type: undefined },
});

describe('other messages', () => {
  it('a deletion tells the record from the image before, at the operation’s time', async () => {
    const before = { lastname: 'Lopez', modifiedon: '/Date(1700000000000)/', versionnumber: 5 };
    const post = posted(
      'Delete',
      { Target: reference('lead', leadId) },
      { PreEntityImages: collection(image(before)) },
    );
    const event = await onlyOf(post);
    expect(event).toMatchObject({ type: 'io.signalbox.lead.deleted.v1', time: '2026-03-01T09:30:00.000Z' });
    expect(event.data.record).toMatchObject({ lastName: 'Lopez' });
  });

  it('an assignment changes the owner', async () => {
    const post = posted('Assign', { Target: reference('lead', leadId), Assignee: reference('team', accountId) });
    expect((await onlyOf(post)).data).toMatchObject({
      change: { kind: 'updated', fields: ['ownerId'] },
      record: { ownerId: accountId },
      native: { owneridtype: 'team' },
    });
  });

  it.each(['SetState', 'SetStateDynamicEntity'])('%s changes state and status', async (message) => {
    const parameters = { EntityMoniker: reference('lead', leadId), State: option(1), Status: option(3) };
    expect((await onlyOf(posted(message, parameters))).data).toMatchObject({
      change: { fields: ['isConverted', 'status'] },
      record: { isConverted: true, status: 'Qualified' },
    });
  });

  it.each([
    ['Win', 'OpportunityClose', 'opportunity', 3, { isClosed: true, isWon: true }],
    ['Lose', 'OpportunityClose', 'opportunity', 4, { isClosed: true, isWon: false }],
    ['Close', 'IncidentResolution', 'incident', 5, { isClosed: true, status: 'Problem Solved' }],
    ['Cancel', 'OrderClose', 'salesorder', 4, { status: 'Canceled' }],
  ])('%s by %s closes the %s', async (message, name, table, status, record) => {
    const close = entity(name.toLowerCase(), {
      [`${table}id`]: reference(table, accountId),
      actualend: '/Date(1772357400000)/',
    });
    const over = { PrimaryEntityName: table, PrimaryEntityId: accountId };
    const event = await onlyOf(posted(message, { [name]: close, Status: option(status) }, over));
    expect(event.subject).toMatch(new RegExp(`/${accountId}$`));
    expect(event.data).toMatchObject({ change: { kind: 'updated' }, record });
  });

  it('an association changes every side, each with an id of its own', async () => {
    const post = posted(
      'Associate',
      {
        Target: reference('account', accountId),
        Relationship: { SchemaName: 'account_leads', PrimaryEntityRole: null },
        RelatedEntities: [reference('lead', leadId), reference('lead', users.own)],
      },
      { PrimaryEntityName: 'none', PrimaryEntityId: '00000000-0000-0000-0000-000000000000' },
    );
    const events = await eventsOf(post);
    expect(events.map(({ subject }) => subject)).toEqual([
      `account/${accountId}`,
      `lead/${leadId}`,
      `lead/${users.own}`,
    ]);
    expect(new Set(events.map(({ id }) => id)).size).toBe(3);
    expect(events[1]?.data).toMatchObject({
      change: { fields: ['account_leads'] },
      native: { account_leads: { associated: [{ table: 'account', id: accountId }] } },
    });
  });

  it('a bulk message tells each of its records', async () => {
    const targets = [leadId, users.own].map((id) => entity('lead', { companyname: id.slice(0, 4) }, {}, id));
    const post = posted('UpdateMultiple', { Targets: { Entities: targets } }, { PrimaryEntityId: null });
    const events = await eventsOf(post);
    expect(events.map(({ data }) => data.record.company)).toEqual([leadId.slice(0, 4), users.own.slice(0, 4)]);
  });

  it('a merger tells the surviving record, and that the other has to be read', async () => {
    const post = posted('Merge', {
      Target: reference('lead', leadId),
      SubordinateId: users.own,
      UpdateContent: entity('lead', { telephone1: '1' }),
    });
    const [master, other] = await eventsOf(post);
    expect(master?.data.record).toMatchObject({ id: leadId, phone: '1' });
    expect(other?.data).toMatchObject({ change: { gap: true }, record: { id: users.own } });
  });

  it('a custom action is published with what it was given', async () => {
    const event = await onlyOf(posted('new_Escalate', { Reason: 'late', Grade: option(2) }));
    expect(event.type).toBe('io.signalbox.record.published.v1');
    expect(event.data.record).toMatchObject({ nativeType: 'new_Escalate', attributes: { Reason: 'late', Grade: 2 } });
  });

  it('a read is no change', async () => {
    await expect(eventsOf(posted('Retrieve', {}))).rejects.toMatchObject({ code: 'SBX_DYNAMICS365_MESSAGE' });
  });
});

describe('activities', () => {
  it('an e-mail is an interaction with its parties', async () => {
    const party = (name: string, address: string) =>
      entity('activityparty', { partyid: reference('contact', leadId, name), addressused: address });
    const target = entity('email', {
      activityid: leadId,
      subject: 'Hello',
      from: [party('Ana', 'a@x.example')],
      to: { __type: 'EntityCollection:x', Entities: [party('Bo', 'b@x.example')] },
      directioncode: false,
      regardingobjectid: reference('incident', accountId),
    });
    const event = await onlyOf(posted('Create', { Target: target }, { PrimaryEntityName: 'email' }));
    expect(event.data.record).toMatchObject({
      channel: 'email',
      direction: 'inbound',
      relatedTo: { entity: 'case', id: accountId },
      participants: [
        { role: 'from', name: 'Ana', address: 'a@x.example', record: { entity: 'contact', id: leadId } },
        { role: 'to', name: 'Bo', address: 'b@x.example' },
      ],
    });
  });

  it('a completed task is closed', async () => {
    const target = entity('task', { statecode: option(1), statuscode: option(5), actualend: '/Date(1772357400000)/' });
    const event = await onlyOf(posted('Update', { Target: target }, { PrimaryEntityName: 'task' }));
    expect(event.data.record).toMatchObject({
      isClosed: true,
      status: 'Completed',
      completedAt: '2026-03-01T09:30:00.000Z',
    });
  });
});
