import { Unmappable } from '../../contract';
import { parseLossless } from '../../kit/lossless-json';
import { decodeText } from '../../kit/text-decoding';
import type { Decoded } from '../../kit/inbox-source';
import { binaryEvent, structuredEvent } from '../cloudevent';
import type { Product } from '../config';
import { objectOf, textOf } from '../json';
import type { SapNative } from '../native';
import { readText } from '../read-natives';

/** What is kept of a pushed message beside its body. */
export interface Envelope {
  readonly v: 1;
  /** RFC 3339. */
  readonly receivedAt: string;
  /** Content type, and what CloudEvents has in headers; by small names. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Headers that say what a message is; all others (credentials above all) are not kept. */
const isKept = (name: string): boolean =>
  name === 'content-type' || name === 'x-address' || /^(ce-|ce_|cloudevents[_:])/.test(name);

/** An entry of the inbox: a line that says what came with the body, then the body as it came. */
export function pack(headers: Readonly<Record<string, string>>, body: Uint8Array, receivedAt: string): Uint8Array {
  const kept = Object.fromEntries(Object.entries(headers).filter(([name]) => isKept(name)));
  const envelope: Envelope = { v: 1, receivedAt, headers: kept };
  return Buffer.concat([Buffer.from(`${JSON.stringify(envelope)}\n`, 'utf8'), body]);
}

/** What the connection knows and its natives must carry. */
export interface Hints {
  readonly own: readonly string[];
  readonly product: Product;
}

/** The native of an entry; or its body with the reason why it is none, for quarantine. */
export function decode(payload: Uint8Array, { own, product }: Hints): Decoded<SapNative> {
  const end = payload.indexOf(0x0a);
  const body = payload.subarray(end + 1);
  try {
    const envelope = JSON.parse(Buffer.from(payload.subarray(0, end)).toString('utf8')) as Envelope;
    const natives = nativesOf(envelope, textIn(body, envelope.headers['content-type']));
    const [native, ...others] = natives;
    if (native === undefined || others.length > 0) {
      return undecodable(body, 'SBX_SAP_SEVERAL', `${natives.length} natives in one message`);
    }
    const { receivedAt } = envelope;
    const asObjectId = product === 'c4c' && native.kind === 'event' ? { objectIds: true } : {};
    return { native: native.kind === 'unreadable' ? native : { ...native, own, receivedAt, ...asObjectId } };
  } catch (error) {
    const { code = 'SBX_SAP_PAYLOAD', message } =
      error instanceof Unmappable ? error : (error as Error & { code?: string });
    return undecodable(body, code, message);
  }
}

function undecodable(bytes: Uint8Array, code: string, message: string): Decoded<SapNative> {
  return { bytes, code, message };
}

/** Content types are often wrong (`application/json` for a CloudEvent), so what the body says goes first. */
function nativesOf({ headers }: Envelope, text: string): readonly SapNative[] {
  const trimmed = text.trim();
  const json = /^[[{"]/.test(trimmed) ? parsed(trimmed) : undefined;
  const object = objectOf(json);
  const structured = object === undefined ? undefined : structuredEvent(object);
  if (structured !== undefined) return [structured];
  const binary = binaryEvent(headers, json ?? textOf(trimmed) ?? null);
  return binary === undefined ? readText(text) : [binary];
}

function parsed(text: string): unknown {
  try {
    return parseLossless(text);
  } catch {
    return undefined;
  }
}

/** The body as text, in the character set that its content type or XML declaration names. */
function textIn(body: Uint8Array, contentType: string | undefined): string {
  const start = Buffer.from(body.subarray(0, 200)).toString('latin1');
  const named =
    /charset="?([\w-]+)/i.exec(contentType ?? '')?.[1] ?? /^<\?xml[^>]*encoding=["']([\w-]+)/.exec(start)?.[1];
  try {
    return decodeText(body, named ?? 'utf-8', false);
  } catch {
    return new TextDecoder('utf-8').decode(body);
  }
}
