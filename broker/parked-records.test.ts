import * as fc from 'fast-check';
import { ParkedRecords, type PlacedEvent } from './parked-records';

const placed = (key: string, order: number): PlacedEvent => ({
  id: `${key}-${order}`,
  source: '/tenants/acme/salesforce/00D1',
  partitionkey: key,
  sequence: String(order).padStart(8, '0'),
  time: '2026-03-01T10:00:00.000Z',
  type: 'io.signalbox.lead.updated.v1',
});

describe('ParkedRecords', () => {
  it('holds back later events of a parked record only', () => {
    const parked = new ParkedRecords();
    parked.add(placed('a', 2));
    expect(parked.before(placed('a', 3))).toBe('a-2');
    expect(parked.before(placed('a', 1))).toBeUndefined();
    expect(parked.before(placed('b', 3))).toBeUndefined();
    expect(parked.before({ ...placed('a', 3), source: '/tenants/acme/salesforce/00D2' })).toBeUndefined();
    expect(parked.before(placed('a', 2))).toBeUndefined();
  });

  it('lets a record pass once the last of its parked events came back', () => {
    const parked = new ParkedRecords();
    parked.add(placed('a', 1));
    parked.add(placed('a', 2));
    parked.remove(placed('a', 1));
    expect(parked.before(placed('a', 3))).toBe('a-2');
    parked.remove(placed('a', 2));
    expect(parked.before(placed('a', 3))).toBeUndefined();
  });

  it('never lets an event overtake an older parked one of its record, whatever was parked and taken back', () => {
    const step = fc.record({ key: fc.constantFrom('a', 'b'), order: fc.nat(9), isAdded: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step), step, (steps, asked) => {
        const parked = new ParkedRecords();
        const model = new Map<string, number>();
        for (const { key, order, isAdded } of steps) {
          const event = placed(key, order);
          if (isAdded) {
            parked.add(event);
            model.set(event.id, order);
          } else {
            parked.remove(event);
            model.delete(event.id);
          }
        }
        const isHeld = [...model].some(([id, order]) => id.startsWith(asked.key) && order < asked.order);
        expect(parked.before(placed(asked.key, asked.order)) !== undefined).toBe(isHeld);
      }),
    );
  });
});
