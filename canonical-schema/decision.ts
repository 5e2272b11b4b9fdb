import type { Envelope } from './event';

/** One reason for a score, strongest first in a list. */
export interface Reason {
  /** Term of the model, e.g. `poutcome` or `month & dayOfWeek`, or the group of terms that it tells together, e.g. `economy`. */
  readonly term: string;
  /** Log-odds; the contributions and the intercept add up to the score's logit. */
  readonly contribution: number;
  /** What a sales person reads. */
  readonly text: string;
}

/** A class and its probability, 0..1. */
export interface Ranked {
  readonly label: string;
  readonly score: number;
}

export type FeatureValue = number | string | null;

/** One inference on one event for one use case, with all the evidence. */
export interface Decision {
  /** `<event id>:<use case>`, so that deciding twice is deciding once. */
  readonly id: string;
  readonly tenantid: string;
  readonly connection: string;
  readonly eventid: string;
  /** `<entity>/<crm id>` */
  readonly subject: string;
  readonly usecase: string;
  /** `act`: a band with actions; `none`: no band or no actions; `abstain`: the model was not asked or did not answer. */
  readonly outcome: 'act' | 'none' | 'abstain';
  /** Why the model abstained, or why nothing was done. */
  readonly because?: string;
  /** Probability of the positive class, with several classes of the best one, 0..1. Absent when abstained. */
  readonly score?: number;
  /** Of a model with several classes: the likeliest ones, best first. */
  readonly ranking?: readonly Ranked[];
  readonly band?: string;
  readonly reasons: readonly Reason[];
  /** Log-odds by term. */
  readonly contributions: Readonly<Record<string, number>>;
  readonly intercept?: number;
  readonly features: Readonly<Record<string, FeatureValue>>;
  /** What was known of the customer's other records, by the use case's names. Absent where it asks for nothing. */
  readonly related?: Readonly<Record<string, number>>;
  /** Of each of these the states it was made of, `<source>/<entity>/<crm id>@<time>/<the CRM's order>`, at most a hundred. */
  readonly relatedFrom?: Readonly<Record<string, readonly string[]>>;
  /** Where the model explores: the probability with which what was chosen was chosen, above 0 and at most 1. */
  readonly propensity?: number;
  readonly model?: { readonly name: string; readonly version: string; readonly digest: string };
  /** sha256 of the use case's policy as it was applied. */
  readonly policy: string;
  /** RFC 3339 UTC, the workflow's time. */
  readonly decidedat: string;
  /** The CRM's order of the event that was decided; a newer decision has a greater one. */
  readonly sequence: string;
}

/** The id of the decision about an event for a use case. */
export function decisionId(eventid: string, usecase: string): string {
  return `${eventid}:${usecase}`;
}

/** `io.signalbox.prediction.<use case>.v1` on the exchange `sbx.predictions`. `causationid` is the event that was scored. */
export type PredictionEvent = Envelope<Decision>;
