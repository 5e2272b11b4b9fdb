import type { Action, SetFields } from '../canonical-schema/action';
import type { ActTemplate, TaskTemplate } from '../tenants/act-template';
import { recordScope } from '../tenants/expression';
import { renderLine, type TemplateScope } from '../tenants/template';
import type { ActInput } from './engagement-types';
import type { DecisionDigest, Directive } from './lane-types';
import type { Snapshot } from './merge';

/** What all texts of one directive are made of. */
export interface Composing {
  readonly input: ActInput;
  readonly scope: TemplateScope;
  readonly snapshot: Snapshot;
  /** The score in words: `87 % likely`. */
  readonly said: string;
}

/** How the id of every action begins, and so the key of what it made in a CRM. */
export const ownMark = 'sbx:';

/** What all actions have: the id tells the decision, what is done, and what for where that is more than once. */
export function base(input: ActInput, kind: Action['kind']): Omit<SetFields, 'kind' | 'fields'> {
  const { directive, tenant, connection } = input;
  const [entity = '', ...id] = input.subject.split('/');
  return {
    id: `${ownMark}${directive.decision.id}:${input.closing === undefined ? kind : `${kind}:${input.closing.label}`}`,
    tenantid: tenant,
    connection,
    about: { entity, id: id.join('/') },
    decisionid: directive.decision.id,
  };
}

/** One line that tells the score: the template's own words for it, or behind them. */
export function titleOf(template: string, scope: TemplateScope, said: string): string {
  const line = renderLine(template, scope, 230).text;
  return /\{\{\s*(score|percent)/.test(template) ? line : `${line} (${said})`;
}

/** Whom a template means. */
export function ownerOf(assignTo: string | undefined, { record }: Snapshot): string | undefined {
  const owner = assignTo === 'owner' ? record.ownerId : assignTo;
  return typeof owner === 'string' ? owner : undefined;
}

/** What templates may name. */
export function scopeOf(directive: Directive, { record }: Snapshot): TemplateScope {
  const { decision } = directive;
  return {
    record: recordScope(record),
    score: decision.score,
    percent: Math.round(decision.score * 100),
    band: decision.band,
    ...rankingScope(decision.ranking),
    reasons: decision.reasons.map(({ text }) => text),
    usecase: directive.usecase,
    decision: { id: decision.id, model: decision.model, decidedat: decision.decidedat },
    related: decision.related,
  };
}

/** The classes of a model with several: the best one, and a line for each of the likeliest. */
function rankingScope(ranking: DecisionDigest['ranking'] = []): TemplateScope {
  const [best] = ranking;
  if (best === undefined) return {};
  return { label: best.label, ranking: ranking.map(({ label, score }) => `${label} (${percent(score)})`) };
}

export function isTask(template: ActTemplate): template is TaskTemplate {
  return template.kind === 'task';
}

/** As a person reads it: `87 %`. */
export function percent(score: number): string {
  return `${Math.round(score * 100)} %`;
}
