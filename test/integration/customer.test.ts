import { randomBytes } from 'node:crypto';
import { leadFields } from '../../cli/demo/lead-fields';
import type { Decision } from '../../canonical-schema/decision';
import { startSalesforce, type RunningSalesforce } from '../../simulators/salesforce';
import { type RunningSap, startSap } from '../../simulators/sap';
import { hotLead, until } from '../line';
import { type PushedLine, startPushedLine } from '../pushed-line';
import { entries } from './watch';

// Longer than any poll, whose own failure says what was waited for.
jest.setTimeout(60_000);

const tenant = `t${randomBytes(4).toString('hex')}`;
const stranger = `${tenant}x`;
const webhook = { user: 'EVENTMESH', password: 'a-password-of-the-webhook' };

interface Landscape {
  readonly org: RunningSalesforce;
  readonly system: RunningSap;
  stop(): Promise<void>;
}

let line: PushedLine<Landscape>;
let org: RunningSalesforce;
let system: RunningSap;

beforeAll(async () => {
  line = await startPushedLine(startLandscape, (crm) => ({
    tenant,
    file: { ...fileOf(tenant, crm), useCases: { 'lead-scoring': calling, 'lead-rescue': rescuing } },
    env: envOf(crm),
    beside: [{ tenant: stranger, file: strangerOf(crm), env: envOf(crm) }],
  }));
  ({ org, system } = line.crm);
  await system.admin.subscribe({
    endpoint: `${line.origin}/in/${tenant}/erp`,
    auth: { kind: 'basic', ...webhook },
    topics: [`${system.eventMesh.namespace}/ce/sap/*`],
  });
}, 120_000);

afterAll(() => line.stop());

async function startLandscape(): Promise<Landscape> {
  const fields = [
    ...leadFields.map(({ name, type }) => ({ name, type })),
    { name: 'Customer__c', type: 'string' as const },
  ];
  const salesforce = await startSalesforce({ fields: { Lead: fields } });
  const sap = await startSap({ redeliveryMs: 5 });
  const stop = async (): Promise<void> => {
    await Promise.all([salesforce.stop(), sap.stop()]);
  };
  return { org: salesforce, system: sap, stop };
}

function envOf({ org: { clients, caCertPem }, system: { basicPassword } }: Landscape): Record<string, string> {
  const { clientId = '', clientSecret = '' } = clients['integration'] ?? {};
  const secrets = { SF_ID: clientId, SF_SECRET: clientSecret, SF_CA: caCertPem, SAP_PASSWORD: basicPassword };
  return { ...secrets, SAP_PUSH: webhook.password, IDENTITY: 'a secret of more than 32 characters' };
}

const task = (subject: string) => ({
  hot: [{ task: { subject, body: '{{related.overdue}} late of {{related.open}}' } }],
});
const related = {
  overdue: {
    connection: 'erp',
    entity: 'order',
    count: "record.status != 'C' and record.startDate < asOf",
    within: 'P90D',
  },
  open: { connection: 'erp', entity: 'order', count: "record.status != 'C'" },
};
const deciding = { connection: 'sales', model: 'lead-scoring', bands: { hot: 0.5 }, related };
/** Whoever waits for a delivery is not called to buy more. */
const calling = {
  ...deciding,
  when: '$not($exists(related.overdue) and related.overdue > 0)',
  act: task('Call {{record.name}} today'),
};
const rescuing = {
  ...deciding,
  when: 'related.overdue > 0',
  act: task('Settle the delivery before calling {{record.name}}'),
};

const sales = ({ org: { baseUrl, grpcAddress } }: Landscape) => ({
  connector: 'salesforce',
  baseUrl,
  pubsubEndpoint: grpcAddress,
  pubsubCa: 'env:SF_CA',
  auth: { kind: 'client-credentials', clientId: 'env:SF_ID', clientSecret: 'env:SF_SECRET' },
  subscribe: ['/data/LeadChangeEvent'],
  start: 'earliest',
  requestsPerSecond: 500,
  mapping: {
    lead: {
      customer: 'Customer__c',
      ...Object.fromEntries(
        leadFields.flatMap(({ name, attribute }) => (attribute === undefined ? [] : [[attribute, name]])),
      ),
    },
  },
});

function fileOf(name: string, crm: Landscape) {
  const { s4Url, basicUser } = crm.system;
  return {
    tenant: name,
    connections: {
      sales: sales(crm),
      erp: {
        connector: 'sap',
        product: 's4',
        baseUrl: s4Url,
        auth: { kind: 'basic', username: basicUser, password: 'env:SAP_PASSWORD' },
        inbound: { kind: 'basic', username: webhook.user, password: 'env:SAP_PUSH' },
        subscribe: ['events'],
        start: 'earliest',
        requestsPerSecond: 200,
      },
    },
    identity: {
      secret: 'env:IDENTITY',
      rules: {
        'business-partner': {
          kind: 'externalId',
          match: [
            { connection: 'sales', entity: 'lead', key: 'record.customer', shared: true },
            { connection: 'erp', entity: 'account', key: 'record.number' },
            { connection: 'erp', entity: 'order', key: 'record.accountId' },
          ],
        },
      },
    },
  };
}

/** A tenant with the same rules, secret and leads, and with an ERP that nobody pushes from. It only records. */
function strangerOf(crm: Landscape): object {
  return { ...fileOf(stranger, crm), useCases: { 'lead-scoring': { ...calling, act: {} } } };
}

/** A business partner that has ordered something. */
async function partner(name: string, overdue: boolean): Promise<{ readonly number: string; readonly order: string }> {
  const number = system.admin.create('A_BusinessPartner', { BusinessPartnerCategory: '2', OrganizationBPName1: name });
  const wanted = Date.now() + (overdue ? -5 : 5) * 86_400_000;
  const order = system.admin.create('A_SalesOrder', {
    SoldToParty: number,
    TransactionCurrency: 'EUR',
    RequestedDeliveryDate: `/Date(${wanted - (wanted % 86_400_000)})/`,
    OverallSDProcessStatus: 'A',
  });
  for (const id of [`account/${number}`, `order/${order}`]) {
    const [heard] = await until(`${id} to be heard`, async () => {
      const events = await entries(line, { tenant }, id, 'event');
      return events.length > 0 ? events : undefined;
    });
    // Both systems tell whole seconds, and what happens in the same one has no order.
    await until('the next second', () => Date.now() >= Date.parse(heard?.at ?? '') + 1000);
  }
  return { number, order };
}

const lead = (number: string): string => org.admin.create('Lead', { ...hotLead, Customer__c: number });

const decisionOn = (id: string, of = tenant): Promise<Decision> =>
  until(`a decision about ${id}`, async () => (await entries(line, { tenant: of }, id, 'decision'))[0]?.decision);

const taskAbout = (id: string) =>
  until(`a task about ${id}`, () => org.admin.records('Task').find(({ WhoId }) => WhoId === id));

test('an overdue delivery in SAP changes what is to be done about a lead in Salesforce, and the decision names it', async () => {
  const { number, order } = await partner('Bluewater', true);
  const id = lead(number);
  const decision = await decisionOn(id);
  expect(decision).toMatchObject({ usecase: 'lead-rescue', outcome: 'act', related: { overdue: 1, open: 1 } });
  expect(decision.relatedFrom?.['overdue']).toEqual([expect.stringContaining(`/order/${order}@`)]);
  const made = await taskAbout(id);
  expect(made.Subject).toMatch(/^Settle the delivery before calling Maria Lopez/);
  expect(made.Description).toMatch(/^1 late of 1\n/);
  const customer = await line.signalbox.runtime.ledger.customer(tenant, id);
  expect(customer?.members.map(({ connection, subject }) => [connection, subject])).toEqual([
    ['erp', `account/${number}`],
    ['erp', `order/${order}`],
  ]);
});

test("another customer's overdue delivery changes nothing, nor does one that is not due yet", async () => {
  const { number } = await partner('Redwater', false);
  const id = lead(number);
  expect(await decisionOn(id)).toMatchObject({ usecase: 'lead-scoring', related: { overdue: 0, open: 1 } });
  expect((await taskAbout(id)).Subject).toMatch(/^Call Maria Lopez today/);
});

test('a customer of whom the ERP knows nothing has no values, rather than none of everything', async () => {
  const decision = await decisionOn(lead('4711'));
  expect(decision).toMatchObject({ usecase: 'lead-scoring', related: {} });
});

test("another tenant's records of the same customer are another's", async () => {
  const { number } = await partner('Greenwater', true);
  const id = lead(number);
  expect((await decisionOn(id)).related).toMatchObject({ overdue: 1 });
  expect(await decisionOn(id, stranger)).toMatchObject({ usecase: 'lead-scoring', related: {} });
});
