import type { Finding, InboundRequest } from '../contract';
import { bearerGate } from './bearer';
import type { Settings } from './config';
import { hmacGate } from './hmac';

/** Proves who is calling. */
export interface Gate {
  /** Throws Refusal (401) for whom it does not know, Retryable where that cannot be told now. */
  admit(request: InboundRequest): Promise<void>;
  check(signal: AbortSignal): Promise<readonly Finding[]>;
}

/** The gate that the configuration asks for. Throws Permanent where a key cannot be read. */
export function gateOf({ auth }: Settings, now: () => number): Gate {
  return auth.kind === 'hmac' ? hmacGate(auth, now) : bearerGate(auth, now);
}
