import type { Action } from '../../canonical-schema/action';
import { isOfCrm } from '../../canonical-schema/entity';
import { Permanent } from '../contract';
import { objectOf, textOf } from '../kit/json';
import { incident } from './case-row';
import type { Fields } from './native';
import type { RecordTargets } from './record-targets';
import type { WebApi } from './web-api';
import { connectorErrorOf, WebApiFailure } from './web-api-failure';

type Bindings = Readonly<Record<string, string>>;

/** Tables whose rows may be the customer of a case, with their entity sets. */
const customerSets: Readonly<Record<string, string>> = { account: 'accounts', contact: 'contacts' };

/** Lookups that name a row's customer, best first; of those without a table of their own the answer says which one it is. */
const customerLookups: readonly (readonly [column: string, table?: string])[] = [
  ['_customerid_value'],
  ['_parentaccountid_value', 'account'],
  ['_accountid_value', 'account'],
  ['_msdyn_account_value', 'account'],
  ['_parentcontactid_value', 'contact'],
  ['_contactid_value', 'contact'],
];

const tableOf = '@Microsoft.Dynamics.CRM.lookuplogicalname';
const annotated = { prefer: 'odata.include-annotations="Microsoft.Dynamics.CRM.lookuplogicalname"' };

/**
 * What a case about a record is tied to: the customer, which Dataverse demands, and the case that it is about. Rejects with
 * Permanent where the record is not there or names no customer, Retryable when Dataverse could not be asked.
 */
export async function caseLookups(
  about: Action['about'],
  { api, targets }: { readonly api: WebApi; readonly targets: RecordTargets },
  signal: AbortSignal,
): Promise<Bindings> {
  if (!isOfCrm(about.entity)) throw noCustomer(about, 'is no record of the CRM');
  const { table, set } = await targets.of(about, signal);
  const path = `${set}(${about.id})`;
  const row = await rowOf(about, path, api, signal);
  const customer = Object.hasOwn(customerSets, table) ? { table, id: about.id } : customerIn(row);
  if (customer === undefined) throw noCustomer(about, 'names neither an account nor a contact as its customer');
  return {
    [`customerid_${customer.table}@odata.bind`]: `/${customerSets[customer.table] ?? ''}(${customer.id})`,
    ...(table === incident ? { 'parentcaseid@odata.bind': `/${path}` } : {}),
  };
}

async function rowOf(about: Action['about'], path: string, api: WebApi, signal: AbortSignal): Promise<Fields> {
  try {
    const { body } = await api.send({ method: 'GET', path, headers: annotated }, 'write', signal);
    return objectOf(body) ?? {};
  } catch (error) {
    if (error instanceof WebApiFailure && error.status === 404) {
      const message = `there is no ${about.entity} ${about.id}, or it is not for this user to see`;
      throw new Permanent('SBX_DYNAMICS365_RECORD_UNKNOWN', message);
    }
    throw connectorErrorOf(error, `reading ${path} for its customer`);
  }
}

function customerIn(row: Fields): { readonly table: string; readonly id: string } | undefined {
  for (const [column, known] of customerLookups) {
    const id = textOf(row[column]);
    const table = known ?? textOf(row[`${column}${tableOf}`]);
    if (id !== undefined && table !== undefined && Object.hasOwn(customerSets, table)) return { table, id };
  }
  return undefined;
}

function noCustomer({ entity, id }: Action['about'], why: string): Permanent {
  return new Permanent(
    'SBX_DYNAMICS365_NO_CUSTOMER',
    `a case needs a customer, and the ${entity} ${id} ${why}: give it a parent account or contact, or let the use case write a task`,
  );
}
