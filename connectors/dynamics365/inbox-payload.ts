import type { Decoded } from '../kit/inbox-source';
import { parseLossless } from '../kit/lossless-json';
import { objectOf, textOf } from '../kit/json';
import type { Dynamics365Native, Headers } from './native';
import { unwrappedBody } from './serialised-string';

const newline = 0x0a;
/** How .NET's binary XML begins: with an element whose name is written out. */
const elementRecord = 0x40;
/** Nothing that Dataverse tells is nested this deep, and a deeper one could not be walked through. */
const deepest = 100;

/** A webhook as the inbox keeps it: its headers as one line of JSON, then the body as it came. */
export function packed(headers: Headers, body: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(`${JSON.stringify(headers)}\n`), body]);
}

/** What the inbox kept, as a native or as the bytes of the body with the reason why they are none. */
export function unpacked(payload: Uint8Array, ownUser: string): Decoded<Dynamics365Native> {
  const end = payload.indexOf(newline);
  const body = payload.subarray(end + 1);
  const bytes = unwrappedBody(body) ?? body;
  const headers = headersIn(Buffer.from(payload.subarray(0, Math.max(0, end))).toString('utf8'));
  const text = Buffer.from(bytes)
    .toString('utf8')
    .replace(/^\uFEFF/, '');
  const other = otherFormat(headers['content-type'], bytes, text);
  if (other !== undefined) return { bytes, ...other };
  try {
    const context = isTooDeep(text) ? undefined : objectOf(parseLossless(text));
    if (context !== undefined) return { native: { kind: 'context', headers, body: context, ownUser } };
    return { bytes, code: 'SBX_DYNAMICS365_BODY', message: 'the body is not an object, or nested without end' };
  } catch (error) {
    return { bytes, code: 'SBX_DYNAMICS365_BODY', message: `the body is not JSON: ${(error as Error).message}` };
  }
}

/** A service endpoint can be set to XML and to .NET's binary XML. */
function otherFormat(
  contentType: string | undefined,
  bytes: Uint8Array,
  text: string,
): { readonly code: string; readonly message: string } | undefined {
  const fix = 'set the service endpoint’s message format to JSON';
  // A text that was opened is none, whatever its message said.
  const isBinary = bytes[0] === elementRecord || (/msbin/i.test(contentType ?? '') && !/^\s*[[{]/.test(text));
  if (isBinary) return { code: 'SBX_DYNAMICS365_BINARY', message: `a context in .NET's binary XML: ${fix}` };
  if (/^\s*</.test(text)) return { code: 'SBX_DYNAMICS365_XML', message: `a context as XML: ${fix}` };
  return undefined;
}

function headersIn(text: string): Headers {
  const entries = Object.entries(objectOf(JSON.parse(text)) ?? {});
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => textOf(entry[1]) !== undefined));
}

/** Texts are passed over: what is in them is no nesting. */
function isTooDeep(json: string): boolean {
  let depth = 0;
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"|[[{]|[\]}]/gs)) {
    if (token === '{' || token === '[') depth++;
    else if (token === '}' || token === ']') depth--;
    if (depth > deepest) return true;
  }
  return false;
}
