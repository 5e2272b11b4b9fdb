import type { ColumnType, Generated } from 'kysely';
import type { Action, ActionResult } from '../canonical-schema/action';
import type { Decision, Reason } from '../canonical-schema/decision';
import type { CanonicalRecord } from '../canonical-schema/entity';
import type { CanonicalEvent } from '../canonical-schema/event';
import type { AuditTables } from './audit-tables';
import type { Json, NullableJson, NullableTime, Time } from './column-types';
import type { DraftRow } from './draft-row';
import type { PersonsTables } from './persons-tables';

/** How far a training has come; `steady`: nothing called for one; `alarm`: drift was seen, and it was only watched for. */
export type TrainingStatus = 'training' | 'shadow' | 'asked' | 'promoted' | 'dropped' | 'steady' | 'alarm';

/** The tables as `migrations/` leave them; their columns are described there. */
export interface Schema extends PersonsTables, AuditTables {
  batches: {
    tenant: string;
    batchid: string;
    workflowid: string;
    runid: string;
    events: number;
    duplicates: number;
    recordedat: Time;
  };
  events: {
    tenant: string;
    id: string;
    batchid: string;
    subject: string;
    source: string;
    connection: string;
    sequence: string;
    type: string;
    time: NullableTime;
    status: 'decided' | 'ignored' | 'echo' | 'parked';
    because: string | null;
    event: Json<CanonicalEvent>;
    recordedat: Time;
    erasedat: NullableTime;
  };
  records: {
    tenant: string;
    subject: string;
    source: string;
    sequence: string;
    record: Json<CanonicalRecord>;
    native: Json<Readonly<Record<string, unknown>>>;
    deleted: boolean;
    connection: string | null;
    ownkeys: readonly string[] | null;
    sharedkeys: readonly string[] | null;
    recordedat: Time;
  };
  observations: {
    tenant: string;
    usecase: string;
    series: string;
    place: string;
    eventid: string;
    peers: string | null;
    /** bigint, which pg reads as text. */
    at: string;
    told: Json<Readonly<Record<string, number | string>>>;
    recordedat: Time;
  };
  decisions: {
    tenant: string;
    id: string;
    eventid: string;
    connection: string;
    subject: string;
    source: string;
    usecase: string;
    outcome: Decision['outcome'];
    because: string | null;
    score: number | null;
    band: string | null;
    ranking: ColumnType<Decision['ranking'] | null, string | null, string | null>;
    reasons: Json<readonly Reason[]>;
    contributions: Json<Decision['contributions']>;
    intercept: number | null;
    features: Json<Decision['features']>;
    related: NullableJson<Decision['related']>;
    relatedfrom: NullableJson<Decision['relatedFrom']>;
    propensity: number | null;
    model: NullableJson<Decision['model']>;
    policy: string;
    decidedat: Time;
    sequence: string;
    recordedat: Time;
    erasedat: NullableTime;
  };
  engagements: {
    tenant: string;
    id: string;
    subject: string;
    source: string;
    usecase: string;
    connection: string;
    status: 'open' | 'closed';
    lastscore: number | null;
    lastband: string | null;
    lastlabel: string | null;
    firstdecision: string;
    lastdecision: string;
    lastsequence: string;
    taskid: string | null;
    openedat: Time;
    closedat: NullableTime;
    outcome: string | null;
    erasedat: NullableTime;
  };
  actions: {
    tenant: string;
    id: string;
    attempt: number;
    engagement: string;
    decisionid: string;
    subject: string;
    source: string;
    kind: Action['kind'];
    outcome: ActionResult['outcome'];
    action: Json<Action>;
    result: Json<ActionResult>;
    workflowid: string;
    runid: string;
    at: Time;
    erasedat: NullableTime;
  };
  outcomes: {
    tenant: string;
    engagement: string;
    decisionid: string;
    label: string;
    eventid: string | null;
    at: Time;
  };
  parked: {
    tenant: string;
    eventid: string;
    subject: string;
    source: string;
    sequence: string;
    code: string;
    message: string;
    status: 'parked' | 'released';
    at: Time;
    erasedat: NullableTime;
  };
  positions: {
    tenant: string;
    connection: string;
    stream: string;
    position: Json<Readonly<Record<string, unknown>> & { readonly v: number }>;
    savedat: Time;
  };
  gaps: {
    tenant: string;
    /** bigint, which pg reads as text. */
    id: Generated<string>;
    connection: string;
    stream: string;
    cause: string;
    policy: string;
    missingfrom: Time;
    missingto: NullableTime;
    recovered: Generated<number>;
    duplicates: Generated<number>;
    widened: Generated<number>;
    openedat: Time;
    closedat: NullableTime;
  };
  quarantine: {
    tenant: string;
    id: string;
    connection: string;
    stream: string;
    position: Json<unknown>;
    code: string;
    message: string;
    bytes: Buffer;
    native: ColumnType<unknown, string | null, string | null>;
    at: Time;
    resolution: string | null;
    resolvedat: NullableTime;
    erasedat: NullableTime;
  };
  inboxes: {
    tenant: string;
    connection: string;
    stream: string;
    /** bigint, which pg reads as text. */
    newest: string;
    released: Generated<string>;
  };
  inbox: {
    tenant: string;
    connection: string;
    stream: string;
    number: string;
    payload: Buffer;
    at: Time;
  };
  drift_references: {
    tenant: string;
    usecase: string;
    digest: string;
    reference: Json<unknown>;
    frozenat: Time;
  };
  shadow_scores: {
    tenant: string;
    decisionid: string;
    digest: string;
    usecase: string;
    subject: string;
    source: string;
    score: number | null;
    because: string | null;
    recordedat: Time;
  };
  champions: {
    tenant: string;
    usecase: string;
    number: number;
    kind: 'promoted' | 'rolled-back';
    digest: string;
    before: string;
    followsfile: boolean;
    by: string;
    reason: string | null;
    gate: Json<unknown>;
    at: Time;
  };
  trainings: {
    tenant: string;
    usecase: string;
    id: string;
    because: string;
    status: TrainingStatus;
    champion: string | null;
    digest: string | null;
    folder: string | null;
    rows: ColumnType<{ yes: number; no: number; censored: number } | null, string | null | undefined, string>;
    figures: ColumnType<unknown, string | null | undefined, string>;
    what: string | null;
    by: string | null;
    at: Time;
    endedat: NullableTime;
  };
  drafts: {
    tenant: string;
    decisionid: string;
    engagement: string;
    subject: string;
    source: string;
    usecase: string;
    outcome: DraftRow['outcome'];
    code: string | null;
    message: string | null;
    model: string | null;
    host: string | null;
    prompt: string | null;
    masked: NullableJson<DraftRow['masked']>;
    sent: NullableJson<DraftRow['sent']>;
    content: NullableJson<DraftRow['content']>;
    proposal: NullableJson<DraftRow['proposal']>;
    answer: NullableJson<DraftRow['answer']>;
    tokensin: number;
    tokensout: number;
    durationms: number;
    at: Time;
    erasedat: NullableTime;
  };
  tenant_versions: {
    tenant: string;
    number: number;
    digest: string;
    document: ColumnType<unknown, string | null, never>;
    policies: Json<Readonly<Record<string, string>>>;
    changes: Json<readonly string[]>;
    by: string;
    at: Time;
  };
  followers: {
    id: string;
    roles: string;
    taken: ColumnType<
      Readonly<Record<string, { number: number; failed?: { number: number; problem: string } }>>,
      string,
      string
    >;
    at: Time;
  };
}
