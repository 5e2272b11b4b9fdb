import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import type { Decision } from '../canonical-schema/decision';
import type { Ledger } from '../ledger/ledger';
import type { UseCase } from '../tenants/tenant';
import { labelOf, type Label } from './labels';

/** A row to train on, as it is read back. */
export interface TrainingRow {
  readonly happened: boolean;
  /** By the feature's name; empty where not known. */
  readonly features: Readonly<Record<string, string>>;
}

type Kept = Pick<Decision, 'id' | 'decidedat' | 'features'> & { readonly happened: boolean };

const prefix = 'feature.';

/**
 * Writes the newest decisions whose label is known, oldest first, at most as many as the use case's window holds, and counts
 * the labels of all decisions. The file appears complete or not at all.
 * @param now milliseconds since the epoch
 */
export async function writeTrainingRows(
  ledger: Ledger,
  tenant: string,
  useCase: UseCase,
  names: readonly string[],
  file: string,
  now: number,
): Promise<Readonly<Record<Label, number>>> {
  const counted = { yes: 0, no: 0, censored: 0 };
  let kept: Kept[] = [];
  const { window, yes, no } = useCase.learning;
  for await (const labelled of ledger.labelled(tenant, useCase.name, [...yes, ...no])) {
    const { id, decidedat, features, score } = labelled.decision;
    const label = score === undefined ? 'censored' : labelOf(useCase, labelled, now);
    counted[label] += 1;
    if (label === 'censored') continue;
    kept.push({ id, decidedat, features, happened: label === 'yes' });
    if (kept.length >= 2 * window) kept = newest(kept, window);
  }
  const rows = newest(kept, window).map(({ id, happened, features }) => [
    id,
    Number(happened),
    ...names.map((name) => features[name] ?? ''),
  ]);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(`${file}.part`, stringify([['decision', 'happened', ...names.map((n) => prefix + n)], ...rows]));
  await rename(`${file}.part`, file);
  return counted;
}

function newest(rows: readonly Kept[], many: number): Kept[] {
  const place = ({ decidedat, id }: Kept): string => `${decidedat} ${id}`;
  return rows.toSorted((a, b) => (place(a) < place(b) ? -1 : 1)).slice(-many);
}

/** Reads back those rows of a file whose decisions are named. */
export async function readTrainingRows(file: string, decisions: ReadonlySet<string>): Promise<readonly TrainingRow[]> {
  const rows = parse(await readFile(file), { columns: true }) as unknown as Readonly<Record<string, string>>[];
  return rows
    .filter(({ decision = '' }) => decisions.has(decision))
    .map((row) => ({
      happened: row['happened'] === '1',
      features: Object.fromEntries(
        Object.entries(row).flatMap(([name, value]) =>
          name.startsWith(prefix) ? [[name.slice(prefix.length), value]] : [],
        ),
      ),
    }));
}
