import { durationMs } from './duration';
import type { Retention } from './tenant';

/** `retention` as the file has it, once its shape was checked. */
export interface WrittenRetention {
  readonly events?: string;
  readonly decisions?: string;
}

/** With the defaults filled in. Only for one without findings. */
export const toRetention = ({ events = 'P180D', decisions = 'P7Y' }: WrittenRetention): Retention => {
  const [eventsMs, decisionsMs] = [durationMs(events), durationMs(decisions)];
  if (eventsMs === undefined || decisionsMs === undefined)
    throw new Error('a retention passed the schema but is no duration');
  return { events: eventsMs, decisions: decisionsMs };
};

/** How long a tenant keeps what, by a document that was in force: its secrets need not be there any more. */
export const retentionOf = (document: unknown): Retention =>
  toRetention((document as { readonly retention?: WrittenRetention }).retention ?? {});
