import type { CanonicalEvent } from '../canonical-schema/event';
import { eventOf } from '../test/fixtures/events';
import type { Snapshot } from './merge';
import { isTold } from './untold';

const at = '2026-03-01T09:30:00.000Z';
const later = '2026-03-01T09:30:01.000Z';
const record = { id: '1', nativeType: 'lead', company: 'Acme' };

/** A lead that was read: its version, when it changed, and what it is called. */
const read = (version: number, time = at, company = 'Acme'): CanonicalEvent => ({
  ...eventOf({ tenant: 'acme', id: 'e1', time, record: { ...record, company }, change: { kind: 'observed' } }),
  sequence: `${String(version).padStart(20, '0')}.00020260301093000000`,
});

const known = (over: Partial<Snapshot> = {}): Snapshot => {
  const { source, subject, data } = read(7);
  const sequence = `${at}/00000000000000000007.00020260301093001000`;
  return { source, subject, sequence, record: data.record, native: {}, deleted: false, ...over };
};

const deletion = (): CanonicalEvent =>
  eventOf({ tenant: 'acme', id: 'e2', time: later, record, change: { kind: 'deleted' } });
const unnumbered = `${at}/00000000000000000000.00020260301093001000`;
/** As of a CRM that counts no changes. */
const timed = (event: CanonicalEvent): CanonicalEvent => ({
  ...event,
  sequence: '00020260301093000000.00000000000000000001',
});
const timedOrder = `${at}/00020260301093000000.00000000000000000000`;

test.each<[what: string, event: CanonicalEvent, known: Snapshot | undefined, isKnown: boolean]>([
  ['a record never heard of', read(7), undefined, false],
  ['an older state', read(7), known({ sequence: `${later}/` }), true],
  ['a newer state', read(8, later), known(), false],
  ['the same version', read(7, at, 'other words'), known(), true],
  ['a newer version of the same second', read(8, at, 'New'), known(), false],
  ['the same state, told without a version', read(7), known({ sequence: unnumbered }), true],
  [
    'another state of the same second, told without a version',
    read(7, at, 'New'),
    known({ sequence: unnumbered }),
    false,
  ],
  ['the same state, ordered by its time alone', timed(read(7)), known({ sequence: timedOrder }), true],
  [
    'another state of the same second, ordered by time alone',
    timed(read(7, at, 'New')),
    known({ sequence: timedOrder }),
    false,
  ],
  ['the same state, read before', read(7), known({ sequence: `${at}/` }), true],
  ['what is known as deleted since', read(7), known({ deleted: true }), true],
  ['what is there again', read(9, later), known({ deleted: true }), false],
  ['a deletion', deletion(), known(), false],
  ['a deletion that is known', deletion(), known({ deleted: true }), true],
  ['a deletion of what the ledger does not know, or not yet', deletion(), undefined, false],
])('%s', (_, event, snapshot, isKnown) => {
  expect(isTold(event, snapshot)).toBe(isKnown);
});
