import { numberIn, timeIn } from '../derive';
import type { History, Observation, Told } from './history';
import type { Unscorable } from '../feature-row';

/** An event of a series, to be scored and then to be remembered. */
export interface Observed {
  readonly series: string;
  readonly peers: string;
  readonly observation: Observation;
}

/** How much of a wrong value an error repeats. */
const SHOWN = 40;

/** A row of a file, whose own column says when it was. */
export function observeRow(history: History, row: Readonly<Record<string, string>>): Observed | Unscorable {
  const { column, invalid } = history.time;
  const cell = row[column] ?? '';
  const at = timeIn(cell.trim())?.instant;
  if (at === undefined) return unusable(column, invalid, `${column} (time) is "${cell.slice(0, SHOWN)}", not a time`);
  const of = (name: string | undefined): unknown => (name === undefined ? undefined : row[name]);
  return observe(history, at, of(history.series.column), of(history.peers?.column), (told) => of(told.column));
}

/**
 * What an event tells.
 * @param at ms since 1970
 * @param read the value of what may be told; undefined where it is not told
 */
export function observe(
  history: History,
  at: number,
  series: unknown,
  peers: unknown,
  read: (told: Told) => unknown,
): Observed | Unscorable {
  const name = textOf(series);
  const { column, label, missing } = history.series;
  if (name === '') return unusable(column, missing, `${column} (${label.toLowerCase()}) is missing`);
  const told: Record<string, number | string> = {};
  for (const one of history.told) {
    const value = valueOf(one, read(one));
    if (typeof value === 'object') return value;
    if (value !== undefined) told[one.name] = value;
  }
  return { series: name, peers: textOf(peers), observation: { at, told } };
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
}

function valueOf(told: Told, raw: unknown): number | string | undefined | Unscorable {
  const value = typeof raw === 'string' ? raw.trim() : raw;
  if (value !== undefined && value !== null && value !== '') {
    return told.kind === 'text' ? textIn(told, value) : numberWithin(told, value);
  }
  const { column, missing } = told;
  return missing === 'unknown' ? undefined : unusable(column, missing, `${named(told)} is missing`);
}

function named({ column, label }: Told): string {
  return `${column} (${label.toLowerCase()})`;
}

function textIn(told: Told, value: unknown): string | Unscorable {
  const text = textOf(value);
  return text === '' ? unusable(told.column, told.invalid, `${named(told)} is ${typeof value}, not a text`) : text;
}

function numberWithin(told: Told, value: unknown): number | Unscorable {
  const { column, range: [low, high] = [-Infinity, Infinity] } = told;
  const number = numberIn(value);
  if (number === undefined) {
    const shown = typeof value === 'string' ? `"${value.slice(0, SHOWN)}"` : Number.isNaN(value) ? 'NaN' : typeof value;
    return unusable(column, told.invalid, `${named(told)} is ${shown}, not a number`);
  }
  if (number >= low && number <= high) return number;
  return unusable(column, told.outOfRange, `${named(told)} is ${number}, outside ${low} to ${high}`);
}

function unusable(column: string, outcome: Unscorable['outcome'], reason: string): Unscorable {
  return { outcome, feature: '', column, reason };
}
