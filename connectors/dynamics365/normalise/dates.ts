import { isoFromMillis, isoFromText } from '../../../canonical-schema/time';

const wcfDate = /^\/Date\((-?\d{1,16})(?:([+-])(\d\d)(\d\d))?\)\/$/;
const zoneless = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?$/;
const bareDay = /^\d{4}-\d\d-\d\d$/;

/**
 * RFC 3339 UTC with milliseconds of `/Date(ms)/`, or of a text with a zone or without one (then UTC); undefined for what is no
 * instant. With an offset, `/Date(ms+hhmm)/`, the instant is ms PLUS the offset: Dataverse holds times in UTC and lets its
 * serializer take them for local ones of the server.
 */
export function instantOf(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const [, millis, sign, hours = '0', minutes = '0'] = wcfDate.exec(value) ?? [];
  if (millis === undefined) return isoFromText(zoneless.test(value) ? `${value.replace(' ', 'T')}Z` : value);
  const offset = (Number(hours) * 60 + Number(minutes)) * 60_000;
  return isoFromMillis(Number(millis) + (sign === '-' ? -offset : offset));
}

/** Whether it is a date as the context's serializer writes it. */
export function isWcfDate(value: string): boolean {
  return wcfDate.test(value);
}

/** As the Web API writes instants: whole seconds where it can, `2025-03-01T09:30:00Z`. */
export function webApiInstant(value: string): string {
  return instantOf(value)?.replace('.000Z', 'Z') ?? value;
}

/** `YYYY-MM-DD`, of a day's text or of an instant: date-only columns are midnight in UTC. */
export function dayOf(value: unknown): string | undefined {
  const isDay = typeof value === 'string' && bareDay.test(value);
  return instantOf(isDay ? `${value}T00:00:00Z` : value)?.slice(0, 10);
}
