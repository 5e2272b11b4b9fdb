import { Permanent } from '../contract';
import type { Rest } from './jsforce-connection';

const standard: Readonly<Record<string, string>> = {
  '001': 'Account',
  '003': 'Contact',
  '006': 'Opportunity',
  '00Q': 'Lead',
  '00T': 'Task',
  '00U': 'Event',
  '01t': 'Product2',
  '02i': 'Asset',
  '02s': 'EmailMessage',
  '0Q0': 'Quote',
  '0WO': 'WorkOrder',
  '500': 'Case',
  '701': 'Campaign',
  '800': 'Contract',
  '801': 'Order',
};

/** The object of a record's id, as far as it is the same in every org. */
export function standardTypeOf(id: string): string | undefined {
  const prefix = id.slice(0, 3);
  return Object.hasOwn(standard, prefix) ? standard[prefix] : undefined;
}

/** Tells an object by the first three characters of its records' ids; custom objects' prefixes differ from org to org. */
export class NativeTypes {
  readonly #rest: Rest;
  #ofOrg: Promise<ReadonlyMap<string, string>> | undefined;

  constructor(rest: Rest) {
    this.#rest = rest;
  }

  /** Rejects with Permanent for an id of no object that the user may see, Retryable when the org could not be asked. */
  async of(id: string, signal: AbortSignal): Promise<string> {
    const prefix = id.slice(0, 3);
    const known = standardTypeOf(id);
    if (known !== undefined) return known;
    this.#ofOrg ??= this.#read(signal);
    const objects = await this.#ofOrg.catch((error: unknown) => {
      this.#ofOrg = undefined;
      throw error;
    });
    const name = objects.get(prefix);
    if (name !== undefined) return name;
    throw new Permanent('MALFORMED_ID', `${id} is not the id of a record of any object that the user may see`);
  }

  async #read(signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
    const { sobjects } = await this.#rest.read('describe', (connection) => connection.describeGlobal(), signal);
    return new Map(sobjects.flatMap(({ keyPrefix, name }) => (keyPrefix == null ? [] : [[keyPrefix, name] as const])));
  }
}
