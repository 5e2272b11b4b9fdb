import type { Decision } from '../../canonical-schema/decision';
import type { CanonicalRecord } from '../../canonical-schema/entity';
import { sha256Hex } from '../../canonical-schema/sha256';
import type { FeatureRow, Unscorable } from '../../models/feature-row';
import { featuresFromRecord } from '../../models/features';
import type { Manifest } from '../../models/manifest';
import { featuresRecorded } from '../../models/recorded';
import { readBy } from '../../models/score';
import type { Scored, Scorer } from '../../models/scored';

/** Why a decision has no row any more. */
export type RowGone =
  | 'text-gone' // the ledger keeps the text's digest, and neither its event nor the record's state
  | 'features-missing'; // another model asks for what was not recorded

/** What the model was shown, or why that cannot be told. */
export type ShownRow =
  FeatureRow | Unscorable | { readonly outcome: 'gone'; readonly gone: RowGone; readonly because: string };

/** Features whose two meanings are tried, at most: 64 rows. */
const mostUnclear = 6;

/**
 * The row of a decision, from its features; of a text model from the text, which must have the digest that was recorded.
 * @param records what is left of the record as it was decided on
 */
export function rowOf(scorer: Scorer, decision: Decision, records: readonly CanonicalRecord[]): ShownRow {
  const { manifest } = scorer;
  if (manifest.task === 'text') return textRowOf(scorer, decision, records);
  const missing = manifest.features.filter(({ name }) => !Object.hasOwn(decision.features, name));
  if (missing.length > 0) {
    const names = missing.map(({ name }) => name).join(', ');
    return { outcome: 'gone', gone: 'features-missing', because: `the decision recorded no ${names}` };
  }
  return { ...featuresRecorded(manifest, asTexts(decision)), decision: decision.id };
}

function asTexts({ features }: Decision): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(
    Object.entries(features).map(([name, value]) => [name, value === null ? undefined : String(value)]),
  );
}

function textRowOf(scorer: Scorer, decision: Decision, records: readonly CanonicalRecord[]): ShownRow {
  const digests = Object.values(decision.features);
  for (const record of records) {
    const row = featuresFromRecord(scorer.manifest, record);
    if (row.outcome === 'row' && digests.includes(sha256Hex(row.text ?? ''))) return readBy(scorer, row);
  }
  const because =
    records.length === 0
      ? 'its text is not kept any more: neither its event nor the state of the record'
      : 'what is left of the record has not the text that was scored';
  return { outcome: 'gone', gone: 'text-gone', because };
}

/**
 * The other rows that a decision's features may stand for. A category that was not known is recorded as null, whether it was
 * missing or a value that the model never saw; to the model these are two. Only features in terms that came out otherwise are
 * unclear; where more than six are: none.
 * @param scored what the model made of the first row
 */
export function otherRows(manifest: Manifest, decision: Decision, scored: Scored): readonly FeatureRow[] {
  if (manifest.task === 'text') return [];
  const otherwise = manifest.terms.filter(({ name }) => decision.contributions[name] !== scored.contributions[name]);
  const names = new Set(otherwise.flatMap(({ features }) => features));
  const unclear = manifest.features.flatMap((feature, index) => {
    const isUnclear = feature.kind === 'categorical' && names.has(feature.name);
    if (!isUnclear || decision.features[feature.name] !== null) return [];
    return [{ index, unseen: feature.categories.length + 1 }];
  });
  if (unclear.length > mostUnclear) return [];
  const first = featuresRecorded(manifest, asTexts(decision));
  const rows = Array.from({ length: 2 ** unclear.length }, (_, choice) => {
    const values = [...first.values];
    unclear.forEach(({ index, unseen }, bit) => {
      if ((choice & (1 << bit)) !== 0) values[index] = unseen;
    });
    return { ...first, values, decision: decision.id };
  });
  return rows.slice(1);
}
