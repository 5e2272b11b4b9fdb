import { decisionId } from '../canonical-schema/decision';
import type { CanonicalEvent } from '../canonical-schema/event';
import { recordKey } from '../canonical-schema/identity';
import { orderOf } from '../canonical-schema/order';
import {
  erasedCode,
  erasedText,
  withoutContent,
  type KeyHolder,
  type LaneContext as LedgerContext,
  type ObservationToKeep,
} from '../ledger/ledger';
import type { HistoryFacts } from '../models/history/history';
import { eventScope, type ExpressionScope } from '../tenants/expression';
import type { RelatedFacts } from '../tenants/related';
import type { Tenant, UseCase } from '../tenants/tenant';
import { withoutEvidence } from './evidence';
import { ownMark } from './composing';
import { Histories } from './histories';
import { hydrate, type Hydrated } from './hydrate';
import type { LaneDependencies } from './lane-dependencies';
import type { Cause, Evidence, LaneBatch, LaneContext, PreparedEvent } from './lane-types';
import { isStale, merge, needsReading, type Snapshot } from './merge';
import { ended, overAs } from './outcomes';
import { Relatives } from './relatives';
import { policiesOf, viewsOf } from './policy-views';
import { tenantNamed } from './connections';
import { toBeRead } from './to-be-read';
import { unreadable } from './unreadable';
import type { Unscorable } from '../models/feature-row';
import { workIds, workOutcomes } from './work-outcomes';

export interface ContextInput extends LaneBatch {
  /** Events that a person took out of the lane. */
  readonly parked: readonly (readonly [string, Cause])[];
}

/** The context of a batch, the version of its tenant that decides it, and the records that later steps of the same batch need. */
export interface BatchView {
  readonly context: LaneContext;
  /** All steps of the batch go by it, whatever comes meanwhile. */
  readonly tenant: Tenant;
  readonly events: readonly CanonicalEvent[];
  /** By event id: the event as the ledger keeps it, hydrated where it came incomplete. */
  readonly told: ReadonlyMap<string, CanonicalEvent>;
  /** By event id: the record after the event. */
  readonly after: ReadonlyMap<string, Snapshot>;
  /** By event id: what the record is known by in other CRMs after the event; empty for a tenant without identity rules. */
  readonly keys: ReadonlyMap<string, KeyHolder>;
  /** By decision id: what is known of the customer, for use cases that ask. */
  readonly related: ReadonlyMap<string, RelatedFacts>;
  /** By decision id: what the batch's scores rest on, those of an earlier try included. */
  readonly evidence: Map<string, Evidence>;
  /** By decision id: what the past says, or why there is no score, for models that look back. */
  readonly history: ReadonlyMap<string, HistoryFacts | Unscorable>;
  /** What the events told of their series. */
  readonly observations: readonly ObservationToKeep[];
  /** By use case: the digest of the model that was promoted. */
  readonly champions: Readonly<Record<string, string>>;
}

/** Reads what the ledger and, where events came incomplete, the CRM know about a batch. Changes nothing. */
export async function viewBatch(deps: LaneDependencies, batch: ContextInput): Promise<BatchView> {
  const tenant = tenantNamed(deps.tenants, batch.tenant);
  const rows = await deps.ledger.laneContext(batch.tenant, {
    batchid: batch.batchid,
    events: batch.events.map(({ id, source, subject }) => ({ id, source, subject })),
    ...workIds(batch.events, tenant),
  });
  const known = new Map<string, Snapshot>(rows.records.map((row) => [recordKey(row), row]));
  const parked = new Map(batch.parked);
  const unread = toBeRead(batch.events, rows, parked);
  for (const [id, cause] of await unreadable(deps.ledger, tenant, unread, known)) parked.set(id, cause);
  const live = toBeRead(batch.events, rows, parked);
  const hydrated = await hydrate(deps.connections, live, known);
  const relatives = await Relatives.of(deps.ledger, tenant, live, known, hydrated);
  const models = { scorers: deps.scorers, champions: rows.champions };
  const histories = await Histories.of(deps.ledger, tenant, models, live, known, hydrated);
  const teller = new Teller(tenant, rows, known, hydrated, parked, relatives, histories);
  const events: PreparedEvent[] = [];
  for (const event of batch.events) events.push(await teller.tell(event));
  return {
    context: {
      events,
      policies: policiesOf(tenant),
      engagements: viewsOf(rows.engagements, tenant),
      ...(rows.decisions.length === 0 ? {} : { earlier: rows.decisions.map(withoutEvidence) }),
    },
    tenant,
    events: batch.events,
    told: teller.told,
    after: teller.after,
    keys: relatives.keys,
    related: teller.related,
    history: teller.history,
    observations: histories.told,
    evidence: new Map(rows.decisions.map((decision) => [decision.id, decision])),
    champions: rows.champions,
  };
}

/** Walks through a batch in order, keeping each record's state as it goes. */
class Teller {
  readonly told = new Map<string, CanonicalEvent>();
  readonly after = new Map<string, Snapshot>();
  readonly related = new Map<string, RelatedFacts>();
  readonly history = new Map<string, HistoryFacts | Unscorable>();
  private readonly seen: Set<string>;
  /** Events that an earlier try of this batch has recorded: the ledger's state is that after the whole batch. */
  private readonly recorded: ReadonlySet<string>;
  /** Keys of records with an event that this batch parks; what earlier batches parked is the broker's to hold back. */
  private readonly blocked = new Set<string>();

  constructor(
    private readonly tenant: Tenant,
    private readonly rows: LedgerContext,
    private readonly known: Map<string, Snapshot>,
    private readonly hydrated: Hydrated,
    private readonly parked: ReadonlyMap<string, Cause>,
    private readonly relatives: Relatives,
    private readonly histories: Histories,
  ) {
    this.seen = new Set(rows.known);
    this.recorded = new Set(rows.recorded);
  }

  async tell(event: CanonicalEvent): Promise<PreparedEvent> {
    const base = { eventid: event.id, subject: event.subject, usecases: [], outcomes: [] };
    if (this.seen.has(event.id)) return { ...base, status: 'duplicate' };
    this.seen.add(event.id);
    if (this.rows.erased.includes(recordKey(event))) {
      this.told.set(event.id, withoutContent(event));
      return { ...base, status: 'ignored', cause: { code: erasedCode, message: erasedText } };
    }
    const cause = this.parkedBecause(event);
    if (cause !== undefined) {
      this.blocked.add(recordKey(event));
      return { ...base, status: 'parked', cause };
    }
    const isAgain = this.recorded.has(event.id);
    if (!isAgain && isStale(event, this.known.get(recordKey(event)))) {
      return {
        ...base,
        status: 'ignored',
        cause: { code: 'SBX_EVENT_STALE', message: 'the ledger knows a later state of the record' },
      };
    }
    const state = this.advance(event);
    if (state === undefined) {
      return {
        ...base,
        status: 'ignored',
        cause: { code: 'SBX_RECORD_GONE', message: 'the record was deleted meanwhile' },
      };
    }
    const prepared = await this.weigh(event, state);
    if (prepared.status === 'parked') this.blocked.add(recordKey(event));
    // Its scores are in the ledger; its outcomes are told again.
    return isAgain ? { ...prepared, usecases: [] } : prepared;
  }

  private parkedBecause(event: CanonicalEvent): Cause | undefined {
    const asked = this.parked.get(event.id);
    if (asked !== undefined) return asked;
    if (!this.blocked.has(recordKey(event))) return undefined;
    return { code: 'SBX_BEHIND_PARKED', message: `an earlier event of ${event.subject} is parked` };
  }

  /** The record after the event; `undefined` where it is gone and was never known. */
  private advance(event: CanonicalEvent): Snapshot | undefined {
    const key = recordKey(event);
    const before = this.known.get(key);
    const snapshot = needsReading(event, before) ? this.afterReading(event, before) : merge(before, event);
    if (snapshot === undefined) return undefined;
    this.known.set(key, snapshot);
    this.after.set(event.id, snapshot);
    return snapshot;
  }

  /** What was read is mostly newer than the event; only an event of a later second has something to add. */
  private afterReading(event: CanonicalEvent, before: Snapshot | undefined): Snapshot | undefined {
    const told = this.hydrated.get(recordKey(event));
    if (told === undefined) return undefined;
    const now = merge(before?.deleted === true ? before : undefined, told);
    // Times are whole seconds: what is read now comes after what was known of the same second.
    const isBehind = before !== undefined && now.sequence <= before.sequence;
    const read = isBehind ? { ...now, sequence: `${before.sequence}+` } : now;
    this.hydrate(event, read);
    const hasMore = event.data.provenance.record !== 'missing' && read.sequence <= orderOf(event);
    return hasMore ? merge(read, event) : read;
  }

  private hydrate(event: CanonicalEvent, read: Snapshot): void {
    const own = new Set(Object.keys(event.data.record));
    const provenance = {
      ...event.data.provenance,
      record: 'hydrated' as const,
      hydratedFields: Object.keys(read.record).filter((field) => !own.has(field)),
    };
    this.told.set(event.id, {
      ...event,
      data: { ...event.data, record: { ...read.record, ...event.data.record }, provenance },
    });
  }

  private async weigh(event: CanonicalEvent, state: Snapshot): Promise<PreparedEvent> {
    const base = { eventid: event.id, subject: event.subject };
    try {
      await this.relatives.take(event, state);
      if (event.origin === 'self') return { ...base, usecases: [], outcomes: [], status: 'echo' };
      const { usecases, outcomes } = await this.ask(event, state);
      if (usecases.length + outcomes.length > 0) {
        return { ...base, usecases, outcomes, status: 'decided', order: state.sequence, ...amountOf(state) };
      }
      const cause = { code: 'SBX_NO_USE_CASE', message: 'no use case asks for it' };
      return { ...base, usecases, outcomes, status: 'ignored', cause };
    } catch (error) {
      const cause = { code: 'SBX_EXPRESSION_FAILED', message: error instanceof Error ? error.message : String(error) };
      return { ...base, usecases: [], outcomes: [], status: 'parked', cause };
    }
  }

  /** Which use cases want a score of the event, and which engagements end with it. */
  private async ask(event: CanonicalEvent, state: Snapshot): Promise<Pick<PreparedEvent, 'usecases' | 'outcomes'>> {
    const scope = eventScope({ ...event, data: { ...event.data, record: state.record, native: state.native } });
    const usecases: string[] = [];
    const outcomes = [...workOutcomes(event, state, this.rows)];
    const isAsked = isScored(event) && !isOwnTask(event, state);
    for (const useCase of this.useCasesOf(event)) {
      if (isAsked) this.histories.take(event, useCase, state);
      const over = await overAs(useCase, scope, state);
      if (over !== undefined) outcomes.push(...ended(this.rows.engagements, event, useCase, over));
      else if (isAsked && (await this.asks(useCase, event, scope, state))) usecases.push(useCase.name);
    }
    return { usecases, outcomes };
  }

  /** Whether a use case wants a score of the event; what it then knows of the customer is kept for it. */
  private async asks(
    useCase: UseCase,
    event: CanonicalEvent,
    scope: ExpressionScope,
    state: Snapshot,
  ): Promise<boolean> {
    const facts = await this.relatives.factsFor(event, useCase);
    const seen = facts === undefined ? scope : { ...scope, related: facts.values };
    if (useCase.when !== undefined && !(await useCase.when.evaluate(seen))) return false;
    const id = decisionId(event.id, useCase.name);
    if (facts !== undefined) this.related.set(id, facts);
    const past = await this.histories.factsFor(event, useCase, state);
    if (past !== undefined) this.history.set(id, past);
    return true;
  }

  private useCasesOf(event: CanonicalEvent): readonly UseCase[] {
    return Object.values(this.tenant.useCases).filter(
      ({ connection, entity }) => connection === event.connection && entity === event.data.entity,
    );
  }
}

const scoredKinds = new Set(['created', 'updated', 'undeleted', 'observed']);

function isScored(event: CanonicalEvent): boolean {
  return scoredKinds.has(event.data.change.kind);
}

/** Known by the key that it was made with, where the CRM says that and not who wrote: what it leads to is an outcome, never a score. */
function isOwnTask({ data }: CanonicalEvent, { record }: Snapshot): boolean {
  return data.entity === 'task' && typeof record.key === 'string' && record.key.startsWith(ownMark);
}

function amountOf({ record }: Snapshot): { readonly amount?: number } {
  const amount =
    typeof record.amount === 'string' || typeof record.amount === 'number' ? Number(record.amount) : Number.NaN;
  return Number.isFinite(amount) ? { amount } : {};
}
