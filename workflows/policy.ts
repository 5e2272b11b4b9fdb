import type {
  DecisionCore,
  Directive,
  EngagementView,
  Inference,
  InferenceRequest,
  LaneContext,
  PolicyView,
} from '../activities/lane-types';
import { decisionId } from '../canonical-schema/decision';
import { orderOf } from '../canonical-schema/order';
import { engagementId, engagementKey } from '../canonical-schema/engagement';
import type { CanonicalEvent } from '../canonical-schema/event';

/** What policy made of a batch's inferences. */
export interface Ruling {
  readonly decisions: readonly DecisionCore[];
  /** At most one per engagement: the last word of the batch. */
  readonly directives: readonly Directive[];
}

/** The band of a score: the highest whose lower bound it reaches. */
export function bandOf(policy: PolicyView, score: number): string | undefined {
  return policy.bands.find((band) => score >= band.from)?.name;
}

/**
 * Applies the tenant's policy to inferences, in order. Pure: the workflow replays it.
 * @param now RFC 3339 UTC, the workflow's time
 */
export function rule(
  tenant: string,
  context: LaneContext,
  requests: readonly InferenceRequest[],
  inferences: readonly Inference[],
  events: ReadonlyMap<string, CanonicalEvent>,
  now: string,
): Ruling {
  const decisions: DecisionCore[] = [];
  const directives = new Map<string, Directive>();
  const open = new Map(Object.entries(context.engagements));
  const amounts = new Map(context.events.map(({ eventid, amount }) => [eventid, amount]));
  const orders = new Map(context.events.map(({ eventid, order }) => [eventid, order]));
  const duplicates = new Set(context.events.flatMap((e) => (e.status === 'duplicate' ? [e.eventid] : [])));
  for (const decision of context.earlier ?? []) {
    if (!duplicates.has(decision.eventid)) decisions.push(decision);
    const known = open.get(engagementKey(decision.subject, decision.usecase));
    const policy = context.policies[decision.usecase];
    if (known?.decision !== decision.id || policy === undefined) continue;
    const kind = calledFor(policy, decision.band).length > 0 ? 'act' : 'moot';
    directives.set(known.id, toDirective(known.id, tenant, policy, decision, kind, amounts.get(decision.eventid)));
  }
  requests.forEach((request, index) => {
    const event = events.get(request.eventid);
    const policy = context.policies[request.usecase];
    const inference = inferences[index];
    if (event === undefined || policy === undefined || inference === undefined) {
      throw new Error(`no event, policy or inference for ${request.eventid} ${request.usecase}`);
    }
    const key = engagementKey(event.subject, request.usecase);
    const known = open.get(key);
    const verdict = weigh(policy, inference, known);
    const sequence = orders.get(event.id) ?? orderOf(event);
    const decision = toDecision(tenant, event, policy, inference, verdict, { now, sequence });
    decisions.push(decision);
    if (verdict.directive === undefined || decision.score === undefined) return;
    const id = engagementId(tenant, policy.connection, event.subject, request.usecase);
    directives.set(id, toDirective(id, tenant, policy, decision, verdict.directive, amounts.get(event.id)));
    const label = labelOf(inference);
    open.set(key, {
      ...{ id, decision: decision.id, score: decision.score, band: verdict.band ?? '' },
      ...(label === undefined ? {} : { label }),
    });
  });
  return { decisions, directives: [...directives.values()] };
}

/** What policy makes of one inference. */
export interface Verdict {
  readonly band?: string;
  readonly outcome: DecisionCore['outcome'];
  readonly because?: string;
  readonly directive?: Directive['kind'];
}

/** The class that a model with several has chosen. */
function labelOf({ ranking }: Inference): string | undefined {
  return ranking?.[0]?.label;
}

function calledFor(policy: PolicyView, band: string | undefined): Directive['templates'] {
  return band === undefined ? [] : (policy.act[band] ?? []);
}

/**
 * Band and outcome of an inference, and what its engagement is told. Pure.
 * @param open the record's engagement for the use case, where one is open
 */
export function weigh(policy: PolicyView, inference: Inference, open: EngagementView | undefined): Verdict {
  const { score, abstained = 'no score' } = inference;
  if (score === undefined) return { outcome: 'abstain', because: abstained };
  const band = bandOf(policy, score);
  if (calledFor(policy, band).length === 0) return unasked(policy.staysOpen === true ? undefined : open, band);
  if (open !== undefined && stands(open, policy, band, score, labelOf(inference))) {
    const because = `the open engagement stands: moved less than ${policy.materialChange}`;
    return { ...inBand(band), outcome: 'act', because };
  }
  return { ...inBand(band), outcome: 'act', directive: 'act' };
}

/** Whether what an open engagement was last told still holds. */
function stands(
  open: EngagementView,
  { materialChange }: PolicyView,
  band: string | undefined,
  score: number,
  label: string | undefined,
): boolean {
  return open.band === band && open.label === label && Math.abs(score - (open.score ?? 0)) < materialChange;
}

/** A band that calls for nothing: an engagement that is open for another band is moot. */
function unasked(open: EngagementView | undefined, band: string | undefined): Verdict {
  if (open === undefined || open.band === (band ?? '')) return { ...inBand(band), outcome: 'none' };
  return { ...inBand(band), outcome: 'none', because: 'the open engagement is moot', directive: 'moot' };
}

function inBand(band: string | undefined): { readonly band?: string } {
  return band === undefined ? {} : { band };
}

function toDecision(
  tenant: string,
  event: CanonicalEvent,
  policy: PolicyView,
  inference: Inference,
  verdict: Verdict,
  { now, sequence }: { readonly now: string; readonly sequence: string },
): DecisionCore {
  return {
    id: decisionId(event.id, policy.usecase),
    tenantid: tenant,
    connection: policy.connection,
    eventid: event.id,
    subject: event.subject,
    usecase: policy.usecase,
    outcome: verdict.outcome,
    ...(verdict.because === undefined ? {} : { because: verdict.because }),
    ...(inference.score === undefined ? {} : { score: inference.score }),
    ...(inference.ranking === undefined ? {} : { ranking: inference.ranking }),
    ...(verdict.band === undefined ? {} : { band: verdict.band }),
    reasons: inference.reasons,
    ...(inference.related === undefined ? {} : { related: inference.related }),
    ...(inference.propensity === undefined ? {} : { propensity: inference.propensity }),
    ...(inference.model === undefined ? {} : { model: inference.model }),
    policy: policy.digest,
    decidedat: now,
    sequence,
  };
}

function toDirective(
  id: string,
  tenant: string,
  policy: PolicyView,
  decision: DecisionCore,
  kind: Directive['kind'],
  amount: number | undefined,
): Directive {
  return {
    kind,
    engagement: id,
    tenant,
    connection: policy.connection,
    subject: decision.subject,
    usecase: policy.usecase,
    templates: kind === 'act' ? calledFor(policy, decision.band) : [],
    needsApproval: kind === 'act' && needsApproval(policy, amount),
    ...(policy.approvers === undefined ? {} : { approvers: policy.approvers }),
    withinMs: policy.withinMs,
    decision: {
      id: decision.id,
      sequence: decision.sequence,
      score: decision.score ?? 0,
      band: decision.band ?? '',
      ...(decision.ranking === undefined ? {} : { ranking: decision.ranking }),
      reasons: decision.reasons.slice(0, 3),
      ...(decision.related === undefined ? {} : { related: decision.related }),
      model: decision.model?.digest ?? '',
      decidedat: decision.decidedat,
    },
  };
}

/** An amount that is not known cannot be shown to be small. */
function needsApproval({ approval }: PolicyView, amount: number | undefined): boolean {
  if (typeof approval === 'object') return amount === undefined || amount > approval.above;
  return approval === 'required';
}
