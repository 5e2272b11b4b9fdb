import type { Decision } from '../canonical-schema/decision';
import type { CanonicalEvent } from '../canonical-schema/event';
import { databases } from '../test/database';
import { type EventStatus, type Ledger } from './ledger';
import { ledgerOver } from './ledger-over.fixture';
import { sampleBatch, sampleDecision, sampleEvent } from './sample.fixture';

const hour = 3_600_000;
const start = Date.UTC(2026, 0, 1);

describe.each(databases)('how many events streams had, over $name', (where) => {
  const over = ledgerOver(where);
  const { it } = over;
  let ledger: Ledger;
  let tenant: string;
  beforeEach(() => {
    ({ ledger, tenant } = over);
  });

  const at = (n: number, ms: number, over: Partial<CanonicalEvent> = {}): CanonicalEvent => ({
    ...sampleEvent(tenant, n, `lead/${n}`),
    time: new Date(start + ms).toISOString(),
    ...over,
  });
  const keep = (status: EventStatus, ...events: readonly CanonicalEvent[]) =>
    ledger.recordBatch(tenant, {
      ...sampleBatch(`b${events[0]?.id ?? ''}`, []),
      events: events.map((event) => ({ event, status })),
      records: [],
      decisions: [],
      engagements: [],
    });
  const count = (from: number, to: number, connection = 'sales') =>
    ledger.rhythm.count(tenant, { connection, from: start + from, to: start + to });

  it('counts by type and hour of the time that the CRM told, and only what it told', async () => {
    const created = 'io.signalbox.lead.created.v1';
    await keep('decided', at(1, 0), at(2, hour - 1), at(3, hour), at(4, hour, { type: created }));
    await keep('ignored', at(5, 2 * hour));
    await keep('parked', at(6, 2 * hour + 1));
    await keep('echo', at(7, hour));
    await keep(
      'ignored',
      ...['lead.observed', 'lead.overflowed', 'rhythm.observed'].map((what, n) =>
        at(10 + n, hour, { type: `io.signalbox.${what}.v1` }),
      ),
      at(20, hour, { connection: 'service' }),
    );
    const updated = 'io.signalbox.lead.updated.v1';
    expect(await count(0, 3 * hour)).toEqual([
      { type: updated, at: start, count: 2 },
      { type: created, at: start + hour, count: 1 },
      { type: updated, at: start + hour, count: 1 },
      { type: updated, at: start + 2 * hour, count: 2 },
    ]);
    expect(await count(hour, 2 * hour)).toHaveLength(2);
    expect(await count(0, hour, 'service')).toEqual([]);
    expect(await ledger.rhythm.firstAt(tenant, 'sales', start - hour)).toBe(start);
    expect(await ledger.rhythm.firstAt(tenant, 'sales', start + 1)).toBe(start + hour - 1);
    expect(await ledger.rhythm.firstAt(tenant, 'erp', start)).toBeUndefined();
  });

  it('says whether something of before a time has just come', async () => {
    await keep('decided', at(1, hour));
    const isArriving = (to: number, within: number) =>
      ledger.rhythm.isArriving(tenant, { connection: 'sales', to: start + to }, within);
    expect(await isArriving(2 * hour, 60_000)).toBe(true);
    expect(await isArriving(hour, 60_000)).toBe(false);
    expect(await isArriving(2 * hour, 0)).toBe(false);
  });

  it('tells the newest decision of each stream, however the days are called', async () => {
    const decide = async (n: number, stream: string, ms: number, band?: string): Promise<void> => {
      const subject = `rhythm/sales:${stream}:${new Date(start + ms).toISOString().slice(0, 10)}`;
      const sample = at(n, ms, { subject, type: 'io.signalbox.rhythm.observed.v1' });
      const record = { id: subject.slice(7), nativeType: 'rhythm', stream };
      const event = { ...sample, data: { ...sample.data, entity: 'rhythm' as const, record } };
      const decision = { ...sampleDecision(event), usecase: 'anomaly', band };
      const fields = Object.entries(decision).filter(([field]) => field !== 'band' || band !== undefined);
      await ledger.recordBatch(tenant, {
        ...sampleBatch(`b${n}`, [event]),
        decisions: [Object.fromEntries(fields) as unknown as Decision],
      });
    };
    await decide(1, 'lead.created', 23 * hour, 'unusual');
    await decide(2, 'lead.created', 24 * hour);
    await decide(3, 'case.created', 24 * hour, 'unusual');
    const rows = await ledger.rhythm.newest(tenant, new Date(0).toISOString());
    expect(rows).toMatchObject([
      { subject: 'rhythm/sales:case.created:2026-01-02', band: 'unusual', at: '2026-01-02T00:00:00.000Z' },
      { subject: 'rhythm/sales:lead.created:2026-01-02', usecase: 'anomaly', connection: 'sales' },
    ]);
    expect(rows[1]).not.toHaveProperty('band');
    expect(await ledger.rhythm.newest(tenant, '2999-01-01T00:00:00.000Z')).toEqual([]);
  });
});
