import { parseReference } from '../org/body';
import type { Reference } from '../org/definitions';
import { invalidArgument, Refusal } from '../org/refusal';
import type { Table } from '../org/table';
import { bodyObject, notFound, type Answer, type Segment, type WebCall } from './call';
import { collectionOf } from './expand';
import { rowAt } from './records';

const target = (call: WebCall, segment: Segment, related: Table | undefined): Reference => {
  const { org } = call.context;
  if (segment.key !== undefined && related !== undefined) {
    return { table: related.type.name, id: rowAt(related, segment.key).id };
  }
  const uri = call.method === 'DELETE' ? call.query.get('$id') : bodyObject(call)['@odata.id'];
  if (typeof uri !== 'string') throw invalidArgument("The request needs the URL of the related row in '@odata.id'.");
  return parseReference(org, uri);
};

const single = (call: WebCall, table: Table, keyText: string, navigation: string): Answer => {
  const { org } = call.context;
  const bound = call.method === 'DELETE' ? null : bodyObject(call)['@odata.id'];
  org.update(table, rowAt(table, keyText), { [`${navigation}@odata.bind`]: bound }, call.transaction);
  return { status: 204 };
};

/** The lookup of the other side, set to this row or cleared. */
const throughLookup = (call: WebCall, own: Reference, segment: Segment, related: Table, lookup: string): void => {
  const { org } = call.context;
  const other = target(call, segment, related);
  if (other.table !== related.type.name) throw invalidArgument(`'${segment.name}' does not hold '${other.table}'.`);
  const attribute = related.type.attribute(lookup);
  const navigation = attribute?.targets?.find(({ table }) => table === own.table)?.navigation ?? lookup;
  const uri = call.method === 'DELETE' ? null : `/${org.table(own.table).type.set}(${own.id})`;
  org.update(related, org.live(related, other.id), { [`${navigation}@odata.bind`]: uri }, call.transaction);
};

const throughRelationship = (call: WebCall, own: Reference, segment: Segment): void => {
  const { org } = call.context;
  const relationship = org.relationships.get(segment.name);
  if (relationship?.tables.includes(own.table) !== true) throw notFound(segment.name);
  const otherName = relationship.tables.find((name) => name !== own.table) ?? own.table;
  const other = target(call, segment, org.table(otherName));
  org.associate(own, relationship.name, other, call.transaction, call.method !== 'DELETE');
};

/** `POST`, `PUT` and `DELETE` of `leads(…)/<navigation>/$ref`. @throws Refusal */
export const changeReference = (call: WebCall, table: Table, keyText: string, segment: Segment): Answer => {
  const { org } = call.context;
  if (table.type.navigation(segment.name) !== undefined) {
    if (call.method === 'POST') throw new Refusal(405, '0x80060888', `'${segment.name}' is single-valued: use PUT.`);
    return single(call, table, keyText, segment.name);
  }
  const own: Reference = { table: table.type.name, id: rowAt(table, keyText).id };
  const collection = collectionOf(org, table.type, segment.name);
  if (collection === undefined) throughRelationship(call, own, segment);
  else throughLookup(call, own, segment, collection.table, collection.lookup);
  return { status: 204 };
};
