import { recordKey } from '../canonical-schema/identity';
import type { ProposalRow } from '../ledger/ledger';
import { wordingOf } from './act';
import { compose } from './compose';
import { tenantNamed } from './connections';
import type { ProposeInput } from './engagement-types';
import { engagementOf } from './engagement-of';
import type { LaneDependencies } from './lane-dependencies';

type Dependencies = Pick<LaneDependencies, 'ledger' | 'scorers' | 'tenants'>;

/**
 * Keeps what a person is asked, with what would be written if it were written now. Gives what is kept: of a decision that was
 * told twice, the answer to the first time counts.
 */
export async function propose(deps: Dependencies, input: ProposeInput): Promise<ProposalRow['status']> {
  const { id, tenant, engagement, connection, directive, since, until } = input;
  const { decision, approvers } = directive;
  const { source, subject, usecase } = await engagementOf(deps, input);
  const [snapshot] = await deps.ledger.records(tenant, [recordKey({ source, subject })]);
  const isThere = snapshot !== undefined && !snapshot.deleted;
  const connector = tenantNamed(deps.tenants, tenant).connections[connection]?.connector;
  const { status } = await deps.ledger.proposals.open(tenant, {
    ...{ id, decisionid: decision.id, engagement, source, subject, usecase, connection, since, until },
    ...{ score: decision.score, band: decision.band, reasons: decision.reasons },
    actions: isThere ? compose(input, snapshot, await wordingOf(deps, input)) : [],
    ...(connector === undefined ? {} : { connector }),
    ...(decision.ranking === undefined ? {} : { ranking: decision.ranking }),
    ...(approvers === undefined ? {} : { approvers }),
  });
  return status;
}
