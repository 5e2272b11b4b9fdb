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

/** What one reason tells: a term, or the terms of a group. */
interface Told {
  readonly name: string;
  /** Places of the terms whose contributions it adds up. */
  readonly terms: readonly number[];
  readonly parts: readonly { readonly index: number; readonly wording: WordingOf }[];
  /** Of a group, instead of the words of its features. */
  readonly text?: string;
}

/** Prepares the explanation of a model's scores, once, because a lane explains thousands of rows a second. */
export function explainer(manifest: TabularManifest): Explain {
  const told = toldBy(manifest);
  return ({ values, words = {} }, contributions, label = '') => {
    const sums = told.map(({ terms }) => sumOf(terms, contributions));
    return greatest(sums.map(Math.abs), TOP_REASONS, LEAST_CONTRIBUTION).flatMap((n) => {
      const one = told[n];
      if (one === undefined) return [];
      const { value, text } = one.parts
        .map(({ index, wording }) => wording(values[index] ?? NaN, words, label))
        .reduce(joined);
      const contribution = sums[n] ?? 0;
      return {
        term: one.name,
        contribution,
        direction: contribution > 0 ? 'up' : 'down',
        value,
        text: one.text ?? text,
      };
    });
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
    features.flatMap((feature, index) => (isPart(feature) ? [{ index, wording: wordingOf(feature) }] : []));
  const groupOf = new Map(features.map(({ name, group }) => [name, group]));
  const told = new Map<string, Told>();
  terms.forEach((term, n) => {
    const group = term.features.map((name) => groupOf.get(name)).find((name) => name !== undefined);
    const name = group ?? term.name;
    const parts = partsOf((feature) =>
      group === undefined ? term.features.includes(feature.name) : feature.group === group,
    );
    const text = group === undefined ? undefined : groups[group];
    const before = told.get(name)?.terms ?? [];
    told.set(name, { name, terms: [...before, n], parts, ...(text === undefined ? {} : { text }) });
  });
  return [...told.values()];
}

function joined(first: Wording, second: Wording): Wording {
  const text = second.text.charAt(0).toLowerCase() + second.text.slice(1);
  return { value: `${first.value}, ${second.value}`, text: `${first.text} and ${text}` };
}

/** A feature's value in words, by what the past has to say of it and the class that is explained. */
type WordingOf = (given: number, words: Readonly<Record<string, string>>, label: string) => Wording;

const PLACEHOLDER = /\{([\w.]+)\}/g;

function filled(phrase: string, words: Readonly<Record<string, string>>): string {
  return phrase.replace(PLACEHOLDER, (whole, name: string) => words[name] ?? whole);
}

function wordingOf(feature: Feature): WordingOf {
  const worded = (value: string) => ({
    value,
    text: feature.phrases?.[value] ?? feature.phrase.replace('{value}', () => value),
  });
  const unknown = { value: 'not known', text: `${feature.label} is not known to the model` };
  if (feature.kind !== 'categorical') {
    const { decimals } = feature;
    // Number() drops trailing zeros, so that 3.00 hours are 3 hours.
    const rounded = (given: number) => (decimals === undefined ? given : Number(given.toFixed(decimals)));
    const shown = (given: number) => (Number.isNaN(given) ? unknown : worded(String(rounded(given))));
    if (!feature.path.startsWith(`${historyRoot}.`)) return shown;
    return (given, words) => {
      const { value, text } = shown(given);
      return { value, text: filled(text, words) };
    };
  }
  const categories = feature.categories.map(worded);
  const { support } = feature;
  if (support === undefined) return (given) => categories[given - 1] ?? unknown;
  return (given, _, label) => {
    const { value, text } = categories[given - 1] ?? unknown;
    const { of = 0, times = {} } = support[value] ?? {};
    return { value, text: filled(text, { label, of: String(of), times: String(times[label] ?? 0) }) };
  };
}
