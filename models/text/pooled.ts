import type { Reason } from '../explain';
import { gateOf, ranked, softmax } from '../multiclass';
import { WHOLE, type Opinion } from './halves';
import { isLittle } from './language';
import type { Beyond, Mode, ModeName, TextManifest } from './text-manifest';
import type { Scored } from '../scored';

/** Terms that a score tells the contribution of; the others are told together. */
const TOLD = 20;
const OTHERS = '(other words)';
const LITTLE = '(little words)';
/** How the terms that are no words read in a reason. */
const TEXTS: ReadonlyMap<string, string> = new Map([
  [WHOLE, 'How the text reads as a whole'],
  [LITTLE, 'Its little words (how, my, the)'],
]);
const REASONS = 5;
/** As for the tabular models: weaker ones are no reasons. */
const LEAST_CONTRIBUTION = 0.02;

/** What a score says of itself, behind its reasons. */
const notice = (term: string, text: string): Reason => ({ term, contribution: 0, direction: 'down', value: '', text });
const WORDS_ALONE = notice('(words alone)', 'Judged by its words alone: the sentence encoder is not installed');

/** A half's opinion and what it counts. */
interface Weighed {
  readonly opinion: Opinion;
  readonly weight: number;
}

/** Makes a score of what the halves say; by words alone where there is one. */
export type Pooled = (words: Opinion, sentence?: Opinion) => Scored;

/** The log-odds of the halves, weighed and added. A reason compares the best class with the second, as with any model of several classes. */
export function scoredBy(manifest: TextManifest, name: ModeName): Pooled {
  const { classes } = manifest;
  const mode = manifest.modes[name];
  const { weights } = mode;
  const modeNotices = name === 'words' ? [WORDS_ALONE] : [];
  return (words, sentence) => {
    const halves: Weighed[] = [{ opinion: words, weight: weights.words }];
    if (sentence !== undefined) halves.push({ opinion: sentence, weight: weights.sentence });
    const scores = softmax(
      classes.map((_, k) => total(halves.map((half) => half.weight * at(half.opinion.logits, k)))),
    );
    const order = ranked(scores);
    const [first = 0, second = 1] = order;
    const score = at(scores, first);
    const best = order.map((k) => ({ label: nameOf(classes, k), score: at(scores, k) }));
    const { intercept, byTerm } = against(halves, first, second);
    return {
      score,
      label: isBeyond(mode, score) ? mode.beyond.label : nameOf(classes, first),
      contributions: told(byTerm),
      intercept,
      reasons: [...reasonsOf(byTerm), ...modeNotices],
      ranking: { best, gate: isBeyond(mode, score) ? 'ask' : gateOf(mode.gates, score) },
    };
  };
}

/** Whether a text belongs to no class, as far as the model tells that at all. */
function isBeyond(mode: Mode, score: number): mode is Mode & { readonly beyond: Beyond } {
  return mode.beyond !== undefined && score < mode.beyond.below;
}

function nameOf(classes: readonly string[], k: number): string {
  return classes[k] ?? '';
}

function at(values: readonly number[], index: number): number {
  return values[index] ?? NaN;
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

type Terms = readonly (readonly [string, number])[];

/** What speaks for one class against another, strongest first. */
function against(
  halves: readonly Weighed[],
  first: number,
  second: number,
): { readonly intercept: number; readonly byTerm: Terms } {
  const byTerm = new Map<string, number>();
  let intercept = 0;
  for (const { opinion, weight } of halves) {
    const parts = opinion.parts(first, second);
    intercept += weight * parts.intercept;
    for (const [word, value] of parts.words) {
      const term = isLittle(word) ? LITTLE : word;
      byTerm.set(term, (byTerm.get(term) ?? 0) + weight * value);
    }
  }
  return { intercept, byTerm: [...byTerm].sort(([, a], [, b]) => Math.abs(b) - Math.abs(a)) };
}

/** The strongest by term, the rest in one. */
function told(byTerm: Terms): Readonly<Record<string, number>> {
  const others = byTerm.slice(TOLD);
  const rest = others.length === 0 ? [] : [[OTHERS, total(others.map(([, value]) => value))] as const];
  return Object.fromEntries([...byTerm.slice(0, TOLD), ...rest]);
}

function reasonsOf(byTerm: Terms): readonly Reason[] {
  return byTerm
    .filter(([, value]) => Math.abs(value) >= LEAST_CONTRIBUTION)
    .slice(0, REASONS)
    .map(([term, contribution]) => ({
      term,
      contribution,
      direction: contribution > 0 ? 'up' : 'down',
      value: term,
      text: TEXTS.get(term) ?? `Says "${term}"`,
    }));
}
