import type { Action, AddNote, AddToQueue, CaseContent, SetFields, TaskContent } from '../canonical-schema/action';
import { oneLine, renderLine, renderText, renderValue, severalLines, type TemplateScope } from '../tenants/template';
import { base, isTask, ownerOf, percent, scopeOf, titleOf, type Composing } from './composing';
import type { ActInput } from './engagement-types';
import type { DecisionDigest, Directive } from './lane-types';
import type { Snapshot } from './merge';
import { overdueActions, stepped } from './overdue';
import type {
  ActTemplate,
  CaseTemplate,
  NoteTemplate,
  RouteTemplate,
  SetTemplate,
  TaskTemplate,
} from '../tenants/act-template';

/** What an assistant drafted, for a person who reads the task. */
export interface DraftTexts {
  readonly subject: string;
  readonly description: string;
  /** The assistant's model. */
  readonly model: string;
  /** What it proposes beyond the task, and why. */
  readonly proposal?: { readonly does: string; readonly because: string };
}

/** How something is put into words. */
export interface Wording {
  /** What the model's score is a percentage of: `likely` in `87 % likely`. */
  readonly scoreWord: string;
  readonly draft?: DraftTexts;
}

/**
 * Turns what an engagement was told into actions for the CRM. Pure: the same directive and wording give the same actions and ids.
 */
export function compose(input: ActInput, snapshot: Snapshot, { scoreWord, draft }: Wording): readonly Action[] {
  const { directive, taskId, proposal, overdue } = input;
  if (proposal !== undefined) return [proposed(input, proposal.template, scopeOf(directive, snapshot))];
  if (directive.kind === 'moot') return taskId === undefined ? [] : [closing(input, taskId)];
  const scope = scopeOf(directive, snapshot);
  const said = `${percent(directive.decision.score)} ${scoreWord}`;
  if (overdue?.isNow === true) return overdueActions({ input, scope, snapshot, said }, overdue.steps);
  const tasks = directive.templates
    .filter(isTask)
    .slice(0, 1)
    .map((template) => stepped(template, overdue?.steps ?? 0))
    .map((template) => taskAction(input, content({ input, scope, snapshot, said }, template, draft)));
  // A band without a task leaves no room for the open one.
  if (tasks.length === 0 && taskId !== undefined) tasks.push(closing(input, taskId));
  const cases = directive.templates
    .filter(isCase)
    .slice(0, 1)
    .map((template) => caseAction({ input, scope, snapshot, said }, template));
  const notes = directive.templates
    .filter(isNote)
    .map((template, index) => noteAction({ input, scope, snapshot, said }, template, index));
  const queues = directive.templates.flatMap((template) => queueAction(input, template)).slice(0, 1);
  const fields = setAction(input, scope);
  return [...tasks, ...cases, ...notes, ...queues, ...(fields === undefined ? [] : [fields])];
}

/** A task's subject and body as its template has them: what an assistant is to say better. */
export function templateTexts(
  directive: Directive,
  snapshot: Snapshot,
): { readonly subject: string; readonly description: string } {
  const scope = scopeOf(directive, snapshot);
  const [template] = directive.templates.filter(isTask);
  return {
    subject: template === undefined ? '' : renderLine(template.subject, scope, 230).text,
    description: template?.body === undefined ? '' : renderText(template.body, scope, 4_000).text,
  };
}

/** What a person agreed to, under an id of its own: the directive's own fields were written before. */
function proposed(input: ActInput, { field, value }: SetTemplate, scope: TemplateScope): SetFields {
  const { id, ...rest } = base(input, 'set-fields');
  return { ...rest, id: `${id}:assistant`, kind: 'set-fields', fields: { [field]: renderValue(value, scope).value } };
}

function taskAction(input: ActInput, task: TaskContent): Action {
  const { taskId } = input;
  if (taskId === undefined) return { ...base(input, 'create-task'), kind: 'create-task', task };
  // The due time was promised when the task was made; a new score does not move it.
  const { subject, description, priority } = task;
  return { ...base(input, 'update-task'), kind: 'update-task', taskId, task: { subject, description, priority } };
}

/** A case is opened once in an engagement; a newer decision changes what it says, and leaves it to those who work on it. */
function caseAction({ input, scope, snapshot, said }: Composing, template: CaseTemplate): Action {
  const { caseId } = input;
  const { priority, type, team, assignTo } = template;
  const texts = {
    subject: titleOf(template.subject, scope, said),
    description: body(input, said, ownText(template.body, scope)),
  };
  if (caseId !== undefined) {
    return { ...base(input, 'update-case'), kind: 'update-case', caseId, case: { ...texts, priority } };
  }
  const owner = ownerOf(assignTo, snapshot);
  const content: CaseContent = {
    ...{ ...texts, priority },
    ...(type === undefined ? {} : { type }),
    ...(team === undefined ? {} : { team }),
    ...(owner === undefined ? {} : { assignTo: owner }),
  };
  return { ...base(input, 'create-case'), kind: 'create-case', case: content };
}

/** Each decision that is acted on leaves its own note; of several notes of a band each has a number. */
function noteAction({ input, scope, said }: Composing, template: NoteTemplate, index: number): AddNote {
  const common = base(input, 'add-note');
  const text = body(input, said, ownText(template.text, scope));
  const note = { title: renderLine(template.title, scope, 255).text, text };
  return { ...common, id: index === 0 ? common.id : `${common.id}:${index + 1}`, kind: 'add-note', note };
}

function closing(input: ActInput, taskId: string): Action {
  const { score, reasons } = input.directive.decision;
  const why =
    input.closing === undefined
      ? `No longer called for: now ${percent(score)}.${reasons[0] === undefined ? '' : ` ${reasons[0].text}.`}`
      : `Closed by Signalbox: ${input.closing.label}.`;
  return { ...base(input, 'close-task'), kind: 'close-task', taskId, description: why };
}

function setAction(input: ActInput, scope: TemplateScope): SetFields | undefined {
  const { templates, decision } = input.directive;
  const fields = Object.fromEntries(templates.flatMap((template) => fieldOf(template, decision, scope)));
  if (Object.keys(fields).length === 0) return undefined;
  return { ...base(input, 'set-fields'), kind: 'set-fields', fields };
}

/** The field that a template writes, and what; none where a route knows no owner for the class. */
function fieldOf(
  template: ActTemplate,
  { ranking }: DecisionDigest,
  scope: TemplateScope,
): readonly (readonly [string, SetFields['fields'][string]])[] {
  switch (template.kind) {
    case 'task':
    case 'case':
    case 'note':
      return [];
    case 'set':
      return [[template.field, renderValue(template.value, scope).value]];
    case 'route': {
      const owner = routed(template, ranking);
      return owner === undefined || 'queue' in template ? [] : [[template.field, owner]];
    }
  }
}

/** The queue that a route puts the record into; none where it knows none for the class. */
function queueAction(input: ActInput, template: ActTemplate): readonly AddToQueue[] {
  if (template.kind !== 'route' || !('queue' in template)) return [];
  const queue = routed(template, input.directive.decision.ranking);
  return queue === undefined ? [] : [{ ...base(input, 'add-to-queue'), kind: 'add-to-queue', queue }];
}

/** Where a route leads, by the best class. */
function routed({ to, otherwise }: RouteTemplate, ranking: DecisionDigest['ranking']): string | undefined {
  const label = ranking?.[0]?.label ?? '';
  return Object.hasOwn(to, label) ? to[label] : otherwise;
}

/** Due time, priority and owner are the template's, whoever wrote the texts. */
function content(
  { input, scope, snapshot, said }: Composing,
  template: TaskTemplate,
  draft: DraftTexts | undefined,
): TaskContent {
  const { decision } = input.directive;
  const due =
    template.due === undefined ? undefined : new Date(Date.parse(decision.decidedat) + template.due).toISOString();
  const owner = ownerOf(template.assignTo, snapshot);
  return {
    subject: draft === undefined ? titleOf(template.subject, scope, said) : `${oneLine(draft.subject, 230)} (${said})`,
    description: body(input, said, draft === undefined ? ownText(template.body, scope) : draftText(draft)),
    priority: template.priority,
    ...(due === undefined ? {} : { due }),
    ...(owner === undefined ? {} : { assignTo: owner }),
  };
}

function ownText(text: string | undefined, scope: TemplateScope): readonly string[] {
  return text === undefined ? [] : [renderText(text, scope, 20_000).text, ''];
}

function draftText({ description, model, proposal }: DraftTexts): readonly string[] {
  return [
    severalLines(description, 20_000),
    '',
    `Drafted by an assistant (${model}) from this record's history: check it before you rely on it.`,
    ...(proposal === undefined
      ? []
      : [`It proposes to ${proposal.does}, once somebody agrees: ${oneLine(proposal.because, 1_000)}`]),
    '',
  ];
}

/** The tenant's own text or a draft, the reasons in words, what changed, until when it holds, and the receipt. */
function body(input: ActInput, said: string, text: readonly string[]): string {
  const { decision, withinMs } = input.directive;
  const lines = [
    ...text,
    `Why (${said}):`,
    ...decision.reasons.map(({ text, contribution }) => `${contribution > 0 ? '+' : '-'} ${text}`),
    ...changeSince(input.previous, decision),
    `Holds until ${new Date(Date.parse(decision.decidedat) + withinMs).toISOString().slice(0, 10)} unless the score moves.`,
    `Decision ${decision.id}`,
    `Model ${decision.model}`,
    `Workflow ${input.engagement}`,
  ];
  return lines.join('\n');
}

function changeSince(previous: DecisionDigest | undefined, now: DecisionDigest): readonly string[] {
  if (previous === undefined) return [];
  return [
    `Changed: ${percent(previous.score)} -> ${percent(now.score)} since ${previous.decidedat.slice(0, 16).replace('T', ' ')} UTC.`,
  ];
}

function isNote(template: ActTemplate): template is NoteTemplate {
  return template.kind === 'note';
}

function isCase(template: ActTemplate): template is CaseTemplate {
  return template.kind === 'case';
}
