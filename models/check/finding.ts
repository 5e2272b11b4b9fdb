/** What a check found; one that is not ok says why it matters and how it is put right. */
export type Finding =
  | { readonly level: 'ok'; readonly check: Check; readonly what: string }
  | {
      /** A warning does not keep a model from being used. */
      readonly level: 'warning' | 'error';
      readonly check: Check;
      readonly what: string;
      readonly why: string;
      readonly fix: string;
    };

/** What is examined, in this order. */
export type Check =
  | 'folder'
  | 'manifest'
  | 'file'
  | 'outputs'
  | 'range'
  | 'contributions'
  | 'determinism'
  | 'batch'
  | 'response'
  | 'parity'
  | 'latency';

/** A check that holds. */
export function ok(check: Check, what: string): Finding {
  return { level: 'ok', check, what };
}

/** A check that does not hold, so that the model must not be used. */
export function error(check: Check, what: string, why: string, fix: string): Finding {
  return { level: 'error', check, what, why, fix };
}

/** Something a person should know before the model is used. */
export function warning(check: Check, what: string, why: string, fix: string): Finding {
  return { level: 'warning', check, what, why, fix };
}
