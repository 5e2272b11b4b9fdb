const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** A year counts 366 days and a month 31, so that nothing is given up earlier than the calendar would. */
const unit = [366 * day, 31 * day, 7 * day, day, hour, minute, second];
const iso =
  /^P(?=.)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

/** The milliseconds of an ISO 8601 duration (`PT4H`, `P30D`, `P7Y`); undefined when it is none. */
export const durationMs = (text: string): number | undefined => {
  const match = iso.exec(text);
  if (match === null) return undefined;
  const total = unit.reduce((sum, ms, index) => sum + ms * Number(match[index + 1] ?? 0), 0);
  return Number.isSafeInteger(Math.round(total)) ? Math.round(total) : undefined;
};
