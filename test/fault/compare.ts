/** One change as the org published it. */
export interface PublishedChange {
  readonly record: string;
  /** `<transaction key>/<number in it>`: with the record, the identity of the change. */
  readonly key: string;
  /** CREATE, UPDATE, DELETE, UNDELETE. */
  readonly kind: string;
  /** Made by Signalbox itself. */
  readonly isOwn: boolean;
  /** Fields that the change set. */
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface OrgTask {
  readonly id: string;
  readonly lead: string;
  /** The action that made it: `sbx:<decision>:create-task`. */
  readonly key: string;
  readonly isOpen: boolean;
}

/** What the org says happened: its own records, not what it was told to do. */
export interface OrgSide {
  /** Changes of leads, in the org's order. */
  readonly changes: readonly PublishedChange[];
  readonly tasks: readonly OrgTask[];
  /** Rating by lead; `null` where there is none. */
  readonly ratings: ReadonlyMap<string, string | null>;
}

export interface LedgerEvent {
  readonly record: string;
  readonly key: string;
  readonly id: string;
  readonly status: string;
  readonly because?: string;
}

export interface LedgerDecision {
  readonly id: string;
  readonly eventid: string;
  readonly record: string;
  readonly band?: string;
  /** RFC 3339 UTC; that of its batch. */
  readonly decidedat: string;
  readonly features: Readonly<Record<string, unknown>>;
}

/** What the ledger says happened, for the same leads. */
export interface LedgerSide {
  readonly events: readonly LedgerEvent[];
  readonly decisions: readonly LedgerDecision[];
}

/** What does not fit, a sentence each. */
export interface Differences {
  /** Changes that the org published and the ledger does not hold, or holds undecided. */
  readonly lost: readonly string[];
  /** Changes held or decided twice, tasks made twice. */
  readonly doubled: readonly string[];
  /** Decisions that were not made in the org's order, or did not see the org's state. */
  readonly disordered: readonly string[];
  /** Tasks and ratings that are not what the last decision calls for. */
  readonly wrong: readonly string[];
}

/** What a faultless run leaves. */
export const none: Differences = { lost: [], doubled: [], disordered: [], wrong: [] };

const noStrings: readonly string[] = [];

/** Native fields of a lead whose values a decision must have seen, and what the model calls them. */
const witnesses: Readonly<Record<string, string>> = {
  Job__c: 'job',
  Contact__c: 'contact',
  Month__c: 'month',
  Day_Of_Week__c: 'dayOfWeek',
  Previous_Outcome__c: 'poutcome',
  Campaign__c: 'campaign',
  Previous__c: 'previous',
  Euribor__c: 'euribor3m',
};

const decidedKinds = new Set(['CREATE', 'UPDATE', 'UNDELETE']);

/**
 * Holds what the org published against what the ledger holds. Only the org's leads that are in `ratings` count.
 * A change of a deleted record is not expected to have a decision.
 */
export function compare(org: OrgSide, ledger: LedgerSide): Differences {
  const changes = groupBy(org.changes, ({ record }) => record);
  const events = groupBy(ledger.events, ({ record }) => record);
  const decisions = groupBy(ledger.decisions, ({ record }) => record);
  const tasks = groupBy(org.tasks, ({ lead }) => lead);
  const leads = [...org.ratings.keys()].map((lead) =>
    compareLead({
      lead,
      rating: org.ratings.get(lead) ?? null,
      changes: changes.get(lead) ?? [],
      events: events.get(lead) ?? [],
      decisions: decisions.get(lead) ?? [],
      tasks: tasks.get(lead) ?? [],
    }),
  );
  const all = (of: keyof Differences): readonly string[] => leads.flatMap((lead) => lead[of]);
  return { lost: all('lost'), doubled: all('doubled'), disordered: all('disordered'), wrong: all('wrong') };
}

interface LeadSides {
  readonly lead: string;
  readonly rating: string | null;
  readonly changes: readonly PublishedChange[];
  readonly events: readonly LedgerEvent[];
  readonly decisions: readonly LedgerDecision[];
  readonly tasks: readonly OrgTask[];
}

function compareLead(sides: LeadSides): Differences {
  const events = groupBy(sides.events, ({ key }) => key);
  const decisions = groupBy(sides.decisions, ({ eventid }) => eventid);
  const held = sides.changes.map((change) => {
    const [event, ...more] = events.get(change.key) ?? [];
    const [decision, ...again] = decisions.get(event?.id ?? '') ?? [];
    return { change, event, decision, more: more.length, again: again.length };
  });
  const decided = held.flatMap(({ change, decision }) => (decision === undefined ? [] : [{ change, decision }]));
  return {
    lost: held.flatMap(lostOf),
    doubled: [...held.flatMap(doubledOf), ...doubledTasks(sides)],
    disordered: disordered(sides, decided),
    wrong: wrong(
      sides,
      decided.map(({ decision }) => decision),
    ),
  };
}

/** A change with what the ledger holds of it, and how many of each it holds beyond one. */
interface Held {
  readonly change: PublishedChange;
  readonly event: LedgerEvent | undefined;
  readonly decision: LedgerDecision | undefined;
  readonly more: number;
  readonly again: number;
}

function nameOf({ kind, key, record }: PublishedChange): string {
  return `${kind} ${key} of ${record}`;
}

function lostOf({ change, event, decision }: Held): readonly string[] {
  if (event === undefined) return [`${nameOf(change)} is not in the ledger`];
  if (decision !== undefined || change.isOwn || !decidedKinds.has(change.kind)) return [];
  return [`${nameOf(change)} was not decided: ${event.status}, ${event.because ?? 'no reason told'}`];
}

function doubledOf({ change, more, again }: Held): readonly string[] {
  return [
    ...(more > 0 ? [`${nameOf(change)} is in the ledger ${more + 1} times`] : noStrings),
    ...(again > 0 ? [`${nameOf(change)} was decided ${again + 1} times`] : noStrings),
  ];
}

function doubledTasks({ lead, tasks }: LeadSides): readonly string[] {
  const byKey = groupBy(tasks, ({ key }) => key.toLowerCase());
  const twice = [...byKey].filter(([, made]) => made.length > 1);
  const open = tasks.filter(({ isOpen }) => isOpen);
  return [
    ...twice.map(([key, made]) => `${made.length} tasks of ${lead} for ${key}`),
    ...(open.length > 1 ? [`${open.length} open tasks of ${lead}`] : noStrings),
  ];
}

/** Replays the org's changes: each decision must have seen the record as it was then, and none may be made before the one before. */
function disordered(
  { lead }: LeadSides,
  decided: readonly { readonly change: PublishedChange; readonly decision: LedgerDecision }[],
): readonly string[] {
  const state: Record<string, unknown> = {};
  const found: string[] = [];
  let before = '';
  for (const { change, decision } of decided) {
    Object.assign(state, change.fields);
    if (decision.decidedat < before)
      found.push(`${change.key} of ${lead} was decided before what came before it in the org`);
    before = decision.decidedat;
    for (const [field, feature] of Object.entries(witnesses)) {
      if (state[field] === undefined || decision.features[feature] === state[field]) continue;
      found.push(
        `${change.key} of ${lead} was decided with ${feature} ${shown(decision.features[feature])}, the org had ${shown(state[field])}`,
      );
    }
  }
  return found;
}

function wrong(sides: LeadSides, decisions: readonly LedgerDecision[]): readonly string[] {
  const { lead, rating, tasks } = sides;
  const strays = tasks
    .filter(({ key }) => !decisions.some(({ id }) => key.toLowerCase() === `sbx:${id}:create-task`.toLowerCase()))
    .map(({ id }) => `task ${id} of ${lead} belongs to no decision`);
  const expected = expectedRatings(decisions);
  const isRight = expected.includes(rating);
  const wanted = expected.map(shown).join(' or ');
  return [
    ...strays,
    ...wrongTasks(sides, decisions.at(-1)?.band),
    ...(isRight ? noStrings : [`${lead} has the rating ${shown(rating)}, expected ${wanted}`]),
  ];
}

function wrongTasks({ lead, tasks }: LeadSides, band = 'cold'): readonly string[] {
  const open = tasks.filter(({ isOpen }) => isOpen).length;
  if (band !== 'hot') return open > 0 ? [`${lead} is ${band} and has an open task`] : [];
  if (tasks.length === 0) return [`${lead} is hot and has no task`];
  return open === 0 ? [`${lead} is hot and all its tasks are closed`] : [];
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const ratingOf: Readonly<Record<string, string>> = { hot: 'Hot', warm: 'Warm' };

/** The last band that sets one is certain; one that was overtaken before it was acted on may have been left out. */
function expectedRatings(decisions: readonly LedgerDecision[]): readonly (string | null)[] {
  const last = ratingOf[decisions.at(-1)?.band ?? ''];
  if (last !== undefined) return [last];
  return [null, ...new Set(decisions.flatMap(({ band }) => ratingOf[band ?? ''] ?? []))];
}

function groupBy<T>(all: readonly T[], keyOf: (one: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const key = keyOf(one);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return groups;
}
