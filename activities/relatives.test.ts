import path from 'node:path';
import type { Decision } from '../canonical-schema/decision';
import type { CanonicalEvent } from '../canonical-schema/event';
import { noInbox } from '../connectors/kit/no-inbox';
import { openLedger, type Ledger } from '../ledger/ledger';
import { tabular } from '../models/held-out';
import { loadModels } from '../models/registry';
import { openScorer } from '../models/score';
import { load } from '../tenants/broken-example.fixture';
import type { Tenant } from '../tenants/tenant';
import { eventOf, type EventSketch } from '../test/fixtures/events';
import { rule } from '../workflows/policy';
import { Connections } from './connections';
import { laneActivities } from './lane-activities';
import type { LaneDependencies } from './lane-dependencies';
import type { Scorer } from '../models/scored';

const file = `
tenant: acme
connections:
  sales:
    connector: salesforce
    baseUrl: https://acme.my.salesforce.com
    auth: { kind: client-credentials, clientId: env:SECRET, clientSecret: env:SECRET }
    subscribe: [/data/LeadChangeEvent]
  erp:
    connector: sap
    product: s4
    baseUrl: https://s4.acme.example
    auth: { kind: basic, username: SIGNALBOX, password: env:SECRET }
    inbound: { kind: basic, username: MESH, password: env:SECRET }
    subscribe: [events]
identity:
  secret: env:SECRET
  rules:
    email:
      kind: email
      match:
        - { entity: lead, key: record.email }
        - { entity: contact, key: record.email }
    customer:
      kind: externalId
      match:
        - { connection: erp, entity: account, key: record.number }
        - { entity: contact, key: record.accountId, shared: true }
        - { entity: order, key: record.accountId }
useCases:
  lead-scoring:
    connection: sales
    when: 'record.attributes.always or related.overdue > 0'
    bands: { hot: 0.5 }
    related:
      overdue: { connection: erp, entity: order, count: "record.status = 'late'", within: P90D }
      spent: { entity: order, sum: record.amount, within: P30D, at: record.orderedAt }
      sinceOrder: { entity: order, daysSince: record.orderedAt }
`;
const env = { SECRET: 'a secret of more than 32 characters' };
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const attributes = { job: 'retired', month: 'mar', poutcome: 'success', always: true };
const start = Date.UTC(2026, 2, 1, 10);
const at = (second: number): string => new Date(start + second * 1000).toISOString();

let scorer: Scorer;
let ledger: Ledger;
beforeAll(async () => {
  const model = (await loadModels(path.join(__dirname, '..', 'models'))).get('lead-scoring');
  if (model === undefined) throw new Error('the model is gone');
  // One of its features is read from the customer's orders.
  const manifest = tabular(model.manifest);
  const features = manifest.features.map((one) =>
    one.name === 'previous' ? { ...one, path: 'related.overdue' } : one,
  );
  scorer = await openScorer({ ...model, manifest: { ...manifest, features, maxDefaults: features.length } });
  ledger = await openLedger({});
});
afterAll(async () => {
  await scorer.close();
  await ledger.close();
});

let tenants = 0;
let batches = 0;

/** A tenant of its own, whose batches go through the steps of a lane. */
function lane(): {
  readonly tenant: string;
  readonly decide: (...events: readonly CanonicalEvent[]) => Promise<readonly Decision[]>;
} {
  const name = `acme-${(tenants += 1)}`;
  const tenant: Tenant = load(file.replace('tenant: acme', `tenant: ${name}`), { env });
  const served = new Map([[name, tenant]]);
  const deps: LaneDependencies = {
    ledger,
    tenants: served,
    connections: new Connections(served, log, Date.now, () => noInbox),
    scorers: new Map([['lead-scoring', scorer]]),
    publishPrediction: () => Promise.resolve(),
    engagements: { tell: () => Promise.resolve(), end: () => Promise.resolve() },
    log,
    now: Date.now,
  };
  const steps = laneActivities(deps);
  const decide = async (...told: readonly CanonicalEvent[]): Promise<readonly Decision[]> => {
    const events = told.map((event) => ({ ...event, tenantid: name }));
    const ref = { tenant: name, batchid: `b${(batches += 1)}` };
    const prepared = await steps.context({ ...ref, events, parked: [] });
    const requests = prepared.events.flatMap(({ eventid, usecases }) =>
      usecases.map((usecase) => ({ eventid, usecase })),
    );
    const inferences = await steps.infer({ ...ref, requests });
    const byId = new Map(events.map((event) => [event.id, event]));
    const ruling = rule(name, prepared, requests, inferences, byId, at(0));
    await steps.record({ ...ref, run: { workflowId: 'lane', runId: 'r' }, prepared: prepared.events, ...ruling });
    const found = await Promise.all(ruling.decisions.map(({ id }) => ledger.decision(name, id)));
    return found.flatMap((decision) => decision ?? []);
  };
  return { tenant: name, decide };
}

let made = 0;
const told = (second: number, sketch: EventSketch): CanonicalEvent =>
  eventOf({ id: `e${(made += 1)}`, time: at(second), sequence: String(made).padStart(20, '0'), ...sketch });

const lead = (second: number, email = 'm@blue.example', fields = attributes) =>
  told(second, { record: { id: 'L1', email, attributes: fields } });
const erp = (second: number, entity: 'account' | 'contact' | 'order', record: NonNullable<EventSketch['record']>) =>
  told(second, { connection: 'erp', entity, record });
const customer = (email = 'm@blue.example', number = '7'): readonly CanonicalEvent[] => [
  erp(0, 'account', { id: `A${number}`, number }),
  erp(0, 'contact', { id: `C${number}`, accountId: number, email }),
];
const order = (second: number, id: string, fields: NonNullable<EventSketch['record']>, number = '7') =>
  erp(second, 'order', { id, accountId: number, amount: '10.10', orderedAt: at(-86_400), ...fields });

test("a lead's decision uses the customer's orders in the ERP, and names them", async () => {
  const { decide } = lane();
  const late = order(5, 'O1', { status: 'late' });
  await decide(...customer(), late, order(5, 'O2', { status: 'sent', amount: '0.20' }));
  const [decision] = await decide(lead(9));
  expect(decision).toMatchObject({
    related: { overdue: 1, spent: 10.3, sinceOrder: 1.000104 },
    relatedFrom: {
      overdue: [`${late.source}/order/O1@${late.time}/${late.sequence}`],
      sinceOrder: [expect.any(String) as string],
    },
    features: { previous: 1 },
  });
  expect(decision?.relatedFrom?.['spent']).toHaveLength(2);
});

test('what comes in one batch before the lead is known to its decision, what comes behind is not', async () => {
  const { decide } = lane();
  const [decision] = await decide(
    ...customer(),
    order(5, 'O1', { status: 'late' }),
    lead(9),
    order(9, 'O2', { status: 'late' }),
  );
  expect(decision?.related).toMatchObject({ overdue: 1 });
});

test('a use case may ask before it decides: without an overdue order there is nothing to decide', async () => {
  const { decide } = lane();
  const quiet = { ...attributes, always: false };
  expect(await decide(...customer(), lead(1, 'm@blue.example', quiet))).toEqual([]);
  await decide(order(5, 'O1', { status: 'late' }));
  expect(await decide(lead(9, 'm@blue.example', quiet))).toHaveLength(1);
});

test("another customer's order counts for nothing, and of a stranger nothing is known", async () => {
  const { decide } = lane();
  await decide(...customer(), ...customer('x@red.example', '8'), order(5, 'O8', { status: 'late' }, '8'));
  expect((await decide(lead(9)))[0]?.related).toEqual({ overdue: 0, spent: 0 });
  const [alone] = await decide(told(9, { record: { id: 'L9', email: 'nobody@green.example', attributes } }));
  expect(alone?.related).toEqual({});
});

test("another tenant's customer with the same address is another customer", async () => {
  await lane().decide(...customer(), order(5, 'O1', { status: 'late' }));
  expect((await lane().decide(lead(9)))[0]?.related).toEqual({});
});

test('an event that comes late sees what was then, not what came after', async () => {
  const { decide } = lane();
  await decide(...customer(), order(5, 'O1', { status: 'sent' }), order(20, 'O2', { status: 'late' }));
  await decide(order(30, 'O1', { status: 'late' }));
  expect((await decide(lead(9)))[0]?.related).toMatchObject({ overdue: 0, spent: 10.1 });
  expect((await decide(lead(40)))[0]?.related).toMatchObject({ overdue: 2, spent: 20.2 });
});

test('a record that was deleted is nobody’s', async () => {
  const { decide } = lane();
  await decide(...customer(), order(5, 'O1', { status: 'late' }));
  await decide(told(6, { connection: 'erp', entity: 'order', record: { id: 'O1' }, change: { kind: 'deleted' } }));
  expect((await decide(lead(9)))[0]?.related).toMatchObject({ overdue: 0 });
});

test('an event that is delivered again, later, changes neither the decision nor what it saw', async () => {
  const { decide, tenant } = lane();
  await decide(...customer());
  const event = lead(9);
  const [first] = await decide(event);
  await decide(order(5, 'O1', { status: 'late' }));
  expect(await decide(event)).toEqual([]);
  expect(await ledger.decision(tenant, first?.id ?? '')).toEqual(first);
});

/** Half a year in the life of three customers, in order of time. */
function story(): readonly CanonicalEvent[] {
  const events = [...customer(), ...customer('x@red.example', '8')];
  for (let n = 1; n <= 60; n += 1) {
    const number = n % 3 === 0 ? '8' : '7';
    const status = (n * 7) % 5 < 2 ? 'sent' : 'late';
    events.push(order(n * 100, `O${n % 9}`, { status, amount: `${n}.05`, orderedAt: at(n * 100 - 50) }, number));
    if (n % 2 === 0)
      events.push(
        told(n * 100 + 7, {
          record: {
            id: n % 4 === 0 ? 'L1' : 'L2',
            email: n % 4 === 0 ? 'm@blue.example' : 'x@red.example',
            attributes,
          },
        }),
      );
  }
  return events;
}

const seen = (decisions: readonly Decision[]) =>
  decisions.map(({ id, related, relatedFrom, features }) => ({ id, related, relatedFrom, features })).sort(byId);

function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : 1;
}

test('a replay gives the same features, in other batches and even where the future is known already', async () => {
  const events = story();
  const online: Decision[] = [];
  const first = lane();
  for (let n = 0; n < events.length; n += 7) online.push(...(await first.decide(...events.slice(n, n + 7))));
  expect(online.length).toBeGreaterThan(10);
  expect(new Set(online.map(({ related }) => JSON.stringify(related))).size).toBeGreaterThan(10);

  const exported: Decision[] = [];
  for await (const { decision } of ledger.labelled(first.tenant, 'lead-scoring')) exported.push(decision);
  expect(exported).toEqual([...online].sort(byId));

  const replay = lane();
  const again: Decision[] = [];
  for (const event of events) again.push(...(await replay.decide(event)));
  expect(seen(again)).toEqual(seen(online));

  const prophet = lane();
  await prophet.decide(...events.filter(({ data }) => data.entity !== 'lead'));
  const late = await prophet.decide(...events.filter(({ data }) => data.entity === 'lead'));
  expect(seen(late)).toEqual(seen(online));
});
