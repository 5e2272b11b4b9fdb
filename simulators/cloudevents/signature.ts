import { createHmac } from 'node:crypto';

/** A key that sender and receiver share. */
export interface SharedKey {
  readonly id: string;
  readonly secret: string;
}

/** What is signed. */
export interface Signed {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/**
 * The value of the header `Signalbox-Signature`, as the endpoint's page describes it.
 * @param at when, in unix seconds
 */
export function signature({ method, headers, body }: Signed, key: SharedKey, at: number): string {
  const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  const type = lower.find(([name]) => name === 'content-type')?.[1] ?? '';
  const attributes = lower.filter(([name]) => name.startsWith('ce-')).sort(([a], [b]) => (a < b ? -1 : 1));
  const mac = createHmac('sha256', key.secret);
  mac.update(`v1\n${at}\n${method}\n${type}\n`);
  for (const [name, value] of attributes) mac.update(`${name}:${value}\n`);
  mac.update('\n').update(body);
  return `t=${at},kid=${key.id},v1=${mac.digest('hex')}`;
}
