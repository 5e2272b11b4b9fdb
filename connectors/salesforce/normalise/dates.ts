import { isoFromMillis, isoFromText } from '../../../canonical-schema/time';

const dayMs = 86_400_000;

/** RFC 3339 UTC with milliseconds, of epoch ms or of a text with a zone; undefined for what is no instant (NaN, year 0). */
export function instantOf(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isInteger(value) ? isoFromMillis(value) : undefined;
  return typeof value === 'string' ? isoFromText(value) : undefined;
}

/** Smaller numbers are days: as ms they would all lie in the first hour of 1970. */
const leastMs = 3_000_000;

/** `YYYY-MM-DD`, of a day's text, of the ms of its midnight in UTC, or of the days since 1970, as Kafka Connect counts. */
export function dayOf(value: unknown): string | undefined {
  const isDay = typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value);
  const isDays = typeof value === 'number' && Math.abs(value) < leastMs;
  return instantOf(isDay ? `${value}T00:00:00Z` : isDays ? value * dayMs : value)?.slice(0, 10);
}

/** `HH:MM:SS.sssZ`, as the REST API writes times of day, of such a text or of ms since midnight. */
export function timeOfDayOf(value: unknown): string | undefined {
  if (typeof value === 'string') return /^\d\d:\d\d:\d\d(\.\d{3})?Z?$/.test(value) ? value : undefined;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value >= dayMs) return undefined;
  return isoFromMillis(value)?.slice(11);
}
