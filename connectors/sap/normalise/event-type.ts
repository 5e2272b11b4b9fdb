import type { ChangeKind } from '../../../canonical-schema/event';
import { knownTable, tableOf } from './tables';
import type { Table } from './table';

/** What the name of a SAP event says. */
export interface EventName {
  /** Undefined where the name is not that of an object (an event that a customer has named). */
  readonly table?: Table;
  /** Undefined where the name does not say what happened. */
  readonly kind?: ChangeKind;
  /** What happened, in SAP's word, where it says more than the kind: `GoodsIssueStatusChanged`. */
  readonly word?: string;
}

const verbs: Readonly<Record<string, ChangeKind>> = {
  create: 'created',
  created: 'created',
  update: 'updated',
  updated: 'updated',
  change: 'updated',
  changed: 'updated',
  delete: 'deleted',
  deleted: 'deleted',
};

function kindOf(word: string): ChangeKind | undefined {
  const name = word.toLowerCase();
  return Object.hasOwn(verbs, name) ? verbs[name] : undefined;
}

/** Parts of an event's name that name neither object nor what happened. */
const isFiller = (part: string): boolean =>
  /^(v?\d+|sap|s4|beh|c4c|ssc|md|crm|kyma|custom|event|entity|root|)$/i.test(part);

/**
 * Reads `sap.s4.beh.<service>.v1.<Object>.<Happened>.v1`, `sap.ssc.<service>.entity.<object>`, `<Object>.Root.<Happened>` and a
 * customer's own `sap.crm.custom.event.<happenedObject>`.
 */
export function readEventType(type: string): EventName {
  const parts = type.split(/[./]/).filter((part) => !isFiller(part));
  const last = parts.at(-1) ?? '';
  if (isOfCustomer(type)) return ofCustomer(last);
  if (parts.length === 1) return { table: tableOf(last) };
  const kind = kindOf(last);
  if (kind !== undefined) return { table: objectAmong(parts.slice(0, -1)), kind };
  // `OrderCreated` of an object that ends in its name is its creation.
  const [happened, part] = partsOf(last);
  const object = objectAmong(parts.slice(0, -1));
  const own =
    part !== '' && object.nativeType.toLowerCase().endsWith(part.toLowerCase()) ? kindOf(happened) : undefined;
  if (own !== undefined) return { table: object, kind: own, word: last };
  // Objects' own events name a table, everything that happens to them does not.
  if (knownTable(last) !== undefined || /entity/i.test(type)) return { table: tableOf(last) };
  return { table: object, kind: 'updated', word: last };
}

/** The known object that is named last: a node's name follows its object's; else the last name. */
function objectAmong(parts: readonly string[]): Table {
  const known = parts.toReversed().find((part) => knownTable(part) !== undefined);
  return tableOf(known ?? parts.at(-1) ?? 'Event');
}

/** Whether a customer has named the event. Kyma calls the events of every application custom. */
export function isOfCustomer(type: string): boolean {
  return /(^|\.)custom\./i.test(type) && !/(^|\.)kyma\.custom\./i.test(type);
}

/** `updateAccount`, `accountCreated`; `partiesDeterAction` says nothing. */
function ofCustomer(name: string): EventName {
  const [happened, object] = partsOf(name);
  const table = knownTable(object);
  const kind = kindOf(happened);
  return { ...(table === undefined ? {} : { table }), ...(kind === undefined ? {} : { kind }), word: name };
}

/** What happened, in front or behind, and to what. */
function partsOf(name: string): readonly [happened: string, object: string] {
  const front = /^(created?|updated?|changed?|deleted?)[-_]?(.+)$/i.exec(name);
  if (front !== null) return [front[1] ?? '', front[2] ?? ''];
  const behind = /^(.+?)[-_]?(created?|updated?|changed?|deleted?)$/i.exec(name);
  return behind === null ? ['', name] : [behind[2] ?? '', behind[1] ?? ''];
}
