import { greatest } from './greatest';
import { historyRoot } from './history/history';
import type { Feature, TabularManifest } from './manifest';
import type { FeatureRow } from './feature-row';

/** How many reasons a score comes with. */
const TOP_REASONS = 5;
/** Weaker contributions (log-odds) would not move a score of 50 % by half a percentage point: they are no reasons. */
const LEAST_CONTRIBUTION = 0.02;

/** Why a score is higher or lower than that of the average row. */
export interface Reason {
  /** Name of the term in the manifest, or of the group whose terms it tells together. */
  readonly term: string;
  /** Log-odds added to the score; exact, as the model computed it; of a group the sum of its terms'. */
  readonly contribution: number;
  /** Whether the term speaks for the positive class. */
  readonly direction: 'up' | 'down';
  /** The feature's value, or the values of a pair or group, as the model saw them. */
  readonly value: string;
  /** The reason in words, without its direction, e.g. "Previous campaign succeeded". */
  readonly text: string;
}

/**
 * Gives the strongest reasons of a row, strongest first. Pure.
 * @param values the row given to the model
 * @param contributions one log-odds value per term, in the manifest's order
 * @param words what phrases may show of the past
 * @param label the class that the reasons speak for, where there are several
 */
export type Explain = (
  { values, words }: Pick<FeatureRow, 'values' | 'words'>,
  contributions: ArrayLike<number>,
  label?: string,
) => readonly Reason[];

/** A feature's value in words. */
interface Wording {
  readonly value: string;
  readonly text: string;
}

/** What is told of a row: by its values, what the past has to say of it, and the class that is explained. */
type WordingOf = (values: readonly number[], words: Readonly<Record<string, string>>, label: string) => Wording;

/** What one reason tells: a term, or the terms of a group. */
interface Told {
  readonly name: string;
  /** Places of the terms whose contributions it adds up. */
  readonly terms: readonly number[];
  readonly wording: WordingOf;
}

const NO_WORDS: Readonly<Record<string, string>> = {};

/** Prepares the explanation of a model's scores, once, because a lane explains thousands of rows a second. */
export function explainer(manifest: TabularManifest): Explain {
  const told = toldBy(manifest);
  // Written anew for each row: memory that is new for each costs more than the sums.
  const sums = new Float64Array(told.length);
  const sizes = new Float64Array(told.length);
  return ({ values, words = NO_WORDS }, contributions, label = '') => {
    told.forEach(({ terms }, n) => {
      const sum = sumOf(terms, contributions);
      sums[n] = sum;
      sizes[n] = Math.abs(sum);
    });
    const reasons: Reason[] = [];
    for (const n of greatest(sizes, TOP_REASONS, LEAST_CONTRIBUTION)) {
      const one = told[n];
      if (one === undefined) continue;
      const { value, text } = one.wording(values, words, label);
      const contribution = sums[n] ?? 0;
      reasons.push({ term: one.name, contribution, direction: contribution > 0 ? 'up' : 'down', value, text });
    }
    return reasons;
  };
}

/** A loop, because most are of one term, and every row has all of them. */
function sumOf(terms: readonly number[], contributions: ArrayLike<number>): number {
  let sum = 0;
  for (const n of terms) sum += contributions[n] ?? 0;
  return sum;
}

/** Terms in the manifest's order; those with a feature of a group stand together where the first of them does. */
function toldBy({ features, terms, groups = {} }: TabularManifest): readonly Told[] {
  const partsOf = (isPart: (feature: Feature) => boolean) =>
    features.flatMap((feature, index) => (isPart(feature) ? [wordingOf(feature, index)] : []));
  const groupOf = new Map(features.map(({ name, group }) => [name, group]));
  const told = new Map<string, Told>();
  terms.forEach((term, n) => {
    const group = term.features.map((name) => groupOf.get(name)).find((name) => name !== undefined);
    const name = group ?? term.name;
    const parts = partsOf((feature) =>
      group === undefined ? term.features.includes(feature.name) : feature.group === group,
    );
    const before = told.get(name)?.terms ?? [];
    told.set(name, { name, terms: [...before, n], wording: together(parts, groups[group ?? '']) });
  });
  return [...told.values()];
}

/** Of several features in one reason, in their own words or in those of their group. */
function together(parts: readonly WordingOf[], ofGroup?: string): WordingOf {
  const [first, ...others] = parts;
  if (first === undefined) throw new Error('unreachable: a term has at least one feature');
  return (values, words, label) => {
    let told = first(values, words, label);
    for (const part of others) told = joined(told, part(values, words, label));
    return ofGroup === undefined ? told : { value: told.value, text: ofGroup };
  };
}

function joined(first: Wording, second: Wording): Wording {
  const text = second.text.charAt(0).toLowerCase() + second.text.slice(1);
  return { value: `${first.value}, ${second.value}`, text: `${first.text} and ${text}` };
}

const VALUE = '{value}';
const PLACEHOLDER = /\{([\w.]+)\}/g;

function filled(phrase: string, words: Readonly<Record<string, string>>): string {
  return phrase.replace(PLACEHOLDER, (whole, name: string) => words[name] ?? whole);
}

/** A phrase that the value is put into, cut once. */
function phrasedBy(phrase: string): (value: string) => string {
  const [before = '', ...rest] = phrase.split(VALUE);
  const after = rest.join(VALUE);
  return rest.length === 0 ? () => phrase : (value) => `${before}${value}${after}`;
}

function wordingOf(feature: Feature, index: number): WordingOf {
  const phrased = phrasedBy(feature.phrase);
  // A map: to look a text up among the properties of an object, the runtime makes a property's name of it first.
  const phrases = new Map(Object.entries(feature.phrases ?? {}));
  const worded = (value: string) => ({
    value,
    text: phrases.get(value) ?? phrased(value),
  });
  const unknown = { value: 'not known', text: `${feature.label} is not known to the model` };
  if (feature.kind !== 'categorical') {
    const { decimals } = feature;
    // Number() drops trailing zeros, so that 3.00 hours are 3 hours.
    const rounded = (given: number) => (decimals === undefined ? given : Number(given.toFixed(decimals)));
    const shown = (given = NaN) => (Number.isNaN(given) ? unknown : worded(String(rounded(given))));
    if (!feature.path.startsWith(`${historyRoot}.`)) return (values) => shown(values[index]);
    return (values, words) => {
      const { value, text } = shown(values[index]);
      return { value, text: filled(text, words) };
    };
  }
  const categories = feature.categories.map(worded);
  const categoryOf = (values: readonly number[]) => categories[(values[index] ?? NaN) - 1] ?? unknown;
  const { support } = feature;
  if (support === undefined) return categoryOf;
  return (values, _, label) => {
    const { value, text } = categoryOf(values);
    const { of = 0, times = {} } = support[value] ?? {};
    return { value, text: filled(text, { label, of: String(of), times: String(times[label] ?? 0) }) };
  };
}
