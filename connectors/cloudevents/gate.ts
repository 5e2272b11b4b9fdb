import type { Finding, InboundRequest } from '../contract';

/** Proves who is calling. */
export interface Gate {
  /** Throws Refusal (401) for whom it does not know, Retryable where that cannot be told now. */
  admit(request: InboundRequest): Promise<void>;
  check(signal: AbortSignal): Promise<readonly Finding[]>;
}
