import { createHmac } from 'node:crypto';

/** What a token lets a client do until when. */
export interface Grant {
  /** Epoch ms. */
  readonly expiresAt: number;
}

/** Why a token is not taken. */
export interface TokenRefusal {
  readonly status: number;
  readonly description: string;
}

export interface Policy {
  readonly name: string;
  readonly key: string;
}

const refusal = (description: string, status = 401): TokenRefusal => ({ status, description });

/**
 * Reads `SharedAccessSignature sr=…&sig=…&se=…&skn=…`: the signature is an HMAC over resource and expiry with the policy's key.
 * @param audience what the token is to be good for
 */
export const readSas = (token: string, audience: string, policy: Policy): Grant | TokenRefusal => {
  const fields = new Map(
    token
      .replace(/^SharedAccessSignature /, '')
      .split('&')
      .map((pair): [string, string] => {
        const at = pair.indexOf('=');
        return [pair.slice(0, at), pair.slice(at + 1)];
      }),
  );
  const [resource, signature, expiry, name] = ['sr', 'sig', 'se', 'skn'].map((field) => fields.get(field));
  if (resource === undefined || signature === undefined || expiry === undefined || name === undefined)
    return refusal('MalformedToken: The token is not a shared access signature.');
  const expected = createHmac('sha256', policy.key).update(`${resource}\n${expiry}`).digest('base64');
  if (decodeURIComponent(name) !== policy.name || decodeURIComponent(signature) !== expected)
    return refusal('InvalidSignature: The token has an invalid signature.');
  const granted = decodeURIComponent(resource).toLowerCase();
  if (!audience.toLowerCase().startsWith(granted))
    return refusal('InvalidAudience: The token is for another resource.');
  const expiresAt = Number(expiry) * 1_000;
  return expiresAt > Date.now() ? { expiresAt } : refusal('ExpiredToken: The token is expired.');
};

/** The queue of a `sb://host/queue`. */
export const entityOf = (audience: string): string => /^(?:sb|amqps?):\/\/[^/]+\/(.+)$/.exec(audience)?.[1] ?? '';
