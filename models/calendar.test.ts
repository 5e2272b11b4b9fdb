import { Calendar, calendarOf, utc } from './calendar';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const calendar = (timeZone: string, ...holidays: readonly string[]): Calendar => new Calendar({ timeZone, holidays });
const berlin = calendar('Europe/Berlin', '2026-12-25');
const utcAt = (text: string): number => Date.parse(`${text}:00Z`);

/** What the clock shows at each hour of a day of a zone. */
function hoursOf(zone: Calendar, date: string): readonly number[] {
  const from = Date.parse(`${date}T00:00Z`) - DAY;
  const hours = Array.from({ length: 72 }, (_, n) => from + n * HOUR);
  return hours.filter((at) => zone.dateOf(at) === date).map((at) => zone.hourOfDay(at));
}

const whole = Array.from({ length: 24 }, (_, hour) => hour);

describe('a calendar', () => {
  it.each<[string, Calendar, string, readonly number[]]>([
    ['Berlin, an ordinary day', berlin, '2026-03-28', whole],
    ['Berlin, clocks put forward', berlin, '2026-03-29', whole.filter((hour) => hour !== 2)],
    ['Berlin, clocks put back', berlin, '2026-10-25', [...whole, 2].sort((a, b) => a - b)],
    ['Sydney, clocks put forward', calendar('Australia/Sydney'), '2026-10-04', whole.filter((hour) => hour !== 2)],
    ['Kolkata, half an hour away', calendar('Asia/Kolkata'), '2026-03-29', whole],
    ['UTC', utc, '2026-03-29', whole],
  ])('tells each hour of a day once: %s', (_, zone, date, hours) => {
    expect(hoursOf(zone, date)).toEqual(hours);
  });

  it('tells weekday, date and clock of the zone, and no other', () => {
    const at = utcAt('2026-12-24T23:30');
    expect([berlin.weekdayOf(at), berlin.dateOf(at), berlin.clockOf(at)]).toEqual(['Fridays', '2026-12-25', '00:30']);
    expect([utc.weekdayOf(at), utc.dateOf(at), utc.clockOf(at)]).toEqual(['Thursdays', '2026-12-24', '23:30']);
    expect(berlin.hourOfWeek(utcAt('2026-07-05T22:00'))).toBe(0);
    expect(berlin.hourOfWeek(utcAt('2026-01-04T23:00'))).toBe(0);
    expect(utc.hourOfWeek(Date.parse('1969-12-29T00:30Z'))).toBe(0);
  });

  it('begins and ends a holiday at midnight of the zone', () => {
    const told = ['2026-12-24T22:59', '2026-12-24T23:00', '2026-12-25T22:59', '2026-12-25T23:00'].map(utcAt);
    expect(told.map((at) => berlin.isHoliday(at))).toEqual([false, true, true, false]);
    expect(berlin.touchesHoliday(utcAt('2026-12-24T12:00'), utcAt('2026-12-24T22:30'))).toBe(false);
    expect(berlin.touchesHoliday(utcAt('2026-12-24T12:00'), utcAt('2026-12-25T12:00'))).toBe(true);
    expect(berlin.touchesHoliday(utcAt('2026-12-24T12:00'), utcAt('2026-12-27T12:00'))).toBe(true);
  });

  it('agrees with Intl at every hour of years, days of change among them', () => {
    const format = new Intl.DateTimeFormat('en-GB', {
      ...{ timeZone: 'Europe/Berlin', hourCycle: 'h23', hour: '2-digit', day: '2-digit' },
    });
    for (let at = utcAt('2025-01-01T00:00'); at < utcAt('2027-01-01T00:00'); at += HOUR) {
      const shown = format.format(at).split(', ').map(Number);
      if (shown[0] === Number(berlin.dateOf(at).slice(8)) && shown[1] === berlin.hourOfDay(at)) continue;
      throw new Error(`${new Date(at).toISOString()}: ${shown.join()}, not ${berlin.dateOf(at)} ${berlin.clockOf(at)}`);
    }
  });

  it('is made once of what was told', () => {
    const told = { timeZone: 'Europe/Berlin', holidays: [] };
    expect(calendarOf(told)).toBe(calendarOf(told));
    expect(calendarOf(undefined)).toBeUndefined();
  });
});
