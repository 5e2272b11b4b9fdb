import { acme, type Case, expectFault, load } from './broken-example.fixture';

const with_ = (lines: string): readonly [string, string] => ['partitions: 8', `${lines}\npartitions: 8`];

describe('time zone and holidays', () => {
  test('are the file’s: ranges are written out, once each and in order', () => {
    const text = acme.replace(
      'partitions: 8',
      "partitions: 8\ntimeZone: Europe/Berlin\nholidays: ['2026-12-30/2027-01-01', 2026-12-25, '2026-12-25']",
    );
    expect(load(text).calendar).toEqual({
      timeZone: 'Europe/Berlin',
      holidays: ['2026-12-25', '2026-12-30', '2026-12-31', '2027-01-01'],
    });
  });

  test('are UTC and none where the file says nothing; with holidays alone they are UTC’s', () => {
    expect(load(acme)).not.toHaveProperty('calendar');
    const text = acme.replace('partitions: 8', 'partitions: 8\nholidays: [2026-12-25]');
    expect(load(text).calendar).toEqual({ timeZone: 'UTC', holidays: ['2026-12-25'] });
  });

  test('are part of each policy’s digest, since a model may know the hour by them', () => {
    const digests = ['', '\ntimeZone: Europe/Berlin', '\ntimeZone: Australia/Sydney', '\nholidays: [2026-12-25]'].map(
      (lines) => load(acme.replace('partitions: 8', `partitions: 8${lines}`)).useCases['lead-scoring']?.policy,
    );
    expect(new Set(digests).size).toBe(4);
  });

  test.each<Case>([
    [
      'a zone that is misspelt',
      ...with_('timeZone: Europe/Berln'),
      'Europe/Berln',
      /there is no time zone "Europe\/Berln"/,
      /did you mean "Europe\/Berlin"/,
      'timeZone',
    ],
    [
      'an offset, which has no daylight saving',
      ...with_("timeZone: '+02:00'"),
      "'+02:00'",
      /there is no time zone/,
      /Europe\/Berlin|did you mean/,
      'timeZone',
    ],
    [
      'a day that the calendar does not have',
      ...with_('holidays: [2026-12-25, 2026-02-29]'),
      '2026-02-29',
      /a day that the calendar does not have/,
      /2026-12-24\/2026-12-31/,
      'holidays[1]',
    ],
    [
      'a date in words',
      ...with_('holidays: [Christmas]'),
      'Christmas',
      /"Christmas" is no date/,
      /write '2026-12-25'/,
      'holidays[0]',
    ],
    [
      'days that end before they begin',
      ...with_('holidays: [2026-12-31/2026-12-24]'),
      '2026-12-31/',
      /ends before it begins/,
      /first and the last/,
      'holidays[0]',
    ],
    [
      'a slip of the year',
      ...with_('holidays: [2025-12-24/2026-12-31]'),
      '2025-12-24',
      /longer than 62 days/,
      /first and the last/,
      'holidays[0]',
    ],
  ])('%s is a fault, at its place', (...one) => {
    expectFault(...one);
  });
});
