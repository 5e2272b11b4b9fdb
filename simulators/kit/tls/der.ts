/** The few ASN.1 DER constructors an X.509 certificate needs. Node can sign with a key but cannot issue a certificate. */

/** One tag-length-value element; lengths up to 65,535 bytes, far above any certificate made here. */
const element = (tag: number, ...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  const { length } = body;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), body]);
};

/** SEQUENCE of already encoded elements. */
export const sequence = (...parts: readonly Buffer[]): Buffer => element(0x30, ...parts);

/** SET of already encoded elements. */
export const set = (...parts: readonly Buffer[]): Buffer => element(0x31, ...parts);

/** INTEGER from big-endian magnitude bytes; a leading zero is added where the sign bit would be set. */
export const integer = (bytes: Buffer): Buffer =>
  element(0x02, (bytes[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes);

/** BOOLEAN TRUE. */
export const booleanTrue = (): Buffer => element(0x01, Buffer.from([0xff]));

/** BIT STRING with no unused bits unless `unused` says otherwise. */
export const bitString = (bytes: Buffer, unused = 0): Buffer => element(0x03, Buffer.from([unused]), bytes);

/** OCTET STRING. */
export const octetString = (bytes: Buffer): Buffer => element(0x04, bytes);

/** UTF8String. */
export const utf8 = (text: string): Buffer => element(0x0c, Buffer.from(text, 'utf8'));

/** GeneralizedTime or UTCTime, as RFC 5280 4.1.2.5 asks: UTCTime through 2049. */
export const time = (at: Date): Buffer => {
  const digits = at.toISOString().replace(/[-:T]|\.\d+/g, '');
  return at.getUTCFullYear() < 2050 ? element(0x17, Buffer.from(digits.slice(2))) : element(0x18, Buffer.from(digits));
};

/** OBJECT IDENTIFIER from its dotted form, for example `2.5.4.3`. */
export const objectId = (dotted: string): Buffer => {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second];
  for (const arc of rest) {
    const groups = [arc & 0x7f];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128))
      groups.unshift((left & 0x7f) | 0x80);
    bytes.push(...groups);
  }
  return element(0x06, Buffer.from(bytes));
};

/** Context-specific element `[number]`; constructed unless `primitive`. */
export const tagged = (number: number, body: Buffer, primitive = false): Buffer =>
  element((primitive ? 0x80 : 0xa0) | number, body);
