import { acme, faultsOf } from './broken-example.fixture';

describe('what a connector cannot write', () => {
  const planner = `tenant: acme
connections:
  office:
    connector: graph
    auth: { kind: client-credentials, directoryId: 7f3d2c9a-0b1e-4c5d-8e6f-a1b2c3d4e5f6, clientId: c, clientSecret: env:SF_CLIENT_ID }
    subscribe: [users/a@acme.example/messages]
useCases:
  lead-scoring: { connection: office, bands: { hot: 0.6 }, act: { hot: [{ note: { title: Hot } }] } }
`;
  test('an act that the connector cannot write', () => {
    expect(faultsOf(planner)).toMatchObject([
      {
        line: 8,
        column: 75,
        path: 'useCases.lead-scoring.act.hot[0].note',
        message: 'graph writes no notes',
        fix: 'write tasks, fields, or let the use case act through a connection of another connector',
      },
    ]);
  });

  test.each([
    ['both a field and a queue', 'field: OwnerId, queue: true, ', /one of field and queue/],
    ['neither', '', /one of field and queue/],
    ['a queue where queues are owners', 'queue: true, ', /salesforce writes no queues/],
  ])('a route with %s', (_, into, message) => {
    const text = acme
      .replace('connection: sales\n', 'connection: sales\n    model: case-routing\n')
      .replace('set: { field: Rating, value: Warm }', `route: { ${into}to: { Group 8: 00G2 } }`);
    expect(faultsOf(text)).toMatchObject([
      {
        path: 'useCases.lead-scoring.act.warm[0].route',
        message: expect.stringMatching(message) as string,
        fix: expect.stringContaining('field:') as string,
      },
    ]);
  });
});
