import type { Action, ActionResult } from '../canonical-schema/action';
import { Permanent, Retryable } from '../connectors/contract';
import type { EngagementRow } from '../ledger/ledger';
import { compose, type DraftTexts, type Wording } from './compose';
import { contentDigest } from './draft';
import type { ActInput, Acted } from './engagement-types';
import type { LaneDependencies } from './lane-dependencies';

/** Which run of which workflow acts, and in which attempt: kept with every answer of the CRM. */
export interface ActRun {
  readonly workflowId: string;
  readonly runId: string;
  /** From 1. */
  readonly attempt: number;
  readonly signal: AbortSignal;
}

type Failed = Extract<ActionResult, { outcome: 'failed' }>;

/**
 * Writes to the CRM what an engagement was told, and keeps its answers. A retry has the same action ids and changes nothing.
 * Throws Retryable while the CRM may still take it; returns `ended` where it never will.
 */
export async function act(deps: LaneDependencies, input: ActInput, run: ActRun): Promise<Acted> {
  const { tenant, engagement, directive, previous } = input;
  const known = await deps.ledger.actContext(tenant, engagement);
  if (known === undefined) throw new Permanent('SBX_RECORD_UNKNOWN', `the ledger does not know ${engagement}`);
  const { engagement: row, record: snapshot } = known;
  if (previous === undefined && row.status === 'closed' && row.lastdecision === directive.decision.id) {
    return { ended: { label: 'moot', because: 'the engagement has ended on this very decision before' } };
  }
  if (snapshot === undefined) throw new Permanent('SBX_RECORD_UNKNOWN', `the ledger does not know ${input.subject}`);
  if (snapshot.deleted) return { ended: { label: 'gone', because: 'the record was deleted' } };
  await recordLost(deps, input, row);
  const actions = compose(input, snapshot, await wordingOf(deps, input));
  if (actions.length === 0) return {};
  const { connection } = await deps.connections.of(tenant, input.connection);
  const results = await connection.sink.apply(actions, run.signal);
  await keep(deps, row, run, actions, results);
  throwIfRetryable(results);
  return conclusion(actions, results);
}

/** How the directive is put into words: by the model that decided, and by the assistant where it drafted. */
export async function wordingOf(
  deps: Pick<LaneDependencies, 'ledger' | 'scorers' | 'tenants'>,
  input: ActInput,
): Promise<Wording> {
  const { tenant, usecase, directive } = input;
  const draft = await draftOf(deps, input);
  // A model that this process no longer has is of the family of the one that the use case names now.
  const named = deps.tenants.get(tenant)?.useCases[usecase]?.model ?? '';
  const scorer = deps.scorers.get(directive.decision.model) ?? deps.scorers.get(named);
  return { scoreWord: scorer?.manifest.scoreWord ?? 'likely', ...(draft === undefined ? {} : { draft }) };
}

/** The texts that the workflow was told of; the template's where an assistant has none, or they are no longer kept. */
async function draftOf({ ledger }: Pick<LaneDependencies, 'ledger'>, input: ActInput): Promise<DraftTexts | undefined> {
  const { tenant, draft, directive } = input;
  if (draft === undefined || draft.outcome === 'template') return undefined;
  const decisionid = directive.decision.id;
  const { content, model = '', proposal } = (await ledger.drafts.find(tenant, decisionid)) ?? {};
  if (content === undefined || contentDigest(content) !== draft.digest) return undefined;
  return {
    ...{ subject: content.subject, description: content.description, model },
    ...(proposal === undefined ? {} : { proposal: { does: proposal.does, because: content.because } }),
  };
}

/** Records that a draft was lost, of which nothing is in the ledger yet. */
async function recordLost(
  { ledger, now }: LaneDependencies,
  { tenant, draft, directive }: ActInput,
  { id: engagement, source, subject, usecase }: EngagementRow,
): Promise<void> {
  if (draft?.outcome !== 'template' || draft.isLost !== true) return;
  const { code, message } = draft;
  const about = { decisionid: directive.decision.id, engagement, source, subject, usecase };
  const row = { ...about, outcome: 'template', code, message, tokensin: 0, tokensout: 0, durationms: 0 } as const;
  await ledger.drafts.pass(tenant, { ...row, at: new Date(now()).toISOString() });
}

async function keep(
  deps: LaneDependencies,
  { id: engagement, source }: EngagementRow,
  run: ActRun,
  actions: readonly Action[],
  results: readonly ActionResult[],
): Promise<void> {
  const at = new Date(deps.now()).toISOString();
  const { workflowId: workflowid, runId: runid, attempt } = run;
  const attempts = actions.map((action, index) => {
    const result = results[index];
    if (result === undefined) throw new Error(`the sink answered ${results.length} of ${actions.length} actions`);
    return { action, engagement, source, workflowid, runid, result, attempt, at };
  });
  await deps.ledger.recordActions(attempts);
}

function throwIfRetryable(results: readonly ActionResult[]): void {
  const again = results.filter(isFailed).filter(({ failure }) => failure === 'retryable' || failure === 'auth');
  const [first] = again;
  if (first === undefined) return;
  const delay = Math.max(0, ...again.map(({ retryAfterMs }) => retryAfterMs ?? 0));
  throw new Retryable(first.code, first.message, delay > 0 ? delay : undefined);
}

function conclusion(actions: readonly Action[], results: readonly ActionResult[]): Acted {
  const answered = actions.map((action, index) => ({ action, result: results[index] }));
  const idOf = (kind: Action['kind']): string | undefined => {
    const result = answered.find(({ action }) => action.kind === kind)?.result;
    return result === undefined || isFailed(result) ? undefined : result.nativeId;
  };
  const [taskId, caseId] = [idOf('create-task'), idOf('create-case')];
  const opened = caseId === undefined ? {} : { caseId };
  if (taskId !== undefined) return { taskId, ...opened };
  const refused = answered.flatMap(({ action, result }) =>
    result !== undefined && isFailed(result) ? [{ action, result }] : [],
  );
  // A person's newer change goes first, and a task that cannot be closed is closed already.
  const final = refused.find(({ action, result }) => result.failure !== 'conflict' && action.kind !== 'close-task');
  return final === undefined ? opened : { ...opened, ended: endOf(final.action, final.result) };
}

function endOf(action: Action, { failure, code, message }: Failed): NonNullable<Acted['ended']> {
  const because = `${code}: ${message}`;
  if (failure !== 'gone') return { label: 'failed', because };
  const isOurs = action.kind === 'update-task' || action.kind === 'update-case';
  return { label: isOurs ? 'removed' : 'gone', because };
}

function isFailed(result: ActionResult): result is Failed {
  return result.outcome === 'failed';
}
