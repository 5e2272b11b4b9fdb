/** `Retry-After` in seconds or as a date, as ms. */
export function delayOf(retryAfter: string | null | undefined): number | undefined {
  if (retryAfter === null || retryAfter === undefined) return undefined;
  const ms = /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - Date.now();
  return Number.isFinite(ms) && ms > 0 ? ms : undefined;
}
