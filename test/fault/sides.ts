import type { Ledger } from '../../ledger/ledger';
import type { RunningSalesforce } from '../../simulators/salesforce';
import type { LedgerSide, OrgSide, PublishedChange } from './compare';

interface Datum {
  readonly ChangeEventHeader: {
    readonly recordIds: readonly string[];
    readonly transactionKey: string;
    readonly sequenceNumber: number;
    readonly changeType: string;
    readonly changeOrigin: string;
  };
  readonly [field: string]: unknown;
}

/** What the org holds about these leads; events that it stored twice count once. */
export function orgSide({ admin }: RunningSalesforce, leads: readonly string[]): OrgSide {
  const wanted = new Set(leads);
  const changes = new Map<string, PublishedChange>();
  for (const { decoded } of admin.events('/data/LeadChangeEvent')) {
    for (const change of changesOf(decoded as Datum | undefined)) {
      if (wanted.has(change.record)) changes.set(`${change.record} ${change.key}`, change);
    }
  }
  const ratings = admin
    .records('Lead')
    .filter(({ Id, IsDeleted }) => wanted.has(String(Id)) && IsDeleted !== true)
    .map(({ Id, Rating }) => [String(Id), typeof Rating === 'string' ? Rating : null] as const);
  const tasks = admin
    .records('Task')
    .filter(({ WhoId, IsDeleted }) => wanted.has(String(WhoId)) && IsDeleted !== true)
    .map((task) => ({
      id: String(task.Id),
      lead: String(task.WhoId),
      key: String(task.Signalbox_Key__c),
      isOpen: task.Status !== 'Completed',
    }));
  return { changes: [...changes.values()], tasks, ratings: new Map(ratings) };
}

function changesOf(datum: Datum | undefined): readonly PublishedChange[] {
  if (datum === undefined) return [];
  const { ChangeEventHeader: header, ...body } = datum;
  const fields = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));
  return header.recordIds.map((record) => ({
    record,
    key: `${header.transactionKey}/${header.sequenceNumber}`,
    kind: header.changeType,
    isOwn: header.changeOrigin.includes('client=Signalbox'),
    fields,
  }));
}

/** What the ledger holds about these leads, read as `signalbox history` reads it. */
export async function ledgerSide(ledger: Ledger, tenant: string, leads: readonly string[]): Promise<LedgerSide> {
  const stories = await Promise.all(leads.map((lead) => ledger.history(tenant, `lead/${lead}`)));
  const told = stories.flat();
  return {
    events: told.flatMap((entry) => {
      if (entry.kind !== 'event' || entry.event.data.entity !== 'lead') return [];
      const { id, data } = entry.event;
      const { transaction } = data.change;
      const key = transaction === undefined ? '' : `${transaction.id}/${transaction.sequence}`;
      const because = entry.because === undefined ? {} : { because: entry.because };
      return [{ record: data.record.id, key, id, status: entry.status, ...because }];
    }),
    decisions: told.flatMap((entry) => {
      if (entry.kind !== 'decision') return [];
      const { id, eventid, subject, band, decidedat, features } = entry.decision;
      const named = band === undefined ? {} : { band };
      return [{ id, eventid, record: subject.slice('lead/'.length), decidedat, features, ...named }];
    }),
  };
}
