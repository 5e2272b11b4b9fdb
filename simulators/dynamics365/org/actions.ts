import type { Reference } from './definitions';
import { assignOf, setStateOf } from './demands';
import type { Org } from './org';
import { invalidArgument } from './refusal';
import type { Row } from './table';
import type { Transaction } from './transaction';

/** What pages and actions do to several rows at once. */

const uri = (org: Org, { table, id }: Reference): string => `/${org.table(table).type.set}(${id})`;

/** The lookup of a queue item to the row in the queue. @throws Refusal where the table is not enabled for queues */
const linkTo = (org: Org, to: Reference): Record<string, string> => {
  const { type } = org.table('queueitem');
  const navigation = type.attributes
    .find(({ name }) => name === 'objectid')
    ?.targets?.find(({ table }) => table === to.table)?.navigation;
  if (navigation === undefined) throw invalidArgument(`Entity '${to.table}' is not enabled for queues.`);
  return { [`${navigation}@odata.bind`]: uri(org, to) };
};

/** Puts a row into a queue, or moves it there from the queue it is in; answers the queue item. @throws Refusal */
export const addToQueue = (org: Org, queueId: string, to: Reference, transaction: Transaction): Row => {
  const items = org.table('queueitem');
  org.live(org.table('queue'), queueId);
  org.live(org.table(to.table), to.id);
  const link = linkTo(org, to);
  const queue = { 'queueid@odata.bind': `/queues(${queueId})` };
  const known = [...items.rows.values()].find(({ values }) => {
    const object = values['objectid'] ?? null;
    return typeof object === 'object' && object !== null && 'id' in object && object.id === to.id;
  });
  if (known !== undefined) return org.update(items, known, queue, transaction);
  const title = org.nameOf(to);
  const body = { ...queue, ...link, ...(title === null ? {} : { title }) };
  return org.insert(items, body, transaction);
};

/** Sets a row's state as the SetState message does. @throws Refusal */
export const setState = (
  org: Org,
  to: Reference,
  state: number,
  status: number | undefined,
  transaction: Transaction,
): Row => {
  const table = org.table(to.table);
  const settled = status ?? table.type.defaultStatus(state) ?? -1;
  const body = { statecode: state, statuscode: settled };
  return org.update(table, org.live(table, to.id), body, transaction, setStateOf(to, state, settled));
};

/** Gives a row to another owner as the Assign message does. @throws Refusal */
export const assign = (org: Org, to: Reference, owner: Reference, transaction: Transaction): Row => {
  const table = org.table(to.table);
  const body = { 'ownerid@odata.bind': uri(org, owner) };
  return org.update(table, org.live(table, to.id), body, transaction, assignOf(to, owner));
};

/** The rows that qualifying a lead made. */
export interface Qualified {
  readonly accountId: string;
  readonly contactId: string;
  readonly opportunityId: string;
}

/** Qualifies a lead: account, contact, opportunity and the lead's state in one transaction. @throws Refusal */
export const qualifyLead = (org: Org, leadId: string, transaction: Transaction): Qualified => {
  const lead = org.live(org.table('lead'), leadId);
  const { companyname, firstname, lastname, emailaddress1, telephone1, jobtitle, subject, estimatedamount } =
    lead.values;
  const origin = { 'originatingleadid@odata.bind': `/leads(${leadId})` };
  const account = org.insert(
    org.table('account'),
    { name: companyname ?? null, telephone1: telephone1 ?? null },
    transaction,
  );
  const parent = `/accounts(${account.id})`;
  const person = { firstname, lastname, emailaddress1, telephone1, jobtitle };
  const given = Object.fromEntries(Object.entries(person).map(([name, value]) => [name, value ?? null]));
  const contact = org.insert(
    org.table('contact'),
    { ...given, ...origin, 'parentcustomerid_account@odata.bind': parent },
    transaction,
  );
  const deal = { name: subject ?? companyname ?? null, estimatedvalue: estimatedamount ?? null };
  const opportunity = org.insert(
    org.table('opportunity'),
    {
      ...deal,
      ...origin,
      'customerid_account@odata.bind': parent,
      'parentcontactid@odata.bind': `/contacts(${contact.id})`,
    },
    transaction,
  );
  setState(org, { table: 'lead', id: leadId }, 1, undefined, transaction);
  return { accountId: account.id, contactId: contact.id, opportunityId: opportunity.id };
};
