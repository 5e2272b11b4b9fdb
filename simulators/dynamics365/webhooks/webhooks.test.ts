import { startDynamics365, type RunningDynamics365, type WebhookStep } from '../index';
import { attributes, contextsOf, target, valueOf, type Context } from '../test-support/contexts';
import { startReceiver, type Received, type Receiver } from '../test-support/receiver';
import { connect, type RawClient } from '../test-support/raw-client';

let running: RunningDynamics365;
let client: RawClient;
let receiver: Receiver;
beforeEach(async () => {
  running = await startDynamics365({ retryMs: 10, webhookTimeoutMs: 200 });
  client = await connect(running);
  receiver = await startReceiver();
});
afterEach(async () => {
  await running.stop();
  await receiver.stop();
});

const listen = (steps: readonly WebhookStep[]): string =>
  running.admin.registerWebhook({ url: receiver.url, auth: { type: 'WebhookKey', key: 's3cret&1' }, steps });

const contexts = (): readonly Context[] => contextsOf(receiver);

const lead = (more: object = {}) => running.admin.create('lead', { firstname: 'Ann', lastname: 'Day', ...more });

it('posts a creation with its headers and key, in the contract serialiser’s own spelling', async () => {
  listen([{ message: 'Create', table: 'lead' }]);
  const id = await lead({ revenue: 1234.5 });
  await running.admin.idle();
  const [post] = receiver.received as readonly [Received];
  expect(post.url).toBe('/hook?code=s3cret%261');
  expect(post.headers).toMatchObject({
    'content-type': 'application/json',
    'x-ms-dynamics-organization': new URL(running.baseUrl).host,
    'x-ms-dynamics-entity-name': 'lead',
    'x-ms-dynamics-request-name': 'Create',
  });
  expect(post.headers['x-ms-dynamics-msg-size-exceeded']).toBeUndefined();
  expect(post.body).toContain('http:\\/\\/schemas.microsoft.com\\/xrm\\/2011\\/Contracts');
  const [context] = contexts() as readonly [Context];
  expect(context).toMatchObject({ MessageName: 'Create', PrimaryEntityName: 'lead', PrimaryEntityId: id, Mode: 1 });
  expect(context['CorrelationId']).toBe(post.headers['x-ms-correlation-request-id']);
  expect(target(context)).toMatchObject({
    leadid: id,
    fullname: 'Ann Day',
    revenue: { __type: 'Money:http://schemas.microsoft.com/xrm/2011/Contracts', Value: 1234.5 },
    statuscode: { __type: 'OptionSetValue:http://schemas.microsoft.com/xrm/2011/Contracts', Value: 1 },
  });
  expect(context['OutputParameters']).toEqual([{ key: 'id', value: id }]);
  expect(context.PostEntityImages.map(({ key }) => key)).toEqual(['AsynchronousStepPrimaryName']);
});

it('tells only what changed, with registered images, to steps whose columns are present', async () => {
  listen([
    {
      message: 'Update',
      table: 'lead',
      filteringAttributes: ['subject'],
      images: [
        { kind: 'pre', alias: 'before', attributes: ['subject', 'ownerid'] },
        { kind: 'both', alias: 'all' },
      ],
    },
  ]);
  const id = await lead({ subject: 'Vans' });
  await running.admin.update('lead', id, { jobtitle: 'CEO' });
  await running.admin.update('lead', id, { subject: 'Vans', jobtitle: 'CTO' });
  await running.admin.idle();
  const [context, ...others] = contexts();
  expect(others).toEqual([]);
  expect(Object.keys(target(context!))).toEqual([
    'subject',
    'jobtitle',
    'leadid',
    'modifiedon',
    'modifiedby',
    'modifiedonbehalfby',
  ]);
  expect(context!.ParentContext['MessageName']).toBe('Update');
  expect(Object.keys(target(context!.ParentContext))).toEqual(['subject', 'jobtitle', 'leadid']);
  const before = valueOf(context!.PreEntityImages, 'before');
  expect(before).not.toHaveProperty('__type');
  expect(Object.keys(attributes(before)).sort()).toEqual(['leadid', 'ownerid', 'subject']);
  expect(attributes(valueOf(context!.PreEntityImages, 'all'))['jobtitle']).toBe('CEO');
  expect(attributes(valueOf(context!.PostEntityImages, 'all'))['jobtitle']).toBe('CTO');
});

it('writes asynchronous times so that milliseconds and offset add up to the instant', async () => {
  listen([{ message: 'Create', table: 'lead' }]);
  const from = Math.floor(Date.now() / 1000) * 1000;
  await lead();
  await running.admin.idle();
  const [context] = contexts() as readonly [Context];
  const [, ms, hours] = /^\/Date\((\d+)-(\d\d)00\)\/$/.exec(context.OperationCreatedOn) ?? [];
  const at = Number(ms) - Number(hours) * 3_600_000;
  expect(at).toBeGreaterThanOrEqual(from);
  expect(at).toBeLessThanOrEqual(Date.now());
});

it('runs state and owner apart from other columns, with the messages of old as well', async () => {
  listen(['Update', 'SetState', 'Assign'].map((message) => ({ message, table: 'lead' })));
  const id = await lead();
  const bo = running.admin.person('Bo Lind');
  const body = { subject: 'x', statecode: 2, statuscode: 4, 'ownerid@odata.bind': `/systemusers(${bo})` };
  expect((await client.call('PATCH', `leads(${id})`, body)).status).toBe(204);
  await running.admin.idle();
  const told = contexts().map((context) => [context['MessageName'], context.ParentContext['MessageName']]);
  expect(told.sort()).toEqual([
    ['Assign', 'Update'],
    ['SetState', 'Update'],
    ['Update', 'Update'],
    ['Update', 'Update'],
    ['Update', 'Update'],
  ]);
  const assigned = contexts().find((context) => context['MessageName'] === 'Assign');
  expect(valueOf(assigned!.InputParameters, 'Assignee')).toMatchObject({ LogicalName: 'systemuser', Id: bo });
});

it('says of the SetState of old, in an Update, what the person asked for', async () => {
  listen([{ message: 'Update', table: 'task' }]);
  const id = await running.admin.create('task', { subject: 'Call' });
  await running.admin.completeTask(id);
  await running.admin.idle();
  const [context] = contexts() as readonly [Context];
  expect(target(context)).toMatchObject({ statecode: { Value: 1 }, statuscode: { Value: 5 } });
  expect(context.ParentContext['MessageName']).toBe('SetState');
  expect(context.ParentContext.InputParameters.map(({ key }) => key)).toEqual(['EntityMoniker', 'State', 'Status']);
});

it('tells of a deletion by reference, with the pre-image', async () => {
  listen([{ message: 'Delete', table: 'lead', images: [{ kind: 'pre', alias: 'old', attributes: ['lastname'] }] }]);
  const id = await lead();
  await running.admin.remove('lead', id);
  await running.admin.idle();
  const [context] = contexts() as readonly [Context];
  expect(valueOf(context.InputParameters, 'Target')).toEqual({
    __type: 'EntityReference:http://schemas.microsoft.com/xrm/2011/Contracts',
    Id: id,
    KeyAttributes: [],
    LogicalName: 'lead',
    Name: null,
    RowVersion: null,
  });
  expect(attributes(valueOf(context.PreEntityImages, 'old'))).toEqual({ leadid: id, lastname: 'Day' });
  expect(context.PostEntityImages).toEqual([]);
});

it('tells of associations without a table', async () => {
  listen([{ message: 'Associate', table: 'none' }]);
  const [from, to] = [await lead(), await running.admin.create('contact', { lastname: 'Ek' })];
  await running.admin.associate({ table: 'lead', id: from }, 'contactleads_association', { table: 'contact', id: to });
  await running.admin.idle();
  const [context] = contexts() as readonly [Context];
  expect(context['PrimaryEntityName']).toBe('none');
  expect(context.InputParameters.map(({ key }) => key)).toEqual(['Target', 'Relationship', 'RelatedEntities']);
});

it('carries the caller’s tag, also from the parts of a batch', async () => {
  listen([{ message: 'Create', table: 'task' }]);
  await client.call('POST', 'tasks?tag=Signalbox', { subject: 'Call' });
  await running.admin.create('task', { subject: 'By hand' });
  await running.admin.idle();
  const tags = contexts().map(({ SharedVariables }) => valueOf(SharedVariables, 'tag'));
  expect(tags).toEqual(['Signalbox', undefined]);
  expect(contexts().map((context) => context['InitiatingUserId'])).toEqual([
    running.applicationUserId,
    running.admin.person('Ann Day'),
  ]);
});
