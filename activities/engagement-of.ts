import { Permanent } from '../connectors/contract';
import type { EngagementRow } from '../ledger/ledger';
import type { LaneDependencies } from './lane-dependencies';

/** The engagement as the ledger has it, with whose record it is about. Throws Permanent where it has none of the id. */
export async function engagementOf(
  { ledger }: Pick<LaneDependencies, 'ledger'>,
  { tenant, engagement }: { readonly tenant: string; readonly engagement: string },
): Promise<EngagementRow> {
  const row = await ledger.engagementOfId(tenant, engagement);
  if (row === undefined) throw new Permanent('SBX_RECORD_UNKNOWN', `the ledger does not know ${engagement}`);
  return row;
}
