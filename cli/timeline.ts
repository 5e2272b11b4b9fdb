import type { Action, ActionResult } from '../canonical-schema/action';
import type { Decision } from '../canonical-schema/decision';
import type { CanonicalEvent } from '../canonical-schema/event';
import type { Customer, DraftRow, HistoryEntry, ProposalRow } from '../ledger/ledger';

type Entry<K extends HistoryEntry['kind']> = HistoryEntry & { readonly kind: K };

/** Control characters would let a record's text steer the terminal. */
export const printable = (text: string): string => text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ');

const shown = (value: unknown): string => {
  const text = typeof value === 'string' ? value : JSON.stringify(value ?? null);
  return printable(text.length > 80 ? `${text.slice(0, 79)}…` : text);
};

const changesOf = ({ data: { change, record } }: CanonicalEvent): readonly string[] =>
  change.fields.map((field) => {
    const [before, after] = [change.before?.[field], change.after?.[field] ?? record[field]];
    if (after === undefined) return `  ${field} changed`;
    return `  ${field}: ${before === undefined ? '' : `${shown(before)} -> `}${shown(after)}`;
  });

const eventLines = ({ event, status, because, lane }: Entry<'event'>): readonly string[] => {
  const { change, provenance } = event.data;
  const said = because === undefined ? status : `${status}: ${because}`;
  return [
    `${event.type} on ${event.subject}${event.origin === 'self' ? ' (own write)' : ''}  [${said}]`,
    ...changesOf(event),
    ...(change.by === undefined ? [] : [`  by ${change.by}`]),
    ...(provenance.record === 'event' ? [] : [`  record ${provenance.record}`]),
    `  event ${event.id} through ${event.connection}`,
    ...(lane === undefined ? [] : [`  lane ${lane.workflowid} run ${lane.runid} batch ${lane.batchid}`]),
  ];
};

/** The states that a value was made of; the first few name the way to the others. */
const statesText = (states: readonly string[]): string =>
  `${states.slice(0, 5).join(', ')}${states.length > 5 ? ` and ${states.length - 5} more` : ''}`;

const relatedLines = ({ related = {}, relatedFrom = {} }: Decision): readonly string[] =>
  Object.entries(related).map(([name, value]) => {
    const states = relatedFrom[name] ?? [];
    return `  related ${name} = ${value}${states.length === 0 ? '' : ` from ${printable(statesText(states))}`}`;
  });

const decisionLines = ({ decision }: { readonly decision: Decision }): readonly string[] => {
  const { usecase, outcome, because, score, band, ranking = [], reasons, model, policy, id } = decision;
  const scored = score === undefined ? 'no score' : `score ${(score * 100).toFixed(1)} %`;
  return [
    `decision ${usecase}: ${outcome}, ${scored}${band === undefined ? '' : `, band ${band}`}${because === undefined ? '' : ` (${because})`}`,
    ...ranking.map(({ label, score: of }) => `  ${label} ${(of * 100).toFixed(1)} %`),
    ...reasons.map(
      ({ text, contribution }) => `  ${contribution >= 0 ? '+' : ''}${contribution.toFixed(3)}  ${printable(text)}`,
    ),
    ...relatedLines(decision),
    ...(model === undefined ? [] : [`  model ${model.name} ${model.version} ${model.digest}`]),
    `  policy ${policy}`,
    `  decision ${id}`,
  ];
};

const renamed = (subject: string | undefined): string => (subject === undefined ? '' : ` to "${shown(subject)}"`);

export const actionText = (action: Action): string => {
  switch (action.kind) {
    case 'create-task':
      return `create task "${shown(action.task.subject)}"${action.task.due === undefined ? '' : ` due ${action.task.due}`}`;
    case 'update-task':
      return `update task ${action.taskId}${renamed(action.task.subject)}`;
    case 'close-task':
      return `close task ${action.taskId}: ${shown(action.description)}`;
    case 'set-fields':
      return `set ${Object.entries(action.fields)
        .map(([field, value]) => `${field} = ${shown(value)}`)
        .join(', ')}`;
    case 'add-note':
      return `add note "${shown(action.note.title)}"`;
    case 'create-case':
      return `open case "${shown(action.case.subject)}"`;
    case 'update-case':
      return `update case ${action.caseId}${renamed(action.case.subject)}`;
    case 'add-to-queue':
      return `add to queue ${action.queue}`;
  }
};

const answerText = (result: ActionResult): string =>
  result.outcome === 'failed'
    ? `failed (${result.failure}) ${result.code}: ${shown(result.message)}`
    : `${result.outcome} as ${result.nativeId}`;

const actionLines = ({ action, result, attempt, workflowid, runid }: Entry<'action'>): readonly string[] => [
  `action: ${actionText(action)}`,
  `  the CRM answered: ${answerText(result)}${attempt > 1 ? ` (attempt ${attempt})` : ''}`,
  `  ${shown(result.answer)}`,
  `  workflow ${workflowid} run ${runid}`,
];

const proposalLines = ({ decisionid, proposal, answer, content }: DraftRow): readonly string[] => {
  if (proposal === undefined) return [];
  const answered =
    answer === undefined
      ? `awaits approval as ${decisionid}:assistant`
      : `${answer.verdict === 'approve' ? 'approved' : 'refused'} by ${answer.by} at ${answer.at}`;
  return [`  proposes to ${shown(proposal.does)}: ${shown(content?.because)}`, `  ${printable(answered)}`];
};

/** Who was asked, what went out, and what it cost. */
const askedLines = ({
  model,
  host,
  prompt,
  masked = {},
  tokensin,
  tokensout,
  durationms,
}: DraftRow): readonly string[] => {
  if (prompt === undefined) return [];
  const kinds = Object.entries(masked).map(([kind, count]) => `${count} ${kind}`);
  return [
    `  assistant ${model ?? ''} at ${host ?? ''}, ${durationms} ms, ${tokensin} tokens asked, ${tokensout} answered`,
    `  prompt sha256:${prompt}, masked: ${kinds.join(', ') || 'nothing personal was found'}`,
  ];
};

const draftLines = ({ draft }: Entry<'draft'>): readonly string[] => {
  const { outcome, content, code, message, decisionid } = draft;
  const [first, ...more] =
    outcome === 'drafted'
      ? [`drafted by the assistant: "${shown(content?.subject)}"`]
      : [`no draft, the template's text was used: ${code ?? ''}`, `  ${shown(message)}`];
  const takenOut = content?.takenOut ?? 0;
  return [
    first,
    ...more,
    ...(takenOut === 0 ? [] : [`  ${takenOut} links or contact details that are not of the record were taken out`]),
    ...proposalLines(draft),
    ...askedLines(draft),
    `  of decision ${decisionid}`,
  ];
};

const proposedLines = ({ proposal: { usecase, until, actions, id } }: Entry<'proposed'>): readonly string[] => [
  `proposed for ${usecase}, until ${until}`,
  ...actions.map((action) => `  would ${actionText(action)}`),
  `  proposal ${id}`,
];

const ends: { readonly [S in ProposalRow['status']]: string } = {
  waiting: 'waits for approval',
  approved: 'approved',
  declined: 'declined',
  overtaken: 'overtaken by a newer decision',
  expired: 'expired: nobody answered in time',
  ended: 'no longer asked: the engagement ended',
};

/** What became of a proposal, in words: whether, by whom, why. */
export const settledText = ({ status, by, reason }: ProposalRow): string =>
  `${ends[status]}${by === undefined ? '' : ` by ${printable(by)}`}${reason === undefined ? '' : `: ${printable(reason)}`}`;

const gapLines = ({ gap: { stream, cause, to, recovered, closedat } }: Entry<'gap'>): readonly string[] => {
  const until = to === undefined ? 'until an unknown time' : `until ${to}`;
  const state = closedat === undefined ? 'open' : `closed ${closedat}`;
  return [`gap in ${stream} ${until}: ${shown(cause)}`, `  ${state}; ${recovered} events read again`];
};

const lines: { readonly [K in HistoryEntry['kind']]: (entry: Entry<K>) => readonly string[] } = {
  event: eventLines,
  decision: decisionLines,
  action: actionLines,
  draft: draftLines,
  proposed: proposedLines,
  settled: ({ proposal }) => [`proposal ${settledText(proposal)}`, `  proposal ${proposal.id}`],
  'engagement-opened': ({ engagement }) => [`engagement ${engagement.usecase} opened`, `  workflow ${engagement.id}`],
  'engagement-closed': ({ engagement }) => [
    `engagement ${engagement.usecase} closed: ${engagement.outcome ?? 'no outcome'}`,
  ],
  outcome: ({ outcome }) => [`outcome: ${outcome.label}`, `  of decision ${outcome.decisionid}`],
  erased: ({ erasure: { by, reason, subjects, doneat, id } }) => [
    `erased by ${printable(by)}: ${printable(reason)}`,
    `  ${doneat === undefined ? 'not done yet: the same command goes on' : `done ${doneat}`}`,
    `  of ${printable(subjects.join(', '))}`,
    `  erasure ${id}`,
  ],
  lifted: ({ erasure: { liftedby = '', liftedreason = '', id } }) => [
    `taken in again, as ${printable(liftedby)} said: ${printable(liftedreason)}`,
    `  erasure ${id}`,
  ],
  gap: gapLines,
};

const entryLines = (entry: HistoryEntry): readonly string[] =>
  // The table's entry of a kind takes entries of that kind, which TypeScript cannot follow.
  (lines[entry.kind] as (entry: HistoryEntry) => readonly string[])(entry);

/** Whose entry it is, where its text does not say so. */
const subjectOf = (entry: HistoryEntry): string | undefined => {
  switch (entry.kind) {
    case 'decision':
      return entry.decision.subject;
    case 'engagement-opened':
    case 'engagement-closed':
      return entry.engagement.subject;
    case 'draft':
      return entry.draft.subject;
    case 'proposed':
    case 'settled':
      return entry.proposal.subject;
    case 'action':
      return `${entry.action.about.entity}/${entry.action.about.id}`;
    default:
      return undefined;
  }
};

/**
 * The story of a record, or of several, for a person: time, what happened, and beneath it why and by what.
 */
export const timeline = (
  entries: readonly HistoryEntry[],
  { isOfSeveral = false }: { readonly isOfSeveral?: boolean } = {},
): string =>
  entries
    .map((entry) => {
      const [first = '', ...rest] = entryLines(entry);
      const subject = isOfSeveral ? subjectOf(entry) : undefined;
      const head = `${entry.at}  ${subject === undefined ? '' : `${subject}: `}${first}`;
      return [head, ...rest.map((line) => `${' '.repeat(26)}${line.trimEnd()}`)].join('\n');
    })
    .join('\n')
    .concat('\n');

const why = { several: 'two records of one CRM have it as their own', many: 'more records have it than one customer' };

/** Who else is the same customer, and what might have told so and did not; nothing where nothing is known. */
export const customerLines = ({ members, unjoined }: Customer = { members: [], unjoined: [] }): string =>
  [
    ...(members.length === 0 ? [] : ['The same customer:']),
    ...members.map(({ connection, subject, by }) => `  ${connection}  ${subject}  by ${by.join(', ')}`),
    ...(unjoined.length === 0 ? [] : ['Not linked, because it would be a guess:']),
    ...unjoined.map(({ rule, because, subjects }) => `  by ${rule}: ${why[because]}: ${subjects.join(', ')}`),
  ]
    .map((line) => `${printable(line)}\n`)
    .join('');
