import { engagementKey } from '../canonical-schema/engagement';
import { isOfCrm } from '../canonical-schema/entity';
import type { EngagementRow } from '../ledger/ledger';
import type { Tenant, UseCase } from '../tenants/tenant';
import type { EngagementView, PolicyView } from './lane-types';

const noOutcomeWithinMs = 30 * 24 * 3_600_000;

/** A tenant's use cases as a lane applies them, by name. */
export function policiesOf(tenant: Tenant): Readonly<Record<string, PolicyView>> {
  return Object.fromEntries(Object.values(tenant.useCases).map((useCase) => [useCase.name, policyOf(useCase)]));
}

/** A use case as it is applied. */
export function policyOf(useCase: UseCase): PolicyView {
  return {
    usecase: useCase.name,
    connection: useCase.connection,
    bands: useCase.bands,
    act: useCase.act,
    approval: useCase.approval,
    ...(useCase.approvers === undefined ? {} : { approvers: useCase.approvers }),
    materialChange: useCase.materialChange,
    withinMs: useCase.outcome?.within ?? noOutcomeWithinMs,
    ...(isOfCrm(useCase.entity) ? {} : { staysOpen: true as const }),
    digest: useCase.policy,
  };
}

/** Open engagements as policy sees them, by record and use case: those of the connection that the use case is about now. */
export function viewsOf(
  rows: readonly EngagementRow[],
  { useCases }: Tenant,
): Readonly<Record<string, EngagementView>> {
  const inForce = rows.filter(({ usecase, connection }) => useCases[usecase]?.connection === connection);
  return Object.fromEntries(
    inForce.map((row) => [
      engagementKey(row.subject, row.usecase),
      {
        id: row.id,
        decision: row.lastdecision,
        ...(row.lastscore === undefined ? {} : { score: row.lastscore }),
        ...(row.lastband === undefined ? {} : { band: row.lastband }),
        ...(row.lastlabel === undefined ? {} : { label: row.lastlabel }),
      },
    ]),
  );
}
