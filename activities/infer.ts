import { decisionId, type FeatureValue, type Reason } from '../canonical-schema/decision';
import { sha256Hex } from '../canonical-schema/sha256';
import { calendarOf } from '../models/calendar';
import { featuresFromRecord } from '../models/features';
import { historyRoot } from '../models/history/history';
import type { Manifest } from '../models/manifest';
import { readBy } from '../models/score';
import type { BatchView } from './context';
import type { LaneDependencies } from './lane-dependencies';
import type { Evidence, Inference, InferenceRequest } from './lane-types';
import type { FeatureRow, Unscorable } from '../models/feature-row';
import type { Scorer } from '../models/scored';

/** An inference with what it rests on. */
interface Inferred {
  readonly inference: Inference;
  readonly evidence: Evidence;
}

/**
 * Scores what a batch asks for: one run of each model, answers in the order of the requests. The model is the champion of the
 * use case, or the one that the tenant's file names. The evidence stays in the view, by the decision that it is for.
 */
export async function infer(
  deps: LaneDependencies,
  view: BatchView,
  requests: readonly InferenceRequest[],
): Promise<readonly Inference[]> {
  const { useCases } = view.tenant;
  const answers: (Inferred | undefined)[] = requests.map(() => undefined);
  const modelOf = ({ usecase }: InferenceRequest): string =>
    view.champions[usecase] ?? useCases[usecase]?.model ?? usecase;
  for (const model of new Set(requests.map(modelOf))) {
    const asked = requests.flatMap((request, index) => (modelOf(request) === model ? [{ ...request, index }] : []));
    const scorer = deps.scorers.get(model);
    const scored =
      scorer === undefined
        ? asked.map(() => abstain(`no model ${model} is loaded`))
        : await scoreAll(scorer, view, asked);
    asked.forEach(({ index }, place) => (answers[index] = scored[place]));
  }
  return requests.map(({ eventid, usecase }, index) => {
    const { inference, evidence } = answers[index] ?? abstain('not scored');
    const id = decisionId(eventid, usecase);
    const facts = view.related.get(id);
    view.evidence.set(id, facts === undefined ? evidence : { ...evidence, relatedFrom: facts.from });
    return facts === undefined ? inference : { ...inference, related: facts.values };
  });
}

/** What the model is shown: the record after the event, what is known of its customer, and what its past says. */
function featuresFor(
  manifest: Manifest,
  view: BatchView,
  { eventid, usecase }: InferenceRequest,
): FeatureRow | Unscorable {
  const decision = decisionId(eventid, usecase);
  const past = view.history.get(decision);
  if (past !== undefined && 'outcome' in past) return past;
  const record = view.after.get(eventid)?.record;
  const facts = view.related.get(decision);
  const shown =
    facts === undefined && past === undefined
      ? record
      : { ...record, related: facts?.values, [historyRoot]: past?.values };
  const row = featuresFromRecord(manifest, shown, calendarOf(view.tenant.calendar));
  if (row.outcome !== 'row') return row;
  return { ...row, decision, ...(past === undefined ? {} : { words: past.words }) };
}

async function scoreAll(
  scorer: Scorer,
  view: BatchView,
  asked: readonly InferenceRequest[],
): Promise<readonly Inferred[]> {
  const { manifest, digest } = scorer;
  const model = { name: manifest.name, version: manifest.version, digest };
  const rows = asked.map((request) => readBy(scorer, featuresFor(manifest, view, request)));
  const scorable = rows.filter((row) => row.outcome === 'row');
  const scored = await scorer.score(scorable);
  let next = 0;
  return rows.map((row): Inferred => {
    if (row.outcome !== 'row') return abstain(row.feature === '' ? row.reason : `${row.feature} ${row.reason}`, model);
    const result = scored[next++];
    if (result === undefined) throw new Error(`${manifest.name} answered ${scored.length} of ${scorable.length} rows`);
    const { score, contributions, intercept, ranking, propensity } = result;
    const reasons = result.reasons.map(({ term, contribution, text }): Reason => ({ term, contribution, text }));
    const chosen = {
      ...(ranking === undefined ? {} : { ranking: ranking.best }),
      ...(propensity === undefined ? {} : { propensity }),
    };
    return {
      inference: { score, ...chosen, reasons, model },
      evidence: { contributions, intercept, features: named(manifest, row) },
    };
  });
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
