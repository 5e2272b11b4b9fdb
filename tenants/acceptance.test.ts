import { acme, faultsOf } from './broken-example.fixture';

// Microsoft Graph has tasks, and neither notes nor cases.
const planner = `tenant: acme
connections:
  office:
    connector: graph
    auth: { kind: client-credentials, directoryId: 7f3d2c9a-0b1e-4c5d-8e6f-a1b2c3d4e5f6, clientId: c, clientSecret: env:SF_CLIENT_ID }
    subscribe: [users/a@acme.example/messages]
useCases:
  lead-scoring: { connection: office, bands: { hot: 0.6 }, act: { hot: [{ note: { title: Hot } }] } }
`;

describe('what a connector cannot write', () => {
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

describe('what a connection cannot write with its settings', () => {
  const erp = (settings: string, act: string): string => `tenant: acme
connections:
  erp:
    connector: sap
    baseUrl: https://erp.acme.example
    auth: { kind: basic, username: SIGNALBOX, password: env:SF_CLIENT_ID }
    subscribe: [events]
    ${settings}
useCases:
  lead-scoring: { connection: erp, bands: { hot: 0.6 }, act: { hot: [{ ${act} }] } }
`;
  const opened = 'case: { subject: "{{record.name}} is at risk" }';

  test.each([
    ['a case with product s4', 'product: s4', opened, 'case', /no cases are opened/, /product c4c or v2/],
    ['a task with product s4', 'product: s4', 'task: { subject: Call }', 'task', /no tasks over OData/, /write: bapi/],
  ])('%s', (_, settings, act, key, message, fix) => {
    expect(faultsOf(erp(settings, act))).toMatchObject([
      {
        line: 10,
        path: `useCases.lead-scoring.act.hot[0].${key}`,
        message: expect.stringMatching(message) as string,
        fix: expect.stringMatching(fix) as string,
      },
    ]);
  });

  test.each([
    ['a case with product c4c', 'product: c4c', opened],
    ['a case with product v2', 'product: v2', opened],
    [
      'a task by BAPI',
      'product: s4\n    write: bapi\n    rfc: { connection: { ashost: h, sysnr: "00", client: "100", user: RFC, passwd: env:SF_CLIENT_ID } }',
      'task: { subject: Call }',
    ],
    ['a note with product s4', 'product: s4', 'note: { title: Hot }'],
  ])('%s is no fault', (_, settings, act) => {
    expect(faultsOf(erp(settings, act))).toEqual([]);
  });

  test('a case in Salesforce and in Dynamics 365 is no fault', () => {
    const crm = `connector: dynamics365
    baseUrl: https://acme.crm4.dynamics.com
    auth: { kind: client-credentials, directoryId: 7f3d2c9a-0b1e-4c5d-8e6f-a1b2c3d4e5f6, clientId: c, clientSecret: env:SF_CLIENT_ID }
    subscribe: [lead, incident]
useCases:`;
    const text = erp('', opened).replace(/connector: sap[^]*?useCases:/, crm);
    expect(faultsOf(text)).toEqual([]);
    expect(faultsOf(acme.replace('set: { field: Rating, value: Warm }', opened))).toEqual([]);
  });

  test('a case where cases are not opened at all, and a name in its template that there is not', () => {
    const text = planner.replace('note: { title: Hot }', opened.replace('name', 'nam'));
    expect(faultsOf(text)).toMatchObject([
      { path: 'useCases.lead-scoring.act.hot[0].case', message: 'graph writes no cases' },
      {
        path: 'useCases.lead-scoring.act.hot[0].case.subject',
        message: expect.stringContaining('nam') as string,
        fix: expect.stringContaining('name') as string,
      },
    ]);
  });
});
