import { ActivityFailure, isCancellation, proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/create-activities';
import type { Drafted, DraftInput, Proposal } from '../activities/engagement-types';
import type { Directive } from '../activities/lane-types';
import { drafting } from './options';

/**
 * What an assistant drafted for the directive's task; undefined where the task is not to be drafted. A task never waits longer than
 * its template says: what is not there by then is not used.
 */
export async function drafted(input: DraftInput): Promise<Drafted | undefined> {
  const withinMs = draftTimeOf(input.directive);
  if (withinMs === undefined) return undefined;
  const { draft } = proxyActivities<Activities>(drafting(withinMs));
  try {
    return await draft(input);
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
    const message = 'the process that asked for the draft was lost, or could not keep it';
    return { outcome: 'template', code: 'SBX_ASSISTANT_LOST', message, isLost: true };
  }
}

function draftTimeOf({ kind, templates }: Directive): number | undefined {
  const task = templates.find((template) => template.kind === 'task');
  return kind === 'act' && task?.kind === 'task' ? task.draft?.withinMs : undefined;
}

/** The name under which a person answers what an assistant proposed for a decision. */
export function proposalName(decisionid: string): string {
  return `${decisionid}:assistant`;
}

interface Proposed {
  readonly proposal?: Proposal;
}

export function proposalOf(draft: Drafted | undefined): Proposed {
  return draft?.outcome === 'drafted' && draft.proposal !== undefined ? { proposal: draft.proposal } : {};
}

/** What is proposed for one decision says nothing of the next. */
export function withoutProposal<S extends Proposed>(state: S): S {
  const rest: { proposal?: Proposal } = { ...state };
  delete rest.proposal;
  return rest as S;
}
