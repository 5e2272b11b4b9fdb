import type { SapConfig } from './config';
import type { Connector } from '../contract';

type Refusals = ReturnType<NonNullable<Connector<SapConfig, unknown>['refuses']>>;

const elsewhere = 'let the use case act through a connection with product c4c or v2';

const noTasks = {
  why: 'S/4HANA has no tasks over OData',
  fix: `create activities over RFC (write: bapi), or ${elsewhere}`,
};
const noCases = {
  why: 'with product s4 no cases are opened',
  fix: `${elsewhere}; or leave a note, or create activities over RFC (write: bapi)`,
};

/** What a connection with these settings cannot write. */
export function refusals({ product, write }: Pick<SapConfig, 'product' | 'write'>): Refusals {
  if (product !== 's4') return {};
  return { ...(write === 'bapi' ? {} : { 'create-task': noTasks }), 'create-case': noCases };
}
