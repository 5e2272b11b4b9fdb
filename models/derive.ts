import type { Calendar } from './calendar';
import type { Derivation } from './manifest';

/** A decimal number and nothing else: no hex, no "Infinity", no digit separators. */
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
/** `29/2/2016 01:16`, as the incident log writes it. */
const DAY_FIRST = /^(\d{1,2})\/(\d{1,2})\/(\d{4}) (\d{1,2}):(\d{2})$/;
/** ISO 8601 to the minute or finer; without a zone it is UTC. */
const ISO = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3})\d*)?)?(Z|[+-]\d{2}:?\d{2})?$/;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A moment, in ms since 1970. */
export interface Time {
  /** On the clock where it was written. */
  readonly wall: number;
  /** In UTC. */
  readonly instant: number;
  /** Whether it was written with its distance from UTC. */
  readonly isZoned: boolean;
}

/** The number that a cell stands for; undefined when it stands for none. */
export function numberIn(raw: unknown): number | undefined {
  const number = typeof raw === 'string' && NUMBER.test(raw) ? Number(raw) : raw;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/** Whether a feature's cells are times, for messages. */
export function readsTimes(derive: Derivation | undefined): boolean {
  return derive?.by === 'hourOfDay' || derive?.by === 'weekday' || derive?.by === 'hoursSince';
}

/** Whether a cell can be used: a time where times are needed, else a number. */
export function isUsable(derive: Derivation | undefined, raw: unknown): boolean {
  return readsTimes(derive) ? timeIn(raw) !== undefined : numberIn(raw) !== undefined;
}

/**
 * A number made of one or two usable cells, or the number of the first where nothing is derived. Pure; NaN where there is
 * none, infinite on a division by zero.
 * @param second the cell of the derivation's own column
 * @param calendar whose hours and weekdays are meant; without one, those of the clock where it was written
 */
export function derived(derive: Derivation | undefined, first: unknown, second: unknown, calendar?: Calendar): number {
  const a = numberIn(first) ?? NaN;
  if (derive === undefined) return a;
  if (readsTimes(derive)) return ofTimes(derive, timeIn(first), timeIn(second), calendar);
  const b = numberIn(second) ?? NaN;
  const factor = 'factor' in derive ? (derive.factor ?? 1) : 1;
  if (derive.by === 'times') return a * b * factor;
  return (derive.by === 'over' ? a / b : a - b) * factor;
}

function ofTimes({ by }: Derivation, first: Time | undefined, second: Time | undefined, calendar?: Calendar): number {
  if (first === undefined) return NaN;
  const wall = calendar !== undefined && first.isZoned ? calendar.wallOf(first.instant) : first.wall;
  if (by === 'hourOfDay') return Math.floor(remainder(wall, DAY) / HOUR);
  // 1 January 1970 was a Thursday; Monday is 1.
  if (by === 'weekday') return remainder(Math.floor(wall / DAY) + 3, 7) + 1;
  return second === undefined ? NaN : (first.instant - second.instant) / HOUR;
}

/** What is left of a division, never negative. */
function remainder(value: number, by: number): number {
  return ((value % by) + by) % by;
}

export function timeIn(raw: unknown): Time | undefined {
  if (typeof raw !== 'string') return undefined;
  const dayFirst = DAY_FIRST.exec(raw);
  if (dayFirst !== null) {
    const [, day, month, year, ...clock] = dayFirst;
    return moment([year, month, day, ...clock], undefined);
  }
  const iso = ISO.exec(raw);
  if (iso === null) return undefined;
  return moment([...iso.slice(1, 7), iso[7]?.padEnd(3, '0')], iso[8] === undefined ? undefined : offsetOf(iso[8]));
}

/** The zone's distance from UTC in ms. */
function offsetOf(zone: string): number {
  if (zone === 'Z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return (zone.startsWith('-') ? -1 : 1) * minutes * MINUTE;
}

/** From year, month, day, hour, minute and so on; undefined for a day or an hour that the calendar does not have. */
function moment(parts: readonly (string | undefined)[], offset: number | undefined): Time | undefined {
  const [year, month, ...rest] = parts.map((part) => Number(part ?? 0)) as [number, number, ...number[]];
  const wall = Date.UTC(year, month - 1, ...rest);
  // Date turns what the calendar does not have into another moment, which then reads differently.
  const back = new Date(wall);
  const read = [back.getUTCMonth() + 1, back.getUTCDate(), back.getUTCHours(), back.getUTCMinutes()];
  if (read.join() !== [month, ...rest.slice(0, 3)].join()) return undefined;
  return { wall, instant: wall - (offset ?? 0), isZoned: offset !== undefined };
}
