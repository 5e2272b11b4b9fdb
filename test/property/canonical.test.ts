import fc from 'fast-check';
import { canonicalJson } from '../../canonical-schema/canonical-json';
import { entityNames } from '../../canonical-schema/entity';
import { parseSubject, sequenceOf, stableId, subjectOf } from '../../canonical-schema/identity';
import { sampleEvent } from '../../canonical-schema/testing/samples';
import { isoFromMillis, isoFromText } from '../../canonical-schema/time';
import { validateAction, validateDecision, validateEvent } from '../../canonical-schema/validate';

const part = fc.bigInt({ min: 0n, max: 10n ** 20n - 1n });
/** Near each other often enough for the digits to matter. */
const nearPart = fc.oneof(
  part,
  fc.bigInt({ min: 0n, max: 12n }),
  fc.constantFrom(9n, 10n, 99n, 100n, 2n ** 63n, 2n ** 64n),
);
const sign = (x: number): number => (x > 0 ? 1 : x < 0 ? -1 : 0);
const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

test('sequences of equally many parts order as their numbers do', () => {
  const pair = fc.integer({ min: 1, max: 3 }).chain((length) => {
    const parts = fc.array(nearPart, { minLength: length, maxLength: length });
    return fc.tuple(parts, parts);
  });
  fc.assert(
    fc.property(pair, ([a, b]) => {
      const difference = a.map((x, i) => x - b[i]!).find((d) => d !== 0n) ?? 0n;
      expect(compareText(sequenceOf(...a), sequenceOf(...b))).toBe(difference > 0n ? 1 : difference < 0n ? -1 : 0);
    }),
    { numRuns: 1000 },
  );
});

test('a sequence is the same from a number, a bigint and a text', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.nat(5), (n, zeros) => {
      expect(sequenceOf(BigInt(n))).toBe(sequenceOf(n));
      expect(sequenceOf('0'.repeat(zeros) + String(n))).toBe(sequenceOf(n));
    }),
  );
});

test('ids are equal exactly when all parts are', () => {
  const parts = fc.array(fc.string({ unit: 'binary', maxLength: 3 }), { maxLength: 3 });
  fc.assert(
    fc.property(parts, parts, (a, b) => {
      expect(stableId(...a) === stableId(...b)).toBe(JSON.stringify(a) === JSON.stringify(b));
      expect(stableId(...a)).toBe(stableId(...a));
    }),
    { numRuns: 1000 },
  );
});

test('many ids, none twice', () => {
  const ids = Array.from({ length: 20_000 }, (_, i) => stableId('acme', String(i % 200), String(Math.floor(i / 200))));
  expect(new Set(ids).size).toBe(ids.length);
});

test('canonical JSON says the same value, whatever the order of its members, and only once', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = canonicalJson(value);
      // JSON has no -0, and toEqual tells it from 0.
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      expect(canonicalJson(reversed(value))).toBe(text);
      expect(canonicalJson(JSON.parse(text))).toBe(text);
    }),
  );
});

test('subjects are read back, whatever the id', () => {
  fc.assert(
    fc.property(fc.constantFrom(...entityNames), fc.string({ unit: 'binary', minLength: 1 }), (entity, id) => {
      expect(parseSubject(subjectOf(entity, id))).toEqual({ entity, id });
    }),
  );
});

test('instants keep their order as texts, and are read back; anything else is none', () => {
  const instant = fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 });
  fc.assert(
    fc.property(instant, instant, (a, b) => {
      const [textA, textB] = [isoFromMillis(a)!, isoFromMillis(b)!];
      expect(compareText(textA, textB)).toBe(sign(a - b));
      expect(isoFromText(textA)).toBe(textA);
      expect(isoFromMillis(String(a))).toBe(textA);
    }),
  );
  fc.assert(
    fc.property(fc.oneof(fc.double(), fc.string(), fc.bigInt()), (anything) => {
      expect(isoFromMillis(anything) ?? '0001-01-01T00:00:00.000Z').toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      expect(isoFromText(String(anything)) ?? '0001-01-01T00:00:00.000Z').toMatch(/^\d{4}-/);
    }),
  );
});

test('validators answer for any value, and take none by chance', () => {
  fc.assert(
    fc.property(fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true }), (value) => {
      for (const validate of [validateEvent, validateAction, validateDecision])
        expect(validate(value).length).toBeGreaterThan(0);
    }),
  );
});

test('an event with any one member of its data broken is refused there', () => {
  const event = sampleEvent('lead', 'updated');
  const broken = fc.oneof(fc.constant(null), fc.constant(''), fc.double(), fc.array(fc.string()));
  const member = fc.constantFrom('entity', 'change', 'record', 'native', 'provenance');
  fc.assert(
    fc.property(member, broken, (name, value) => {
      const faults = validateEvent({ ...event, data: { ...event.data, [name]: value } });
      expect(faults.map((fault) => fault.path)).toContain(`/data/${name}`);
    }),
  );
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, member]) => [name, reversed(member)] as const);
  return Object.fromEntries(members.reverse());
}
