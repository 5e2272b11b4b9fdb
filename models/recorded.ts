import type { Manifest } from './manifest';
import type { FeatureRow } from './feature-row';

/**
 * Features as a decision recorded them (categories by name, numbers; empty where not known), for another model of the same
 * features. Policies have been applied: nothing is refused. Pure.
 */
export function featuresRecorded(
  manifest: Manifest,
  recorded: Readonly<Record<string, string | undefined>>,
): FeatureRow {
  const values = manifest.features.map((feature) => {
    const text = recorded[feature.name] ?? '';
    if (feature.kind !== 'categorical') return text === '' ? NaN : Number(text);
    const place = feature.categories.indexOf(text);
    return place >= 0 ? place + 1 : text === '' ? 0 : feature.categories.length + 1;
  });
  return { outcome: 'row', values, defaults: [] };
}
