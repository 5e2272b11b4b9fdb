import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { acme, broken, env, example, faultsOf, load, options } from './broken-example.fixture';
import { loadMappings, loadTenant, loadTenants } from './load';

describe('the example', () => {
  test('loads, with secrets resolved and defaults filled in', () => {
    const tenant = loadTenant(example, options);
    expect(tenant).toMatchObject({
      tenant: 'acme',
      file: example,
      partitions: 8,
      retention: { events: 180 * 86_400_000, decisions: 7 * 366 * 86_400_000 },
    });
    expect(tenant.connections.sales).toMatchObject({
      name: 'sales',
      connector: 'salesforce',
      config: {
        auth: { kind: 'jwt-bearer', clientId: env.SF_CLIENT_ID, privateKey: env.SF_PRIVATE_KEY },
        apiVersion: '62.0',
      },
      streams: ['/data/LeadChangeEvent', '/data/CaseChangeEvent', '/event/Payment__e'],
      start: 'latest',
      onGap: 'backfill',
      maxInFlight: 100,
      mapping: { lead: { region: 'Region__c', employees: 'NumberOfEmployees' } },
    });
    expect(tenant.useCases['lead-scoring']).toMatchObject({
      name: 'lead-scoring',
      connection: 'sales',
      model: 'lead-scoring',
      entity: 'lead',
      bands: [
        { name: 'hot', from: 0.6 },
        { name: 'warm', from: 0.3 },
      ],
      approval: 'none',
      materialChange: 0.05,
      outcome: { within: 30 * 86_400_000 },
      learning: {
        ...{ yes: ['won'], no: ['lost', 'expired'], early: false, window: 5000 },
        ...{ shadow: 14 * 86_400_000, answer: 7 * 86_400_000 },
      },
    });
    expect(tenant.useCases['lead-scoring']?.act.hot).toMatchObject([
      { kind: 'task', due: 4 * 3_600_000, priority: 'high', assignTo: 'owner' },
      { kind: 'set', field: 'Rating', value: 'Hot' },
    ]);
  });

  test('asks its questions of events', async () => {
    const useCase = loadTenant(example, options).useCases['lead-scoring'];
    await expect(useCase?.when?.evaluate({ record: { status: 'Open' } })).resolves.toBe(true);
    await expect(useCase?.when?.evaluate({ record: { status: 'Closed' } })).resolves.toBe(false);
    await expect(useCase?.outcome?.won?.evaluate({ record: {} })).resolves.toBe(false);
  });
});

describe('the policy', () => {
  const policy = (text: string) => load(text).useCases['lead-scoring']?.policy;

  test('is the same however the use case is written', () => {
    expect(policy(acme)).toMatch(/^[0-9a-f]{64}$/);
    expect(policy(acme.replace('{ hot: 0.60, warm: 0.30 }', '{ warm: 0.3, hot: 0.6 }'))).toBe(policy(acme));
    expect(policy(acme.replace('    approval: none', '    # nobody'))).toBe(policy(acme));
  });

  test.each([
    ['hot: 0.60', 'hot: 0.61'],
    ["'Closed'", "'Shut'"],
    ['record.isConverted', 'record.status'],
    ['Call {{record.name}}', 'Ring {{record.name}}'],
    ['approval: none', 'approval: required'],
  ])('changes when %s becomes %s', (from, to) => {
    expect(policy(acme.replace(from, to))).not.toBe(policy(acme));
  });
});

describe('faults', () => {
  test('of a secret never shows it', () => {
    const [text] = broken('privateKey: env:SF_PRIVATE_KEY', 'privateKey: hunter2', 'hunter2');
    expect(JSON.stringify(faultsOf(text))).not.toContain('hunter2');
    const [url] = broken('baseUrl: https://acme.my.salesforce.com', 'baseUrl: env:SF_URL', 'env');
    const [fault] = faultsOf(url, { env: { ...env, SF_URL: 'not/a/url-but-secret' } });
    expect(fault).toMatchObject({
      path: 'connections.sales.baseUrl',
      message: expect.stringContaining('reference') as string,
    });
    expect(JSON.stringify(fault)).not.toContain('url-but-secret');
  });

  test('is told together with all others, in the order of the file', () => {
    const text = acme
      .replace("record.status != 'Closed'", 'record.(')
      .replace('hot: 0.60', 'hot: 6')
      .replace('record.name', 'record.nam')
      .replace('env:SF_CLIENT_ID', 'env:NO_ID');
    expect(faultsOf(text).map(({ path }) => path)).toEqual([
      'connections.sales.auth.clientId',
      'useCases.lead-scoring.when',
      'useCases.lead-scoring.bands.hot',
      'useCases.lead-scoring.act.hot[0].task.subject',
    ]);
  });

  test("of an unknown model by the use case's own name says how to name one", () => {
    expect(
      faultsOf(acme, { models: new Map([['lead-rating', { manifest: { classes: ['no', 'yes'] } }]]) }),
    ).toMatchObject([
      {
        path: 'useCases.lead-scoring',
        message: 'there is no model "lead-scoring"',
        fix: expect.stringContaining('model: NAME') as string,
      },
    ]);
  });

  test.each([
    '',
    'just a text',
    '- a\n- list',
    'tenant: acme\nconnections: {}',
    'null',
    '*a',
    'connections: { sales: 1 }',
  ])('is found in %j', (text) => {
    expect(faultsOf(text).length).toBeGreaterThan(0);
  });

  test('of a file that is not there', () => {
    expect(() => loadTenant('/nowhere.yaml', options)).toThrow(
      /\/nowhere.yaml:1:1: the file cannot be read \(ENOENT\)\n  fix: /,
    );
  });
});

describe('a folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-tenants-'));
  const put = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
  };
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  test('without tenant files is a fault', () => {
    expect(() => loadTenants(folder, options)).toThrow(/no tenant file is here/);
    expect(() => loadTenants(join(folder, 'nowhere'), options)).toThrow(/cannot be read \(ENOENT\)/);
  });

  test('gives its tenants by file name', () => {
    put('b.yaml', acme.replace('tenant: acme', 'tenant: beta'));
    put('a.yml', acme);
    put('notes.txt', 'nothing');
    expect(loadTenants(folder, options).map(({ tenant }) => tenant)).toEqual(['acme', 'beta']);
  });

  test('tells the faults of all files, and a tenant that is there twice', () => {
    put('b.yaml', acme);
    put('c.yaml', acme.replace('partitions: 8', 'partitions: no'));
    expect(() => loadTenants(folder, options)).toThrow(/"acme" is already in [^]*a\.yml[^]*must be a whole number/);
  });
});

describe('the mappings', () => {
  test('are read without any secret', () => {
    expect(loadMappings(example, { connectors: options.connectors })).toEqual([
      {
        connection: 'sales',
        connector: 'salesforce',
        mapping: { lead: { region: 'Region__c', employees: 'NumberOfEmployees' } },
      },
    ]);
  });

  test('are checked all the same', () => {
    const [text] = broken("'Region__c'", "'Region__c +'", '+');
    const readFile = () => text;
    expect(() => loadMappings('acme.yaml', { connectors: options.connectors, readFile })).toThrow(
      /acme.yaml:17:\d+: .*not JSONata/,
    );
  });
});
