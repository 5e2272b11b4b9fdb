import fc from 'fast-check';
import { Calendar } from './calendar';
import { derived, isUsable } from './derive';

const two = { column: 'b', path: 'b' };

describe('a derived number', () => {
  it('is the product, ratio or difference of two columns, times a factor', () => {
    expect(derived({ by: 'times', ...two, factor: 0.5 }, '4', '3')).toBe(6);
    expect(derived({ by: 'over', ...two }, '3', '4')).toBe(0.75);
    expect(derived({ by: 'minus', ...two }, 308.6, '298.1')).toBeCloseTo(10.5);
    expect(derived({ by: 'over', ...two }, '1', '0')).toBe(Infinity);
  });

  it('is the number itself where nothing is derived', () => {
    expect(derived(undefined, '1e3', undefined)).toBe(1000);
  });

  it('is the hour and the day of the week on the clock where the time was written', () => {
    expect(derived({ by: 'hourOfDay' }, '29/2/2016 01:16', undefined)).toBe(1);
    expect(derived({ by: 'weekday' }, '29/2/2016 01:16', undefined)).toBe(1);
    expect(derived({ by: 'weekday' }, '2016-03-06T23:59', undefined)).toBe(7);
    expect(derived({ by: 'hourOfDay' }, '2016-03-06T23:59:59.5+11:00', undefined)).toBe(23);
    expect(derived({ by: 'hourOfDay' }, '1969-12-31T22:00Z', undefined)).toBe(22);
    expect(derived({ by: 'weekday' }, '1969-12-31T22:00Z', undefined)).toBe(3);
  });

  it('are those of the calendar, where a time says how far it is from UTC', () => {
    const sydney = new Calendar({ timeZone: 'Australia/Sydney', holidays: [] });
    const hourAndDay = (text: string) =>
      (['hourOfDay', 'weekday'] as const).map((by) => derived({ by }, text, undefined, sydney));
    expect(hourAndDay('2026-10-03T15:59Z')).toEqual([1, 7]);
    expect(hourAndDay('2026-10-03T16:00Z')).toEqual([3, 7]);
    expect(hourAndDay('2026-10-03T18:00:00.000+02:00')).toEqual([3, 7]);
    expect(hourAndDay('2026-10-04T23:00')).toEqual([23, 7]);
    expect(hourAndDay('29/2/2016 01:16')).toEqual([1, 1]);
  });

  it('is the hours between two moments, whatever their zones', () => {
    expect(derived({ by: 'hoursSince', ...two }, '29/2/2016 08:53', '29/2/2016 01:23')).toBe(7.5);
    expect(derived({ by: 'hoursSince', ...two }, '2016-02-29T12:00+02:00', '2016-02-29T09:00Z')).toBe(1);
    expect(derived({ by: 'hoursSince', ...two }, '2016-02-29T09:00:01.5', '2016-02-29T09:00:00Z')).toBeCloseTo(
      1.5 / 3600,
    );
  });

  it('agrees with Date on every moment', () => {
    const moments = fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(moments, (moment) => {
        const text = moment.toISOString();
        expect(derived({ by: 'hourOfDay' }, text, undefined)).toBe(moment.getUTCHours());
        expect(derived({ by: 'weekday' }, text, undefined) % 7).toBe(moment.getUTCDay());
      }),
    );
  });

  it.each([
    '30/2/2016 01:16',
    '29/2/2015 00:00',
    '1/13/2016 01:16',
    '1/1/2016 24:00',
    '1/1/2016 01:60',
    '2016-02-30T00:00Z',
    '?',
    '',
    '1456708560',
    5,
    null,
  ])('cannot be made of %j as a time', (cell) => {
    expect(isUsable({ by: 'weekday' }, cell)).toBe(false);
  });

  it.each(['NaN', 'Infinity', '0x10', '1,5', '', Infinity, true])('cannot be made of %j as a number', (cell) => {
    expect(isUsable({ by: 'times', ...two }, cell)).toBe(false);
  });
});
