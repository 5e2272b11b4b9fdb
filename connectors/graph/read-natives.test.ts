import { goldensIn } from '../../test/contract/goldens';
import { isOfGraph } from './read-natives';

it.each([
  ['a post of notifications', { value: [{ subscriptionId: 's', changeType: 'created' }] }],
  ['a lifecycle notification', { value: [{ subscriptionId: 's', lifecycleEvent: 'missed' }] }],
  ['a notification', { changeType: 'created', resource: 'users/u1/messages/m1' }],
  ['a resource', { '@odata.type': '#microsoft.graph.message', id: 'm1' }],
  ['a part of one', { sender: { '@odata.type': '#microsoft.graph.recipient' } }],
  ['a collection', { '@odata.context': 'https://graph.microsoft.com/v1.0/$metadata#users', value: [] }],
])('claims %s', (_, payload) => {
  expect(isOfGraph(payload)).toBe(true);
  expect(isOfGraph([payload, payload])).toBe(true);
});

it.each([
  [
    'a row of Dataverse',
    { '@odata.context': 'https://acme.crm4.dynamics.com/api/data/v9.2/$metadata#leads', value: [] },
  ],
  ['nothing', []],
  ['null', null],
  ['a text', '#microsoft.graph.message'],
])('leaves %s to Dynamics 365', (_, payload) => {
  expect(isOfGraph(payload)).toBe(false);
});

it('leaves every context of Dataverse to Dynamics 365', () => {
  const goldens = goldensIn('connectors/dynamics365/fixtures');
  expect(goldens.length).toBeGreaterThan(10);
  for (const { native } of goldens) {
    const { body, row } = native as { body?: unknown; row?: unknown };
    expect(isOfGraph(body ?? row)).toBe(false);
  }
});
