import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { signalbox } from '../../cli/terminal.fixture';
import { projectRoot } from '../../services/project-root';
import { canTrain } from './turned-round';

// Training takes a while, and its packages may have to be fetched first.
jest.setTimeout(400_000);

const folder = mkdtempSync(path.join(tmpdir(), 'signalbox-adapt-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** What customers of one company write; whoever reads Reddit calls nearly all of it neutral. */
const written = {
  negative: [
    'ticket {n} is open since monday',
    'still waiting for order {n}',
    'third message about invoice {n}',
    'no answer to case {n} so far',
    'parcel {n} came without the charger',
    'charged twice for order {n}',
    'nobody called me back about {n}',
    'the portal logs me out, case {n}',
    'refund {n} has not arrived',
    'delivery {n} was moved again',
    'your agent closed {n} without an answer',
    'the replacement for {n} has the same fault',
  ],
  neutral: [
    'please send me a copy of invoice {n}',
    'which address do i use for return {n}',
    'order {n} should go to the office',
    'i would like to change the date of {n}',
    'what is the price of item {n}',
    'when does contract {n} end',
    'attached is the form for case {n}',
    'how do i add a user to account {n}',
    'our vat number for order {n} is below',
    'does model {n} come in blue',
    'we moved, account {n} has the new address',
    'two more licences for account {n} please',
  ],
  positive: [
    'case {n} works now',
    'got parcel {n} a day early',
    'your colleague sorted out {n} at once',
    'order {n} arrived, just as described',
    'the fix in ticket {n} did it',
    'we will order {n} again',
    'refund {n} was on my account the same day',
    'the new portal saves us time, account {n}',
    'ticket {n} can be closed, all is well',
    'the technician for {n} was on time',
    'item {n} is better than the old one',
    'renewed contract {n} for two years',
  ],
} as const;

/** Rows of the sentences whose place in their list is chosen, each with several numbers. */
function rowsOf(isChosen: (place: number) => boolean, times: number): readonly { text: string; label: string }[] {
  return Object.entries(written).flatMap(([label, sentences]) =>
    sentences
      .filter((_, place) => isChosen(place))
      .flatMap((sentence) =>
        Array.from({ length: times }, (_, n) => ({ text: sentence.replace('{n}', String(4711 + 37 * n)), label })),
      ),
  );
}

function csv(name: string, rows: readonly object[]): string {
  const file = path.join(folder, name);
  writeFileSync(file, stringify([...rows], { header: true }));
  return file;
}

/** As `npm run train -- adapt` runs it. */
function adapt(labels: string, options: { readonly model?: string; readonly out?: string } = {}) {
  const { model = 'sentiment', out = path.join(folder, 'sentiment') } = options;
  const args = ['--model', path.join(projectRoot, 'models', model), '--labels', labels, '--out', out];
  const script = path.join(projectRoot, 'models', 'training', 'train.sh');
  const env = { ...process.env, OMP_NUM_THREADS: '1' };
  return spawnSync('bash', [script, 'adapt', ...args, '--version', '1.1.0'], { encoding: 'utf8', env });
}

interface ScoredText {
  readonly score: string;
  readonly label: string;
  readonly label_2: string;
}

/** What a model says of texts, as `signalbox score` writes it. */
async function scoresOf(model: string, rows: readonly { readonly text: string }[]): Promise<readonly ScoredText[]> {
  const output = path.join(folder, 'scores.csv');
  const files = [
    '--input',
    csv('texts.csv', rows),
    '--output',
    output,
    '--state',
    path.join(projectRoot, '.signalbox'),
  ];
  const { code, err } = await signalbox(['score', '--model', model, ...files]);
  expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
  return parse(readFileSync(output, 'utf8'), { columns: true });
}

/** The share of the rows that a model gives their label. */
async function rightOf(model: string, rows: readonly { text: string; label: string }[]): Promise<number> {
  const scored = await scoresOf(model, rows);
  return scored.filter(({ label }, row) => label === rows[row]?.label).length / rows.length;
}

(canTrain() ? describe : describe.skip)('sentiment, adapted to a few hundred own labels', () => {
  const learnt = rowsOf((place) => place % 3 !== 0, 6);
  const kept = rowsOf((place) => place % 3 === 0, 1);

  it('is right about sentences that it has not seen, where the model as shipped was not, and can be used', async () => {
    const { status, stderr } = adapt(csv('labels.csv', learnt));
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
    const [before, after] = [await rightOf('sentiment', kept), await rightOf(path.join(folder, 'sentiment'), kept)];
    expect(after).toBeGreaterThan(before + 0.1);
    expect((await signalbox(['model', 'check', path.join(folder, 'sentiment')])).code).toBe(0);
  });

  it('says in Node what it said in Python', async () => {
    const lines = readFileSync(path.join(folder, 'sentiment', 'parity.jsonl'), 'utf8')
      .trimEnd()
      .split('\n');
    const told = lines.map((line) => JSON.parse(line) as { row: { text: string }; full: [[string, number]] });
    const texts = told.filter(({ row }) => /^[a-z0-9 ]{20,}$/.test(row.text));
    const scored = await scoresOf(
      path.join(folder, 'sentiment'),
      texts.map(({ row }) => row),
    );
    const apart = scored.flatMap(({ score }, n) =>
      score === '' ? [] : [Math.abs(Number(score) - texts[n]!.full[0][1])],
    );
    expect(apart.length).toBeGreaterThan(30);
    expect(Math.max(...apart)).toBeLessThan(1e-5);
  });

  it.each([
    [
      'a label that is no class',
      [{ text: 'well', label: 'happy' }],
      /row 1: "happy" is no class of the model; they are/,
    ],
    ['a row without a text', [{ text: ' ', label: 'neutral' }], /row 1: no text/],
    ['another column', [{ body: 'well', label: 'neutral' }], /no column text; found body, label/],
    ['too few rows of a class', learnt.filter(({ label }) => label !== 'positive'), /too few rows: 0 of positive/],
  ])('%s: nothing is written, and it says why', (_, rows, why) => {
    const out = path.join(folder, 'refused', 'sentiment');
    expect(adapt(csv('wrong.csv', rows), { out })).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(why) as string,
    });
    expect(existsSync(out)).toBe(false);
  });

  it('labels that come true as often as the model says: there is nothing to learn, and nothing is written', async () => {
    const all = rowsOf(() => true, 6);
    const scored = await scoresOf('sentiment', all);
    let sum = 0.5;
    const labelled = all.map(({ text }, n) => {
      const { score = '', label, label_2 } = scored[n] ?? {};
      sum += Number(score);
      const isBest = sum >= 1;
      if (isBest) sum -= 1;
      return { text, label: isBest ? label : label_2 };
    });
    const out = path.join(folder, 'refused', 'sentiment');
    expect(adapt(csv('as-said.csv', labelled), { out })).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/nothing written: no better than the model as it is/) as string,
    });
    expect(existsSync(out)).toBe(false);
  });

  it('a model of another task is named', () => {
    const { status, stderr } = adapt(csv('labels.csv', learnt), { model: 'churn' });
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: expect.stringMatching(/adapts text models only, this is one of task binary/) as string,
    });
  });
});
