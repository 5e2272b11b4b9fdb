import { addToQueue, qualifyLead } from '../org/actions';
import { parseGuid } from '../org/coerce';
import type { Reference } from '../org/definitions';
import { invalidArgument } from '../org/refusal';
import type { Table } from '../org/table';
import { bodyObject, notFound, type Answer, type WebCall } from './call';
import { rowAt, urlOf } from './records';

/** The row that an action's parameter names: an entity with its type and its id. @throws Refusal */
const entityOf = (call: WebCall, name: string): Reference => {
  const given = bodyObject(call)[name];
  if (typeof given !== 'object' || given === null) throw invalidArgument(`Required parameter '${name}' is missing.`);
  const entity = given as Readonly<Record<string, unknown>>;
  const declared = entity['@odata.type'];
  const table = typeof declared === 'string' ? declared.replace(/^#?Microsoft\.Dynamics\.CRM\./, '') : '';
  const { type } = call.context.org.table(table);
  const id = parseGuid(entity[type.id]);
  if (id === undefined) throw invalidArgument(`'${name}' needs the id of the row in '${type.id}'.`);
  return { table, id };
};

type Action = (call: WebCall, table: Table, id: string) => Answer;

const actions: Readonly<Record<string, Action>> = {
  'queue AddToQueue': (call, _, id) => {
    const { org } = call.context;
    const source = bodyObject(call)['SourceQueue'];
    if (source !== undefined && source !== null) org.live(org.table('queue'), entityOf(call, 'SourceQueue').id);
    const item = addToQueue(org, id, entityOf(call, 'Target'), call.transaction);
    const context = `${call.context.root}/$metadata#Microsoft.Dynamics.CRM.AddToQueueResponse`;
    return { status: 200, body: { '@odata.context': context, QueueItemId: item.id } };
  },
  'lead QualifyLead': (call, _, id) => {
    const { org, root } = call.context;
    const { accountId, contactId, opportunityId } = qualifyLead(org, id, call.transaction);
    const made: readonly Reference[] = [
      { table: 'account', id: accountId },
      { table: 'contact', id: contactId },
      { table: 'opportunity', id: opportunityId },
    ];
    const value = made.map((to) => {
      const table = org.table(to.table);
      const type = `#Microsoft.Dynamics.CRM.${to.table}`;
      return { '@odata.type': type, '@odata.id': urlOf(call, table, to.id), [table.type.id]: to.id };
    });
    return { status: 200, body: { '@odata.context': `${root}/$metadata#Collection(mscrm.crmbaseentity)`, value } };
  },
};

/** An action bound to a row: `POST queues(…)/Microsoft.Dynamics.CRM.AddToQueue`. @throws Refusal */
export const runAction = (call: WebCall, table: Table, keyText: string, name: string): Answer => {
  const action = actions[`${table.type.name} ${name.replace(/^Microsoft\.Dynamics\.CRM\./, '')}`];
  if (action === undefined) throw notFound(name);
  return action(call, table, rowAt(table, keyText).id);
};
