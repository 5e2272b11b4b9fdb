const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const SUFFIX = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';

/** Adds the three checksum characters that make a 15-character id safe for case-insensitive storage. */
export const to18 = (id15: string): string => {
  let suffix = '';
  for (let start = 0; start < 15; start += 5) {
    let bits = 0;
    for (let offset = 0; offset < 5; offset += 1) {
      const character = id15.charAt(start + offset);
      if (character >= 'A' && character <= 'Z') bits |= 1 << offset;
    }
    suffix += SUFFIX.charAt(bits);
  }
  return id15 + suffix;
};

/** The n-th record id of an object: key prefix, pod `Sb`, reserved `0`, nine base-62 digits, checksum. */
export const recordId = (keyPrefix: string, n: number): string => {
  let left = n;
  let digits = '';
  for (let place = 0; place < 9; place += 1) {
    digits = DIGITS.charAt(left % 62) + digits;
    left = Math.floor(left / 62);
  }
  return to18(`${keyPrefix}Sb0${digits}`);
};

/** The 18-character form of a 15- or 18-character id, or undefined where the text cannot be one. */
export const parseId = (text: unknown): string | undefined => {
  if (typeof text !== 'string' || !/^[0-9A-Za-z]{15}([0-9A-Za-z]{3})?$/.test(text)) return undefined;
  const full = to18(text.slice(0, 15));
  return text.length === 15 || full === text ? full : undefined;
};
