import { X509Certificate } from 'node:crypto';
import type { Finding } from '../contract';

/** Time enough to have a certificate made and put where it belongs. */
const soonMs = 30 * 86_400_000;

const pem = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/** The certificates of a text: PEM blocks, whatever stands between them, else base64 of one in DER. Throws what Node says of one that is none. */
export function certificatesIn(text: string): readonly X509Certificate[] {
  const blocks = text.match(pem) ?? [];
  if (blocks.length > 0) return blocks.map((block) => new X509Certificate(block));
  return text.includes('-----BEGIN') ? [] : [new X509Certificate(Buffer.from(text, 'base64'))];
}

/**
 * Whether a certificate is in time: an error where it has ended or not begun, a warning in its last 30 days.
 * @param now ms since the epoch
 * @param fix what a person does about it
 */
export function validityOf(
  what: string,
  { validFrom, validTo }: Pick<X509Certificate, 'validFrom' | 'validTo'>,
  now: number,
  fix: string,
): Finding {
  const [begins, ends] = [Date.parse(validFrom), Date.parse(validTo)];
  const day = (at: number): string => new Date(at).toISOString().slice(0, 10);
  if (now < begins) return { level: 'error', what, why: `it is valid from ${day(begins)} on`, fix };
  if (now >= ends) return { level: 'error', what, why: `it expired on ${day(ends)}`, fix };
  if (ends - now < soonMs) return { level: 'warning', what, why: `it expires on ${day(ends)}`, fix };
  return { level: 'ok', what, why: `valid until ${day(ends)}` };
}
