import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { error, ok, warning, type Finding } from './finding';

/** How far a score may be from what the training's own language made of the row. */
const PARITY = 1e-5;

/**
 * Compares a model with the lines of its parity.jsonl, where there is one and each line is what it should be.
 * @param form a line, in words
 * @param read a line's JSON, or undefined where it is not of that form
 */
export async function fixtureFindings<T>(
  folder: string,
  form: string,
  read: (value: Partial<T>) => T | undefined,
  compare: (fixture: readonly T[]) => Promise<Finding>,
): Promise<readonly Finding[]> {
  const text = await textOf(path.join(folder, 'parity.jsonl'));
  if (text === undefined) {
    const why = 'only rows that both have scored show that features are made here as they were in training';
    return [warning('parity', 'there is no parity.jsonl', why, `write it in training, a line of JSON a row: ${form}`)];
  }
  const fixture: T[] = [];
  for (const [n, line] of text.trimEnd().split('\n').entries()) {
    const one = parsed(line, read);
    if (one === undefined) {
      const why = 'the trained model cannot be compared with the exported one';
      const what = `parity.jsonl: line ${n + 1} is not a row with its score`;
      return [error('parity', what, why, `write one line of JSON a row: ${form}`)];
    }
    fixture.push(one);
  }
  return [await compare(fixture)];
}

/** Whether every line is near enough to its score, and else which is furthest. */
export function nearest(distances: readonly number[]): Finding {
  const worst = distances.reduce((a, by, n) => (by > (distances[a] ?? NaN) ? n : a), 0);
  const by = distances[worst] ?? NaN;
  if (by <= PARITY) return ok('parity', `${distances.length} rows as in training, within ${PARITY}`);
  const what = `line ${worst + 1} of parity.jsonl is ${by} from its score`;
  const why = 'the figures of the model card are those of another model than the one that would run';
  return error('parity', what, why, 'compare how training and manifest make the features, then export again');
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw thrown;
  }
}

function parsed<T>(line: string, read: (value: Partial<T>) => T | undefined): T | undefined {
  try {
    const value = JSON.parse(line) as Partial<T> | null;
    return value === null ? undefined : read(value);
  } catch {
    return undefined;
  }
}
