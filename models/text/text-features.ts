import { otherLanguage } from './language';
import type { TextFeature, TextPolicy } from './text-manifest';
import { wordsOf } from './words';
import type { FeatureRow, Unscorable } from '../feature-row';

/**
 * The text that a model is to read, or why it does not. Pure.
 * @param given what was found at the feature's column or paths
 */
export function textRow(feature: TextFeature, given: readonly unknown[]): FeatureRow | Unscorable {
  const found = given.filter((value) => value !== undefined && value !== null);
  const wrong = found.find((value) => typeof value !== 'string');
  if (wrong !== undefined) return unscorable(feature, feature.invalid, `is a ${typeof wrong}, not a text`);
  const text = found.filter((value): value is string => typeof value === 'string' && value.trim() !== '').join('\n');
  if (text === '') return unscorable(feature, feature.missing, 'is missing');
  if (text.length > feature.longest) {
    const sizes = `${text.length} characters, the model reads at most ${feature.longest}`;
    return unscorable(feature, feature.tooLong, `has ${sizes}: pass the part that matters`);
  }
  const unreadable = whyUnreadable(text);
  if (unreadable !== undefined) return unscorable(feature, feature.unreadable, unreadable);
  return { outcome: 'row', values: [], text, defaults: [] };
}

/** A text that is not scored, as the policy has it. */
export function unscorable({ name, column, label }: TextFeature, { on }: TextPolicy, problem: string): Unscorable {
  return { outcome: on, feature: name, column, reason: `${column} (${label.toLowerCase()}) ${problem}` };
}

const letters = /\p{L}/gu;
const latin = /\p{Script=Latin}/gu;

function whyUnreadable(text: string): string | undefined {
  const all = text.match(letters)?.length ?? 0;
  const own = text.match(latin)?.length ?? 0;
  if (own * 2 < all) return `is mostly in another script (${own} of ${all} letters are Latin); the model reads English`;
  if (wordsOf(text).length === 0) return 'holds no word';
  const language = otherLanguage(text);
  return language === undefined ? undefined : `reads like ${language}; the model reads English`;
}
