import type { ClauseId } from './clauses';

/** A clause that a connector does not keep, and why that is so and not otherwise. */
export interface Waiver {
  readonly connector: string;
  /** Which of its ways to hear the CRM; absent for the usual one. */
  readonly binding?: string;
  readonly clause: ClauseId;
  readonly reason: string;
}

const channel = 'a channel that sends CloudEvents';

export const waivers: readonly Waiver[] = [
  {
    connector: 'salesforce',
    binding: 'cometd',
    clause: 'C5',
    reason:
      'the Streaming API has no credits: an answer holds what the server likes. One answer is read ahead, and no second one',
  },
  {
    connector: 'cloudevents',
    clause: 'C14',
    reason: `${channel} tells of one record in each event, whole: it knows neither gaps nor wildcards`,
  },
  ...(['C15', 'C16', 'C17', 'C18', 'C19', 'C20'] as const).map((clause) => ({
    connector: 'cloudevents',
    clause,
    reason: `${channel} takes no writes: every action is refused as permanent, so none has an effect or an echo`,
  })),
  {
    connector: 'cloudevents',
    clause: 'C22',
    reason: `${channel} calls Signalbox: there is no address of a CRM that baseUrl could hold`,
  },
];
