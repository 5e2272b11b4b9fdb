import type { Gauge } from 'prom-client';
import type { Ledger, Standing } from '../../ledger/ledger';
import type { Tenant, UseCase } from '../../tenants/tenant';
import type { Parts, Readiness } from './readiness';
import type { Metrics } from './metrics';
import type { Observer } from './observer';
import type { MadeTask } from './tasks';
import type { Door } from '../service';

/** Brings the metrics up to date that nobody keeps while the line runs. */
export async function refresh(parts: Parts, readiness: Readiness, door: Door | undefined): Promise<void> {
  const { observer, tenants, ledger } = parts.runtime;
  const { metrics } = observer;
  observer.signs.tell(metrics);
  tellStanding(metrics, readiness.standing, tenants);
  tellLanes(metrics, readiness, tenants, parts.roles);
  if (parts.roles.includes('ingest')) tellStreams(metrics, readiness);
  for (const { tenant, serving, inForce } of parts.following?.versions() ?? []) {
    metrics.versionServed.set({ tenant }, serving);
    metrics.versionInForce.set({ tenant }, inForce);
  }
  if (door !== undefined) tellAnswers(metrics, door);
  await tellTasks(observer, ledger);
}

function tellStanding(metrics: Metrics, standing: Standing | undefined, tenants: ReadonlyMap<string, Tenant>): void {
  const { gaps, quarantine, parked, engagements, awaiting, inbox } = metrics;
  for (const gauge of [gaps, quarantine, parked, engagements, awaiting, inbox] as Gauge[]) gauge.reset();
  if (standing === undefined) return;
  for (const tenant of tenants.values()) tellNone(metrics, tenant);
  for (const { count, tenant, connection, stream } of standing.gaps) gaps.inc({ tenant, connection, stream }, count);
  for (const { count, ...labels } of standing.quarantine) quarantine.set(labels, count);
  for (const { count, ...labels } of standing.inboxes) inbox.set(labels, count);
  for (const { count, ...labels } of standing.parked) parked.set(labels, count);
  tellEngagements(metrics, standing);
}

function tellEngagements({ engagements, awaiting }: Metrics, standing: Standing): void {
  for (const { count, tenant, usecase } of standing.engagements) engagements.set({ tenant, use_case: usecase }, count);
  for (const { count, tenant, usecase } of standing.proposals) awaiting.set({ tenant, use_case: usecase }, count);
}

/** What a tenant has none of is 0, not absent: an alert that ends must end. */
function tellNone({ parked, engagements, awaiting, gaps, quarantine }: Metrics, served: Tenant): void {
  const { tenant, useCases, connections } = served;
  parked.set({ tenant }, 0);
  for (const useCase of Object.values(useCases)) {
    engagements.set({ tenant, use_case: useCase.name }, 0);
    if (asks(useCase)) awaiting.set({ tenant, use_case: useCase.name }, 0);
  }
  for (const { name: connection, streams } of Object.values(connections))
    for (const stream of streams) for (const gauge of [gaps, quarantine]) gauge.set({ tenant, connection, stream }, 0);
}

function asks(useCase: UseCase | undefined): boolean {
  return useCase !== undefined && useCase.approval !== 'none';
}

function tellLanes(
  { lanesStalled, stalledSince }: Metrics,
  readiness: Readiness,
  tenants: ReadonlyMap<string, Tenant>,
  roles: readonly string[],
): void {
  lanesStalled.reset();
  stalledSince.reset();
  if (roles.every((role) => role === 'ingest')) return;
  for (const tenant of tenants.keys()) lanesStalled.set({ tenant }, 0);
  for (const { lane, since } of readiness.stalled()) {
    const [, tenant = '', partition = ''] = lane.split('/');
    lanesStalled.inc({ tenant });
    stalledSince.set({ tenant, lane: partition }, since / 1_000);
  }
}

function tellStreams({ streamUp }: Metrics, readiness: Readiness): void {
  streamUp.reset();
  const troubles = readiness.troubles();
  if (troubles === undefined) return;
  for (const { tenant, connection, stream } of readiness.refs()) streamUp.set({ tenant, connection, stream }, 1);
  for (const { ref } of troubles) {
    const { tenant, connection, stream } = ref;
    streamUp.set({ tenant, connection, stream }, 0);
  }
}

/** The door counts by itself since it was opened. */
export function tellAnswers({ answered }: Metrics, door: Pick<Door, 'receivers' | 'answered'>): void {
  answered.reset();
  for (const { tenant, connection } of [...door.receivers, { tenant: '*', connection: '*' }]) {
    for (const [status, count] of Object.entries(door.answered(tenant, connection)))
      answered.inc({ tenant, connection, status }, count);
  }
}

async function tellTasks({ tasks, metrics }: Observer, ledger: Ledger): Promise<void> {
  const byTenant = new Map<string, MadeTask[]>();
  for (const task of tasks.take()) byTenant.set(task.tenant, [...(byTenant.get(task.tenant) ?? []), task]);
  for (const [tenant, made] of byTenant) {
    try {
      const events = await ledger.origins(tenant, [...new Set(made.map(({ decisionid }) => decisionid))]);
      for (const { decisionid, usecase, at } of made) {
        const time = events.get(decisionid)?.time;
        // Two clocks: the CRM's may go before.
        if (time !== undefined) metrics.toTask.observe({ tenant, use_case: usecase }, Math.max(0, at - time) / 1_000);
      }
    } catch {
      tasks.giveBack(made);
    }
  }
}
