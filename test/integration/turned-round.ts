import { spawnSync } from 'node:child_process';
import path from 'node:path';
import type { Decision } from '../../canonical-schema/decision';
import { engagementId } from '../../canonical-schema/engagement';
import { sampleBatch, sampleDecision, sampleEvent } from '../../ledger/sample.fixture';
import { featuresFromRecord } from '../../models/features';
import { projectRoot } from '../../services/project-root';
import type { Signalbox } from '../../services/signalbox';
import type { LearningInput } from '../../workflows/learning';
import { learningId, names, taskQueues } from '../../workflows/names';
import { coldLead, hotLead, until } from '../line';
import { recordOf } from './tenants-line';
import type { Scorer } from '../../models/scored';

/** Whether the Python that trains, with its packages, is here or can be had: the first call gets it. */
export function canTrain(): boolean {
  const script = path.join(projectRoot, 'models', 'training', 'train.sh');
  return spawnSync('bash', [script, 'retrain', '--help'], { timeout: 300_000 }).status === 0;
}

const usecase = 'lead-scoring';
const days = ['mon', 'tue', 'wed', 'thu', 'fri'] as const;

/** The share of those decisions that came true of which the shipped model gives this score. */
type Meaning = (score: number) => number;
export const asBefore: Meaning = (score) => score;
export const turnedRound: Meaning = (score) => 1 - score;

/** Decisions and outcomes of one tenant whose meaning a test turns round, and what is learnt from them. */
export function learner(signalbox: Signalbox, tenant: string) {
  const { ledger, scorers, temporal, now } = signalbox.runtime;
  /** What the shipped model says of each decision, whoever made it. */
  const saidBefore = new Map<string, number>();
  let made = 0;
  const shipped = scorers.get(usecase);
  if (shipped === undefined) throw new Error('the shipped model is not here');

  /** Leads that a model has scored, long enough ago for their outcomes to count. */
  const decided = async (scorer: Scorer, rows: number): Promise<readonly Decision[]> => {
    const first = made + 1;
    made += rows;
    const events = Array.from({ length: rows }, (_, n) => {
      const native = { ...(n % 2 === 0 ? hotLead : coldLead), Day_Of_Week__c: days[(n >> 1) % days.length] ?? 'mon' };
      const event = sampleEvent(tenant, first + n, `lead/known-${first + n}`);
      return { ...event, data: { ...event.data, record: recordOf(`known-${first + n}`, native) } };
    });
    const records = events.map(({ data }) => data.record);
    const [said, before] = [await scoresOf(scorer, records), await scoresOf(shipped, records)];
    const { name, version } = scorer.manifest;
    const model = { name, version, digest: scorer.digest };
    const decisions = events.map((event, n): Decision => {
      const decidedat = new Date(now() - 60 * 86_400_000 + (first + n) * 1000).toISOString();
      return { ...sampleDecision(event), ...said[n], decidedat, model };
    });
    decisions.forEach(({ id }, n) => saidBefore.set(id, before[n]?.score ?? NaN));
    await ledger.recordBatch(tenant, { ...sampleBatch(`b${first}`, events), decisions, engagements: [] });
    return decisions;
  };

  /** Tells outcomes: of decisions alike as many come true as is meant, spread evenly. */
  const told = async (decisions: readonly Decision[], meaning: Meaning): Promise<void> => {
    const carried = new Map<boolean, number>();
    for (const { id: decisionid, decidedat: at, connection, subject } of decisions) {
      const before = saidBefore.get(decisionid) ?? NaN;
      const sum = (carried.get(before >= 0.5) ?? 0.5) + meaning(before);
      carried.set(before >= 0.5, sum - Math.floor(sum));
      const label = sum >= 1 ? 'won' : 'expired';
      const engagement = engagementId(tenant, connection, subject, usecase);
      await ledger.recordOutcome(tenant, { engagement, decisionid, label, at });
    }
  };

  /** Decisions of the champion while the challenger is in shadow, and then what became of them. */
  const inShadow = async (digest: string): Promise<void> => {
    const decisions = await decided(shipped, 400);
    await until('the challenger to score them in shadow', async () => {
      const counts = await ledger.shadow.counts(tenant);
      return (counts.find((one) => one.digest === digest)?.scored ?? 0) >= decisions.length;
    });
    await told(decisions, turnedRound);
  };

  let begun = '';
  const run = () => temporal.workflow.getHandle(learningId(tenant, usecase));
  const begin = async (when: LearningInput['when']): Promise<void> => {
    const input: LearningInput = { tenant, usecase, because: 'a test', when, lookEveryMs: 500 };
    const workflowId = learningId(tenant, usecase);
    const started = { workflowId, taskQueue: taskQueues.decide, args: [input] };
    begun = (await temporal.workflow.start(names.learning, started)).firstExecutionRunId;
  };
  /** The training that was begun last, once it has come so far. */
  const untilStatus = (status: string) =>
    until(
      `a training to be ${status}`,
      async () => {
        const found = (await ledger.trainings.list(tenant, usecase)).find(({ id }) => id === begun);
        if (found?.status === 'dropped') throw new Error(`dropped: ${found.what ?? ''}`);
        return found?.status === status && found;
      },
      90_000,
    );
  return { shipped, decided, told, inShadow, run, begin, untilStatus };
}

/** What a model says, and what it saw. */
async function scoresOf(
  scorer: Scorer,
  records: readonly unknown[],
): Promise<readonly Pick<Decision, 'score' | 'features'>[]> {
  const rows = records.map((record) => featuresFromRecord(scorer.manifest, record));
  const scored = await scorer.score(rows.filter((row) => row.outcome === 'row'));
  return rows.map((row, n) => ({ score: scored[n]?.score ?? NaN, features: named(scorer, row) }));
}

/** Features as the lane records them: categories by name. */
function named({ manifest }: Scorer, row: ReturnType<typeof featuresFromRecord>): Decision['features'] {
  if (row.outcome !== 'row') throw new Error('a lead of this test has no score');
  return Object.fromEntries(
    manifest.features.map((feature, at) => {
      const value = row.values[at] ?? NaN;
      return [feature.name, feature.kind === 'categorical' ? (feature.categories[value - 1] ?? null) : value];
    }),
  );
}
