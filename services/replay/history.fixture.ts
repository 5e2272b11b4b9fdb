import { readFileSync } from 'node:fs';
import path from 'node:path';
import { infer } from '../../activities/infer';
import type { LaneDependencies } from '../../activities/lane-dependencies';
import { policyOf } from '../../activities/policy-views';
import { withEvidence } from '../../activities/evidence';
import type { BatchView } from '../../activities/context';
import type { Decision } from '../../canonical-schema/decision';
import type { CanonicalRecord } from '../../canonical-schema/entity';
import type { Ledger } from '../../ledger/ledger';
import { valueAt } from '../../models/features';
import type { Scorer } from '../../models/scored';
import { toCalendar } from '../../tenants/calendar';
import { useCasesOf } from '../../tenants/load';
import type { KnownModels } from '../../tenants/use-case';
import { eventOf } from '../../test/fixtures/events';
import { rule } from '../../workflows/policy';

/** A tenant's file as it is written, with these use cases. */
export const documentOf = (tenant: string, useCases: Readonly<Record<string, object>>) => ({
  tenant,
  connections: {
    sales: {
      connector: 'salesforce',
      baseUrl: 'https://acme.my.salesforce.com',
      auth: { kind: 'jwt-bearer', clientId: 'env:NOT_SET', username: 'x@acme.example', privateKey: 'env:NOT_SET' },
      subscribe: ['/data/LeadChangeEvent'],
    },
  },
  useCases,
});

/** Records as a model's fixture has them; the columns stand at the features' paths. */
export function recordsOf({ manifest }: Scorer, most: number): readonly CanonicalRecord[] {
  const lines = readFileSync(path.join(__dirname, '../../models', manifest.name, 'parity.jsonl'), 'utf8');
  const rows = lines.trimEnd().split('\n').slice(0, most);
  return rows.map((line, n) => {
    const { row } = JSON.parse(line) as { readonly row: Readonly<Record<string, string>> };
    const record: Record<string, unknown> = { id: `r${n}`, nativeType: 'Thing' };
    for (const feature of manifest.features) {
      const at = feature.kind === 'text' ? (feature.paths[0] ?? '') : feature.path;
      place(record, at, row[feature.column]);
    }
    return record as unknown as CanonicalRecord;
  });
}

function place(record: Record<string, unknown>, at: string, value: unknown): void {
  const keys = at.split('.');
  const last = keys.pop() ?? '';
  const parent = keys.reduce<Record<string, unknown>>(
    (above, key) => (above[key] ??= {}) as Record<string, unknown>,
    record,
  );
  if (value !== undefined && valueAt(record, at) === undefined) parent[last] = value;
}

/** What a lane makes of records, in its own code. */
export interface Deciding {
  readonly ledger: Ledger;
  readonly tenant: string;
  readonly document: object;
  readonly models: KnownModels;
  readonly scorers: ReadonlyMap<string, Scorer>;
}

/** Puts a document in force, as `signalbox apply` does. */
export async function putInForce({ ledger, tenant, document, models }: Deciding): Promise<void> {
  const policies = Object.fromEntries(
    Object.values(useCasesOf(document, '.', models)).map(({ name, policy }) => [name, policy]),
  );
  const [newest] = await ledger.tenants.list(tenant);
  const version = { digest: String(newest?.number ?? 0), document, policies, changes: [], by: 'a test' };
  await ledger.tenants.apply(tenant, version, newest?.number ?? 0);
}

/** Decides records for a use case as a lane does, one event each, and records it all. */
export async function decide(
  { ledger, tenant, document, models, scorers }: Deciding,
  usecase: string,
  records: readonly CanonicalRecord[],
  changed: (decision: Decision) => Decision = (decision) => decision,
): Promise<readonly Decision[]> {
  const useCases = useCasesOf(document, '.', models);
  const events = records.map((record, n) => {
    const sequence = String(n + 1).padStart(20, '0');
    return eventOf({ id: `${usecase}-${record.id}-${n}`, tenant, record, sequence, time: timeOf(n) });
  });
  const after = new Map(
    events.map((event) => [
      event.id,
      { subject: event.subject, sequence: event.sequence, record: event.data.record, native: {}, deleted: false },
    ]),
  );
  const none = { related: new Map(), history: new Map(), champions: {}, evidence: new Map() };
  const view = { ...none, tenant: { useCases, calendar: toCalendar(document) }, after } as unknown as BatchView;
  const requests = events.map(({ id }) => ({ eventid: id, usecase }));
  const inferences = await infer({ scorers } as unknown as LaneDependencies, view, requests);
  const context = {
    events: events.map(({ id, subject }) => {
      return { eventid: id, subject, status: 'decided' as const, usecases: [usecase], outcomes: [] };
    }),
    policies: Object.fromEntries(Object.values(useCases).map((one) => [one.name, policyOf(one)])),
    engagements: {},
  };
  const byId = new Map(events.map((event) => [event.id, event]));
  const ruling = rule(tenant, context, requests, inferences, byId, timeOf(0));
  const decisions = ruling.decisions.map((core, n) => {
    return changed({ ...withEvidence(core, view.evidence), decidedat: timeOf(n) });
  });
  await ledger.recordBatch(tenant, {
    batchid: `${usecase}-${events[0]?.id ?? ''}`,
    lane: { workflowid: 'lane/acme/0', runid: 'run-1' },
    events: events.map((event) => ({ event, status: 'decided' })),
    records: [],
    decisions,
    engagements: [],
  });
  return decisions;
}

const timeOf = (n: number): string => new Date(Date.UTC(2026, 2, 1, 10, 0, n)).toISOString();
