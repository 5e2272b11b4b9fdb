import { startDynamics365, type RunningDynamics365 } from '../index';
import { attributes, contextsOf, valueOf, type Context } from '../test-support/contexts';
import { startReceiver, type Receiver } from '../test-support/receiver';
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

const contexts = (): readonly Context[] => contextsOf(receiver);

const lead = (more: object = {}) => running.admin.create('lead', { firstname: 'Ann', lastname: 'Day', ...more });

const register = async (more: object = {}): Promise<string> => {
  const made = { prefer: 'return=representation' };
  const endpoint = await client.call(
    'POST',
    'serviceendpoints',
    {
      name: 'Signalbox',
      url: receiver.url,
      contract: 8,
      authtype: 4,
      authvalue: 'k',
      connectionmode: 1,
      messageformat: 2,
    },
    made,
  );
  expect(endpoint.body).not.toHaveProperty('authvalue');
  const query =
    "$select=sdkmessagefilterid,_sdkmessageid_value&$filter=primaryobjecttypecode eq 'lead' and sdkmessageid/name eq 'Create'";
  const [filter] = (await client.call('GET', `sdkmessagefilters?${query}`)).body.value;
  const step = await client.call(
    'POST',
    'sdkmessageprocessingsteps',
    {
      name: 'Signalbox: Create of lead',
      mode: 1,
      stage: 40,
      rank: 1,
      asyncautodelete: true,
      supporteddeployment: 0,
      'sdkmessageid@odata.bind': `/sdkmessages(${String(filter?.['_sdkmessageid_value'])})`,
      'sdkmessagefilterid@odata.bind': `/sdkmessagefilters(${String(filter?.['sdkmessagefilterid'])})`,
      'eventhandler_serviceendpoint@odata.bind': `/serviceendpoints(${String(endpoint.body['serviceendpointid'])})`,
      ...more,
    },
    made,
  );
  expect(step.status).toBe(201);
  const id = String(step.body['sdkmessageprocessingstepid']);
  const image = {
    name: 'post',
    entityalias: 'post',
    imagetype: 1,
    messagepropertyname: 'Id',
    attributes: 'lastname',
    'sdkmessageprocessingstepid@odata.bind': `/sdkmessageprocessingsteps(${id})`,
  };
  expect((await client.call('POST', 'sdkmessageprocessingstepimages', image)).status).toBe(204);
  return id;
};

it('an endpoint hears, until its step is disabled', async () => {
  const id = await register();
  await lead();
  await running.admin.idle();
  const [context] = contexts() as readonly [Context];
  expect(attributes(valueOf(context.PostEntityImages, 'post'))).toMatchObject({ lastname: 'Day' });
  expect(context.OwningExtension['Id']).toBe(id);
  const jobs = await client.call('GET', 'asyncoperations');
  expect(jobs.body.value).toEqual([]);
  await client.call('PATCH', `sdkmessageprocessingsteps(${id})`, { statecode: 1, statuscode: 2 });
  await lead();
  await running.admin.idle();
  expect(receiver.received).toHaveLength(1);
});

it('a step is found by its endpoint', async () => {
  const id = await register();
  const { body } = await client.call(
    'GET',
    `sdkmessageprocessingsteps(${id})?$select=name&$expand=eventhandler_serviceendpoint($select=name),sdkmessageid($select=name)`,
  );
  expect(body).toMatchObject({
    eventhandler_serviceendpoint: { name: 'Signalbox' },
    sdkmessageid: { name: 'Create' },
  });
  const endpoint = (body['eventhandler_serviceendpoint'] as Record<string, string>)['serviceendpointid'] ?? '';
  const steps = await client.call(
    'GET',
    `serviceendpoints(${endpoint})/serviceendpoint_sdkmessageprocessingstep?$select=name`,
  );
  expect(steps.body.value.map((step) => step['sdkmessageprocessingstepid'])).toEqual([id]);
});
