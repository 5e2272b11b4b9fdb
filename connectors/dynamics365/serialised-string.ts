const namespace = 'http://schemas.microsoft.com/2003/10/Serialization/';

/** The elements that .NET's DataContractSerializer makes of a text and of bytes. */
const elements = ['string', 'base64Binary'] as const;

/** Records of .NET's binary XML (MS-NBFX). */
const shortElement = 0x40;
const shortXmlns = 0x08;
const endElement = 0x01;

/** Its records of content, which are even; the next odd one is the same with the end of the element. Sizes are those of a length, in bytes. */
const contents: Readonly<Record<number, { readonly as: 'utf8' | 'utf16le' | 'bytes'; readonly size: 0 | 1 | 2 | 4 }>> =
  {
    0x98: { as: 'utf8', size: 1 },
    0x9a: { as: 'utf8', size: 2 },
    0x9c: { as: 'utf8', size: 4 },
    0x9e: { as: 'bytes', size: 1 },
    0xa0: { as: 'bytes', size: 2 },
    0xa2: { as: 'bytes', size: 4 },
    0xa8: { as: 'utf8', size: 0 },
    0xb6: { as: 'utf16le', size: 1 },
    0xb8: { as: 'utf16le', size: 2 },
    0xba: { as: 'utf16le', size: 4 },
  };

/**
 * What a body holds that .NET code put as a text or as bytes into a message (`new BrokeredMessage(json)`): such a body is the text
 * serialised as XML, binary or not. UTF-8; undefined for any other body, and for one that is not whole.
 */
export function unwrappedBody(body: Uint8Array): Uint8Array | undefined {
  if (body[0] === shortElement) return contentOf(Buffer.from(body));
  const text = unwrappedXml(Buffer.from(body).toString('utf8'));
  return text === undefined ? undefined : Buffer.from(text);
}

/**
 * The same of a text, as tools show such a body: as XML, as base64, or as binary XML that was taken for text. Of the last one
 * lengths cannot be trusted: what is JSON in it is taken.
 */
export function unwrappedText(text: string): string | undefined {
  if (text.startsWith(elementAsBase64)) {
    const inner = unwrappedBody(Buffer.from(text, 'base64'));
    return inner === undefined ? undefined : Buffer.from(inner).toString('utf8');
  }
  return unwrappedXml(text) ?? jsonBehind(text);
}

/** Nine bytes: twelve characters, whatever follows. */
const elementAsBase64 = Buffer.from('@\u0006string\b').toString('base64');

function contentOf(bytes: Buffer): Uint8Array | undefined {
  const start = elements.map(headOf).find((head) => bytes.subarray(0, head.length).equals(head));
  if (start === undefined) return undefined;
  const parts: Buffer[] = [];
  let at = start.length;
  while (at < bytes.length) {
    const type = bytes.readUInt8(at);
    if (type === endElement) return at + 1 === bytes.length ? Buffer.concat(parts) : undefined;
    const part = partAt(bytes, at);
    if (part === undefined) return undefined;
    parts.push(part.content);
    at = part.end;
    if (type % 2 === 1) return at === bytes.length ? Buffer.concat(parts) : undefined;
  }
  return undefined;
}

function headOf(element: string): Buffer {
  const text = (value: string): Buffer => Buffer.concat([Buffer.of(value.length), Buffer.from(value)]);
  return Buffer.concat([Buffer.of(shortElement), text(element), Buffer.of(shortXmlns), text(namespace)]);
}

/** One record of content; a long text comes in several. */
function partAt(bytes: Buffer, at: number): { readonly content: Buffer; readonly end: number } | undefined {
  const record = contents[bytes.readUInt8(at) & ~1];
  const from = at + 1 + (record?.size ?? 0);
  if (record === undefined || from > bytes.length) return undefined;
  const end = from + (record.size === 0 ? 0 : bytes.readUIntLE(at + 1, record.size));
  if (end > bytes.length) return undefined;
  const content = bytes.subarray(from, end);
  return { content: record.as === 'utf16le' ? Buffer.from(content.toString('utf16le')) : content, end };
}

const xml = new RegExp(
  `^\\uFEFF?(?:\\s*<\\?xml[^>]*>)?\\s*<(string|base64Binary)\\s+xmlns="${namespace}"\\s*>([^<]*)</\\1>\\s*$`,
);

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function unwrappedXml(text: string): string | undefined {
  const [, element, content] = xml.exec(text) ?? [];
  if (content === undefined) return undefined;
  if (element === 'base64Binary') return Buffer.from(content, 'base64').toString('utf8');
  return content.replace(
    /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w+));/gi,
    (whole, hex?: string, digits?: string, name = '') => {
      const code = hex === undefined ? Number(digits) : parseInt(hex, 16);
      if (Number.isNaN(code)) return entities[String(name)] ?? whole;
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
}

/** Between the namespace and the text stand a record and a length, and either may look like a bracket. */
function jsonBehind(text: string): string | undefined {
  const start = `@\u0006string\b3${namespace}`;
  if (!text.startsWith(start)) return undefined;
  const rest = text.slice(start.length).replace(/\u0001$/, '');
  for (let at = 0; at <= 6; at++) {
    const candidate = rest.slice(at);
    if (!/^[[{]/.test(candidate)) continue;
    try {
      JSON.parse(candidate);
      return candidate;
    } catch {
      // The next bracket may be the first of the text.
    }
  }
  return undefined;
}
