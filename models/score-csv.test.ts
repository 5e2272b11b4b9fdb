import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { featuresFromRow } from './features';
import { loadModels } from './registry';
import { openScorer } from './score';
import { CsvInputError, rowsOf, scoreCsv } from './score-csv';
import type { FeatureRow } from './feature-row';
import type { Scorer } from './scored';

type Row = Record<string, string>;

let model: Scorer;
/** Rows with every column of the data set, the label and the leaking column among them. */
let rows: Row[];
let folder: string;

beforeAll(async () => {
  model = await openScorer((await loadModels(__dirname)).get('lead-scoring')!);
  const lines = (await readFile(path.join(__dirname, 'lead-scoring', 'parity.jsonl'), 'utf8')).trimEnd().split('\n');
  rows = lines.map((line, n) => ({
    row_id: String(n),
    duration: 'x',
    ...(JSON.parse(line) as { row: Row }).row,
    y: 'no',
  }));
});
afterAll(() => model.close());
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'signalbox-score-'));
});
afterEach(() => rm(folder, { recursive: true }));

const csv = (records: readonly Row[]) => stringify(records as Row[], { header: true });

/** The rows without one column. */
const without = (column: string) =>
  rows.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => name !== column)));

/** Scores a file with these contents; the output is read back as records. */
async function score(contents: string | Buffer, name = 'rows.csv') {
  const input = path.join(folder, name);
  const output = path.join(folder, 'scores.csv');
  await writeFile(input, contents);
  const summary = await scoreCsv({ model, input, output });
  const text = await readFile(output, 'utf8');
  return { summary, text, records: parse(text, { columns: true }) as unknown as Row[] };
}

/** The error of a file that is refused; nothing but the input may be left. */
async function refusal(contents: string | Buffer): Promise<string> {
  const failure: unknown = await score(contents).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(CsvInputError);
  expect(await readdir(folder)).toStrictEqual(['rows.csv']);
  return (failure as Error).message;
}

describe('scoreCsv', () => {
  it('writes the score of every row in order, as the model gives it, over several batches', async () => {
    const many = [...rows, ...rows.toReversed(), ...rows];
    const expected = await model.score(many.map((row) => featuresFromRow(model.manifest, row) as FeatureRow));
    const { summary, records } = await score(csv(many));
    expect(summary).toMatchObject({ rows: 600, scored: 600, abstained: 0 });
    expect(records.map((r) => Number(r['score']))).toStrictEqual(expected.map((s) => s.score));
    expect(records.map((r) => r['label'])).toStrictEqual(expected.map((s) => s.label));
    expect(records.every((r, n) => r['reasons']!.startsWith(expected[n]!.reasons[0]!.text))).toBe(true);
  });

  it('gives the same bytes for gzip, whatever the file is called, with a byte order mark and on a second run', async () => {
    const plain = await score(csv(rows));
    expect((await score(gzipSync(csv(rows)), 'rows.csv.gz')).text).toBe(plain.text);
    expect((await score(gzipSync(csv(rows)), 'rows.data')).text).toBe(plain.text);
    expect((await score(`\uFEFF${csv(rows)}`)).text).toBe(plain.text);
    expect((await score(csv(rows).replaceAll('\n', '\r\n'))).text).toBe(plain.text);
  });

  it('never reads the label, and takes columns in any order', async () => {
    const plain = await score(csv(rows));
    expect((await score(csv(without('y')))).text).toBe(plain.text);
    const lies = rows.map((row) => Object.fromEntries(Object.entries({ ...row, y: 'yes' }).toReversed()));
    expect((await score(csv(lies))).text).toBe(plain.text);
  });

  it('drops blank lines, but not where a row is one cell, which is empty there', async () => {
    const plain = await score(csv(rows));
    expect((await score(`\n${csv(rows).replace('\n', '\n\n')}\n`)).text).toBe(plain.text);
    const file = path.join(folder, 'one.csv');
    await writeFile(file, 'text\nfirst\n\n"third\nline"\n');
    expect(await (await rowsOf(file)).toArray()).toStrictEqual([['text'], ['first'], [''], ['third\nline']]);
    await rm(file);
  });

  it('names a missing column and those it found', async () => {
    const message = await refusal(csv(without('euribor3m')));
    expect(message).toMatch(
      /rows\.csv: no column euribor3m; found row_id, duration, job, .*; lead-scoring needs job, /,
    );
  });

  it('says so of another delimiter, also where a comma in a cell makes lines uneven', async () => {
    const semicolons = csv(rows).replaceAll(',', ';').split('\n');
    const message = await refusal(semicolons.with(3, `${semicolons[3]!},5`).join('\n'));
    expect(message).toMatch(/rows\.csv: no column job, .*; found row_id;duration;.*, separated by commas$/);
  });

  it('refuses a column that is there twice, and a file without a header', async () => {
    expect(await refusal(csv(rows).replace('duration,job', 'job,job'))).toMatch(/column job is there twice/);
    expect(await refusal('')).toMatch(/rows\.csv: empty/);
  });

  it('refuses a text in a number, by row and column', async () => {
    const wrong = rows.with(2, { ...rows[2]!, campaign: 'often' });
    expect(await refusal(csv(wrong))).toMatch(
      /rows\.csv: row 3: campaign \(contacts in this campaign\) is "often", not a number/,
    );
  });

  it('refuses a row with another number of fields, and a quote that never closes, by line', async () => {
    const lines = csv(rows).split('\n');
    expect(await refusal(lines.with(5, 'a,b,c').join('\n'))).toMatch(/row 5: .*expect 19, got 3 on line 6/);
    expect(await refusal(lines.with(5, `"${lines[5]!}`).join('\n'))).toMatch(/row 5: .*[Qq]uote/);
  });

  it('refuses a gzip that was cut off', async () => {
    const cut = gzipSync(csv(rows)).subarray(0, -20);
    await expect(score(cut)).rejects.toThrow(/unexpected end of file/);
    expect(await readdir(folder)).toStrictEqual(['rows.csv']);
  });

  it('keeps the place of a row that the model abstains on, and says why', async () => {
    const { summary, records } = await score(csv(rows.with(1, { ...rows[1]!, 'nr.employed': '3' })));
    expect(summary).toMatchObject({ rows: 200, scored: 199, abstained: 1 });
    expect(records[1]).toMatchObject({
      score: '',
      label: '',
      reasons: expect.stringMatching(/^no score: nr\.employed .* outside/) as unknown,
    });
    expect(Number(records[2]!['score'])).toBeGreaterThan(0);
  });

  it('scores unseen categories, empty cells and a text of 1 MB, and counts the defaults', async () => {
    const clean = rows.filter((row) => !Object.values(row).some((cell) => cell === 'never seen' || cell === ''));
    const odd = [
      { ...clean[0]!, month: 'jan' },
      { ...clean[0]!, job: '' },
      { ...clean[0]!, job: 'x'.repeat(1_000_000) },
      clean[0]!,
    ];
    const { summary, records } = await score(csv(odd));
    expect(summary).toStrictEqual({ rows: 4, scored: 4, abstained: 0, defaults: { month: 1, job: 2 } });
    expect(new Set(records.map((r) => r['score'])).size).toBe(4);
  });

  it('writes a header only for a file with a header only', async () => {
    const { summary, text } = await score(csv(rows).split('\n')[0]!);
    expect(summary.rows).toBe(0);
    expect(text).toBe('score,label,reasons\n');
  });

  it('replaces an earlier output only when all rows were scored', async () => {
    const before = await score(csv(rows));
    await expect(score(csv([...rows, { ...rows[0]!, pdays: '?' }]))).rejects.toThrow(/row 201: pdays/);
    expect(await readFile(path.join(folder, 'scores.csv'), 'utf8')).toBe(before.text);
  });

  it('says which file is not there', async () => {
    const output = path.join(folder, 'scores.csv');
    await expect(scoreCsv({ model, input: path.join(folder, 'none.csv'), output })).rejects.toThrow(
      /ENOENT.*none\.csv/,
    );
    expect(await readdir(folder)).toStrictEqual([]);
  });
});
