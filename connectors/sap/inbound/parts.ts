import { parseLossless } from '../../kit/lossless-json';
import { splitIdocs } from '../idoc-split';
import { listOf, objectOf } from '../json';

/** The events of a batch, each for itself, so that one that cannot be used does not take the others with it. */
export function eventsIn(body: Uint8Array): readonly Uint8Array[] {
  const whole = Buffer.from(body).toString('utf8');
  if (!/^\s*\[/.test(whole)) return [body];
  try {
    const events = listOf(parseLossless(whole)) ?? [];
    const isBatch = events.length > 0 && events.every((event) => objectOf(event) !== undefined);
    return isBatch ? events.map((event) => Buffer.from(JSON.stringify(event), 'utf8')) : [body];
  } catch {
    return [body];
  }
}

/** The IDocs of a packet, each for itself. */
export function idocsIn(body: Uint8Array): readonly Uint8Array[] {
  // Latin 1 keeps each byte as it is, whatever the document is written in.
  const parts = splitIdocs(Buffer.from(body).toString('latin1'));
  return parts.length === 1 ? [body] : parts.map((part) => Buffer.from(part, 'latin1'));
}
