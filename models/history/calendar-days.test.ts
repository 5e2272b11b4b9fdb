import { Calendar, utc } from '../calendar';
import { HOUR, type Point } from './deviation';
import { historyFacts } from './facts';
import type { History, HistoryFacts, Observation } from './history';

const rhythm: History = {
  series: { column: 'stream', paths: ['stream'], label: 'Stream', missing: 'abstain' },
  time: { column: 'time', invalid: 'abstain', outOfOrder: 'abstain' },
  told: [],
  most: 1_344,
  values: [
    { name: 'hour', by: 'rhythm', of: 'count', what: 'what', hours: 1, learnDays: 28 },
    { name: 'stretch', by: 'rhythm', of: 'count', what: 'what', hours: 12, learnDays: 28 },
    { name: 'value', by: 'deviation', of: 'count' },
    { name: 'rate', by: 'rate', hours: 24 },
  ],
};

const sydney = new Calendar({ timeZone: 'Australia/Sydney', holidays: [] });

/** An office that is open from 9 to 17 of its own clock, Monday to Friday, and shut on its holidays. */
function usual(at: number, zone: Calendar, shut: readonly string[] = []): number {
  const day = Math.floor(zone.hourOfWeek(at) / 24);
  const isOpen = day < 5 && zone.hourOfDay(at) >= 9 && zone.hourOfDay(at) < 17 && !shut.includes(zone.dateOf(at));
  const mean = isOpen ? 60 : 2;
  return Math.max(0, Math.round(mean + Math.sqrt(mean) * ((((at / HOUR) * 7_919) % 13) / 6 - 1)));
}

const told = ({ at, value }: Point): Observation => ({ at, told: { count: value, what: 'leads created' } });

/** What eight weeks before say of a count. */
function facts(at: number, value: number, zone: Calendar, lived = zone, shut: readonly string[] = []): HistoryFacts {
  const past = Array.from({ length: 1_344 }, (_, n) => at - (1_344 - n) * HOUR).map((hour) =>
    told({ at: hour, value: usual(hour, lived, shut) }),
  );
  return historyFacts(rhythm, { past, peers: [] }, told({ at, value }), zone);
}

const far = ({ values }: HistoryFacts, name = 'hour'): number => Number(values[name]);

describe('where clocks are put forward', () => {
  // On 4 October 2026 in Sydney; on Monday the office opens at 22:00 UTC of Sunday, an hour earlier than it did.
  const opening = Date.parse('2026-10-04T22:00Z');

  it('the hours of opening and closing are usual in the zone, and were not in UTC', () => {
    const closing = Date.parse('2026-10-05T06:00Z');
    expect(sydney.clockOf(opening)).toBe('09:00');
    expect(Math.abs(far(facts(opening, usual(opening, sydney), sydney)))).toBeLessThan(2.5);
    expect(Math.abs(far(facts(closing, usual(closing, sydney), sydney)))).toBeLessThan(2.5);
    expect(far(facts(opening, usual(opening, sydney), utc, sydney))).toBeGreaterThan(6);
    expect(far(facts(closing, usual(closing, sydney), utc, sydney))).toBeLessThan(-4);
  });

  it('a silence is one all the same, told by the clock of the zone', () => {
    const { values, words } = facts(opening, 0, sydney);
    expect(values['hour']).toBeLessThan(-4);
    expect(words).toMatchObject({
      'hour.weekday': 'Mondays',
      'hour.from': '09:00',
      'hour.to': '10:00 Australia/Sydney',
    });
    expect(words['value.usual']).toBe('usual on Mondays about 09:00 Australia/Sydney');
  });

  it('the hour that is there twice is judged twice, each by what is usual at that hour', () => {
    const twice = ['2026-04-04T15:00Z', '2026-04-04T16:00Z'].map((text) => Date.parse(text));
    expect(twice.map((at) => sydney.clockOf(at))).toEqual(['02:00', '02:00']);
    for (const at of twice) {
      expect(Math.abs(far(facts(at, usual(at, sydney), sydney)))).toBeLessThan(2.5);
      expect(Number.isFinite(far(facts(at, usual(at, sydney), sydney), 'stretch'))).toBe(true);
    }
  });
});

describe('a holiday', () => {
  const days = { timeZone: 'Europe/Berlin', holidays: ['2026-05-01', '2026-05-14', '2026-05-25'] };
  const [berlin, plain] = [new Calendar(days), new Calendar({ ...days, holidays: [] })];
  // Whit Monday, 11:00.
  const noon = Date.parse('2026-05-25T09:00Z');

  it('is no silence: nothing is as usual as an ordinary day is, and more than that is a flood', () => {
    expect(far(facts(noon, 0, plain, plain, days.holidays))).toBeLessThan(-4);
    const quiet = facts(noon, 0, berlin, plain, days.holidays);
    expect(quiet.values).toMatchObject({ hour: 0, value: 0 });
    expect(quiet.words).toMatchObject({ 'hour.weekday': 'holidays', 'hour.low': '0', 'value.low': '0' });
    expect(far(facts(noon, 60, berlin, plain, days.holidays))).toBeLessThan(2.5);
    expect(far(facts(noon, 400, berlin, plain, days.holidays))).toBeGreaterThan(6);
  });

  it('has no stretch, nor have the hours after it until twelve are counted', () => {
    const midnight = Date.parse('2026-05-25T22:00Z');
    expect(facts(noon, 0, berlin, plain, days.holidays).values).not.toHaveProperty('stretch');
    expect(facts(midnight + 10 * HOUR, 60, berlin, plain, days.holidays).values).not.toHaveProperty('stretch');
    expect(facts(midnight + 11 * HOUR, 60, berlin, plain, days.holidays).values).toHaveProperty('stretch');
  });

  it('leaves what is usual where it was: a past with a quiet or a wild holiday gives the same', () => {
    const friday = Date.parse('2026-05-29T09:00Z');
    const shut = facts(friday, 90, berlin, plain, days.holidays);
    const open = facts(friday, 90, berlin, plain);
    expect(shut.values['hour']).toBe(open.values['hour']);
    expect(shut.values['value']).toBe(open.values['value']);
    expect(far(facts(friday, 90, plain, plain, days.holidays))).not.toBe(open.values['hour']);
  });

  it('is in no window of a rate', () => {
    const weeks = Array.from({ length: 16 }, (_, n) => new Date(Date.UTC(2026, 4, 16 + n)).toISOString().slice(0, 10));
    const shut = new Calendar({ ...days, holidays: weeks });
    const busy = (at: number): number => (shut.isHoliday(at) ? 0 : 4);
    const at = Date.parse('2026-06-05T09:00Z');
    const past = Array.from({ length: 35 * 24 }, (_, n) => at - (35 * 24 - n) * HOUR).flatMap((hour) =>
      Array.from({ length: busy(hour) }, (_, k) => told({ at: hour + k, value: 1 })),
    );
    const rate = (zone: Calendar) => historyFacts(rhythm, { past, peers: [] }, told({ at, value: 1 }), zone);
    expect(Math.abs(far(rate(shut), 'rate'))).toBeLessThan(1);
    expect(far(rate(plain), 'rate')).toBeGreaterThan(2);
  });
});
