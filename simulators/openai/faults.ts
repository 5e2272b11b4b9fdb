/**
 * `silence` holds the answer back until the caller goes; `tooManyRequests` is 429 with Retry-After; `serverError` 500;
 * `invalidJson` and `wrongSchema` are completions whose text is not what was asked for; `huge` a completion of a megabyte;
 * `cutOff` one that ended at the limit of tokens; `filtered` one that was refused; `notACompletion` JSON of another kind;
 * `redirect` sends the caller elsewhere.
 */
export type FaultKind =
  | 'silence'
  | 'tooManyRequests'
  | 'serverError'
  | 'invalidJson'
  | 'wrongSchema'
  | 'huge'
  | 'cutOff'
  | 'filtered'
  | 'notACompletion'
  | 'redirect';

export interface FaultRequest {
  /** Strikes; left out: one. */
  readonly times?: number;
  /** Seconds of Retry-After. */
  readonly retryAfter?: number;
}

/** What a completion says, and how it ended. */
export interface Reply {
  readonly text: string;
  readonly finish?: 'stop' | 'length' | 'content_filter';
}

/** The reply of a model that misbehaves; undefined for a fault that is none of the model's. */
export function faultyReply(kind: FaultKind): Reply | undefined {
  switch (kind) {
    case 'invalidJson':
      return { text: 'Sure! Here is the task: {"subject": "Call' };
    case 'wrongSchema':
      return { text: JSON.stringify({ title: 'Call', steps: [1, 2, 3] }) };
    case 'huge':
      return { text: JSON.stringify({ subject: 'Call', description: 'x'.repeat(1024 * 1024) }) };
    case 'cutOff':
      return { text: '{"subject": "Call [NAME', finish: 'length' };
    case 'filtered':
      return { text: '', finish: 'content_filter' };
    default:
      return undefined;
  }
}
