import { Mask, type KnownValue } from '../assistant/mask';
import type { Action } from '../canonical-schema/action';
import { fieldKind, partKind, type FieldKind, type PersonalKind } from '../canonical-schema/personal';
import type { CanonicalRecord, EntityName } from '../canonical-schema/entity';
import type { HistoryEntry } from '../ledger/ledger';
import type { Snapshot } from './merge';

/** What an assistant is told, before it is masked. */
export interface Brief {
  /** The template's texts, filled in. */
  readonly task: { readonly subject: string; readonly description: string };
  readonly decision: Readonly<Record<string, unknown>>;
  readonly snapshot: Snapshot;
  /** Oldest first. */
  readonly history: readonly HistoryEntry[];
  /** Fields and attributes that the tenant says are personal. */
  readonly personal: readonly string[];
}

/** Characters of one text, and of all that happened: the newest is what counts. */
const mostOfText = 4_000;
const mostOfHistory = 16_000;
const mostFields = 40;
const mostItems = 20;

type Kinds = (entity: EntityName, field: string) => FieldKind;

/** What a tenant calls personal is masked whole, also where it is a free text. A field that nobody knows is one. */
const kindsWith =
  (personal: readonly string[]): Kinds =>
  (entity, field) => {
    const kind = fieldKind(entity, field) ?? 'text';
    const isPersonal = kind !== 'text' && kind !== 'plain';
    return personal.includes(field) && !isPersonal ? 'id' : kind;
  };

/** Attributes are the tenant's own: one that is called as a personal field is one, any other a text. */
const kindOfAttribute = (kinds: Kinds, entity: EntityName, name: string): FieldKind => {
  const kind = kinds(entity, name);
  return kind === 'plain' ? 'text' : kind;
};

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every single value below a field, with what it tells. */
function* leaves(value: unknown, kind: FieldKind): Generator<readonly [FieldKind, string]> {
  if (Array.isArray(value)) for (const item of value) yield* leaves(item, kind);
  else if (isMap(value)) for (const [part, of] of Object.entries(value)) yield* leaves(of, partKind(kind, part));
  else if (typeof value === 'string' || typeof value === 'number') yield [kind, String(value)];
}

/** The fields of a record, its attributes among them, each with what it tells. */
function* fieldsOf(
  record: CanonicalRecord | Readonly<Record<string, unknown>>,
  entity: EntityName,
  kinds: Kinds,
): Generator<readonly [string, unknown, FieldKind]> {
  for (const [field, value] of Object.entries(record)) {
    if (field !== 'attributes' || !isMap(value)) {
      const attribute = field.startsWith('attributes.') ? field.slice('attributes.'.length) : undefined;
      const kind = attribute === undefined ? kinds(entity, field) : kindOfAttribute(kinds, entity, attribute);
      yield [field, value, kind];
    } else {
      for (const [name, of] of Object.entries(value)) {
        yield [`attributes.${name}`, of, kindOfAttribute(kinds, entity, name)];
      }
    }
  }
}

/** Every personal value that the record or its past has in a field. */
function knownValues({ snapshot, history }: Brief, kinds: Kinds): readonly KnownValue[] {
  const known: KnownValue[] = [];
  const learn = (fields: Iterable<readonly [string, unknown, FieldKind]>): void => {
    for (const [, value, kind] of fields) {
      for (const [of, text] of leaves(value, kind)) {
        if (of !== 'text' && of !== 'plain') known.push({ kind: of satisfies PersonalKind, value: text });
      }
    }
  };
  learn(fieldsOf(snapshot.record, entityOf(snapshot.subject), kinds));
  for (const entry of history) {
    if (entry.kind !== 'event') continue;
    const { entity, record, change } = entry.event.data;
    learn(fieldsOf(record, entity, kinds));
    learn(fieldsOf(change.before ?? {}, entity, kinds));
    learn(fieldsOf(change.after ?? {}, entity, kinds));
  }
  return known;
}

const entityOf = (subject: string): EntityName => subject.slice(0, subject.indexOf('/')) as EntityName;

/** The beginning of a masked text, without half a placeholder. */
const cut = (text: string): string =>
  text.length <= mostOfText ? text : `${text.slice(0, mostOfText).replace(/\[[A-Z]*_?\d*$/, '')}…`;

/** A value as it may leave: of a personal field a placeholder, of any other what is left when its texts are masked. */
function masked(mask: Mask, value: unknown, kind: FieldKind): unknown {
  if (Array.isArray(value)) return value.slice(0, mostItems).map((item) => masked(mask, item, kind));
  if (isMap(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([part, of]) => [part, masked(mask, of, partKind(kind, part))] as const),
    );
  }
  if (typeof value === 'string') {
    // Cut after masking: what was cut in two before would not be found.
    return kind === 'text' || kind === 'plain'
      ? cut(mask.text(value.slice(0, 8 * mostOfText)))
      : mask.whole(kind, value);
  }
  if (typeof value !== 'number') return value;
  if (kind !== 'text' && kind !== 'plain') return mask.whole(kind, String(value));
  const text = mask.text(String(value));
  return text === String(value) ? value : text;
}

function maskedFields(
  mask: Mask,
  fields: Iterable<readonly [string, unknown, FieldKind]>,
): Readonly<Record<string, unknown>> {
  const all = [...fields]
    .slice(0, mostFields)
    .map(([field, value, kind]) => [field, masked(mask, value, kind)] as const);
  return Object.fromEntries(all);
}

/** One thing that happened, as an assistant is told of it; nothing where it says nothing of the record. */
function told(mask: Mask, entry: HistoryEntry, kinds: Kinds): Readonly<Record<string, unknown>> | undefined {
  const at = entry.at;
  const text = (value: unknown): unknown => masked(mask, value, 'text');
  switch (entry.kind) {
    case 'event': {
      const { entity, change, record } = entry.event.data;
      const after = { ...Object.fromEntries(change.fields.map((field) => [field, record[field]])), ...change.after };
      const now = maskedFields(mask, fieldsOf(after, entity, kinds));
      return { at, happened: `${entity} ${change.kind}`, ...(Object.keys(now).length === 0 ? {} : { now }) };
    }
    case 'decision': {
      const { usecase, outcome, band, score, because, reasons } = entry.decision;
      const percent = score === undefined ? undefined : `${Math.round(score * 100)} %`;
      const why = text(reasons.slice(0, 3).map((reason) => reason.text));
      return { at, decided: usecase, outcome, band, score: percent, because: text(because), why };
    }
    case 'action': {
      const { action, result } = entry;
      return { at, did: action.kind, what: text(saidBy(action)), answer: result.outcome };
    }
    case 'outcome':
      return { at, ended: entry.outcome.label };
    default:
      return undefined;
  }
}

function saidBy(action: Action): unknown {
  switch (action.kind) {
    case 'create-task':
    case 'update-task':
      return action.task.subject;
    case 'close-task':
      return action.description;
    case 'set-fields':
      return action.fields;
    case 'add-note':
      return action.note.title;
    case 'create-case':
    case 'update-case':
      return action.case.subject;
    case 'add-to-queue':
      return action.queue;
  }
}

/** What leaves: the same brief with everything personal masked, bounded in size. The mask puts back what comes. */
export function maskBrief(brief: Brief): { readonly data: Readonly<Record<string, unknown>>; readonly mask: Mask } {
  const kinds = kindsWith(brief.personal);
  const mask = new Mask(knownValues(brief, kinds));
  const entity = entityOf(brief.snapshot.subject);
  const record = maskedFields(mask, fieldsOf(brief.snapshot.record, entity, kinds));
  const history: unknown[] = [];
  let size = 0;
  for (const entry of [...brief.history].reverse()) {
    const one = told(mask, entry, kinds);
    if (one === undefined) continue;
    size += JSON.stringify(one).length;
    if (size > mostOfHistory) break;
    history.unshift(one);
  }
  const { task, decision } = brief;
  return {
    data: { task: masked(mask, task, 'text'), decision: masked(mask, decision, 'text'), entity, record, history },
    mask,
  };
}
