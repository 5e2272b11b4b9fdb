import { acme, type Case, expectFault, faultsOf } from './broken-example.fixture';

describe('a fault of meaning', () => {
  test.each<Case>([
    [
      'a missing environment variable',
      'clientId: env:SF_CLIENT_ID',
      'clientId: env:SF_ID',
      'env:SF_ID',
      /SF_ID is not set/,
      /export SF_ID=/,
      'connections.sales.auth.clientId',
    ],
    [
      'a missing secret file',
      'privateKey: env:SF_PRIVATE_KEY',
      'privateKey: file:/nowhere/sf.pem',
      'file:',
      /\/nowhere\/sf.pem cannot be read \(ENOENT\)/,
      /put the secret there/,
      'connections.sales.auth.privateKey',
    ],
    [
      'an unknown challenger',
      'approval: none',
      'challengers: [lead-scorin]\n    approval: none',
      'lead-scorin]',
      /there is no model "lead-scorin"/,
      /did you mean "lead-scoring"/,
      'useCases.lead-scoring.challengers[0]',
    ],
    [
      'a challenger whose folder is not there',
      'approval: none',
      'challengers: [./nowhere]\n    approval: none',
      './nowhere]',
      /there is no manifest\.json in .*nowhere/,
      /signalbox model check FOLDER/,
      'useCases.lead-scoring.challengers[0]',
    ],
    [
      'an outcome that says both yes and no',
      'approval: none',
      'learning: { labels: { yes: [won], no: [lost, won] } }\n    approval: none',
      'won] } }',
      /won says both yes and no/,
      /leave it in one of the two lists/,
      'useCases.lead-scoring.learning.labels.no[1]',
    ],
    [
      'bad JSONata in a mapping',
      "'NumberOfEmployees'",
      "'NumberOfEmployees +'",
      "+'",
      /this is not JSONata/,
      /./,
      'connections.sales.mapping.lead.employees',
    ],
    [
      'an impure mapping',
      "'Region__c'",
      "'[Region__c, $now()]'",
      '$now',
      /\$now is not allowed/,
      /fields of the record/,
      'connections.sales.mapping.lead.region',
    ],
    [
      'an unknown function in a mapping',
      "'Region__c'",
      "'$upercase(Region__c)'",
      '$upercase',
      /no function or variable \$upercase/,
      /\$uppercase/,
      'connections.sales.mapping.lead.region',
    ],
    [
      'bad JSONata',
      `when: "record.status != 'Closed'"`,
      `when: "record.status = = 'Closed'"`,
      "= 'Closed'",
      /this is not JSONata/,
      /record\.status != 'Closed'/,
      'useCases.lead-scoring.when',
    ],
    [
      'bad JSONata after an escaped quote',
      `when: "record.status != 'Closed'"`,
      `when: 'record.status != ''Closed'' and )'`,
      ")'",
      /this is not JSONata/,
      /./,
      'useCases.lead-scoring.when',
    ],
    [
      'an unknown field in a question',
      "record.status != 'Closed'",
      "record.statuss != 'Closed'",
      'statuss',
      /a lead has no field "statuss"/,
      /did you mean "status"/,
      'useCases.lead-scoring.when',
    ],
    [
      'a field without record in a question',
      "record.status != 'Closed'",
      "status != 'Closed'",
      'status',
      /there is no "status" here/,
      /record\.status/,
      'useCases.lead-scoring.when',
    ],
    [
      'bad JSONata in an outcome',
      "'record.isConverted'",
      "'record.(isConverted'",
      "isConverted'",
      /this is not JSONata/,
      /./,
      'useCases.lead-scoring.outcome.won',
    ],
    [
      'a band above 1',
      'hot: 0.60',
      'hot: 60',
      '60',
      /60 is not a probability/,
      /write 0\.6/,
      'useCases.lead-scoring.bands.hot',
    ],
    [
      'bands that overlap',
      'warm: 0.30',
      'warm: 0.6',
      '0.6',
      /hot and warm overlap: both begin at 0\.6/,
      /of its own/,
      'useCases.lead-scoring.bands.warm',
    ],
    [
      'an act for a band that is not there',
      '      warm:\n',
      '      wram:\n',
      'wram',
      /there is no band "wram"/,
      /did you mean "warm"/,
      'useCases.lead-scoring.act.wram',
    ],
    [
      'a template that names a field that is not there',
      'Call {{record.name}} today',
      'Call {{record.nmae}} today',
      'record.nmae',
      /a lead has no field "nmae"/,
      /did you mean "name"/,
      'useCases.lead-scoring.act.hot[0].task.subject',
    ],
    [
      'a template that names nothing there is',
      'Call {{record.name}} today',
      'Call {{ scor }} today',
      'scor',
      /no "scor" here/,
      /did you mean "score"/,
      'useCases.lead-scoring.act.hot[0].task.subject',
    ],
    [
      'a template with an unknown format',
      '{{score | percent}} likely to convert)',
      '{{score | percnt}} likely to convert)',
      '| percnt',
      /no format "percnt"/,
      /percent/,
      'useCases.lead-scoring.act.hot[0].task.subject',
    ],
    [
      'an open placeholder',
      'Call {{record.name}} today',
      'Call {{record.name today',
      '{{record',
      /no other end/,
      /both pairs/,
      'useCases.lead-scoring.act.hot[0].task.subject',
    ],
    [
      'a bad field in a text of several lines',
      '{{reasons}}\n',
      '{{reasons}} {{record.shoeSize}}\n',
      'record.shoeSize',
      /no field "shoeSize"/,
      /mapping of lead/,
      'useCases.lead-scoring.act.hot[0].task.body',
    ],
    [
      'a value that names a field that is not there',
      'value: Hot }',
      'value: "{{record.regon}}" }',
      'record.regon',
      /no field "regon"/,
      /did you mean "region"/,
      'useCases.lead-scoring.act.hot[1].set.value',
    ],
    [
      'a note that names a field that is not there',
      'set: { field: Rating, value: Warm }',
      'note: { title: "Warm", text: "{{record.regon}} is warm" }',
      'record.regon',
      /no field "regon"/,
      /did you mean "region"/,
      'useCases.lead-scoring.act.warm[0].note.text',
    ],
    [
      'an unknown connection',
      'connection: sales',
      'connection: sale',
      'sale',
      /no connection "sale"/,
      /did you mean "sales"/,
      'useCases.lead-scoring.connection',
    ],
    [
      'an unknown model',
      'connection: sales',
      'connection: sales\n    model: lead-scorer',
      'lead-scorer',
      /no model "lead-scorer"/,
      /"lead-scoring"/,
      'useCases.lead-scoring.model',
    ],
    [
      'a route by a model that has no classes to choose from',
      'set: { field: Rating, value: Warm }',
      'route: { field: OwnerId, to: { warm: 00G1 } }',
      'route',
      /no classes to choose from/,
      /case-routing/,
      'useCases.lead-scoring.act.warm[0].route',
    ],
    [
      'a label of a model that has no classes to choose from',
      'Call {{record.name}} today',
      'Call {{record.name}} of {{label}}',
      'label',
      /no label/,
      /\{\{band\}\}/,
      'useCases.lead-scoring.act.hot[0].task.subject',
    ],
  ])('%s', expectFault);

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
        fix: 'write tasks, fields, owners instead, or act through a connection of another connector',
      },
    ]);
  });

  test('a route to a class that the model does not have', () => {
    const text = acme
      .replace('connection: sales\n', 'connection: sales\n    model: case-routing\n')
      .replace(
        'set: { field: Rating, value: Warm }',
        'route: { field: OwnerId, to: { Group 71: 00G1, Group 8: 00G2 } }',
      );
    expect(faultsOf(text)).toMatchObject([
      {
        path: 'useCases.lead-scoring.act.warm[0].route.to.Group 71',
        message: 'the model has no class "Group 71"',
        fix: 'did you mean "Group 70"?',
      },
    ]);
  });
});
