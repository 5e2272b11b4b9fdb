import type { CellPolicy, Feature, TabularManifest } from '../manifest';

/** A row that a model may be given, and how to name it. */
export interface Probe {
  readonly what: string;
  readonly values: readonly number[];
}

/** Rows that mix values of all features. */
const MIXED = 256;
/** Values of one dictionary that are tried one by one; of a larger one, as many spread over it. */
const MOST_VALUES = 50;

interface Value {
  readonly what: string;
  readonly value: number;
}

/**
 * Rows that examine a model: what is usual, each feature's edges one at a time (the ends of its range, each category, missing
 * and unseen where the manifest lets them through), everything missing at once, and a fixed mixture of all of these. Always the same
 * for one manifest.
 */
export function probesOf({ features }: TabularManifest): readonly Probe[] {
  const values = features.map(valuesOf);
  const usual = values.map(([first]) => first?.value ?? NaN);
  const single = features.flatMap((feature, n) =>
    (values[n] ?? []).map(({ what, value }) => ({ what: `${feature.name} ${what}`, values: usual.with(n, value) })),
  );
  const last = values.map((all) => all.at(-1)?.value ?? NaN);
  const mixed = Array.from({ length: MIXED }, (_, row) => ({
    what: `mixture ${row + 1}`,
    values: values.map((all, n) => all[scattered(row, n) % all.length]?.value ?? NaN),
  }));
  return [
    { what: 'the usual row', values: usual },
    { what: 'the row with as little known as the manifest allows', values: last },
    ...single,
    ...mixed,
  ];
}

/** What a feature may give the model: the usual first, the least known last. */
function valuesOf(feature: Feature): readonly Value[] {
  const { missing, invalid } = feature;
  if (feature.kind === 'categorical') {
    const { categories, unseen } = feature;
    const step = Math.max(1, Math.ceil(categories.length / MOST_VALUES));
    return [
      ...categories.flatMap((what, n) => (n % step === 0 ? [{ what, value: n + 1 }] : [])),
      ...(letsThrough(unseen) ? [{ what: 'unseen', value: categories.length + 1 }] : []),
      ...(letsThrough(missing) || letsThrough(invalid) ? [{ what: 'missing', value: 0 }] : []),
    ];
  }
  const ends = feature.kind === 'flag' ? [0, 1] : [...feature.seen, ...feature.range];
  const middle = feature.kind === 'flag' ? 0 : (feature.seen[0] + feature.seen[1]) / 2;
  return [
    ...[middle, ...ends].map((value) => ({ what: `at ${value}`, value })),
    ...(letsThrough(missing) || letsThrough(invalid) ? [{ what: 'missing', value: NaN }] : []),
  ];
}

/** Whether the model itself is given what is not known. */
function letsThrough(policy: CellPolicy): boolean {
  return policy.on === 'default' && policy.value === null;
}

/** A number that looks random and is the same in every run (the mixing step of MurmurHash3). */
function scattered(row: number, column: number): number {
  let hash = Math.imul(row + 1, 0x85ebca6b) ^ Math.imul(column + 1, 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
