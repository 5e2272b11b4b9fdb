import type { HistoryEntry } from '../../ledger/ledger';
import type { OrgRecord } from './org';
import type { Stage } from './stage';

type Decided = Extract<HistoryEntry, { kind: 'decision' }>;
type Acted = Extract<HistoryEntry, { kind: 'action' }>;
type Heard = Extract<HistoryEntry, { kind: 'event' }>;

/** Tells one decision in full, from the native event to the workflow that acted; the lead's id. */
export async function tellStory({ org, signalbox }: Stage, say: (line?: string) => void): Promise<string> {
  const { ledger } = signalbox.runtime;
  const task = taskToTell(await org.records('Task'));
  const lead = task === undefined ? (await org.records('Lead'))[0]?.Id : String(task.WhoId);
  if (lead === undefined) throw new Error('there was no lead: the file has no rows');
  const { acted, decided, heard } = pick(await ledger.history('demo', lead), lead, task);
  say('One decision, in full');
  await tellEvent(org, heard, say);
  tellDecision(decided, say);
  if (task === undefined)
    say('5. No lead of this run scored high enough for a task: more rows (--count) would show one');
  else tellTask(task, say);
  say('6. The Temporal workflows that did it');
  say(`   decided by  ${heard.lane?.workflowid ?? ''} run ${heard.lane?.runid ?? ''}`);
  if (acted !== undefined) say(`   acted by    ${acted.workflowid} run ${acted.runid}, attempt ${acted.attempt}`);
  say();
  return lead;
}

/**
 * An open task that says what the decision behind it said; else an open one, which a newer decision has changed; else one that was
 * closed meanwhile.
 */
export function taskToTell(tasks: readonly OrgRecord[]): OrgRecord | undefined {
  const made = tasks.filter(({ IsDeleted, WhoId }) => IsDeleted !== true && typeof WhoId === 'string');
  const open = made.filter(({ Status }) => Status !== 'Completed');
  return open.find((task) => !isChanged(task)) ?? open[0] ?? made[0];
}

/** Whether it names another decision than the one that its key was made of. */
function isChanged({ Description, Signalbox_Key__c: key }: OrgRecord): boolean {
  const [decision = ''] = /(?<=^sbx:).+(?=:create-task$)/.exec(String(key)) ?? [];
  return !String(Description).includes(`Decision ${decision}\n`);
}

/** What became of a task since the decision that is told. */
function fateOf(task: OrgRecord): string {
  if (task.Status === 'Completed') return ', closed since';
  return isChanged(task) ? ', changed since by a newer decision' : '';
}

/** The task's action with its decision and event; the first decision where there is no task. */
function pick(
  story: readonly HistoryEntry[],
  lead: string,
  task: OrgRecord | undefined,
): { readonly acted: Acted | undefined; readonly decided: Decided; readonly heard: Heard } {
  const acted = story.find(
    (entry): entry is Acted => entry.kind === 'action' && entry.action.id === task?.Signalbox_Key__c,
  );
  const decided = story.find(
    (entry): entry is Decided =>
      entry.kind === 'decision' && (acted === undefined || entry.decision.id === acted.action.decisionid),
  );
  const heard = story.find(
    (entry): entry is Heard => entry.kind === 'event' && entry.event.id === decided?.decision.eventid,
  );
  if (decided !== undefined && heard !== undefined) return { acted, decided, heard };
  throw new Error(`the ledger does not tell what was decided about lead ${lead}`);
}

async function tellEvent(org: Stage['org'], { event }: Heard, say: (line?: string) => void): Promise<void> {
  const transaction = event.data.change.transaction?.id;
  const native = (await org.events('/data/LeadChangeEvent')).find(
    ({ decoded }) => decoded?.ChangeEventHeader?.transactionKey === transaction,
  );
  say('1. What Salesforce published (Avro over gRPC, decoded; fields without a value left out)');
  say(indented(withoutNulls(native?.decoded)));
  say('2. The canonical CloudEvent on RabbitMQ');
  say(indented(event));
}

function tellDecision({ decision }: Decided, say: (line?: string) => void): void {
  const { features, score = 0, band = '-', model, reasons, contributions, intercept = 0, policy, id } = decision;
  say('3. What the model saw');
  say(indented(features));
  const named = model === undefined ? '' : `${model.name} ${model.version}, ${model.digest}`;
  say(`4. What it said: ${Math.round(score * 1000) / 10} % likely, band ${band} (${named})`);
  for (const { contribution, text } of reasons) {
    say(`   ${contribution > 0 ? '+' : '-'}${Math.abs(contribution).toFixed(3)}  ${text}`);
  }
  const sum = Object.values(contributions).reduce((total, value) => total + value, intercept);
  say(
    `   all contributions and the intercept (${intercept.toFixed(3)}) add up to ${sum.toFixed(3)}, the score's log-odds`,
  );
  say(`   policy ${policy.slice(0, 16)}…, decision ${id}`);
}

function tellTask(task: OrgRecord, say: (line?: string) => void): void {
  const { Id, Subject, Description, Status, Priority, ActivityDate, WhoId, OwnerId, Signalbox_Key__c } = task;
  say(`5. The task as Salesforce stores it${fateOf(task)}`);
  say(indented({ Id, Subject, Description, Status, Priority, ActivityDate, WhoId, OwnerId, Signalbox_Key__c }));
}

function indented(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(/^/gm, '   ');
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => (inner === null ? [] : [[key, withoutNulls(inner)]])),
  );
}
