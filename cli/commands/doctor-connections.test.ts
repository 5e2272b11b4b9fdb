import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Finding } from '../../connectors/contract';
import { connectors } from '../../connectors/registry';
import { projectRoot } from '../../services/project-root';
import { signalbox } from '../terminal.fixture';
import {
  ofSalesforce,
  ofSalesforceByJwt,
  ofDynamics365,
  ofServiceBus,
  ofGraph,
  ofSap,
  ofRfc,
  ofC4c,
  ofEventMesh,
  ofCloudevents,
  usual,
  type Table,
} from './doctor-broken.fixture';
import {
  cloudevents,
  dir,
  dynamics365,
  eventMesh,
  expiredServer,
  graph,
  salesforceByJwt,
  salesforceWith,
  sapOverRfc,
  sapWith,
  serviceBus,
  type Settings,
  type Stage,
  writeCertificates,
} from '../../test/doctor-stages';

jest.setTimeout(60_000);

// One setting is broken at a time, against the CRM's simulator: doctor names what, why, and a command or page that mends it.

let expired: Awaited<ReturnType<typeof expiredServer>>;
beforeAll(async () => {
  expired = await expiredServer();
  writeCertificates();
});
afterAll(async () => {
  await expired.stop();
  rmSync(dir, { recursive: true });
});

/** What doctor says of the connection. */
async function findingsOf(connection: Settings, env: Readonly<Record<string, string>>): Promise<readonly Finding[]> {
  const file = join(dir, 'acme.yaml');
  writeFileSync(file, stringify({ tenant: 'acme', connections: { crm: connection } }));
  const args = [
    'doctor',
    '--json',
    '--state',
    join(dir, 'none'),
    '--models',
    join(dir, 'models'),
    '--tenant-file',
    file,
  ];
  const { out } = await signalbox(args, { env });
  const { findings } = JSON.parse(out) as { readonly findings: readonly Finding[] };
  expect(findings.filter(({ what }) => what.startsWith('tenant file'))).toEqual([]);
  return findings.filter(({ what }) => what.startsWith('connection crm of acme'));
}

const commands = async (): Promise<ReadonlySet<string>> => {
  const { out } = await signalbox(['--help']);
  return new Set([...out.matchAll(/^ {2}(\w+)/gm)].map(([, name = '']) => name));
};

/** Headings of a page, as their anchors are written. */
const anchorsOf = (page: string): readonly string[] =>
  [...readFileSync(join(projectRoot, page), 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^a-z0-9 -]/g, '')
      .replaceAll(' ', '-'),
  );

/** A fix is a command that there is, or names a page and a heading that there are. */
const mustLead = async ({ fix = '' }: Finding): Promise<void> => {
  const [, command] = /\bsignalbox ([a-z]+)/.exec(fix) ?? [];
  const [, page, anchor] = /([\w/.-]+\.md)#([\w-]+)/.exec(fix) ?? [];
  if (page === undefined) expect(await commands()).toContain(command);
  else {
    expect(existsSync(join(projectRoot, page))).toBe(true);
    expect(anchorsOf(page)).toContain(anchor);
  }
};

describe.each<[crm: string, start: () => Promise<Stage>, table: Table]>([
  ['Salesforce', () => salesforceWith({}), ofSalesforce(() => expired.address)],
  ['Salesforce by JWT', salesforceByJwt, ofSalesforceByJwt],
  ['Salesforce over CometD', () => salesforceWith({ transport: 'cometd' }), ofSalesforce(() => expired.address)],
  ['Dynamics 365', dynamics365, ofDynamics365],
  ['Dynamics 365 over the Service Bus', serviceBus, ofServiceBus],
  ['Microsoft Graph', () => graph(['Mail.Read']), ofGraph],
  ['SAP S/4HANA', () => sapWith('s4'), ofSap],
  ['SAP S/4HANA over RFC', sapOverRfc, ofRfc],
  ['SAP Cloud for Customer', () => sapWith('c4c'), ofC4c],
  ['SAP Event Mesh', eventMesh, ofEventMesh],
  ['CloudEvents', cloudevents, ofCloudevents],
])('%s', (crm, start, table) => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await start();
  });
  afterAll(() => stage.stop());

  const isUsual = ({ what }: Finding): boolean => (usual[crm] ?? []).some((known) => known.test(what));

  it('is well', async () => {
    const findings = await findingsOf(stage.connection, stage.env);
    expect(findings.length).toBeGreaterThan(0);
    expect(findings.filter((finding) => finding.level !== 'ok' && !isUsual(finding))).toEqual([]);
  });

  it.each(Object.entries(table))('tells %s', async (_, broken) => {
    const connection = broken.with?.(stage.connection) ?? stage.connection;
    const env = { ...stage.env, ...broken.env };
    const bad = (await findingsOf(connection, env)).filter(({ level }) => level !== 'ok');
    const found = bad.find(({ what }) => broken.what.test(what));
    expect(found ?? bad).toMatchObject({
      why: expect.stringMatching(broken.why) as string,
      fix: expect.stringMatching(broken.fix) as string,
    });
    for (const finding of bad) await mustLead(finding);
    for (const secret of Object.values(env).filter((value) => value.length > 8))
      expect(JSON.stringify(bad)).not.toContain(secret);
  });
});

it.each([...connectors.values()])('the set-up page of $name is there', async ({ setUpPage }) => {
  await mustLead({ level: 'error', what: '', why: '', fix: setUpPage });
});

it.each<[connector: string, start: () => Promise<Stage>]>([
  ['salesforce', () => salesforceWith({})],
  ['sap', () => sapWith('s4')],
  ['cloudevents', cloudevents],
])('connect and disconnect, which %s cannot be told over an API, say where to click', async (connector, start) => {
  const { connection, env, stop } = await start();
  const file = join(dir, 'acme.yaml');
  writeFileSync(file, stringify({ tenant: 'acme', connections: { crm: connection } }));
  for (const command of ['connect', 'disconnect']) {
    const { code, err } = await signalbox([command, connector, '--tenant', 'acme', '--tenants', file], { env });
    expect(code).not.toBe(0);
    expect(err).toContain(connectors.get(connector)?.setUpPage);
  }
  await stop();
});
