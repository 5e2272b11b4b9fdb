import { randomBytes } from 'node:crypto';
import type { Ledger } from './ledger';

/** What holds for positions and quarantine, over any database. */
export function testSources(it: jest.It, given: () => { readonly ledger: Ledger; readonly tenant: string }): void {
  it('keeps positions by stream, the last saved one', async () => {
    const { ledger, tenant } = given();
    const name = { tenant, connection: 'sales', stream: '/data/LeadChangeEvent' };
    expect(await ledger.loadPosition(name)).toBeUndefined();
    await ledger.savePosition(name, { v: 1, replayId: 'AAA=' });
    await ledger.savePosition(name, { v: 1, replayId: 'AAE=' });
    expect(await ledger.loadPosition(name)).toEqual({ v: 1, replayId: 'AAE=' });
    expect(await ledger.loadPosition({ ...name, stream: 'other' })).toBeUndefined();
  });

  it('keeps quarantined bytes exactly, once', async () => {
    const { ledger, tenant } = given();
    const bytes = randomBytes(70_000);
    bytes.set([0, 255, 92, 39], 0);
    const bad = {
      tenant,
      connection: 'sales',
      stream: 's',
      position: { v: 1 },
      code: 'SBX_SF_AVRO',
      message: 'cut\0off',
      bytes,
    };
    const id = await ledger.quarantine.add(bad);
    expect(await ledger.quarantine.add(bad)).toBe(id);
    expect(await ledger.quarantine.add({ ...bad, position: { v: 2 } })).not.toBe(id);
    expect(await ledger.quarantine.list(tenant)).toHaveLength(2);
    expect((await ledger.quarantine.get(tenant, id))?.bytes.equals(bytes)).toBe(true);
    await ledger.quarantine.resolve(tenant, id, 'replayed');
    expect(await ledger.quarantine.list(tenant)).toHaveLength(1);
    expect(await ledger.quarantine.list(tenant, 'all')).toHaveLength(2);
    expect(await ledger.counts(tenant)).toMatchObject({ quarantined: 1 });
    await expect(ledger.quarantine.resolve(tenant, 'none', 'x')).rejects.toThrow(/has the id none/);
  });
}

/** What holds for gaps, over any database. */
export function testGaps(it: jest.It, given: () => { readonly ledger: Ledger; readonly tenant: string }): void {
  it('holds one open gap per stream, widened by the next cause', async () => {
    const { ledger, tenant } = given();
    const gap = { tenant, connection: 'sales', stream: 's', cause: 'expired', policy: 'backfill' };
    const id = await ledger.gaps.open({ ...gap, from: '2026-01-01T00:00:10.000Z' });
    expect(await ledger.gaps.open({ ...gap, from: '2026-01-01T00:00:05.000Z', to: '2026-01-01T01:00:00.000Z' })).toBe(
      id,
    );
    await ledger.gaps.progress(tenant, id, 3);
    expect(await ledger.gaps.list(tenant)).toMatchObject([{ id, from: '2026-01-01T00:00:05.000Z', recovered: 3 }]);
    expect((await ledger.gaps.list(tenant))[0]).not.toHaveProperty('to');
    await ledger.gaps.close(tenant, id, { recovered: 7, duplicates: 2, at: '2026-01-01T02:00:00.000Z' });
    expect(await ledger.gaps.list(tenant)).toEqual([]);
    expect(await ledger.gaps.list(tenant, 'all')).toMatchObject([{ recovered: 7, duplicates: 2 }]);
    expect(await ledger.gaps.open({ ...gap, from: '2026-01-02T00:00:00.000Z' })).not.toBe(id);
    await expect(ledger.gaps.progress(tenant, '999999', 1)).rejects.toThrow(/no gap 999999/);
  });

  it('does not close a gap that was widened since its reading began', async () => {
    const { ledger, tenant } = given();
    const gap = { tenant, connection: 'sales', stream: 's', cause: 'overflow', policy: 'backfill' };
    const from = '1970-01-01T00:00:00.000Z';
    const id = await ledger.gaps.open({ ...gap, from });
    expect(await ledger.gaps.find(tenant, id)).toMatchObject({ widened: 0 });
    await ledger.gaps.open({ ...gap, from });
    const end = { recovered: 7, duplicates: 0, at: '2026-01-01T02:00:00.000Z' };
    expect(await ledger.gaps.close(tenant, id, { ...end, widened: 0 })).toBe(false);
    expect(await ledger.gaps.list(tenant)).toMatchObject([{ id, widened: 1 }]);
    expect(await ledger.gaps.close(tenant, id, { ...end, widened: 1, unread: 'SBX_X: no' })).toBe(true);
    expect(await ledger.gaps.list(tenant, 'all')).toMatchObject([{ cause: 'overflow; SBX_X: no', recovered: 7 }]);
    expect(await ledger.gaps.list(tenant)).toEqual([]);
    expect(await ledger.gaps.find(tenant, '999999')).toBeUndefined();
  });

  it('keeps a gap that is closed from the beginning beside an open one', async () => {
    const { ledger, tenant } = given();
    const gap = { tenant, connection: 'sales', stream: 's', cause: 'lost', policy: 'backfill' };
    const open = await ledger.gaps.open({ ...gap, from: '2026-01-01T00:00:00.000Z' });
    const window = { from: '2026-01-02T00:00:00.000Z', to: '2026-01-02T00:15:00.000Z' };
    const end = { recovered: 5, duplicates: 3, at: '2026-01-02T00:15:01.000Z' };
    const id = await ledger.gaps.add({ ...gap, ...window }, end);
    const { at: closedat, ...counts } = end;
    expect(await ledger.gaps.list(tenant, 'all')).toMatchObject([{ id: open }, { id, ...window, ...counts, closedat }]);
    expect(await ledger.gaps.list(tenant)).toMatchObject([{ id: open }]);
  });
}
