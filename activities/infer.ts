import { decisionId, type FeatureValue, type Reason } from '../canonical-schema/decision';
import { sha256Hex } from '../canonical-schema/sha256';
import { featuresFromRecord, type FeatureRow } from '../models/features';
import type { Manifest } from '../models/manifest';
import type { Scored, Scorer } from '../models/score';
import { tenantNamed } from './connections';
import type { BatchView } from './context';
import type { LaneDependencies } from './lane-dependencies';
import type { Evidence, Inference, InferenceRequest } from './lane-types';

/** An inference with what it rests on. */
interface Inferred {
  readonly inference: Inference;
  readonly evidence: Evidence;
}

/**
 * Scores what a batch asks for: one run of each model, answers in the order of the requests. The evidence stays in the view,
 * by the decision that it is for.
 */
export async function infer(
  deps: LaneDependencies,
  tenant: string,
  view: BatchView,
  requests: readonly InferenceRequest[],
): Promise<readonly Inference[]> {
  const useCases = tenantNamed(deps.tenants, tenant).useCases;
  const answers: (Inferred | undefined)[] = requests.map(() => undefined);
  const modelOf = ({ usecase }: InferenceRequest): string => useCases[usecase]?.model ?? usecase;
  for (const model of new Set(requests.map(modelOf))) {
    const asked = requests.flatMap((request, index) => (modelOf(request) === model ? [{ ...request, index }] : []));
    const scorer = deps.scorers.get(model);
    const records = asked.map(({ eventid }) => view.after.get(eventid)?.record);
    const scored =
      scorer === undefined ? asked.map(() => abstain(`no model ${model} is loaded`)) : await scoreAll(scorer, records);
    asked.forEach(({ index }, place) => (answers[index] = scored[place]));
  }
  return requests.map(({ eventid, usecase }, index) => {
    const { inference, evidence } = answers[index] ?? abstain('not scored');
    view.evidence.set(decisionId(eventid, usecase), evidence);
    return inference;
  });
}

async function scoreAll(scorer: Scorer, records: readonly unknown[]): Promise<readonly Inferred[]> {
  const { manifest, digest } = scorer;
  const model = { name: manifest.name, version: manifest.version, digest };
  const rows = records.map((record) => featuresFromRecord(manifest, record));
  const scorable = rows.filter((row) => row.outcome === 'row');
  const scored = await scorer.score(scorable);
  let next = 0;
  return rows.map((row): Inferred => {
    if (row.outcome !== 'row') return abstain(row.column === '' ? row.reason : `${row.feature} ${row.reason}`, model);
    const result = scored[next++];
    if (result === undefined) throw new Error(`${manifest.name} answered ${scored.length} of ${scorable.length} rows`);
    const { score, contributions, intercept } = result;
    const reasons = [...classOf(result), ...result.reasons].map(({ term, contribution, text }): Reason => ({
      term,
      contribution,
      text,
    }));
    return {
      inference: { score, reasons, model },
      evidence: { contributions, intercept, features: named(manifest, row) },
    };
  });
}

/** With several classes, which one the score is of: a person cannot read the reasons without it. */
function classOf({ label, contributions, intercept, ranking }: Scored): readonly Reason[] {
  if (ranking === undefined) return [];
  const contribution = Object.values(contributions).reduce((sum, one) => sum + one, intercept);
  const second = ranking.best[1]?.label;
  return [
    { term: '(class)', contribution, text: `Most likely ${label}${second === undefined ? '' : `, then ${second}`}` },
  ];
}

function abstain(why: string, model?: Inference['model']): Inferred {
  return {
    inference: { abstained: why, reasons: [], ...(model === undefined ? {} : { model }) },
    evidence: { contributions: {}, features: {} },
  };
}

/**
 * What the model saw, in words: a category's name, a number, or null where it was not known. A text is told by its digest:
 * the record has it.
 */
function named(manifest: Manifest, row: FeatureRow): Readonly<Record<string, FeatureValue>> {
  if (manifest.task === 'text') return { [manifest.features[0].name]: sha256Hex(row.text ?? '') };
  return Object.fromEntries(
    manifest.features.map((feature, index): [string, FeatureValue] => {
      const value = row.values[index] ?? Number.NaN;
      if (feature.kind === 'categorical') return [feature.name, feature.categories[value - 1] ?? null];
      return [feature.name, Number.isNaN(value) ? null : value];
    }),
  );
}
