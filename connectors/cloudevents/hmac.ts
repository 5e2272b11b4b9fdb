import { createHmac, timingSafeEqual } from 'node:crypto';
import type { InboundRequest } from '../contract';
import type { HmacAuth } from './config';
import type { Gate } from './gate';
import { Refusal } from './refusal';

const header = 'signalbox-signature';
const form = /^t=(\d{1,12}),kid=([A-Za-z0-9._-]{1,64}),v1=([0-9a-f]{64})$/;

/** An unknown key is compared with, too: the time that it takes does not tell which keys there are. */
const nobodys = 'a key that nobody has, as long as those that somebody has';

/**
 * Requests signed with a shared key: `Signalbox-Signature: t=<unix seconds>,kid=<key id>,v1=<hex HMAC-SHA256>` over
 * `signedText` (README.md, "Sign with HMAC").
 */
export function hmacGate({ keys, replaySeconds = 300 }: HmacAuth, now: () => number): Gate {
  const secrets = new Map(keys.map(({ id, secret }) => [id, secret]));
  return {
    // eslint-disable-next-line @typescript-eslint/require-await -- a refusal must reject, not throw
    admit: async (request) => {
      const { time, kid, digest } = signatureOf(request);
      const expected = createHmac('sha256', secrets.get(kid) ?? nobodys)
        .update(signedText(request, time))
        .digest();
      const isRight = timingSafeEqual(expected, Buffer.from(digest, 'hex')) && secrets.has(kid);
      if (!isRight) throw new Refusal(401, 'the signature is not that of the request');
      const off = Math.abs(now() / 1000 - Number(time));
      if (off > replaySeconds)
        throw new Refusal(401, `signed ${Math.round(off)} s off this clock: at most ${replaySeconds} s are taken`);
    },
    check: () =>
      Promise.resolve([{ level: 'ok', what: `senders sign with HMAC: keys ${keys.map(({ id }) => id).join(', ')}` }]),
  };
}

function signatureOf({ headers }: InboundRequest): {
  readonly time: string;
  readonly kid: string;
  readonly digest: string;
} {
  const [, time, kid, digest] = form.exec(headers[header] ?? '') ?? [];
  if (time !== undefined && kid !== undefined && digest !== undefined) return { time, kid, digest };
  throw new Refusal(401, 'no Signalbox-Signature of the form t=<unix seconds>,kid=<key id>,v1=<64 hex digits>');
}

/** Everything that says what is sent, so that nothing of it can be exchanged. */
function signedText({ method, headers, body }: InboundRequest, time: string): Buffer {
  const attributes = Object.keys(headers)
    .filter((name) => name.startsWith('ce-'))
    .sort()
    .map((name) => `${name}:${headers[name] ?? ''}\n`);
  const head = `v1\n${time}\n${method}\n${headers['content-type'] ?? ''}\n${attributes.join('')}\n`;
  return Buffer.concat([Buffer.from(head), body]);
}
