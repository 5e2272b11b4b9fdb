import type { Action } from '../canonical-schema/action';
import type { Decision, Reason } from '../canonical-schema/decision';
import type { Json, NullableJson, NullableTime, Time } from './column-types';
import type { ProposalRow } from './proposal-row';

/** What persons are asked, and what of persons was erased, as `migrations/` leave the tables. */
export interface PersonsTables {
  proposals: {
    tenant: string;
    id: string;
    decisionid: string;
    engagement: string;
    subject: string;
    source: string;
    usecase: string;
    connection: string;
    connector: string | null;
    score: number | null;
    band: string | null;
    ranking: NullableJson<Decision['ranking']>;
    reasons: Json<readonly Reason[]>;
    actions: Json<readonly Action[]>;
    approvers: NullableJson<readonly string[]>;
    since: Time;
    until: Time;
    status: ProposalRow['status'];
    by: string | null;
    reason: string | null;
    answeredat: NullableTime;
    erasedat: NullableTime;
  };
  erasures: {
    tenant: string;
    id: string;
    asked: string;
    subjects: Json<readonly string[]>;
    marks: Json<readonly string[]>;
    by: string;
    reason: string;
    at: Time;
    doneat: NullableTime;
    counts: NullableJson<Readonly<Record<string, number>>>;
    liftedat: NullableTime;
    liftedby: string | null;
    liftedreason: string | null;
  };
  erased_records: {
    tenant: string;
    subject: string;
    source: string;
    erasure: string;
    liftedat: NullableTime;
  };
}
