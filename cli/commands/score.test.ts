import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { signalbox } from '../terminal.fixture';

const folder = mkdtempSync(join(tmpdir(), 'signalbox-score-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const rows = {
  age: 41,
  job: 'admin.',
  marital: 'married',
  education: 'university.degree',
  default: 'no',
  housing: 'yes',
  loan: 'no',
  contact: 'cellular',
  month: 'may',
  day_of_week: 'mon',
  campaign: 1,
  pdays: 999,
  previous: 0,
  poutcome: 'nonexistent',
  'emp.var.rate': -1.8,
  'cons.price.idx': 92.893,
  'cons.conf.idx': -46.2,
  euribor3m: 1.299,
  'nr.employed': 5099.1,
};
const csv = `${Object.keys(rows).join(',')}\n${`${Object.values(rows).join(',')}\n`.repeat(3)}`;
const [input, zipped, output] = ['rows.csv', 'rows.csv.gz', 'scores.csv'].map((name) => join(folder, name)) as [
  string,
  string,
  string,
];
writeFileSync(input, csv);
writeFileSync(zipped, gzipSync(csv));

const score = (...args: readonly string[]) =>
  signalbox(['score', '--model', 'lead-scoring', '--output', output, ...args]);

test('scores every row in order, plain or gzip alike', async () => {
  const { code, out } = await score('--input', input);
  expect(code).toBe(0);
  expect(out).toMatch(
    /^3 rows: 3 scored, 0 without a score -> .*scores\.csv\nmodel lead-scoring .* \(sha256:[0-9a-f]{64}\)\n$/,
  );
  const plain = readFileSync(output, 'utf8');
  const [header, first] = plain.split('\n');
  expect(header).toBe('score,label,reasons');
  expect(Number(first?.split(',')[0])).toBeGreaterThan(0);
  const json = await score('--input', zipped, '--json');
  expect(JSON.parse(json.out)).toMatchObject({ model: 'lead-scoring', rows: 3, scored: 3, abstained: 0, output });
  expect(readFileSync(output, 'utf8')).toBe(plain);
});

test.each([
  [['--input', '/nowhere.csv'], /cannot be used: ENOENT \(\/nowhere\.csv\)/],
  [['--input', tmpdir()], /cannot be used: EISDIR/],
  [['--input', output], /would replace the input/],
  [
    ['--input', input, '--model', 'lead-scorer'],
    /no model "lead-scorer" \(--model\)\n {2}fix: did you mean "lead-scoring"/,
  ],
  [['--input', input, '--models', '/nowhere'], /ENOENT/],
])('%j is refused', async (args, what) => {
  const { code, err } = await score(...args);
  expect(code).toBe(2);
  expect(err).toMatch(what);
});

test('takes the path of a model folder, says that it is not a shipped one, and scores as the shipped does', async () => {
  const models = join(__dirname, '../../models');
  expect((await score('--input', input, '--models', models)).err).toBe('');
  const shipped = readFileSync(output, 'utf8');
  const own = join(folder, 'own', 'lead-scoring');
  cpSync(join(models, 'lead-scoring'), own, { recursive: true });
  const { code, err } = await signalbox(['score', '--model', own, '--input', input, '--output', output]);
  expect(code).toBe(0);
  expect(err).toBe(`signalbox: lead-scoring 1.1.0 of ${own}, not a shipped model\n`);
  expect(readFileSync(output, 'utf8')).toBe(shipped);
  const empty = await signalbox(['score', '--model', folder, '--input', input, '--output', output]);
  expect(empty).toMatchObject({ code: 2, err: expect.stringMatching(/no model in the folder/) as string });
});

test('a file without the columns is refused by their names', async () => {
  const bad = join(folder, 'bad.csv');
  writeFileSync(bad, 'a,b\n1,2\n');
  const { code, err } = await score('--input', bad);
  expect(code).toBe(2);
  expect(err).toMatch(/no column .*euribor3m/);
});

test('a file in another encoding is refused: its words would be taken for others', async () => {
  const rows = readFileSync(input, 'utf8').split('\n').slice(0, 3).join('\n');
  const bad = join(folder, 'latin1.csv');
  writeFileSync(bad, Buffer.from(`${rows.replace(/,[a-z]+,/, ',caf\u00e9,')}\n`, 'latin1'));
  expect(await score('--input', bad)).toMatchObject({
    code: 2,
    err: expect.stringMatching(/no text in UTF-8/) as string,
  });
  const wide = join(folder, 'utf16.csv');
  writeFileSync(wide, Buffer.from(`\ufeff${rows}\n`, 'utf16le'));
  expect(await score('--input', wide)).toMatchObject({ code: 0 });
});
