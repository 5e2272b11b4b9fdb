import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Finding } from '../../connectors/contract';
import { connectors } from '../../connectors/registry';
import { projectRoot } from '../../services/project-root';
import { signalbox } from '../terminal.fixture';
import {
  cloudevents,
  dir,
  dynamics365,
  eventMesh,
  graph,
  salesforceWith,
  sapWith,
  serviceBus,
  type Settings,
  type Stage,
} from '../../test/doctor-stages';

jest.setTimeout(60_000);

// One setting is broken at a time, against the CRM's simulator: doctor names what, why, and a command or page that mends it.

interface Broken {
  /** Settings in place of the good ones. */
  readonly with?: (good: Settings) => Settings;
  readonly env?: Readonly<Record<string, string>>;
  readonly what: RegExp;
  readonly why: RegExp;
  readonly fix: RegExp;
}

type Table = Readonly<Record<string, Broken>>;

afterAll(() => {
  rmSync(dir, { recursive: true });
});

const nowhere = 'http://127.0.0.1:9';

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

const set = (more: Settings) => (good: Settings) => ({ ...good, ...more });
const without = (name: string) => (good: Settings) =>
  Object.fromEntries(Object.entries(good).filter(([known]) => known !== name));
const within = (name: string, more: Settings) => (good: Settings) => ({
  ...good,
  [name]: { ...(good[name] as object), ...more },
});

const ofSalesforce: Table = {
  'a wrong secret': { env: { SECRET: 'wrong' }, what: /^.*acme$/, why: /invalid/, fix: /salesforce\/README/ },
  'a wrong address': { with: set({ baseUrl: nowhere }), what: /acme/, why: /ECONNREFUSED|fetch|reach/, fix: /README/ },
  'a topic that is not there': {
    with: set({ subscribe: ['/data/LeadChangeEvent', '/data/Nope__ChangeEvent'] }),
    ...{ what: /topic \/data\/Nope__ChangeEvent/, why: /./, fix: /Change Data Capture: select the object/ },
  },
  'a platform event that is not there': {
    with: set({ subscribe: ['/event/Nope__e'] }),
    ...{ what: /topic \/event\/Nope__e/, why: /./, fix: /Platform Events: the event must exist/ },
  },
  'no key field': {
    with: set({ taskKeyField: 'Nope__c' }),
    ...{ what: /field Task\.Nope__c/, why: /does not exist/, fix: /Object Manager > Activity > Fields/ },
  },
};

const ofDynamics365: Table = {
  'a wrong secret': { env: { SECRET: 'wrong' }, what: /acme$/, why: /AADSTS7000215/, fix: /dynamics365\/README/ },
  'a wrong directory': {
    with: (good) => ({ ...good, auth: { ...(good['auth'] as object), directoryId: 'nobody.example' } }),
    ...{ what: /acme$/, why: /AADSTS90002|nobody/, fix: /README/ },
  },
  'a wrong address': { with: set({ baseUrl: nowhere }), what: /acme$/, why: /ECONNREFUSED|AADSTS/, fix: /README/ },
  'a table that is not there': {
    with: set({ subscribe: ['lead', 'new_nope'] }),
    ...{ what: /table new_nope/, why: /./, fix: /Application users|subscribe/ },
  },
  'a table whose changes are not tracked': {
    with: set({ subscribe: ['lead', 'systemuser'] }),
    ...{ what: /changes of systemuser/, why: /not enabled/, fix: /Track changes/ },
  },
  'no webhook': {
    with: without('webhook'),
    ...{ what: /webhook/, why: /nothing that Dataverse posts is taken/, fix: /add webhook/ },
  },
  'a webhook that Dataverse does not know': {
    with: within('webhook', { url: 'http://127.0.0.1:9/in/acme/other' }),
    ...{ what: /webhook/, why: /no service endpoint posts to/, fix: /signalbox connect dynamics365/ },
  },
  'a table without steps': {
    with: set({ subscribe: ['lead', 'contact'] }),
    ...{
      what: /steps of contact/,
      why: /tells Create, Update, Delete of contact/,
      fix: /signalbox connect dynamics365/,
    },
  },
  'a step that was switched off': {
    ...{ what: /steps of task/, why: /tells Update of task/, fix: /signalbox connect dynamics365/ },
  },
};

const ofServiceBus: Table = {
  'a wrong key': { env: { BUS_KEY: 'd3Jvbmc=' }, what: /queue dataverse/, why: /./, fix: /check the credentials/ },
  'a queue that is not there': {
    with: within('serviceBus', { queue: 'nope' }),
    ...{ what: /queue nope/, why: /./, fix: /queue/ },
  },
  'an address where no namespace is': {
    with: within('serviceBus', { url: 'amqp://127.0.0.1:9' }),
    ...{ what: /queue dataverse/, why: /./, fix: /address|network/ },
  },
};

const ofGraph: Table = {
  'a wrong secret': { env: { SECRET: 'wrong' }, what: /acme/, why: /AADSTS7000215/, fix: /graph\/README/ },
  'a wrong address': { with: set({ baseUrl: nowhere }), what: /acme/, why: /AADSTS70011/, fix: /graph\/README/ },
  'a mailbox that is not there': {
    with: set({ subscribe: ['users/0c8f7d1e-0000-4000-8000-000000000009/messages'] }),
    ...{ what: /users\/0c8f7d1e/, why: /./, fix: /API permissions/ },
  },
  'no notifications': {
    with: without('notifications'),
    ...{ what: /subscriptions/, why: /nothing that Graph posts is taken/, fix: /add notifications/ },
  },
  'no subscription': { what: /subscriptions/, why: /none to users/, fix: /signalbox connect graph/ },
};

const ofSap: Table = {
  'a wrong password': { env: { PASSWORD: 'wrong' }, what: /service/, why: /401/, fix: /correct `auth`.*sap\/README/ },
  'a wrong address': { with: set({ baseUrl: nowhere }), what: /service/, why: /ECONNREFUSED|fetch/, fix: /README/ },
  'an object that is not there': {
    with: set({ objects: ['Nope'] }),
    what: /object Nope/,
    why: /OData/,
    fix: /objects/,
  },
  'nobody who may push': {
    with: without('inbound'),
    ...{ what: /inbound/, why: /nobody who pushes can prove/, fix: /inbound/ },
  },
  'a folder of IDocs that is not there': {
    with: set({ subscribe: ['events', 'idocs'], idoc: { folder: '/nowhere/at/all' } }),
    ...{ what: /folder \/nowhere/, why: /ENOENT/, fix: /make it/ },
  },
};

const ofC4c: Table = {
  'a wrong password': { env: { PASSWORD: 'wrong' }, what: /service/, why: /401/, fix: /correct `auth`.*sap\/README/ },
  'no key field': {
    with: set({ taskKeyField: 'Nope_KUT' }),
    ...{ what: /field Task\.Nope_KUT/, why: /second task/, fix: /key user tools/ },
  },
};

const ofEventMesh: Table = {
  'a wrong secret': { env: { SECRET: 'wrong' }, what: /queue/, why: /./, fix: /secret|service key|client/i },
  'a queue that is not there': {
    with: within('eventMesh', { queue: 'nope' }),
    what: /queue .*nope/,
    why: /./,
    fix: /queue/,
  },
  'an address where no broker is': {
    with: within('eventMesh', { url: 'amqp://127.0.0.1:9' }),
    ...{ what: /queue/, why: /./, fix: /address|network/ },
  },
};

const ofCloudevents: Table = {
  'an issuer that does not answer': {
    with: (good) => ({ ...good, auth: { ...(good['auth'] as object), jwksUrl: `${nowhere}/jwks.json` } }),
    ...{ what: /keys at/, why: /./, fix: /correct jwksUrl.*cloudevents\/README/ },
  },
};

/** Findings that are there also when nothing is broken by the table. */
const usual: Readonly<Record<string, readonly RegExp[]>> = {
  'Dynamics 365': [/steps of task/],
  'Microsoft Graph': [/subscriptions/],
};

describe.each<[crm: string, start: () => Promise<Stage>, table: Table]>([
  ['Salesforce', () => salesforceWith({}), ofSalesforce],
  ['Salesforce over CometD', () => salesforceWith({ transport: 'cometd' }), ofSalesforce],
  ['Dynamics 365', dynamics365, ofDynamics365],
  ['Dynamics 365 over the Service Bus', serviceBus, ofServiceBus],
  ['Microsoft Graph', graph, ofGraph],
  ['SAP S/4HANA', () => sapWith('s4'), ofSap],
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
