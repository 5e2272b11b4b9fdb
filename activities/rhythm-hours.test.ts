import { validateEvent } from '../canonical-schema/validate';
import type { GapRow } from '../ledger/ledger';
import { Calendar, utc } from '../models/calendar';
import { hourMs, Hours, isTorn, rhythmEvent } from './rhythm-hours';

const at = Date.UTC(2026, 10, 24, 14);
const ref = { tenant: 'acme', connection: 'sales' };

describe('hours of streams', () => {
  it('count nothing where nothing came, from the first event on, and all together once there are two', () => {
    const hours = new Hours(
      [
        { type: 'io.signalbox.lead.created.v1', at, count: 3 },
        { type: 'io.signalbox.case.updated.v1', at: at + 2 * hourMs, count: 2 },
        { type: 'io.signalbox.lead.created.v1', at: at + 2 * hourMs, count: 1 },
      ],
      {},
    );
    expect(hours.at(at - hourMs)).toEqual([]);
    expect(hours.at(at)).toEqual([{ stream: 'lead.created', count: 3 }]);
    expect(hours.at(at + hourMs)).toEqual([{ stream: 'lead.created', count: 0 }]);
    expect(hours.at(at + 2 * hourMs)).toEqual([
      { stream: 'lead.created', count: 1 },
      { stream: 'case.updated', count: 2 },
      { stream: 'all', count: 3 },
    ]);
    expect(hours.known).toEqual({ 'lead.created': at, 'case.updated': at + 2 * hourMs, all: at + 2 * hourMs });
  });

  it('of one stream are decided in one lane, in order, over midnight too', () => {
    const keys = [at, at + 24 * hourMs].map((hour) => rhythmEvent(ref, 'lead.created', hour, 1, utc).partitionkey);
    expect(new Set(keys)).toEqual(new Set(['acme/signalbox/rhythm/sales:lead.created']));
  });

  it('are valid events, the same for the same hour whatever was counted', () => {
    const event = rhythmEvent(ref, 'opportunity.undeleted', at, 2, utc);
    expect(() => {
      validateEvent(event);
    }).not.toThrow();
    expect(event).toMatchObject({
      type: 'io.signalbox.rhythm.observed.v1',
      subject: 'rhythm/sales:opportunity.undeleted:2026-11-24',
      time: '2026-11-24T14:00:00.000Z',
      data: { record: { what: 'opportunities restored', count: 2, endsAt: '2026-11-24T15:00:00.000Z' } },
    });
    expect(rhythmEvent(ref, 'opportunity.undeleted', at, 9, utc).id).toBe(event.id);
    expect(rhythmEvent({ ...ref, connection: 'service' }, 'opportunity.undeleted', at, 2, utc).id).not.toBe(event.id);
    expect(rhythmEvent(ref, 'opportunity.undeleted', at + hourMs, 2, utc).id).not.toBe(event.id);
  });
});

it('an hour belongs to the day that the tenant has, and is the same event in whichever zone', () => {
  const sydney = new Calendar({ timeZone: 'Australia/Sydney', holidays: [] });
  const [last, first] = [at - 2 * hourMs, at - hourMs].map((hour) => rhythmEvent(ref, 'lead.created', hour, 1, sydney));
  expect(last?.subject).toBe('rhythm/sales:lead.created:2026-11-24');
  expect(first?.subject).toBe('rhythm/sales:lead.created:2026-11-25');
  expect(first?.id).toBe(rhythmEvent(ref, 'lead.created', at - hourMs, 1, utc).id);
});

describe('a torn hour', () => {
  const iso = (ms: number): string => new Date(ms).toISOString();
  const gap: GapRow = {
    ...{ tenant: 'acme', connection: 'sales', stream: 's', cause: 'c', policy: 'backfill', id: '1' },
    ...{ recovered: 4, duplicates: 0, widened: 0, from: iso(at + 10), openedat: iso(at + hourMs) },
  };

  it.each<[what: string, gap: GapRow, hours: readonly boolean[]]>([
    ['is every one since an open gap began', gap, [false, true, true]],
    [
      'is one that a filled gap overlaps',
      { ...gap, to: iso(at + 20), closedat: iso(at + hourMs) },
      [false, true, false],
    ],
    [
      'is one until the gap was closed, where its end is not known',
      { ...gap, closedat: iso(at + hourMs + 1) },
      [false, true, true],
    ],
    ['is none where nothing was missing', { ...gap, recovered: 0, closedat: iso(at + hourMs) }, [false, false, false]],
    [
      'is none where the gap ended before',
      { ...gap, from: iso(at - 2 * hourMs), to: iso(at), closedat: iso(at) },
      [true, false, false],
    ],
  ])('%s', (_, one, expected) => {
    expect([at - hourMs, at, at + hourMs].map((hour) => isTorn([one], hour))).toEqual(expected);
  });
});
