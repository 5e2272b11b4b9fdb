import { recordKey } from '../canonical-schema/identity';
import type { Ledger } from '../ledger/ledger';
import { CliError, exit } from './terminal';
import { printable } from './timeline';

/**
 * The keys of the records that a name means, all of one CRM; the name itself where nothing is known of it. Throws CliError where
 * it names records of several CRMs: which is meant would be a guess.
 */
export const recordsNamed = async (ledger: Ledger, tenant: string, name: string): Promise<readonly string[]> => {
  const named = await ledger.named(tenant, name);
  if (new Set(named.map(({ source }) => source)).size > 1) {
    const each = named.map((one) => {
      const { connections } = one;
      return `${recordKey(one)}${connections.length === 0 ? '' : ` (connection ${connections.join(', ')})`}`;
    });
    const fix = `name one of them in full: ${printable(each.join(', '))}`;
    throw new CliError('records of several CRMs have this name', name, fix, exit.problems);
  }
  return named.length === 0 ? [name] : named.map(recordKey);
};
