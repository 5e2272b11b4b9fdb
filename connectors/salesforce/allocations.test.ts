import { type RunningSalesforce, type SalesforceOptions, startSalesforce } from '../../simulators/salesforce';
import { noInbox } from '../kit/no-inbox';
import { RateGovernor } from '../kit/rate';
import { AllocationMeter, allocationFindings, watchAllocations } from './allocations';
import { Authenticator } from './auth';
import { salesforce } from '.';
import { Rest } from './jsforce-connection';

const minute = 60_000;
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** A meter with a clock, and the warnings that it gave. */
function metered() {
  const warnings: [Readonly<Record<string, unknown>>, string][] = [];
  let now = Date.parse('2026-03-01T00:00:00Z');
  const log = {
    info: () => undefined,
    error: () => undefined,
    warn: (fields: Readonly<Record<string, unknown>>, message: string) => warnings.push([fields, message]),
  };
  const meter = new AllocationMeter(log, () => now);
  return { meter, warnings, pass: (ms: number) => (now += ms) };
}

describe('AllocationMeter', () => {
  it('says when the requests run out at the present pace, with the fix, once an hour', () => {
    const { meter, warnings, pass } = metered();
    for (let used = 1000; used <= 4000; used += 100) {
      meter.note('DailyApiRequests', { limit: 10_000, used });
      pass(minute);
    }
    expect(warnings).toHaveLength(1);
    const [[fields, message] = [{}, '']] = warnings;
    // 100 a minute: at the fifth minute 1500 are used, and the other 8500 last 85 minutes.
    expect(fields).toMatchObject({
      runsOutAt: '2026-03-01T01:30:00.000Z',
      fix: expect.stringContaining('requestsPerSecond') as string,
    });
    expect(message).toBe('API requests: 8500 of 10000 left');
  });

  it('tells every reading, and from the fifth minute on when nothing is left', () => {
    const told: [string, unknown][] = [];
    let now = 0;
    const watch = {
      waited: () => undefined,
      allocation: (name: string, reading: unknown) => void told.push([name, reading]),
    };
    const meter = new AllocationMeter(silent, () => now, watch);
    for (const used of [1000, 2000]) {
      meter.note('DailyApiRequests', { limit: 10_000, used });
      now += 10 * minute;
    }
    expect(told).toEqual([
      ['DailyApiRequests', { limit: 10_000, used: 1000, runsOutAt: undefined }],
      ['DailyApiRequests', { limit: 10_000, used: 2000, runsOutAt: 90 * minute }],
    ]);
  });

  it('is silent while use stands still or falls, however high, and about a burst', () => {
    const { meter, warnings, pass } = metered();
    for (const used of [5000, 5000, 4000, 3000]) {
      meter.note('DailyDeliveredPlatformEvents', { limit: 10_000, used });
      pass(10 * minute);
    }
    meter.note('DailyApiRequests', { limit: 10_000, used: 0 });
    pass(minute);
    meter.note('DailyApiRequests', { limit: 10_000, used: 2000 });
    expect(warnings).toEqual([]);
  });

  it('warns of little left without a pace, and again after an hour', () => {
    const { meter, warnings, pass } = metered();
    for (let n = 0; n < 7; n++) {
      meter.note('DailyDeliveredPlatformEvents', { limit: 1000, used: 950 });
      pass(10 * minute);
    }
    expect(warnings.map(([, message]) => message)).toEqual(Array(2).fill('event deliveries: 50 of 1000 left'));
  });
});

describe('allocationFindings', () => {
  it('tells what is left and how long it lasts, and warns below a tenth', () => {
    const limits = {
      DailyApiRequests: { Max: 24_000, Remaining: 12_000 },
      DailyDeliveredPlatformEvents: { Max: 50_000, Remaining: 2_000 },
      DailyWorkflowEmails: { Max: 10, Remaining: 0 },
    };
    expect(allocationFindings(limits)).toEqual([
      {
        level: 'ok',
        what: 'API requests: 12000 of 24000 left today; at the pace of the last 24 hours they last 24 h',
      },
      expect.objectContaining({
        level: 'warning',
        what: 'event deliveries: 2000 of 50000 left today; at the pace of the last 24 hours they last 1 h',
        fix: expect.stringContaining('subscribe') as string,
      }),
    ]);
  });
});

describe('a connection', () => {
  let org: RunningSalesforce;
  afterEach(() => org.stop());

  /** REST over an org, and what is warned about. */
  async function connect(options: SalesforceOptions) {
    org = await startSalesforce(options);
    const { clientId, clientSecret } = org.clients.integration!;
    const credentials = { kind: 'client-credentials', clientId, clientSecret } as const;
    const auth = new Authenticator({ auth: credentials, loginUrl: org.baseUrl, baseUrl: org.baseUrl, now: Date.now });
    const { meter, warnings } = metered();
    const governor = new RateGovernor({ requestsPerSecond: 1000 });
    return { rest: new Rest(await auth.session(), { auth, apiVersion: '62.0', governor, meter }), meter, warnings };
  }

  it('hears of the requests with every answer', async () => {
    const { rest, warnings } = await connect({ dailyRequests: 20 });
    const { signal } = new AbortController();
    for (let n = 0; n < 19; n++) await rest.read('describe', (connection) => connection.describeGlobal(), signal);
    expect(warnings.map(([, message]) => message)).toEqual(['API requests: 1 of 20 left']);
  });

  it('asks for the event deliveries from time to time', async () => {
    const { rest, meter, warnings } = await connect({ dailyEvents: 10 });
    for (let n = 0; n < 10; n++) org.admin.create('Lead', { LastName: `Day ${n}`, Company: 'Acme' });
    const stopping = new AbortController();
    const { clientId, clientSecret } = org.clients.integration!;
    const connection = await salesforce.connect(
      {
        baseUrl: org.baseUrl,
        pubsubEndpoint: org.grpcAddress,
        pubsubCa: org.caCertPem,
        auth: { kind: 'client-credentials', clientId, clientSecret },
      },
      { log: silent, now: Date.now, inbox: noInbox },
    );
    const start = { from: 'earliest' } as const;
    const options = { start, maxInFlight: 100, signal: stopping.signal };
    await connection.source.subscribe('/data/LeadChangeEvent', options)[Symbol.asyncIterator]().next();
    const readLimits = (signal: AbortSignal) => rest.read('limits', (connected) => connected.limits(), signal);
    const end = watchAllocations(readLimits, meter, 10);
    const deadline = Date.now() + 5000;
    while (warnings.length === 0 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 5));
    end();
    stopping.abort();
    await connection.close();
    expect(warnings.map(([, message]) => message)).toEqual(['event deliveries: 0 of 10 left']);
  });
});
