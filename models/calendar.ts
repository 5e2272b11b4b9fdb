/** How a tenant's days and hours are told. */
export interface DaysAndHours {
  /** IANA name. */
  readonly timeZone: string;
  /** `2026-12-25`, each a whole day of the zone. */
  readonly holidays: readonly string[];
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const WEEK_HOURS = 7 * 24;
const WEEKDAYS = ['Mondays', 'Tuesdays', 'Wednesdays', 'Thursdays', 'Fridays', 'Saturdays', 'Sundays'] as const;
/** `GMT`, `GMT+05:30`, and of long ago `GMT-00:44:30`. */
const OFFSET = /^GMT(?:([+-])(\d{2}):(\d{2})(?::(\d{2}))?)?$/;

/**
 * The clock on the wall of a zone, and its holidays. Pure, and nothing of the machine's own zone enters. Where clocks are put forward
 * an hour of the day is not there, where they are put back it is there twice: two hours, each told by what the clock shows.
 */
export class Calendar {
  private readonly holidays: ReadonlySet<number>;
  private readonly format: Intl.DateTimeFormat | undefined;
  /** By day of UTC: the offset, undefined where it changes on that day. To ask Intl for each hour of weeks would take longer than to score. */
  private readonly offsets = new Map<number, number | undefined>();
  /** The day that was asked for last: times mostly come in order. */
  private last: { readonly day: number; readonly offset: number | undefined } = { day: Number.NaN, offset: 0 };

  constructor(private readonly told: DaysAndHours) {
    this.holidays = new Set(told.holidays.map((date) => Date.parse(date) / DAY));
    const { timeZone } = told;
    this.format =
      timeZone === 'UTC' ? undefined : new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' });
  }

  get timeZone(): string {
    return this.told.timeZone;
  }

  /** What the clock on the wall shows, as ms since 1970 on that clock. */
  wallOf(at: number): number {
    if (this.format === undefined) return at;
    const day = Math.floor(at / DAY);
    if (day !== this.last.day) this.last = { day, offset: this.offsetOn(day) };
    return at + (this.last.offset ?? this.askedOffset(at));
  }

  /** Hours since Monday 00:00; 1 January 1970 was a Thursday. */
  hourOfWeek(at: number): number {
    return (((Math.floor(this.wallOf(at) / HOUR) + 3 * 24) % WEEK_HOURS) + WEEK_HOURS) % WEEK_HOURS;
  }

  hourOfDay(at: number): number {
    return this.hourOfWeek(at) % 24;
  }

  isHoliday(at: number): boolean {
    return this.holidays.size > 0 && this.holidays.has(Math.floor(this.wallOf(at) / DAY));
  }

  /** Whether a day of a time, both ends included, is a holiday. */
  touchesHoliday(from: number, to: number): boolean {
    if (this.holidays.size === 0) return false;
    for (let at = from; at < to; at += DAY) if (this.isHoliday(at)) return true;
    return this.isHoliday(to);
  }

  /** `2026-12-25` */
  dateOf(at: number): string {
    return new Date(this.wallOf(at)).toISOString().slice(0, 10);
  }

  /** `Mondays` */
  weekdayOf(at: number): string {
    return WEEKDAYS[Math.floor(this.hourOfWeek(at) / 24)] ?? '';
  }

  /** `09:30` */
  clockOf(at: number): string {
    return new Date(this.wallOf(at)).toISOString().slice(11, 16);
  }

  private offsetOn(day: number): number | undefined {
    if (!this.offsets.has(day)) {
      const [first, next] = [this.askedOffset(day * DAY), this.askedOffset((day + 1) * DAY)];
      this.offsets.set(day, first === next ? first : undefined);
    }
    return this.offsets.get(day);
  }

  private askedOffset(at: number): number {
    const name = this.format?.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const found = OFFSET.exec(name);
    if (found === null) throw new Error(`${this.timeZone} has the offset "${name}", which cannot be read`);
    const [, sign, hours = 0, minutes = 0, seconds = 0] = found;
    return (sign === '-' ? -1000 : 1000) * ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds));
  }
}

/** UTC, whose days are all alike. */
export const utc = new Calendar({ timeZone: 'UTC', holidays: [] });

const calendars = new WeakMap<DaysAndHours, Calendar>();

/** The calendar of what was told, made once; none where nothing was told. */
export function calendarOf(told: DaysAndHours | undefined): Calendar | undefined {
  if (told === undefined) return undefined;
  let known = calendars.get(told);
  if (known === undefined) calendars.set(told, (known = new Calendar(told)));
  return known;
}
