import { findNamed, meantBy, type NamedRecord } from './about';
import { actContext, type ActContext } from './act-context';
import { recordActions, type ActionAttempt } from './actions';
import { audit, type Audit } from './audit/audit';
import { recordBatch, type Batch } from './batch';
import { champions, type Champions } from './champions';
import { counts, latencies, type Counts, type Latencies } from './counts';
import { openFolder, openMemory, openPostgres, type Database, type Prepare } from './database';
import type { Customer, Unjoined } from './customer';
import { findDecision } from './decisions';
import { drafts, type Drafts } from './drafts';
import { closeEngagement, engagementOfId, findEngagement, type EngagementEnd, type EngagementRow } from './engagements';
import { erasures, type Erasures } from './erasures';
import { gaps, type Gaps } from './gaps';
import { inboxes, type Inboxes } from './inbox';
import { history, recentHistory, type HistoryEntry } from './history';
import { findCustomer, findRelatives, listUnjoined, type Relatives, type RelativesQuestion } from './identity';
import { namesKnown, readLabelled, type Labelled } from './labelled';
import { laneContext, type LaneContext, type LaneQuestion } from './lane-context';
import { learning, type Learning } from './learning';
import type { Log } from './log';
import { migrate } from './migrate';
import { decisive, insertOutcomes, type Outcome } from './outcomes';
import { listParked, releaseParked, type ParkedEvent } from './parked';
import { loadPosition, positionSavedAt, savePosition, type StreamName, type StreamPosition } from './positions';
import { findPasts, type Past, type PastQuestion } from './observations';
import { proposals, type Proposals } from './proposals';
import { quarantine, type Quarantine } from './quarantine';
import { recorded, type RecordedDecisions } from './recorded';
import { findRecords, knownRecords, type KnownOf, type KnownPage, type RecordRow } from './records';
import { purge, type Purged, type Retention } from './retention';
import { rhythm, type Rhythm } from './rhythm';
import { shadow, type Shadow } from './shadow';
import { origins, standing, type Origin, type Standing } from './standing';
import { tenantVersions, type TenantVersions } from './tenant-versions';
import { trainings, type Trainings } from './trainings';
import type { Decision } from '../canonical-schema/decision';

export { isSame, type NamedRecord } from './about';
export type { ActionAttempt } from './actions';
export type { Audit, Head } from './audit/audit';
export type { PackedRow, PackWindow } from './audit/pack';
export type { Finding, Verified } from './audit/verify';
export type { Batch, EventStatus, RecordedEvent } from './batch';
export type { ChampionChange, ChampionRow } from './champions';
export type { Counts, Latencies } from './counts';
export { CustomerWalk, type Customer, type KeyHolder, type KeyIndex, type Unjoined } from './customer';
export type { DraftAnswer, DraftRow } from './draft-row';
export type { EngagementEnd, EngagementRow, EngagementTouch } from './engagements';
export { erasedCode, erasedText, withoutContent } from './erased';
export type { ErasureRow, ErasureToBegin } from './erasures';
export type { Gap, GapRow } from './gaps';
export type { HistoryEntry } from './history';
export type { InboxPage, InboxState } from './inbox';
export type { Relatives } from './identity';
export type { Labelled } from './labelled';
export type { LaneContext, LaneQuestion } from './lane-context';
export type { LabelledDecision, ScoredDecision } from './learning';
export type { Outcome } from './outcomes';
export type { ObservationRow, ObservationToKeep, Past, PastQuestion } from './observations';
export type { ParkedEvent } from './parked';
export type { Person, PersonsRecord } from './person';
export type { StreamName, StreamPosition } from './positions';
export type { ProposalToKeep, Settlement } from './proposals';
export type { Quarantined, QuarantineRow } from './quarantine';
export type { RecordedDecision, RecordedQuestion } from './recorded';
export type { KnownOf, KnownPage, RecordRow, RecordToKeep } from './records';
export type { Purged, Retention } from './retention';
export type { HourCount, Rhythm, RhythmRow } from './rhythm';
export type { Standing } from './standing';
export type { ShadowCount, ShadowScore, Unshadowed } from './shadow';
export type { Follower, Taken, TenantVersion } from './tenant-versions';
export type { TrainingRow } from './trainings';
export type { ProposalRow } from './proposal-row';

/** Where the ledger is kept. */
export interface LedgerOptions {
  /** PostgreSQL, `postgres://user:password@host:port/database`; wins over `folder`. */
  readonly url?: string;
  /** PGlite's folder. Without either, the ledger is in memory. */
  readonly folder?: string;
  readonly log?: Log;
}

/** What has happened. Everything that records is idempotent; times are RFC 3339 UTC. */
export interface Ledger {
  /** What is known about a batch's records. */
  laneContext(tenant: string, question: LaneQuestion): Promise<LaneContext>;
  /** One statement: all of the batch or nothing. */
  recordBatch(tenant: string, batch: Batch): Promise<void>;

  /** The past of series, in one statement, in the order of the questions. */
  pasts(tenant: string, questions: readonly PastQuestion[]): Promise<readonly Past[]>;

  /** What decisions about some records may want to know of their customers. */
  relatives(tenant: string, question: RelativesQuestion): Promise<Relatives>;

  /** Newest snapshots of the records that are known, each named by its key, or by a subject: then those of every CRM. */
  records(tenant: string, records: readonly string[]): Promise<RecordRow[]>;

  /** Pages through the records that a connection told of, deleted ones left out. */
  knownRecords(tenant: string, of: KnownOf, after: string, most: number): Promise<KnownPage>;

  /** What is known when an engagement is about to act. */
  actContext(tenant: string, engagement: string): Promise<ActContext | undefined>;
  /** The task that an action made is kept with its engagement, too. */
  recordActions(attempts: readonly ActionAttempt[]): Promise<void>;
  /** Unless a later decision has come. */
  closeEngagement(tenant: string, id: string, end: EngagementEnd): Promise<void>;
  recordOutcome(tenant: string, outcome: Outcome): Promise<void>;

  loadPosition(name: StreamName): Promise<StreamPosition | undefined>;
  savePosition(name: StreamName, position: StreamPosition): Promise<void>;
  /** RFC 3339 UTC; undefined when the stream never was read. */
  positionSavedAt(name: StreamName): Promise<string | undefined>;
  readonly quarantine: Quarantine;
  readonly gaps: Gaps;
  readonly inboxes: Inboxes;
  readonly drafts: Drafts;
  readonly proposals: Proposals;
  readonly erasures: Erasures;
  readonly audit: Audit;
  readonly learning: Learning;
  readonly recorded: RecordedDecisions;
  readonly rhythm: Rhythm;
  readonly shadow: Shadow;
  readonly champions: Champions;
  readonly trainings: Trainings;
  readonly tenants: TenantVersions;
  listParked(tenant: string, record?: string): Promise<ParkedEvent[]>;
  /** To be called before a record's parked events are redriven. */
  releaseParked(tenant: string, record: string): Promise<ParkedEvent[]>;

  /**
   * Which records a name may mean: a record's key means one at most, `<entity>/<crm id>` and the CRM's id alone one or more in each CRM.
   */
  named(tenant: string, name: string): Promise<readonly NamedRecord[]>;
  /** @param records each a name as in `named`; several are told in one order */
  history(tenant: string, ...records: readonly string[]): Promise<HistoryEntry[]>;
  /** The newest of a record's events, decisions, actions and outcomes, at most so many of each, in the order of `history`. */
  recentHistory(tenant: string, record: string, most: number): Promise<HistoryEntry[]>;
  /** The records known to be the same customer's; undefined when the record is not known. */
  customer(tenant: string, record: string): Promise<Customer | undefined>;
  /** Identity keys that link nothing, because it would be a guess. */
  listUnjoined(tenant: string): Promise<readonly Unjoined[]>;
  counts(tenant: string): Promise<Counts>;
  /** What waits or is open, of all tenants. */
  standing(): Promise<Standing>;
  /** The events that decisions were made about, by decision id. */
  origins(tenant: string, decisions: readonly string[]): Promise<ReadonlyMap<string, Origin>>;
  /** From event to applied action. */
  latencies(tenant: string, since?: string): Promise<Latencies>;
  decision(tenant: string, id: string): Promise<Decision | undefined>;
  /**
   * A use case's decisions as they were recorded, in the order of their ids, each with the outcome that counts: the first of
   * the labels (won, lost and expired where none are given), as `learning.labelled` has it.
   */
  labelled(tenant: string, usecase: string, labels?: readonly string[]): AsyncIterable<Labelled>;
  /** Names of all features and related values that these decisions have. */
  namesKnown(
    tenant: string,
    usecase: string,
  ): Promise<{ readonly features: readonly string[]; readonly related: readonly string[] }>;
  engagement(tenant: string, record: string, usecase: string): Promise<EngagementRow | undefined>;
  /** The engagement of an id. */
  engagementOfId(tenant: string, id: string): Promise<EngagementRow | undefined>;
  purge(tenant: string, retention: Retention): Promise<Purged>;

  /** Idempotent. */
  close(): Promise<void>;
}

/** Opens the ledger and migrates it. Throws with the fix when it cannot. */
export async function openLedger(options: LedgerOptions): Promise<Ledger> {
  const { url, folder, log } = options;
  const prepare: Prepare = (kysely) => migrate(kysely, log);
  if (url !== undefined) return overDatabase(await openPostgres(url, prepare, log));
  return overDatabase(folder === undefined ? await openMemory(prepare) : await openFolder(folder, prepare, log));
}

/** The ledger over a database that is open and migrated. */
export function overDatabase({ kysely, close }: Database): Ledger {
  let closed: Promise<void> | undefined;
  return {
    laneContext: (tenant, question) => laneContext(kysely, tenant, question),
    recordBatch: (tenant, batch) => recordBatch(kysely, tenant, batch),
    pasts: (tenant, questions) => findPasts(kysely, tenant, questions),
    relatives: (tenant, question) => findRelatives(kysely, tenant, question),
    records: (tenant, records) => findRecords(kysely, tenant, records),
    knownRecords: (tenant, of, after, most) => knownRecords(kysely, tenant, of, after, most),
    actContext: (tenant, engagement) => actContext(kysely, tenant, engagement),
    recordActions: (attempts) => recordActions(kysely, attempts),
    closeEngagement: (tenant, id, end) => closeEngagement(kysely, tenant, id, end),
    recordOutcome: (tenant, outcome) => insertOutcomes(kysely, tenant, [outcome]),
    loadPosition: (name) => loadPosition(kysely, name),
    positionSavedAt: (name) => positionSavedAt(kysely, name),
    savePosition: (name, position) => savePosition(kysely, name, position),
    quarantine: quarantine(kysely),
    gaps: gaps(kysely),
    inboxes: inboxes(kysely),
    drafts: drafts(kysely),
    proposals: proposals(kysely),
    erasures: erasures(kysely),
    audit: audit(kysely),
    learning: learning(kysely),
    recorded: recorded(kysely),
    rhythm: rhythm(kysely),
    shadow: shadow(kysely),
    champions: champions(kysely),
    trainings: trainings(kysely),
    tenants: tenantVersions(kysely),
    listParked: (tenant, record) => listParked(kysely, tenant, record),
    releaseParked: (tenant, record) => releaseParked(kysely, tenant, record),
    named: (tenant, name) => findNamed(kysely, tenant, meantBy(name)),
    history: (tenant, ...records) => history(kysely, tenant, records),
    recentHistory: (tenant, record, most) => recentHistory(kysely, tenant, record, most),
    customer: (tenant, record) => findCustomer(kysely, tenant, record),
    listUnjoined: (tenant) => listUnjoined(kysely, tenant),
    counts: (tenant) => counts(kysely, tenant),
    standing: () => standing(kysely),
    origins: (tenant, decisions) => origins(kysely, tenant, decisions),
    latencies: (tenant, since) => latencies(kysely, tenant, since),
    decision: (tenant, id) => findDecision(kysely, tenant, id),
    labelled: (tenant, usecase, labels = decisive) => readLabelled(kysely, tenant, usecase, labels),
    namesKnown: (tenant, usecase) => namesKnown(kysely, tenant, usecase),
    engagement: (tenant, record, usecase) => findEngagement(kysely, tenant, record, usecase),
    engagementOfId: (tenant, id) => engagementOfId(kysely, tenant, id),
    purge: (tenant, retention) => purge(kysely, tenant, retention),
    close: () => (closed ??= close()),
  };
}
