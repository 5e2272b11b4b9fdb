/** The import table of docs/architecture.md. `may`: folder -> [folders it may import, folders it may import as types only]. */
const may = {
  'canonical-schema': [[], []],
  connectors: [['canonical-schema'], []],
  broker: [['canonical-schema'], []],
  models: [['canonical-schema'], []],
  assistant: [['canonical-schema'], []],
  ledger: [['canonical-schema'], []],
  tenants: [['canonical-schema', 'connectors'], []],
  activities: [['canonical-schema', 'connectors', 'broker', 'models', 'assistant', 'ledger', 'tenants'], []],
  workflows: [['canonical-schema'], ['activities']],
  services: [
    ['canonical-schema', 'connectors', 'broker', 'models', 'assistant', 'ledger', 'tenants', 'activities', 'workflows'],
    [],
  ],
  cli: [
    [
      'canonical-schema',
      'connectors',
      'broker',
      'models',
      'assistant',
      'ledger',
      'tenants',
      'activities',
      'workflows',
      'services',
    ],
    [],
  ],
  simulators: [[], []],
};
const folders = Object.keys(may);
const any = (names) => `^(${names.join('|')})/`;
const tests = '(\\.test\\.ts$|^test/)';

const layers = folders.flatMap((folder) => {
  const [values, types] = may[folder];
  return [
    {
      name: `${folder}-imports`,
      severity: 'error',
      from: { path: any([folder]), pathNot: tests },
      to: { path: any(folders), pathNot: any([folder, ...values, ...types]) },
    },
    ...(types.length === 0
      ? []
      : [
          {
            name: `${folder}-types-only`,
            severity: 'error',
            from: { path: any([folder]), pathNot: tests },
            to: { path: any(types), dependencyTypesNot: ['type-only'] },
          },
        ]),
  ];
});

/** An npm package that enters the project through one folder only. */
const door = (folder, npm) => ({
  name: `${npm.replace(/[^a-z]+/g, '-')}-only-in-${folder.replace('/', '-')}`,
  severity: 'error',
  from: { pathNot: [`^${folder}/`, '^simulators/', tests] },
  to: { path: `node_modules/${npm}/` },
});

module.exports = {
  forbidden: [
    ...layers,
    door('broker', 'amqplib'),
    door('models', 'onnxruntime-node'),
    door('connectors/salesforce', 'jsforce'),
    door('connectors/salesforce', 'avsc'),
    door('ledger', 'kysely'),
    door('assistant', 'ai'),
    door('assistant', '@ai-sdk'),
    door('services', 'fastify'),
    door('services/observe', 'prom-client'),
    door('services/observe', '@opentelemetry'),
    door('tenants', 'libphonenumber-js'),
    door('connectors', 'jose'),
    door('connectors/kit', 'rhea'),
    door('connectors/kit', 'ws'),
    door('connectors/kit', 'fast-xml-parser'),
    door('connectors/graph', '@microsoft/microsoft-graph-client'),
    door('connectors/graph', 'html-to-text'),
    {
      name: 'connectors-are-strangers',
      severity: 'error',
      from: { path: '^connectors/([^/]+)/', pathNot: tests },
      to: { path: '^connectors/[^/]+/', pathNot: '^connectors/($1|kit)/' },
    },
    {
      name: 'connector-doors',
      comment: 'The rest of the product reaches a connector through the contract, the registry and the kit only.',
      severity: 'error',
      from: { pathNot: ['^connectors/', tests] },
      to: { path: '^connectors/', pathNot: '^connectors/(contract|registry|kit/.*)\\.ts$' },
    },
    {
      name: 'workflow-packages',
      comment: 'Workflow code is deterministic: it sees Temporal and the canonical schema, nothing else.',
      severity: 'error',
      from: { path: '^workflows/', pathNot: tests },
      to: { dependencyTypes: ['core', 'npm'], pathNot: 'node_modules/@temporalio/(workflow|common)/' },
    },
    {
      name: 'normalise-is-pure',
      severity: 'error',
      from: { path: '^connectors/[^/]+/normalise', pathNot: tests },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|\\.signalbox)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.json'] },
  },
};
