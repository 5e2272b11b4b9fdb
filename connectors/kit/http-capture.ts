import { parseLossless } from './lossless-json';

/** The end of one HTTP message: its headers by lower-case name, and its body. */
export interface HttpPart {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const startLine = /^(?:[A-Z]+ \S+ HTTP\/[\d.]+|HTTP\/[\d.]+ \d{3}.*)$/;
const headerLine = /^([A-Za-z][\w-]*):[ \t]?(.*)$/;

/** Whether a text looks like a captured HTTP request or answer. A line of a log may begin like a header, and goes on with JSON. */
export function isHttpCapture(text: string): boolean {
  const [first = ''] = text.trimStart().split(/\r?\n/, 1);
  return startLine.test(first) || (headerLine.test(first) && !/[{}]/.test(first)) || /^--\S+$/.test(first);
}

/** The parts of a captured HTTP message: one, or those of a multipart body, of all its change sets. Empty bodies are left out. */
export function partsOfCapture(text: string): readonly HttpPart[] {
  return messageParts(text.trimStart(), {}, 0);
}

/** A batch holds change sets, these hold messages: no more. */
const deepest = 4;

function messageParts(text: string, outer: HttpPart['headers'], depth: number): readonly HttpPart[] {
  if (depth > deepest) return [];
  const { headers, body } = split(text, outer);
  const boundary = /^--(\S+)\r?$/m.exec(body)?.[1];
  if (boundary !== undefined && body.trimStart().startsWith(`--${boundary}`)) {
    const sections = `\n${body}`.split(
      new RegExp(`\\r?\\n--${boundary.replace(/[.*+?^$()|[\]{}\\]/g, '\\$&')}(?:--)?[ \\t]*(?=\\r?\\n|$)`),
    );
    return sections.slice(1).flatMap((section) => {
      const part = split(section.replace(/^\r?\n/, ''), {});
      const inner = /application\/http/i.test(part.headers['content-type'] ?? '')
        ? part.body.trimStart()
        : section.trimStart();
      return part.body.trim() === '' ? [] : messageParts(inner, outer, depth + 1);
    });
  }
  return body.trim() === '' ? [] : [{ headers, body: body.trim() }];
}

function split(text: string, outer: HttpPart['headers']): HttpPart {
  const lines = text.split(/\r?\n/);
  let at = startLine.test(lines[0] ?? '') ? 1 : 0;
  const headers: Record<string, string> = { ...outer };
  for (; at < lines.length; at++) {
    const [, name, value = ''] = headerLine.exec(lines[at] ?? '') ?? [];
    if (name === undefined) break;
    headers[name.toLowerCase()] = value.trim();
  }
  return { headers, body: lines.slice(at).join('\n') };
}

/** The JSON of a text, with or without a byte order mark, or in base64; undefined for any other. */
export function jsonIn(text: string): unknown {
  const plain = parsed(text.replace(/^\uFEFF/, ''));
  if (plain !== undefined) return plain;
  return isBase64(text) ? parsed(Buffer.from(text, 'base64').toString('utf8')) : undefined;
}

/** Whether a text may be bytes in base64. */
export function isBase64(text: string): boolean {
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text);
}

function parsed(text: string): unknown {
  try {
    const value = parseLossless(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
