import { createHmac } from 'node:crypto';
import { domainToASCII } from 'node:url';
import { type CountryCode, getCountries, parsePhoneNumberFromString } from 'libphonenumber-js/min';

/** What a key is, which says when two ways of writing it are the same. */
export type IdentityKind = 'email' | 'phone' | 'taxNumber' | 'externalId';

/** Whether a text is the code of a country that has phone numbers, as ISO 3166 writes it. */
export const isCountry = (code: string): boolean => getCountries().some((known) => known === code);

const email = (text: string): string | undefined => {
  const match = /^([^\s@]+)@([^\s@]+\.[^\s@.]+)$/.exec(text);
  const domain = domainToASCII(match?.[2] ?? '');
  return match === null || domain === '' ? undefined : `${(match[1] ?? '').toLowerCase()}@${domain}`;
};

/** E.164; people behind one switchboard are told apart by their extension. */
const phone = (text: string, country: string | undefined): string | undefined => {
  const parsed = parsePhoneNumberFromString(text, country as CountryCode | undefined);
  if (parsed?.isValid() !== true) return undefined;
  return parsed.ext === undefined ? parsed.number : `${parsed.number};ext=${parsed.ext}`;
};

const taxNumber = (text: string): string | undefined => {
  const bare = text.replace(/[\s./-]/g, '').toUpperCase();
  return /^[A-Z0-9]{5,}$/.test(bare) && /\d/.test(bare) ? bare : undefined;
};

/**
 * The one way of writing a key; undefined for what is none. Pure. Nothing is guessed: an alias within an e-mail address or
 * leading zeros of an external id make another key.
 * @param country ISO 3166 code, for phone numbers that name none
 */
export const normaliseKey = (kind: IdentityKind, value: unknown, country?: string): string | undefined => {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const text = String(value).normalize('NFKC').trim();
  if (text === '') return undefined;
  switch (kind) {
    case 'email':
      return email(text);
    case 'phone':
      return phone(text, country);
    case 'taxNumber':
      return taxNumber(text);
    case 'externalId':
      return text;
  }
};

/**
 * A key as the ledger keeps it, `<rule>:<hash>`: equal where tenant, rule and key are, and not to be turned back without the
 * tenant's secret. 128 bits, base64url.
 */
export const hashKey = (secret: string, tenant: string, rule: string, key: string): string => {
  const hash = createHmac('sha256', secret)
    .update(JSON.stringify([tenant, rule, key]))
    .digest();
  return `${rule}:${hash.subarray(0, 16).toString('base64url')}`;
};
