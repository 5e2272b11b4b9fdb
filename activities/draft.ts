import { usable } from '../assistant/answer';
import { DraftFault, type Usage } from '../assistant/draft-fault';
import { askForDraft } from '../assistant/endpoint';
import { promptDigest, promptOf } from '../assistant/prompt';
import { canonicalJson } from '../canonical-schema/canonical-json';
import { recordKey } from '../canonical-schema/identity';
import { sha256Hex } from '../canonical-schema/sha256';
import { Retryable } from '../connectors/contract';
import type { DraftRow, EngagementRow } from '../ledger/ledger';
import type { Assistant } from '../tenants/assistant';
import type { UseCase } from '../tenants/tenant';
import { templateTexts } from './compose';
import { tenantNamed } from './connections';
import { maskBrief } from './draft-brief';
import { optionsOf } from './draft-options';
import type { Drafted, DraftInput } from './engagement-types';
import { engagementOf } from './engagement-of';
import type { LaneDependencies } from './lane-dependencies';
import type { Snapshot } from './merge';

type Dependencies = Pick<LaneDependencies, 'ledger' | 'tenants' | 'now' | 'log'>;

/** Of a record's events, decisions and actions the newest, each. */
const mostOfEach = 30;

const dayMs = 24 * 3_600_000;

/**
 * Has a task's texts drafted, once for a decision: what is recorded is given again. Whatever goes wrong with the assistant is no
 * error but an answer: the template's text, and why.
 */
export async function draft(deps: Dependencies, input: DraftInput, signal: AbortSignal): Promise<Drafted> {
  const { tenant: name, directive } = input;
  const known = await deps.ledger.drafts.find(name, directive.decision.id);
  if (known !== undefined) return draftedOf(known);
  const row = await engagementOf(deps, input);
  const { assistant, useCases } = tenantNamed(deps.tenants, name);
  const useCase = useCases[input.usecase];
  if (assistant === undefined || useCase === undefined) {
    return keep(
      deps,
      input,
      row,
      refused(new DraftFault('SBX_ASSISTANT_NONE', "the tenant's file has no assistant any more")),
    );
  }
  const [snapshot] = await deps.ledger.records(name, [recordKey(row)]);
  if (snapshot === undefined || snapshot.deleted) {
    return keep(
      deps,
      input,
      row,
      refused(new DraftFault('SBX_ASSISTANT_RECORD', 'the record is not known or was deleted')),
    );
  }
  return keep(deps, input, row, await made(deps, { input, assistant, useCase, snapshot }, signal));
}

type Made = Omit<DraftRow, 'decisionid' | 'engagement' | 'source' | 'subject' | 'usecase' | 'at'>;

interface Commission {
  readonly input: DraftInput;
  readonly assistant: Assistant;
  readonly useCase: UseCase;
  readonly snapshot: Snapshot;
}

/** Asks, and takes what may be used. */
async function made(deps: Dependencies, commission: Commission, signal: AbortSignal): Promise<Made> {
  const { input, assistant, useCase } = commission;
  const { model, baseUrl, tokensPerDay } = assistant;
  const spent = await deps.ledger.drafts.tokensSince(input.tenant, new Date(deps.now() - dayMs).toISOString());
  if (spent >= tokensPerDay) {
    const message = `${spent} of ${tokensPerDay} tokens were spent within 24 hours`;
    return refused(new DraftFault('SBX_ASSISTANT_BUDGET', message));
  }
  const proposals = optionsOf(useCase, input.directive);
  const { data, mask } = maskBrief(await briefOf(deps, commission));
  const options = [...proposals].map(([key, { does }]) => ({ key, does: mask.text(does) }));
  const sent = promptOf(data, options);
  const masked = mask.counts;
  const asked = { model, host: new URL(baseUrl).host, prompt: promptDigest(sent), sent, masked };
  const began = performance.now();
  const took = () => ({ durationms: Math.round(performance.now() - began) });
  let usage: Usage | undefined;
  try {
    const answer = await askForDraft(assistant, sent, options, signal);
    usage = answer.usage;
    const { proposal: key, ...content } = usable(answer.written, mask);
    const proposal = proposals.get(key);
    return {
      ...{ outcome: 'drafted', ...asked, ...costOf(usage), ...took(), content },
      ...(proposal === undefined ? {} : { proposal: { does: proposal.does, ...fieldOf(proposal.template) } }),
    };
  } catch (error) {
    return { ...asked, ...refused(error, usage), ...took() };
  }
}

function costOf({ input, output }: Usage): Pick<DraftRow, 'tokensin' | 'tokensout'> {
  return { tokensin: input, tokensout: output };
}

function fieldOf({ field, value }: { readonly field: string; readonly value: string | number | boolean | null }) {
  return { field, value };
}

/** Why there is no draft. Throws what is no fault of the assistant: another process may have the time. */
function refused(error: unknown, spent: Usage = { input: 0, output: 0 }): Made {
  if (!(error instanceof DraftFault)) throw error;
  const { code, message, usage = spent } = error;
  if (code === 'SBX_ASSISTANT_STOPPED') throw new Retryable(code, message);
  return { outcome: 'template', code, message, ...costOf(usage), durationms: 0 };
}

async function briefOf({ ledger }: Dependencies, { input, assistant, snapshot }: Commission) {
  const { decision } = input.directive;
  return {
    task: templateTexts(input.directive, snapshot),
    decision: {
      usecase: input.usecase,
      band: decision.band,
      score: `${Math.round(decision.score * 100)} %`,
      reasons: decision.reasons.map(({ text }) => text),
      ...(decision.ranking === undefined ? {} : { classes: decision.ranking.map(({ label }) => label) }),
      ...(decision.related === undefined ? {} : { related: decision.related }),
    },
    snapshot,
    history: await ledger.recentHistory(input.tenant, recordKey(snapshot), mostOfEach),
    personal: assistant.personal,
  };
}

/** Records what was made, unless another try was quicker, and gives what is recorded. */
async function keep(
  deps: Dependencies,
  { tenant, directive }: DraftInput,
  { id: engagement, source, subject, usecase }: EngagementRow,
  what: Made,
): Promise<Drafted> {
  const at = new Date(deps.now()).toISOString();
  const about = { decisionid: directive.decision.id, engagement, source, subject, usecase, at };
  const { code, message } = what;
  if (what.outcome === 'template') deps.log.warn({ tenant, ...about, code, message }, 'a task has no draft');
  return draftedOf(await deps.ledger.drafts.record(tenant, { ...what, ...about }));
}

/** What a workflow hears of a draft: nothing personal. */
function draftedOf({ outcome, content, proposal, code = '', message = '' }: DraftRow): Drafted {
  if (outcome === 'template' || content === undefined) return { outcome: 'template', code, message };
  return {
    outcome,
    digest: contentDigest(content),
    ...(proposal === undefined
      ? {}
      : { proposal: { does: proposal.does, template: { kind: 'set', ...fieldOf(proposal) } } }),
  };
}

/** sha256 (hex) of the texts of a draft. */
export function contentDigest(content: NonNullable<DraftRow['content']>): string {
  return sha256Hex(canonicalJson(content));
}
