/* eslint-disable no-restricted-globals -- Date as a calendar only, always of a given instant: no clock is read here. */

/** 0001-01-01T00:00:00.000Z and 9999-12-31T23:59:59.999Z in ms: what RFC 3339 can say, less year 0, which no CRM means. */
const firstMillis = -62_135_596_800_000;
const lastMillis = 253_402_300_799_999;

/**
 * RFC 3339 UTC with milliseconds of ms since 1970; parts of a ms are cut off. Total: undefined for what is no instant of the
 * years 1 to 9999 (NaN, an empty string, a text that is not an integer).
 */
export function isoFromMillis(millis: number | bigint | string): string | undefined {
  if (typeof millis === 'string' && !/^-?\d{1,16}$/.test(millis)) return undefined;
  const instant = Number(millis);
  return instant >= firstMillis && instant <= lastMillis ? new Date(instant).toISOString() : undefined;
}

const instantText =
  /^(?<day>\d{4}-\d\d-\d\d)[Tt ](?<minute>(?:[01]\d|2[0-3]):[0-5]\d):(?<second>[0-5]\d|60)(?:[.,](?<fraction>\d+))?(?<zone>[Zz]|[+-](?:[01]\d|2[0-3]):?[0-5]\d)$/;

/**
 * RFC 3339 UTC with milliseconds of an RFC 3339 text in any zone; finer fractions are cut off, a leap second is the second
 * after it. Takes Salesforce's `+0000` too. Total: undefined for everything else: a text without a zone, a bare date, a day
 * that the month does not have, an instant outside of the years 1 to 9999.
 */
export function isoFromText(text: string): string | undefined {
  const parts = instantText.exec(text)?.groups;
  if (parts === undefined) return undefined;
  const start = new Date(`${parts.day}T${parts.minute}:00.000Z`);
  // Date takes 30 February for 1 or 2 March.
  if (Number.isNaN(start.getTime()) || start.toISOString().slice(0, 10) !== parts.day) return undefined;
  const millis = Number((parts.fraction ?? '').slice(0, 3).padEnd(3, '0'));
  return isoFromMillis(start.getTime() + Number(parts.second) * 1000 + millis - zoneMillis(parts.zone));
}

/** Ms since 1970 of what the functions above give; NaN for anything else that is no instant. */
export function millisOf(iso: string): number {
  return Date.parse(iso);
}

/** Ms of `Z`, `+hh:mm` or `-hhmm`. */
function zoneMillis(zone = 'Z'): number {
  const [, sign, hours, minutes] = /^([+-])(\d\d):?(\d\d)$/.exec(zone) ?? [];
  const millis = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000;
  return sign === '-' ? -millis : millis;
}
