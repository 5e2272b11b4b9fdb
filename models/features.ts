import type { Calendar } from './calendar';
import { derived, isUsable, readsTimes } from './derive';
import type { FeatureRow, Unscorable } from './feature-row';
import type {
  CategoricalFeature,
  CellPolicy,
  Feature,
  FlagFeature,
  Manifest,
  NumericFeature,
  TabularManifest,
} from './manifest';
import { textRow } from './text/text-features';
import type { TextFeature } from './text/text-manifest';

/** A cell given to the model: its value, and whether the manifest's policy supplied it. */
interface Cell {
  readonly value: number;
  readonly isDefault: boolean;
}

/** How much of a wrong value an error repeats. */
const SHOWN = 40;

/** Where a value is found: a column of a file, a path in a record. */
type Source = Pick<Feature, 'column' | 'path'>;
type Read = (source: Source) => unknown;

/** The columns and paths that a feature is made of: its own, and others where it is derived from several. */
export function sourcesOf(feature: Feature | TextFeature): readonly Source[] {
  if (feature.kind === 'text') return feature.paths.map((path) => ({ column: feature.column, path }));
  const derive = feature.kind === 'categorical' ? undefined : feature.derive;
  return derive !== undefined && 'column' in derive ? [feature, derive] : [feature];
}

/** Features of a CSV row, by the data set's own column names. Pure. */
export function featuresFromRow(manifest: Manifest, row: Readonly<Record<string, string>>): FeatureRow | Unscorable {
  const read = ({ column }: Source) => (Object.hasOwn(row, column) ? row[column] : undefined);
  if (manifest.task !== 'text') return collect(manifest, read);
  const [text] = manifest.features;
  return textRow(text, sourcesOf(text).slice(0, 1).map(read));
}

/**
 * Features of a canonical record, by each feature's path. Pure; numbers may be numbers or decimal strings.
 * @param calendar whose hours and weekdays are meant; without one, those that times are written with
 */
export function featuresFromRecord(manifest: Manifest, record: unknown, calendar?: Calendar): FeatureRow | Unscorable {
  const read = ({ path }: Source) => valueAt(record, path);
  if (manifest.task !== 'text') return collect(manifest, read, calendar);
  const [text] = manifest.features;
  return textRow(text, sourcesOf(text).map(read));
}

function collect(manifest: TabularManifest, read: Read, calendar?: Calendar): FeatureRow | Unscorable {
  const values: number[] = [];
  const defaults: string[] = [];
  for (const feature of manifest.features) {
    const cell = cellOf(feature, read, calendar);
    if ('outcome' in cell) return cell;
    values.push(cell.value);
    if (cell.isDefault) defaults.push(feature.name);
  }
  if (defaults.length > manifest.maxDefaults) {
    const known = `${manifest.features.length - defaults.length} of ${manifest.features.length}`;
    return {
      outcome: 'abstain',
      feature: '',
      column: '',
      reason: `only ${known} features are known, at least ${manifest.features.length - manifest.maxDefaults} are needed; not known: ${defaults.join(', ')}`,
    };
  }
  return { outcome: 'row', values, defaults };
}

function cellOf(feature: Feature, read: Read, calendar?: Calendar): Cell | Unscorable {
  const values: unknown[] = [];
  for (const source of sourcesOf(feature)) {
    const raw = read(source);
    const value = typeof raw === 'string' ? raw.trim() : raw;
    const isMissing = value === undefined || value === null || value === '';
    if (isMissing) return settle(feature, feature.missing, 'is missing', 0, source.column);
    values.push(value);
  }
  return feature.kind === 'categorical' ? categoryOf(feature, values[0]) : numberOf(feature, values, calendar);
}

function categoryOf(feature: CategoricalFeature, value: unknown): Cell | Unscorable {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
    return settle(feature, feature.invalid, `is ${shown(value)}, not a text`, 0);
  }
  const text = String(value);
  const position = feature.categories.indexOf(feature.synonyms?.[text] ?? text);
  if (position >= 0) return { value: position + 1, isDefault: false };
  const unseenCode = feature.categories.length + 1;
  return settle(feature, feature.unseen, `is ${shown(value)}, none of ${feature.categories.join(', ')}`, unseenCode);
}

function numberOf(
  feature: NumericFeature | FlagFeature,
  raw: readonly unknown[],
  calendar?: Calendar,
): Cell | Unscorable {
  const { derive } = feature;
  const wrong = raw.findIndex((value) => !isUsable(derive, value));
  if (wrong >= 0) {
    const kind = readsTimes(derive) ? 'a time' : 'a number';
    const column = sourcesOf(feature)[wrong]?.column;
    return settle(feature, feature.invalid, `is ${shown(raw[wrong])}, not ${kind}`, 0, column);
  }
  const number = derived(derive, raw[0], raw[1], calendar);
  const value = feature.replace?.[String(number)] ?? number;
  const given = derive === undefined ? shown(raw[0]) : `${shown(raw[0])}, which makes ${value}`;
  return ranged(feature, value, given);
}

/** A number held to the feature's range; one that is none (a division by zero) is invalid. */
function ranged(feature: NumericFeature | FlagFeature, value: number, given: string): Cell | Unscorable {
  const [low, high] = feature.range;
  const problem = `is ${given}, outside ${low} to ${high}`;
  if (!Number.isFinite(value)) return settle(feature, feature.invalid, problem, 0);
  if (value >= low && value <= high) return { value: asGiven(feature, value), isDefault: false };
  if (feature.outOfRange.on !== 'clamp') return settle(feature, feature.outOfRange, problem, 0);
  return { value: asGiven(feature, Math.min(high, Math.max(low, value))), isDefault: true };
}

function asGiven(feature: NumericFeature | FlagFeature, value: number): number {
  return feature.kind === 'flag' ? Number(value >= feature.atLeast) : value;
}

/**
 * Applies a policy. A null default is what the model was built for: NaN for a number, `code` for a category (0 missing,
 * the last code unseen).
 */
function settle(
  feature: Feature,
  policy: CellPolicy,
  problem: string,
  code: number,
  column = feature.column,
): Cell | Unscorable {
  if (policy.on !== 'default') {
    const { name, label } = feature;
    return { outcome: policy.on, feature: name, column, reason: `${column} (${label.toLowerCase()}) ${problem}` };
  }
  if (feature.kind !== 'categorical') return { value: Number(policy.value ?? NaN), isDefault: true };
  const value = policy.value === null ? code : feature.categories.indexOf(String(policy.value)) + 1;
  return { value, isDefault: true };
}

/** Dotted paths and their keys: split once, as there are few paths and very many records. */
const keysOfPath = new Map<string, readonly string[]>();

function keysOf(path: string): readonly string[] {
  let keys = keysOfPath.get(path);
  if (keys === undefined) {
    keys = path.split('.');
    keysOfPath.set(path, keys);
  }
  return keys;
}

/** The value at a dotted path; own properties only, so that no name reaches a prototype. */
export function valueAt(record: unknown, path: string): unknown {
  let value = record;
  for (const key of keysOf(path)) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

function shown(value: unknown): string {
  const text =
    typeof value === 'string' ? `"${value.slice(0, SHOWN)}"` : typeof value === 'number' ? String(value) : typeof value;
  return typeof value === 'string' && value.length > SHOWN ? `${text}… (${value.length} characters)` : text;
}
