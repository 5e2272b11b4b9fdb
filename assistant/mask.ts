import type { PersonalKind } from '../canonical-schema/personal';
import { patterns, type Pattern, type PlaceholderKind } from './patterns';

/** A value that a field of the record has: it is searched for in every text. */
export interface KnownValue {
  readonly kind: PersonalKind;
  readonly value: string;
}

/** A text with its placeholders replaced by what they stand for. */
export interface PutBack {
  readonly text: string;
  /** Placeholders that stand for nothing here. */
  readonly unknown: readonly string[];
}

interface Span {
  readonly kind: PlaceholderKind;
  readonly start: number;
  readonly end: number;
}

/** Of these, only what a field of the record says is put back: in a text anybody may have written them. */
const contactKinds: ReadonlySet<PlaceholderKind> = new Set(['link', 'email', 'phone', 'number']);

const inWords: Readonly<Partial<Record<PlaceholderKind, string>>> = {
  link: '(link in the record)',
  email: '(e-mail address in the record)',
  phone: '(phone number in the record)',
  number: '(number in the record)',
};

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);

const isWordAt = { start: /^[\p{L}\p{N}]/u, end: /[\p{L}\p{N}]$/u } as const;

/** The digits of a number however they are grouped; of anything else its words, whatever space is between them. */
const bodyOf = ({ kind, value }: KnownValue): string => {
  const digits = value.replace(/\D/g, '');
  if ((kind === 'phone' || kind === 'number') && digits.length >= 5) {
    return String.raw`\+?${digits.split('').join(String.raw`[\s().\/-]*`)}`;
  }
  return value
    .split(/\s+/)
    .map(escaped)
    .join(String.raw`\s+`);
};

/** Short values are looked for as they are written; longer ones in any case, names also with the s of a genitive. */
const finderOf = (known: KnownValue): readonly Pattern[] => {
  const { kind, value } = known;
  if (value.length < 2) return [];
  const genitive = kind === 'name' && value.length > 3 ? '(?:s|’s)?' : '';
  // A boundary only where the value itself ends in a letter or digit: "Jr." ends by itself.
  const before = isWordAt.start.test(value) ? String.raw`(?<![\p{L}\p{N}])` : '';
  const after = isWordAt.end.test(value) ? String.raw`(?![\p{L}\p{N}])` : '';
  return [{ kind, form: new RegExp(`${before}${bodyOf(known)}${genitive}${after}`, value.length > 3 ? 'giu' : 'gu') }];
};

/** Parts of a person's name, each of which names the person too; particles such as `van` do not. */
const partsOf = ({ kind, value }: KnownValue): readonly KnownValue[] =>
  kind === 'name'
    ? value
        .split(/[\s,-]+/)
        .filter((part) => part.length > 1 && /^\p{Lu}|^\p{Lo}/u.test(part))
        .map((part) => ({ kind, value: part }))
    : [];

const spansOf = ({ kind, form, when = () => true }: Pattern, text: string): readonly Span[] =>
  [...text.matchAll(form)]
    .filter(([found]) => found !== '' && when(found))
    .map(({ index, 0: found }) => ({ kind, start: index, end: index + found.length }));

/** Overlapping spans become one, of the kind of the longest. */
const joined = (spans: readonly Span[]): readonly Span[] => {
  const kept: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.start - b.start || b.end - a.end)) {
    const last = kept.at(-1);
    if (last === undefined || span.start >= last.end) kept.push(span);
    else {
      const longest = span.end - span.start > last.end - last.start ? span.kind : last.kind;
      kept[kept.length - 1] = { kind: longest, start: last.start, end: Math.max(last.end, span.end) };
    }
  }
  return kept;
};

const exact = /\[([A-Z]+_\d+)\]/g;

/**
 * Masks what is personal by stable placeholders such as [NAME_1], and puts it back. The same value has the same placeholder
 * as long as the mask lives. It finds the values that fields of the record are known to have, and what is personal by its
 * form; names of others in free text are beyond it.
 */
export class Mask {
  readonly #finders: readonly Pattern[];
  readonly #trusted: ReadonlySet<string>;
  readonly #byValue = new Map<string, string>();
  readonly #values = new Map<string, { readonly kind: PlaceholderKind; readonly value: string }>();
  readonly #counts = new Map<PlaceholderKind, number>();

  constructor(known: readonly KnownValue[]) {
    const values = known.map(({ kind, value }) => ({ kind, value: value.normalize('NFC').trim() }));
    const searched = new Map([...values, ...values.flatMap(partsOf)].map((one) => [`${one.kind} ${one.value}`, one]));
    this.#finders = [...[...searched.values()].flatMap(finderOf), ...patterns];
    this.#trusted = new Set(values.map(({ value }) => value));
  }

  /** How many placeholders there are of each kind. */
  get counts(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** A text with everything personal that is found in it replaced. */
  text(source: string): string {
    const text = source.normalize('NFC');
    const spans = this.#finders.flatMap((finder) => spansOf(finder, text));
    let masked = '';
    let end = 0;
    for (const span of joined(spans)) {
      masked += text.slice(end, span.start) + this.whole(span.kind, text.slice(span.start, span.end));
      end = span.end;
    }
    return masked + text.slice(end);
  }

  /** One placeholder for the whole value. */
  whole(kind: PlaceholderKind, source: string): string {
    const value = source.normalize('NFC').trim();
    if (value === '') return '';
    const known = this.#byValue.get(value);
    if (known !== undefined) return known;
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    const placeholder = `[${kind.toUpperCase()}_${count}]`;
    this.#byValue.set(value, placeholder);
    this.#values.set(placeholder, { kind, value });
    return placeholder;
  }

  /** A text without the placeholders that stand for something. */
  withoutPlaceholders(text: string): string {
    return text.replace(exact, (placeholder) => (this.#values.has(placeholder) ? '' : placeholder));
  }

  /** What was masked, exactly. Contact details that no field of the record has are put in words. */
  putBack(text: string): PutBack {
    const unknown: string[] = [];
    const whole = text.replace(exact, (placeholder) => {
      const stands = this.#values.get(placeholder);
      if (stands === undefined) {
        unknown.push(placeholder);
        return placeholder;
      }
      const isTrusted = !contactKinds.has(stands.kind) || this.#trusted.has(stands.value);
      return isTrusted ? stands.value : (inWords[stands.kind] ?? '');
    });
    return { text: whole, unknown };
  }
}
