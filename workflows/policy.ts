import type {
  Directive,
  EngagementView,
  Inference,
  InferenceRequest,
  LaneContext,
  PolicyView,
} from '../activities/lane-types';
import type { Decision } from '../canonical-schema/decision';
import { orderOf } from '../canonical-schema/order';
import { engagementId, engagementKey } from '../canonical-schema/engagement';
import type { CanonicalEvent } from '../canonical-schema/event';

/** What policy made of a batch's inferences. */
export interface Ruling {
  readonly decisions: readonly Decision[];
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
  const decisions: Decision[] = [];
  const directives = new Map<string, Directive>();
  const open = new Map(Object.entries(context.engagements));
  const amounts = new Map(context.events.map(({ eventid, amount }) => [eventid, amount]));
  requests.forEach((request, index) => {
    const event = events.get(request.eventid);
    const policy = context.policies[request.usecase];
    const inference = inferences[index];
    if (event === undefined || policy === undefined || inference === undefined) {
      throw new Error(`no event, policy or inference for ${request.eventid} ${request.usecase}`);
    }
    const key = engagementKey(event.subject, request.usecase);
    const known = open.get(key);
    // A step that is made again finds its own mark: it must say again what it said.
    const isOwn = known?.decision === `${event.id}:${policy.usecase}`;
    const verdict = weigh(policy, inference, known, isOwn);
    const decision = toDecision(tenant, event, policy, inference, verdict, now);
    decisions.push(decision);
    if (verdict.directive === undefined || decision.score === undefined) return;
    const id = engagementId(tenant, policy.connection, event.subject, request.usecase);
    directives.set(id, toDirective(id, tenant, event, policy, decision, verdict, amounts.get(event.id)));
    open.set(key, { id, decision: decision.id, score: decision.score, band: verdict.band ?? '' });
  });
  return { decisions, directives: [...directives.values()] };
}

interface Verdict {
  readonly band?: string;
  readonly outcome: Decision['outcome'];
  readonly because?: string;
  readonly directive?: Directive['kind'];
}

function weigh(policy: PolicyView, inference: Inference, open: EngagementView | undefined, isOwn: boolean): Verdict {
  if (inference.score === undefined) return { outcome: 'abstain', because: inference.abstained ?? 'no score' };
  const band = bandOf(policy, inference.score);
  const named = band === undefined ? {} : { band };
  if (band === undefined || (policy.act[band]?.length ?? 0) === 0) {
    if (open === undefined || (open.band === (band ?? '') && !isOwn)) return { ...named, outcome: 'none' };
    return { ...named, outcome: 'none', because: 'the open engagement is moot', directive: 'moot' };
  }
  if (!isOwn && open?.band === band && Math.abs(inference.score - (open.score ?? 0)) < policy.materialChange) {
    return {
      ...named,
      outcome: 'act',
      because: `the open engagement stands: moved less than ${policy.materialChange}`,
    };
  }
  return { ...named, outcome: 'act', directive: 'act' };
}

function toDecision(
  tenant: string,
  event: CanonicalEvent,
  policy: PolicyView,
  inference: Inference,
  verdict: Verdict,
  now: string,
): Decision {
  return {
    id: `${event.id}:${policy.usecase}`,
    tenantid: tenant,
    connection: policy.connection,
    eventid: event.id,
    subject: event.subject,
    usecase: policy.usecase,
    outcome: verdict.outcome,
    ...(verdict.because === undefined ? {} : { because: verdict.because }),
    ...(inference.score === undefined ? {} : { score: inference.score }),
    ...(verdict.band === undefined ? {} : { band: verdict.band }),
    reasons: inference.reasons,
    contributions: inference.contributions,
    ...(inference.intercept === undefined ? {} : { intercept: inference.intercept }),
    features: inference.features,
    ...(inference.model === undefined ? {} : { model: inference.model }),
    policy: policy.digest,
    decidedat: now,
    sequence: orderOf(event),
  };
}

function toDirective(
  id: string,
  tenant: string,
  event: CanonicalEvent,
  policy: PolicyView,
  decision: Decision,
  verdict: Verdict,
  amount: number | undefined,
): Directive {
  return {
    kind: verdict.directive ?? 'act',
    engagement: id,
    tenant,
    connection: policy.connection,
    subject: event.subject,
    usecase: policy.usecase,
    templates: verdict.directive === 'act' && verdict.band !== undefined ? (policy.act[verdict.band] ?? []) : [],
    needsApproval: verdict.directive === 'act' && needsApproval(policy, amount),
    withinMs: policy.withinMs,
    decision: {
      id: decision.id,
      sequence: decision.sequence,
      score: decision.score ?? 0,
      band: verdict.band ?? '',
      reasons: decision.reasons.slice(0, 3),
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
