import { eventOf } from '../test/fixtures/events';
import { isStale, merge, needsReading } from './merge';

const created = eventOf({ record: { name: 'Maria', phone: '1', attributes: { job: 'admin.' } }, native: { Fax: '9' } });

test('a created event is the whole record', () => {
  const snapshot = merge(undefined, created);
  expect(snapshot).toMatchObject({ subject: 'lead/00Q000000000001AAA', deleted: false, record: { name: 'Maria' } });
});

test('an update changes the fields it tells, keeps the others and removes what the CRM emptied', () => {
  const updated = eventOf({
    time: '2026-03-01T10:00:01.000Z',
    record: { name: 'Maria Lopez', attributes: { education: 'university.degree' } },
    change: { kind: 'updated', fields: ['name', 'phone'], after: { phone: null } },
    provenance: 'partial',
  });
  const { record } = merge(merge(undefined, created), updated);
  expect(record).toEqual({
    id: '00Q000000000001AAA',
    nativeType: 'Lead',
    name: 'Maria Lopez',
    attributes: { job: 'admin.', education: 'university.degree' },
  });
});

test('a deletion keeps the last state and says so', () => {
  const deleted = eventOf({ change: { kind: 'deleted' }, time: '2026-03-01T10:00:02.000Z' });
  expect(merge(merge(undefined, created), deleted)).toMatchObject({ deleted: true, record: { name: 'Maria' } });
});

test('an event older than what is known is stale; the same order is not', () => {
  const known = merge(undefined, created);
  expect(isStale(eventOf({ time: '2026-03-01T09:59:59.999Z' }), known)).toBe(true);
  expect(isStale(eventOf({ sequence: '00000000000000000000' }), known)).toBe(true);
  expect(isStale(created, known)).toBe(false);
  expect(isStale(created, undefined)).toBe(false);
});

test.each([
  ['a gap event', eventOf({ change: { kind: 'updated', gap: true }, provenance: 'missing' }), undefined, true],
  ['an update of an unknown record', eventOf({ change: { kind: 'updated' }, provenance: 'partial' }), undefined, true],
  [
    'an update of a known record',
    eventOf({ change: { kind: 'updated' }, provenance: 'partial' }),
    merge(undefined, created),
    false,
  ],
  ['a creation', created, undefined, false],
  ['a deletion', eventOf({ change: { kind: 'deleted' } }), undefined, false],
])('%s: reading is asked for = %#', (_name, event, known, expected) => {
  expect(needsReading(event, known)).toBe(expected);
});

test('a record read back is newer than an event of the same second, older than one of a later second', () => {
  const known = merge(undefined, created);
  const read = (time: string) => eventOf({ id: 'r', time, change: { kind: 'observed' }, record: { name: 'Ana' } });
  const same = read(created.time);
  expect(isStale(same, known)).toBe(false);
  const after = merge(known, same);
  expect(after.record).toMatchObject({ name: 'Ana' });
  expect(after.sequence > known.sequence).toBe(true);
  expect(isStale(eventOf({ sequence: '00000000000000000002' }), after)).toBe(false);
  expect(isStale(created, after)).toBe(true);
  expect(isStale(read('2026-03-01T09:59:59.000Z'), known)).toBe(true);
});
