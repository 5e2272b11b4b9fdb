import type { EngagementView, PolicyView } from '../../activities/lane-types';
import type { Decision } from '../../canonical-schema/decision';
import type { Ledger, RecordedDecision, RecordedQuestion } from '../../ledger/ledger';
import { weigh } from '../../workflows/policy';
import { inferenceOf } from './differences';
import type { Policies } from './policies';
import { rescore, type Models, type Rescored } from './rescore';
import { newTally, type Led, type Tally } from './tally';

/** What history is run against: what is not given stays as it was. */
export interface WhatIf {
  /** The model for all, or the ones that decisions name. */
  readonly models: Models;
  /** By use case; absent: the policy that each decision names. */
  readonly policies?: Readonly<Record<string, PolicyView>>;
  /** The policies that were in force. */
  readonly past: Policies;
  /** The outcome whose probability the score is. */
  readonly event: 'won' | 'lost';
}

/** One decision as it was and as it would be. */
export interface Compared extends RecordedDecision {
  /** Why it is left out, for a person; the rest is absent then. */
  readonly because?: string;
  readonly score?: number;
  readonly band?: string;
  readonly outcome?: string;
}

/**
 * Runs history against another model or policy. Changes nothing. Engagements are counted anew on both sides, by the same rule:
 * one opens with a decision that calls for action and ends with an outcome that was told, or when a score no longer calls for it.
 * @param each is given every decision, in order
 */
export async function whatIf(
  ledger: Pick<Ledger, 'recorded'>,
  tenant: string,
  asked: RecordedQuestion,
  what: WhatIf,
  each: (compared: Compared) => Promise<void>,
): Promise<ReadonlyMap<string, Tally>> {
  const tallies = new Map<string, Tally>();
  const open = { before: new Open(), after: new Open() };
  for await (const page of ledger.recorded.pages(tenant, asked)) {
    for (const one of await rescore(ledger, tenant, page, what.models)) {
      const { usecase } = one.decision;
      const tally = tallies.get(usecase) ?? newTally();
      tallies.set(usecase, tally);
      await each(compare(one, what, open, tally));
    }
  }
  return tallies;
}

/** The engagements of one record as they would be: decisions come record by record, so no more are held. */
class Open {
  private subject = '';
  private views = new Map<string, EngagementView>();

  /** What a decision leads to; an engagement of which an outcome was told is over with it. */
  weigh(policy: PolicyView, decision: Decision, scored: Pick<Decision, 'score' | 'ranking'>, isOver: boolean): Led {
    if (decision.subject !== this.subject) this.views = new Map();
    this.subject = decision.subject;
    const key = `${decision.connection} ${decision.usecase}`;
    const known = this.views.get(key);
    const verdict = weigh(policy, inferenceOf(scored), known);
    const { band = '', directive } = verdict;
    if (directive === 'moot' || isOver) this.views.delete(key);
    else if (directive === 'act') this.views.set(key, viewOf(decision.id, band, scored));
    const opens = directive === 'act' && known === undefined;
    return { ...verdict, opens, opensTask: opens && (policy.act[band] ?? []).some(({ kind }) => kind === 'task') };
  }
}

function viewOf(decision: string, band: string, { score, ranking }: Pick<Decision, 'score' | 'ranking'>) {
  const label = ranking?.[0]?.label;
  return {
    ...{ id: decision, decision, band },
    ...(score === undefined ? {} : { score }),
    ...(label === undefined ? {} : { label }),
  };
}

function compare(
  one: Rescored,
  { policies, past, event }: WhatIf,
  open: { readonly before: Open; readonly after: Open },
  tally: Tally,
): Compared {
  const { decision, outcomes, erasedat } = one;
  const told = { decision, outcomes, ...(erasedat === undefined ? {} : { erasedat }) };
  const leave = (because: string, why: string): Compared => {
    tally.leaveOut(why);
    return { ...told, because };
  };
  if (one.scored === undefined) return leave(one.because, one.notScored);
  const before = past.get(decision.policy);
  const after = policies === undefined ? before : policies[decision.usecase];
  if (before === undefined)
    return leave(`no version of the tenant's file has its policy ${decision.policy}`, 'policy-gone');
  if (after === undefined) return leave(`the file has no use case ${decision.usecase}`, 'no-use-case');
  const { score, ranking } = one.scored;
  const again = { score, ...(ranking === undefined ? {} : { ranking: ranking.best }) };
  const isOver = outcomes.length > 0;
  const was = open.before.weigh(before, decision, decision, isOver);
  const now = open.after.weigh(after, decision, again, isOver);
  tally.add({ decision, was, now, score, happened: happened(outcomes, event) });
  return { ...told, score, outcome: now.outcome, ...(now.band === undefined ? {} : { band: now.band }) };
}

const decisive: readonly string[] = ['won', 'lost', 'expired'];

/** Whether what the score is about has happened; undefined while that is not known. */
function happened(outcomes: RecordedDecision['outcomes'], event: string): boolean | undefined {
  const first = outcomes.find(({ label }) => decisive.includes(label));
  return first === undefined ? undefined : first.label === event;
}
