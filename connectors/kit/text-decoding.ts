/** What windows-1252 has where Latin 1 has control characters, 0x80 to 0x9f; five places are free. */
const upper = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';

/**
 * Bytes as text, by the name that a declaration gives its encoding. Throws RangeError for a name that is none, and where it is
 * fatal TypeError for bytes that are none in it. Node's decoder takes windows-1252, which ISO-8859-1 stands for on the web, for Latin 1.
 */
export function decodeText(bytes: Uint8Array, encoding: string, fatal = true): string {
  const decoder = new TextDecoder(encoding, { fatal });
  const text = decoder.decode(bytes);
  if (decoder.encoding !== 'windows-1252') return text;
  return text.replace(/[\u0080-\u009f]/g, (character) => upper.charAt(character.charCodeAt(0) - 0x80));
}
