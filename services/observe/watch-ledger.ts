import type { ActionAttempt, Batch, Ledger } from '../../ledger/ledger';
import type { Tenant } from '../../tenants/tenant';
import type { Observer } from './observer';
import type { Traces } from './traces';

/** What is recorded again under a known id changes nothing in the ledger, and is not counted again: so many ids are known. */
const mostKnown = 5_000;

/** Counts what the process records once the ledger has it; reads nothing. */
export function watchLedger(ledger: Ledger, observer: Observer, tenants: ReadonlyMap<string, Tenant>): Ledger {
  const { metrics } = observer;
  const batches = new Once();
  const actions = new Once();
  return {
    ...ledger,
    recordBatch: async (tenant, batch) => {
      await ledger.recordBatch(tenant, batch);
      if (!batches.isNew(batch.batchid)) return;
      countBatch(observer, tenant, batch);
      observer.traces?.decided(tenant, batch.batchid, traced(batch));
    },
    recordActions: async (attempts) => {
      await ledger.recordActions(attempts);
      for (const attempt of attempts) countAction(observer, tenants, attempt, actions);
    },
    savePosition: async (name, position) => {
      await ledger.savePosition(name, position);
      const { tenant, connection, stream } = name;
      metrics.lastPosition.set({ tenant, connection, stream }, Date.now() / 1_000);
    },
    quarantine: {
      ...ledger.quarantine,
      add: async (entry) => {
        const added = await ledger.quarantine.add(entry);
        const { tenant, connection, stream } = entry;
        metrics.quarantined.inc({ tenant, connection, stream });
        return added;
      },
    },
  };
}

function countBatch({ metrics }: Observer, tenant: string, { events, decisions }: Batch): void {
  for (const { event, status } of events) metrics.recorded.inc({ tenant, connection: event.connection, status });
  for (const { usecase, outcome, band } of decisions)
    metrics.decisions.inc({ tenant, use_case: usecase, outcome, band: band ?? 'none' });
}

/** What the trace of each event tells of its decision. */
function traced({ events, decisions }: Batch): Parameters<Traces['decided']>[2] {
  const made = new Map<string, string[]>();
  for (const { eventid, usecase, outcome, band = 'none' } of decisions)
    made.set(eventid, [...(made.get(eventid) ?? []), `${usecase}: ${outcome}, band ${band}`]);
  return events
    .filter(({ status }) => status !== 'duplicate')
    .map(({ event, status }) => {
      const told = made.get(event.id);
      return {
        event,
        attributes: { 'signalbox.status': status, ...(told === undefined ? {} : { 'signalbox.decisions': told }) },
      };
    });
}

function countAction(
  { metrics, tasks }: Observer,
  tenants: ReadonlyMap<string, Tenant>,
  { action, engagement, result, at }: ActionAttempt,
  once: Once,
): void {
  const { tenantid: tenant, connection, kind, decisionid, id } = action;
  const crm = tenants.get(tenant)?.connections[connection]?.connector ?? 'unknown';
  metrics.actions.inc({ tenant, connection, crm, kind, result: result.outcome });
  if (kind !== 'create-task' || result.outcome === 'failed' || !once.isNew(id)) return;
  const usecase = engagement.slice(engagement.lastIndexOf('/') + 1);
  tasks.add({ tenant, usecase, decisionid, at: Date.parse(at) });
}

/** Tells what is new from what came before. */
class Once {
  private readonly known = new Set<string>();

  isNew(id: string): boolean {
    if (this.known.has(id)) return false;
    this.known.add(id);
    const [oldest] = this.known;
    if (this.known.size > mostKnown && oldest !== undefined) this.known.delete(oldest);
    return true;
  }
}
