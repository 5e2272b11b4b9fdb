import { objectOf, textOf } from '../kit/json';
import { parseLossless } from '../kit/lossless-json';
import type { Decoded } from '../kit/inbox-source';
import type { Certificate } from './config';
import { decrypted, Undecryptable } from './decrypt';
import type { Fields, GraphNative } from './native';

const newline = 0x0a;

/** What the post says beside the notification. */
interface Arrival {
  readonly stream: string;
  /** RFC 3339 */
  readonly receivedAt: string;
}

/** A notification as the inbox keeps it: its arrival as one line of JSON, then the notification. */
export function packed(arrival: Arrival, notification: Fields): Uint8Array {
  return Buffer.from(`${JSON.stringify(arrival)}\n${JSON.stringify(notification)}`);
}

/** What the inbox kept, as a native or as the bytes of the notification with the reason why they are none. */
export function unpacked(payload: Uint8Array, certificates: readonly Certificate[]): Decoded<GraphNative> {
  const end = payload.indexOf(newline);
  const bytes = payload.subarray(end + 1);
  try {
    const arrival = objectOf(JSON.parse(textIn(payload.subarray(0, Math.max(0, end))))) ?? {};
    const kept = objectOf(parseLossless(textIn(bytes)));
    if (kept === undefined) return { bytes, code: 'SBX_GRAPH_BODY', message: 'what was kept is no notification' };
    const { encryptedContent, ...notification } = kept;
    const content = objectOf(encryptedContent);
    const stream = textOf(arrival.stream);
    const receivedAt = textOf(arrival.receivedAt);
    return {
      native: {
        kind: 'notification',
        notification,
        ...(content === undefined ? {} : { resource: decrypted(content, certificates) }),
        ...(stream === undefined ? {} : { stream }),
        ...(receivedAt === undefined ? {} : { receivedAt }),
      },
    };
  } catch (error) {
    const code = error instanceof Undecryptable ? error.code : 'SBX_GRAPH_BODY';
    return { bytes, code, message: (error as Error).message };
  }
}

function textIn(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8');
}
