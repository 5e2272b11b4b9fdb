import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { figuresOf, type Row } from '../held-out';
import { scoreCsv } from '../score-csv';
import type { Scorer } from '../scored';

/** What a model makes of a file of these rows, row by row; the files lie in the folder. */
export async function scoreRows(model: Scorer, folder: string, rows: readonly Row[]): Promise<readonly Row[]> {
  const [input, output] = [path.join(folder, 'in.csv'), path.join(folder, 'out.csv')];
  await writeFile(input, stringify(rows as Record<string, string>[], { header: true }));
  await scoreCsv({ model, input, output });
  return parse(await readFile(output), { columns: true }) as unknown as Row[];
}

/** Figures of the rows that have a score; their column `anomaly` is the truth. */
export function figuresOfScores(rows: readonly Row[], scores: readonly Row[]) {
  const scored = scores.flatMap(({ score = '' }, n) => (score === '' ? [] : [{ score: Number(score), row: rows[n] }]));
  const truth = scored.map(({ row }) => row?.['anomaly'] === '1');
  return {
    count: scored.length,
    figures: figuresOf(
      truth,
      scored.map(({ score }) => score),
    ),
  };
}
