import type { ClauseId } from './clauses';

/** A clause that a connector does not keep, and why that is so and not otherwise. */
export interface Waiver {
  readonly connector: string;
  /** Which of its ways to hear the CRM; absent for the usual one. */
  readonly binding?: string;
  readonly clause: ClauseId;
  readonly reason: string;
  /** The section of docs/issues.md that tells what it costs and what would end it. */
  readonly issue: string;
}

const channel = 'a channel that sends CloudEvents';

export const waivers: readonly Waiver[] = [
  {
    connector: 'cloudevents',
    clause: 'C14',
    reason: `${channel} tells of one record in each event, whole: it knows neither gaps nor wildcards`,
    issue: 'channel-tells-of-one-record',
  },
  ...(['C15', 'C16', 'C17', 'C18', 'C19', 'C20'] as const).map((clause) => ({
    connector: 'cloudevents',
    clause,
    reason: `${channel} takes no writes: every action is refused as permanent, so none has an effect or an echo`,
    issue: 'channel-takes-no-writes',
  })),
  {
    connector: 'cloudevents',
    clause: 'C22',
    reason: `${channel} calls Signalbox: there is no address of a CRM that baseUrl could hold`,
    issue: 'channel-has-no-address',
  },
];
