import type { Decision } from '../../canonical-schema/decision';
import type { Ledger, RecordedDecision } from '../../ledger/ledger';
import type { FeatureRow } from '../../models/feature-row';
import type { Scored, Scorer } from '../../models/scored';
import { scoreDifferences } from './differences';
import type { ModelsByDigest } from './models-by-digest';
import { otherRows, rowOf, type RowGone } from './rows';

/** Why a decision could not be scored again. */
export type NotScored =
  | RowGone
  | 'abstained' // it was not scored in the first place
  | 'erased' // its evidence was erased
  | 'model-gone'
  | 'unscorable'; // another model has no opinion on it

/** A decision with the score that its evidence has now. */
export type Rescored = RecordedDecision &
  (
    | { readonly scored: Scored; readonly notScored?: undefined }
    | { readonly scored?: undefined; readonly notScored: NotScored; readonly because: string }
  );

/** What decisions are scored with: the model that each names, or one for all. */
export type Models = Pick<ModelsByDigest, 'find'> | Scorer;

/** Scores a page of decisions from what the ledger keeps of them: one run of each model, in the order of the page. */
export async function rescore(
  { recorded }: Pick<Ledger, 'recorded'>,
  tenant: string,
  page: readonly RecordedDecision[],
  models: Models,
): Promise<readonly Rescored[]> {
  const again: (Rescored | undefined)[] = page.map(unscored);
  const open = page.flatMap((one, index) => (again[index] === undefined ? [{ one, index }] : []));
  for (const digest of new Set(open.map(({ one }) => digestFor(models, one)))) {
    const asked = open.filter(({ one }) => digestFor(models, one) === digest);
    const found = 'find' in models ? await models.find(digest) : { scorer: models };
    if (found.scorer === undefined) {
      for (const { one, index } of asked) again[index] = { ...one, notScored: 'model-gone', because: found.because };
      continue;
    }
    const scored = await scoreAll(
      recorded,
      tenant,
      found.scorer,
      asked.map(({ one }) => one),
    );
    asked.forEach(({ index }, place) => (again[index] = scored[place]));
  }
  return page.map((one, index) => again[index] ?? { ...one, notScored: 'model-gone', because: 'it names no model' });
}

const digestFor = (models: Models, { decision }: RecordedDecision): string =>
  'find' in models ? (decision.model?.digest ?? '') : models.digest;

function unscored(one: RecordedDecision): Rescored | undefined {
  const { erasedat, decision } = one;
  if (erasedat !== undefined) return { ...one, notScored: 'erased', because: `its evidence was erased at ${erasedat}` };
  if (decision.score !== undefined) return undefined;
  return { ...one, notScored: 'abstained', because: decision.because ?? 'it has no score' };
}

async function scoreAll(
  recorded: Ledger['recorded'],
  tenant: string,
  scorer: Scorer,
  asked: readonly RecordedDecision[],
): Promise<readonly Rescored[]> {
  const isText = scorer.manifest.task === 'text';
  const decisions = asked.map(({ decision }) => decision);
  const kept = isText ? await recorded.records(tenant, decisions) : undefined;
  const rows = decisions.map((decision) => rowOf(scorer, decision, kept?.get(decision.id) ?? []));
  const scored = (await scorer.score(rows.filter((row): row is FeatureRow => row.outcome === 'row'))).values();
  const again: Rescored[] = [];
  for (const [index, one] of asked.entries()) {
    const row = rows[index];
    if (row?.outcome === 'row') {
      const { value } = scored.next() as { readonly value: Scored };
      again.push({ ...one, scored: await exactOne(scorer, one.decision, value) });
    } else if (row?.outcome === 'gone') again.push({ ...one, notScored: row.gone, because: row.because });
    else again.push({ ...one, notScored: 'unscorable', because: row?.reason ?? 'no row' });
  }
  return again;
}

/** Of what the evidence may stand for, that which gives the score of the decision; where none does, the first. */
async function exactOne(scorer: Scorer, decision: Decision, scored: Scored): Promise<Scored> {
  if (scorer.digest !== decision.model?.digest || scoreDifferences(decision, scored).length === 0) return scored;
  const others = await scorer.score(otherRows(scorer.manifest, decision, scored));
  return others.find((other) => scoreDifferences(decision, other).length === 0) ?? scored;
}
