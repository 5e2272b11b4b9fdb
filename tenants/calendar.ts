import type { Path } from './document';
import type { Finding } from './shape-faults';
import { nearest } from './spelling';

/** `timeZone` and `holidays` as the file has them, once their shape was checked. */
export interface WrittenCalendar {
  readonly timeZone?: string;
  readonly holidays?: readonly string[];
}

/** Whose hours, weekdays and holidays the tenant's are. */
export interface TenantCalendar {
  /** IANA name. */
  readonly timeZone: string;
  /** `2026-12-25`, each once, in order. */
  readonly holidays: readonly string[];
}

const dayMs = 24 * 3_600_000;
/** What is longer is a slip of the year. */
const longestDays = 62;
const date = '\\d{4}-\\d{2}-\\d{2}';
const holiday = new RegExp(`^(${date})(?:/(${date}))?$`);

/** Midnight UTC of a date that the calendar has. */
const dayOf = (text: string): number | undefined => {
  const at = Date.parse(text);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text) ? at / dayMs : undefined;
};

/** First and last day of an entry, in days since 1970; or what is wrong with it. */
const spanOf = (text: string): readonly [number, number] | string => {
  const [, from, to = from] = holiday.exec(text) ?? [];
  if (from === undefined || to === undefined) return `"${text}" is no date`;
  const [first, last] = [dayOf(from), dayOf(to)];
  if (first === undefined || last === undefined) return `"${text}" is a day that the calendar does not have`;
  if (last < first) return `"${text}" ends before it begins`;
  return last - first < longestDays ? [first, last] : `"${text}" is longer than ${longestDays} days`;
};

/** An IANA name, as other programs know it too: Intl would also take `+02:00` and `europe/berlin`. */
const isZone = (name: string): boolean => {
  if (!/^(UTC|[A-Z][A-Za-z]+(\/[A-Z][A-Za-z0-9_+-]*)+)$/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
};

const zoneFindings = (path: Path, name: string): readonly Finding[] => {
  if (isZone(name)) return [];
  const near = nearest(name, [...Intl.supportedValuesOf('timeZone'), 'UTC']);
  const fix = near === undefined ? 'write an IANA name, such as Europe/Berlin, or UTC' : `did you mean "${near}"?`;
  return [{ path, message: `there is no time zone "${name}"`, fix }];
};

/** What is wrong with a tenant's time zone and holidays. */
export const calendarFindings = ({ timeZone = 'UTC', holidays = [] }: WrittenCalendar): readonly Finding[] => [
  ...zoneFindings(['timeZone'], timeZone),
  ...holidays.flatMap((text, index): readonly Finding[] => {
    const span = spanOf(text);
    const fix = "write '2026-12-25', or '2026-12-24/2026-12-31' for the first and the last of several days";
    return typeof span === 'string' ? [{ path: ['holidays', index], message: span, fix }] : [];
  }),
];

/** Absent where the file has neither. Only for one without findings. */
export const toCalendar = ({ timeZone, holidays }: WrittenCalendar): TenantCalendar | undefined => {
  if (timeZone === undefined && holidays === undefined) return undefined;
  const days = new Set<number>();
  for (const text of holidays ?? []) {
    const span = spanOf(text);
    if (typeof span === 'string') throw new Error(`${span}, and was not found to be wrong`);
    for (let day = span[0]; day <= span[1]; day += 1) days.add(day);
  }
  const dates = [...days].sort((a, b) => a - b).map((day) => new Date(day * dayMs).toISOString().slice(0, 10));
  return { timeZone: timeZone ?? 'UTC', holidays: dates };
};
