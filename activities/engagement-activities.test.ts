import { openLedger, type Ledger } from '../ledger/ledger';
import { sampleBatch, sampleEvent, subject } from '../ledger/sample.fixture';
import { engagementActivities } from './engagement-activities';
import type { LaneDependencies } from './lane-dependencies';

let ledger: Ledger;
beforeAll(async () => {
  ledger = await openLedger({});
});
afterAll(() => ledger.close());

const tenant = 'acme';
const at = '2026-02-01T00:00:00.000Z';

const outcomes = async (): Promise<readonly string[]> =>
  (await ledger.history(tenant, subject)).flatMap((entry) => (entry.kind === 'outcome' ? [entry.outcome.label] : []));

test('an engagement that is begun anew by the decision it has ended on has no second outcome', async () => {
  const activities = engagementActivities({ ledger } as LaneDependencies);
  const batch = sampleBatch('b1', [sampleEvent(tenant, 1)]);
  await ledger.recordBatch(tenant, batch);
  const [touch] = batch.engagements;
  if (touch === undefined) throw new Error('a batch without engagements');
  const { workflowid: engagement, lastdecision: decisionid, usecase, connection } = touch;
  const end = { tenant, engagement, decisionid, usecase, connection, subject, because: 'so', at };
  await activities.conclude({ ...end, label: 'completed' });
  await activities.conclude({ ...end, label: 'moot' });
  expect(await outcomes()).toEqual(['completed']);
  expect(await ledger.engagementOfId(tenant, engagement)).toMatchObject({ status: 'closed', outcome: 'completed' });

  const next = sampleBatch('b2', [sampleEvent(tenant, 2)]);
  await ledger.recordBatch(tenant, next);
  await activities.conclude({ ...end, decisionid: next.engagements[0]?.lastdecision ?? '', label: 'moot' });
  expect(await outcomes()).toEqual(['completed', 'moot']);
});
