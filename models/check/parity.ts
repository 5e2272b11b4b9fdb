import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { featuresFromRow } from '../features';
import type { TabularManifest } from '../manifest';
import type { Session } from '../session';
import { answersOf, distance, explained } from './answers';
import { error, ok, warning, type Finding } from './finding';

/** How far a score may be from what the training's own language made of the row. */
const PARITY = 1e-5;

/** A line of parity.jsonl: a row under the data set's column names, and what the trained model made of it. */
interface Parity {
  readonly row: Readonly<Record<string, string>>;
  readonly score: number;
}

/** Holds the exported model, features included, to what the trained one says of the rows in parity.jsonl. */
export async function parityFindings(
  session: Session,
  manifest: TabularManifest,
  folder: string,
): Promise<readonly Finding[]> {
  const fixture = await fixtureOf(path.join(folder, 'parity.jsonl'));
  if (fixture === undefined) {
    const why = 'only rows that both have scored show that features are made here as they were in training';
    const fix = 'write parity.jsonl in training, a line of JSON a row: {"row": {column: text}, "score": number}';
    return [warning('parity', 'there is no parity.jsonl', why, fix)];
  }
  if (typeof fixture === 'string') {
    const why = 'the trained model cannot be compared with the exported one';
    return [error('parity', `parity.jsonl: ${fixture}`, why, 'write one line of JSON a row: {"row": {…}, "score": …}')];
  }
  return [await compared(session, manifest, fixture)];
}

async function compared(session: Session, manifest: TabularManifest, fixture: readonly Parity[]): Promise<Finding> {
  const probes: { readonly what: string; readonly values: readonly number[]; readonly score: number }[] = [];
  for (const [n, { row, score }] of fixture.entries()) {
    const features = featuresFromRow(manifest, row);
    if (features.outcome !== 'row') {
      const what = `line ${n + 1} of parity.jsonl has no score: ${features.reason}`;
      const why = 'training scored a row that would get no score here';
      return error('parity', what, why, "correct the feature's policies in the manifest, or leave such rows out");
    }
    probes.push({ what: `line ${n + 1}`, values: features.values, score });
  }
  const values = Float32Array.from(probes.flatMap((probe) => probe.values));
  const answers = answersOf(manifest, probes, await session.run(values, probes.length));
  const apart = answers.map(({ contributions }, n) => ({
    n,
    // The score of several classes is that of the best.
    by: distance([Math.max(...explained(manifest, contributions))], [probes[n]?.score ?? NaN]),
  }));
  const worst = apart.reduce((a, b) => (b.by > a.by ? b : a));
  if (worst.by <= PARITY) return ok('parity', `${fixture.length} rows as in training, within ${PARITY}`);
  const what = `line ${worst.n + 1} of parity.jsonl is ${worst.by} from its score`;
  const why = 'the figures of the model card are those of another model than the one that would run';
  return error('parity', what, why, 'compare how training and manifest make the features, then export again');
}

/** The rows of a parity file, what is wrong with it, or undefined where there is none. */
async function fixtureOf(file: string): Promise<readonly Parity[] | string | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw thrown;
  }
  const rows: Parity[] = [];
  for (const [n, line] of text.trimEnd().split('\n').entries()) {
    const row = parsed(line);
    if (row === undefined) return `line ${n + 1} is not a row with its score`;
    rows.push(row);
  }
  return rows;
}

function parsed(line: string): Parity | undefined {
  try {
    const value = JSON.parse(line) as Partial<Parity> | null;
    if (typeof value?.score !== 'number' || typeof value.row !== 'object') return undefined;
    return { row: value.row, score: value.score };
  } catch {
    return undefined;
  }
}
