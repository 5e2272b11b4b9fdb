import { engagementId } from '../../canonical-schema/engagement';
import { hotLead, startLine, until, type Line } from '../line';
import { none } from './compare';
import { settled } from './settled';
import type { FaultRequest } from '../../simulators/salesforce';

let line: Line;
beforeAll(async () => {
  // Silence is noticed after 2 s here and after 5 minutes in the field.
  line = await startLine({ simulator: { keepaliveMs: 500 }, connection: { silenceSeconds: 2 } });
}, 120_000);
afterAll(() => line.stop(), 30_000);

/** Leads before, in and after the fault; whatever it does, org and ledger agree in the end. */
async function liveThrough(faults: readonly FaultRequest[]): Promise<readonly string[]> {
  const { admin } = line.org;
  const create = (n: number): string => admin.create('Lead', { ...hotLead, LastName: `Lead ${n}` });
  const leads = [create(0), create(1)];
  for (const fault of faults) admin.fault(fault);
  leads.push(create(2), create(3));
  for (const lead of leads) admin.update(lead, { Campaign__c: 2 });
  leads.push(create(4));
  const sides = { org: line.org, ledger: line.signalbox.runtime.ledger, tenant: line.tenant.tenant };
  expect(await settled(sides, leads)).toEqual(none);
  return leads;
}

const slowAnswers = 4;

const cases: readonly (readonly [string, readonly FaultRequest[]])[] = [
  ['a token that expires in the middle of the streams', [{ kind: 'tokenExpiry', streams: true }]],
  ['a token that expires while the streams live on', [{ kind: 'tokenExpiry' }]],
  ['dropped streams', [{ kind: 'dropStream' }]],
  ['streams that fall silent', [{ kind: 'keepaliveSilence' }]],
  ['slow answers', [{ kind: 'slow', ms: 1_500, times: slowAnswers }]],
  ['a CRM that is unavailable, and says for how long', [{ kind: 'serverUnavailable', times: 3, retryAfter: 1 }]],
  ['rows that are locked', [{ kind: 'rowLock', times: 3 }]],
  ['writes whose answers are lost', [{ kind: 'dropResponse', times: 2 }]],
];

test.each(cases)(
  '%s: nothing lost, nothing double, every lead in order',
  async (_name, faults) => {
    await liveThrough(faults);
    const { admin } = line.org;
    // A slow answer calls for no second request: how many are struck depends on how many writes go together.
    for (const { kind, left } of admin.faults()) {
      expect(kind).toBe('slow');
      expect(left).toBeLessThan(slowAnswers);
    }
    admin.fault({ kind: 'clear' });
  },
  60_000,
);

test('the request limit: the write waits until requests are free again, and the ledger says so; all else goes on', async () => {
  const { org, tenant, signalbox } = line;
  const { ledger, temporal } = signalbox.runtime;
  org.admin.fault({ kind: 'requestLimit', times: 1 });
  org.admin.create('Lead', hotLead);
  // A late retry for a lead of before may be what is refused.
  const [refused, limited] = await until('the refusal in the ledger', async () => {
    for (const { Id: lead } of org.admin.records('Lead')) {
      const told = await ledger.history(tenant.tenant, `lead/${String(lead)}`);
      const results = told.flatMap((entry) => (entry.kind === 'action' ? [entry.result] : []));
      const found = results.find((result) => result.outcome === 'failed' && result.code === 'REQUEST_LIMIT_EXCEEDED');
      if (found !== undefined) return [String(lead), found] as const;
    }
    return undefined;
  });
  expect(limited).toMatchObject({ failure: 'retryable' });
  const workflow = temporal.workflow.getHandle(engagementId(tenant.tenant, 'sales', `lead/${refused}`, 'lead-scoring'));
  const pending = await until('the next try to be set', async () => {
    const { raw } = await workflow.describe();
    return raw.pendingActivities?.find(({ currentRetryInterval }) => currentRetryInterval != null);
  });
  expect(Number(pending.currentRetryInterval?.seconds)).toBeGreaterThanOrEqual(60);
  await liveThrough([]);
}, 60_000);

test('after all of it: no gap, nothing parked or in quarantine', async () => {
  const { ledger } = line.signalbox.runtime;
  await until('the last events', async () => (await ledger.counts(line.tenant.tenant)).events > 0);
  expect(await ledger.counts(line.tenant.tenant)).toMatchObject({ quarantined: 0, gapsOpen: 0, parked: 0 });
  expect(await ledger.gaps.list(line.tenant.tenant, 'all')).toEqual([]);
});
