import type { ChangeKind } from '../../../canonical-schema/event';
import { objectOf, ownOf, textOf } from '../../kit/json';
import type { Fields } from '../native';
import { entryOf, flattenEntity, flattenValue, isEntity, recordIdOf } from './flatten';
import { type Key, membersOf, type MessageRecord, type Parts } from './parts';
import { idColumnOf } from './tables';
import { refuse } from '../../kit/canonical-event';

type Reading = (parts: Parts, message: string) => readonly MessageRecord[];

const readings: ReadonlyMap<string, Reading> = new Map<string, Reading>([
  ['Create', (parts) => [entityChange('created', parts)]],
  // Data events of virtual tables: of Finance and Operations, say.
  ['OnExternalCreated', (parts) => [entityChange('created', parts)]],
  ['OnExternalUpdated', (parts) => [entityChange('updated', parts)]],
  ['OnExternalDeleted', (parts) => [deletion(parts, parts.target('Target'))]],
  ['Update', (parts) => [entityChange('updated', parts)]],
  ['Upsert', (parts) => [entityChange(parts.output('RecordCreated') === true ? 'created' : 'updated', parts)]],
  ['Restore', (parts) => [entityChange('undeleted', parts)]],
  ['Delete', (parts) => [deletion(parts, parts.target('Target'))]],
  ['CreateMultiple', bulk('created')],
  ['UpdateMultiple', bulk('updated')],
  ['UpsertMultiple', bulk('updated')],
  ['DeleteMultiple', (parts) => distinct(membersOf(parts.parameter('Targets')).map((one) => deletion(parts, one)))],
  ['Assign', (parts) => [assignment(parts)]],
  ['SetState', (parts) => [newState(parts)]],
  ['SetStateDynamicEntity', (parts) => [newState(parts)]],
  ['Win', (parts, message) => [closing(parts, message)]],
  ['Lose', (parts, message) => [closing(parts, message)]],
  ['Close', (parts, message) => [closing(parts, message)]],
  ['Cancel', (parts, message) => [closing(parts, message)]],
  ['Fulfill', (parts, message) => [closing(parts, message)]],
  ['QualifyLead', (parts) => [qualification(parts)]],
  ['Associate', association('associated')],
  ['Disassociate', association('disassociated')],
  ['Merge', merging],
]);

/** Told about, but nothing has changed. */
const reads = /^(Retrieve|Fetch|WhoAmI|Execute$|Search|Query)/;

/** What a message tells about each of its records. Throws Unmappable. */
export function recordsOf(parts: Parts, message: string, operation: string): readonly MessageRecord[] {
  const reading = readings.get(message);
  if (reading === undefined) return [publication(parts, message, operation)];
  const records = reading(parts, message);
  if (records.length > 0) return records;
  throw refuse('SBX_DYNAMICS365_RECORD', `${message} names no record: was the context cut?`);
}

/** Create and Update: the Target holds what was written. Without it (it was too large) only that something happened is known. */
function entityChange(kind: ChangeKind, parts: Parts): MessageRecord {
  const target = parts.entity('Target');
  const key = parts.keyOf(target ?? parts.target('Target'));
  if (target === undefined && parts.post?.isWhole !== true) return unknown(kind, key);
  return changeOf(kind, key, target === undefined ? {} : flattenEntity(target), parts);
}

type Images = Pick<Parts, 'pre' | 'post'>;
const noImages: Images = { pre: undefined, post: undefined };

/** What a message says of a record, completed by the step's images. */
function changeOf(kind: ChangeKind, key: Key, own: Fields, images: Images): MessageRecord {
  const isWhole = kind === 'created' || images.post?.isWhole === true;
  return {
    ...key,
    kind,
    gap: false,
    own,
    ...(kind === 'updated' ? differenceOf(key, own, images) : { changed: [] }),
    fields: { ...own, ...images.post?.fields },
    provenance: isWhole ? 'event' : 'partial',
  };
}

/** A column is written also where it stays the same: an image of before tells which. */
function differenceOf(key: Key, own: Fields, { pre }: Images): Pick<MessageRecord, 'changed' | 'before'> {
  const columns = columnsOf(own, key);
  if (pre === undefined) return { changed: columns };
  const before = beforeOf(own, pre);
  const changed = columns.filter((name) => before[name] === undefined || !isSame(before[name], own[name]));
  const kept = Object.fromEntries(changed.filter((name) => name in before).map((name) => [name, before[name]]));
  return { changed, before: withBeside(kept, pre.fields) };
}

/** Columns that a message wrote: not what stands beside them (labels, names), nor what every Target says without need. */
function columnsOf(own: Fields, { nativeType }: Key): readonly string[] {
  const isBeside = (name: string): boolean =>
    ['name', 'type'].some((ending) => name.endsWith(ending) && Object.hasOwn(own, name.slice(0, -ending.length)));
  const isSaid = (name: string): boolean =>
    name !== idColumnOf(nativeType) && !(name === 'modifiedonbehalfby' && own[name] === null);
  return Object.keys(own).filter((name) => isSaid(name) && !isBeside(name));
}

/** An image leaves empty columns out: in one of all columns that is known. */
function beforeOf(own: Fields, { fields, isWhole }: { fields: Fields; isWhole: boolean }): Fields {
  const names = Object.keys(own).filter((name) => isWhole || Object.hasOwn(fields, name));
  return Object.fromEntries(names.map((name) => [name, ownOf(fields, name) ?? null]));
}

/** With the labels and lookup tables of the columns, which the mapping reads. */
function withBeside(columns: Fields, image: Fields): Fields {
  const beside = Object.keys(columns).flatMap((name) => [`${name}name`, `${name}type`]);
  const told = beside.filter((name) => Object.hasOwn(image, name)).map((name) => [name, image[name]] as const);
  return { ...Object.fromEntries(told), ...columns };
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function unknown(kind: ChangeKind, key: Key): MessageRecord {
  return { ...key, kind, gap: true, own: {}, changed: [], fields: {}, provenance: 'missing' };
}

function deletion(parts: Parts, target: Fields | undefined): MessageRecord {
  const key = parts.keyOf(target);
  const fields = parts.pre?.fields ?? {};
  const provenance = Object.keys(fields).length === 0 ? 'partial' : 'event';
  return { ...key, kind: 'deleted', gap: false, own: {}, changed: [], fields, provenance };
}

/** New rows have no id before they are made: then the answer tells them, in the same order. */
function bulk(kind: ChangeKind): Reading {
  return (parts) => {
    const made = madeIn(parts);
    return distinct(
      membersOf(parts.parameter('Targets')).map((told, index) => {
        const { id, isNew = false } = made[index] ?? {};
        const target = id === undefined || recordIdOf(ownOf(told, 'Id')) !== undefined ? told : { ...told, Id: id };
        const own = isEntity(target) ? flattenEntity(target) : {};
        return changeOf(isNew ? 'created' : kind, parts.keyOf(target), own, noImages);
      }),
    );
  };
}

interface Made {
  readonly id: string | undefined;
  readonly isNew?: boolean;
}

/** What a message on several rows answers: ids, or for each row what Upsert would have answered. */
function madeIn(parts: Parts): readonly Made[] {
  const [ids, results] = [parts.output('Ids'), parts.output('Results')];
  if (Array.isArray(ids)) return ids.map((id) => ({ id: recordIdOf(id) }));
  if (!Array.isArray(results)) return [];
  return results.map((result) => {
    const answer = ownOf(objectOf(result) ?? {}, 'Results');
    const id = recordIdOf(ownOf(objectOf(entryOf(answer, 'Target')) ?? {}, 'Id'));
    return { id, isNew: entryOf(answer, 'RecordCreated') === true };
  });
}

function assignment(parts: Parts): MessageRecord {
  const key = parts.keyOf(parts.target('Target'));
  const own = columnOf('ownerid', parts.parameter('Assignee'));
  return Object.keys(own).length === 0 ? unknown('updated', key) : changeOf('updated', key, own, parts);
}

function newState(parts: Parts): MessageRecord {
  const key = parts.keyOf(parts.target('EntityMoniker', 'Target'));
  const own = {
    ...columnOf('statecode', parts.parameter('State')),
    ...statusIn(parts),
  };
  return Object.keys(own).length === 0 ? unknown('updated', key) : changeOf('updated', key, own, parts);
}

/** A parameter as the column that it sets; nothing where it is not told. */
function columnOf(name: string, value: unknown): Fields {
  if (value === undefined || value === null) return {};
  return flattenEntity({ Attributes: [{ key: name, value }] });
}

/** The status reason that a message asks for; -1 asks for the state's own, whichever that is. */
function statusIn(parts: Parts): Fields {
  const told = columnOf('statuscode', parts.parameter('Status'));
  return told.statuscode === -1 ? {} : told;
}

/** Parameter -> the table that it closes, and the state that each message leads to. */
const closings: Readonly<
  Record<string, { readonly table: string; readonly states: Readonly<Record<string, number>> }>
> = {
  OpportunityClose: { table: 'opportunity', states: { Win: 1, Lose: 2 } },
  IncidentResolution: { table: 'incident', states: { Close: 1 } },
  QuoteClose: { table: 'quote', states: { Win: 2, Close: 3 } },
  OrderClose: { table: 'salesorder', states: { Cancel: 2, Fulfill: 3 } },
};

/** The activity that closes a record says which one, and for an opportunity when and for how much. */
function closing(parts: Parts, message: string): MessageRecord {
  const [name = '', rule] = Object.entries(closings).find(([one]) => parts.entity(one) !== undefined) ?? [];
  const activity = parts.entity(name);
  if (rule === undefined || activity === undefined) return unknown('updated', parts.keyOf(parts.target('Target')));
  const told = flattenEntity(activity);
  const recordId = recordIdOf(told[`${rule.table}id`]) ?? (parts.table === rule.table ? parts.id : undefined);
  if (recordId === undefined) throw refuse('SBX_DYNAMICS365_RECORD', `${message}: ${name} does not say what it closes`);
  const columns: Fields = {
    statecode: rule.states[message],
    actualclosedate: told.actualend,
    actualvalue: told.actualrevenue,
  };
  const own = Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined));
  const status = statusIn(parts);
  return changeOf('updated', { nativeType: rule.table, recordId }, { ...own, ...status }, parts);
}

function qualification(parts: Parts): MessageRecord {
  const key = parts.keyOf(parts.target('LeadId', 'Target'));
  const record = changeOf('updated', key, { statecode: 1, ...statusIn(parts) }, parts);
  const made = parts.output('CreatedEntities');
  if (made === undefined || made === null) return record;
  // What became of the lead is no column of it.
  return { ...record, fields: { ...record.fields, CreatedEntities: createdIn(made) } };
}

/** References to what a message has made, as table and id. */
function createdIn(made: unknown): unknown {
  const references = membersOf(Array.isArray(made) ? made : (ownOf(objectOf(made) ?? {}, 'References') ?? made));
  return references.map((one) => ({ table: textOf(ownOf(one, 'LogicalName')), id: recordIdOf(ownOf(one, 'Id')) }));
}

/** Both sides have changed: the one in the Target, and each one that it was joined with or parted from. */
function association(what: 'associated' | 'disassociated'): Reading {
  return (parts) => {
    const target = parts.target('Target');
    const others = membersOf(parts.parameter('RelatedEntities'));
    const relationship = textOf(ownOf(objectOf(parts.parameter('Relationship')) ?? {}, 'SchemaName')) ?? 'relationship';
    const key = parts.keyOf(target);
    const sides = others.map((other) => parts.keyOf(other));
    const record = (one: Key, related: readonly Key[]): MessageRecord =>
      changeOf(
        'updated',
        one,
        {
          [relationship]: { [what]: related.map(({ nativeType, recordId }) => ({ table: nativeType, id: recordId })) },
        },
        noImages,
      );
    return distinct([record(key, sides), ...sides.map((side) => record(side, [key]))]);
  };
}

/** The surviving record takes over columns; what became of the other one has to be read. */
function merging(parts: Parts): readonly MessageRecord[] {
  const key = parts.keyOf(parts.target('Target'));
  const content = parts.entity('UpdateContent');
  const master =
    content === undefined ? unknown('updated', key) : changeOf('updated', key, flattenEntity(content), noImages);
  const other = recordIdOf(flattenValue(parts.parameter('SubordinateId')));
  return other === undefined
    ? [master]
    : distinct([master, unknown('updated', { nativeType: key.nativeType, recordId: other })]);
}

/** A custom action, or a message that changes no column: what it was given is what there is to tell. */
function publication(parts: Parts, message: string, operation: string): MessageRecord {
  if (reads.test(message)) {
    throw refuse('SBX_DYNAMICS365_MESSAGE', `${message} reads: nothing has changed. Remove the step from this message`);
  }
  const fields = flattenEntity({ Attributes: parts.parameters().map(([key, value]) => ({ key, value })) });
  const { table, id } = parts;
  const about = table === undefined || id === undefined ? {} : { regardingobjectid: id, regardingobjectidtype: table };
  return {
    nativeType: message,
    recordId: operation,
    kind: 'published',
    gap: false,
    own: {},
    changed: [],
    fields: { ...about, ...fields },
    provenance: 'event',
  };
}

function distinct(records: readonly MessageRecord[]): readonly MessageRecord[] {
  return [...new Map(records.map((record) => [`${record.nativeType}/${record.recordId}`, record])).values()];
}
