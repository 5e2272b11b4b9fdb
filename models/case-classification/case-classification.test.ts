import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { dataSet, type Row } from '../held-out';
import { loadModels } from '../registry';
import { openScorer } from '../score';
import { scoreCsv } from '../score-csv';
import { textManifest } from '../text/held-out-texts';
import { holdTo } from '../text/held-out.fixture';
import type { TextManifest } from '../text/text-manifest';
import type { Scored, Scorer } from '../scored';

const data = dataSet('BANKING77_CSV', 'banking77/banking77.csv');
const withData = data.isThere ? describe : describe.skip;
const heldOut = holdTo({
  name: 'case-classification',
  data,
  ...{ truth: 'category', figure: 'top1', least: { full: 0.935, words: 0.91 } },
});
const withBoth = data.isThere && heldOut.modes.includes('full') ? describe : describe.skip;

let manifest: TextManifest;
let scorer: Scorer;
beforeAll(async () => {
  manifest = await textManifest('case-classification');
  scorer = await openScorer((await loadModels(path.join(__dirname, '..'))).get('case-classification')!);
});
afterAll(() => scorer.close());

/** The share of scores from a gate on, and the share of those that are right. */
function given(rows: readonly Row[], scored: readonly Scored[], from: number) {
  const right = rows.flatMap((row, n) => (scored[n]!.score >= from ? [scored[n]!.label === row['category']] : []));
  return { coverage: right.length / rows.length, accuracy: right.filter(Boolean).length / right.length };
}

describe('case-classification', () => {
  it('never reads the label', () => {
    expect(manifest.features.map(({ column }) => column)).toStrictEqual(['text']);
  });

  it('reads the words of a case in the reasons for its class', async () => {
    const text = 'I was charged twice for the same purchase';
    const [one] = await scorer.score([{ outcome: 'row', values: [], text, defaults: [] }]);
    expect(one!.label).toBe('transaction_charged_twice');
    expect(one!.reasons[0]).toMatchObject({ direction: 'up', text: 'Says "twice"' });
  });
});

withData('case-classification on the public data, by words alone', () => {
  it("scores the file's own rows in order, gzip or not, also without the label; a row it cannot read keeps its place", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'signalbox-cases-'));
    try {
      const all = parse(await readFile(data.file), { columns: true, to: 200 }) as unknown as Row[];
      const scored = async (records: readonly Row[], pack = (text: string): string | Buffer => text) => {
        const [input, output] = [path.join(folder, 'in.csv'), path.join(folder, 'out.csv')];
        await writeFile(input, pack(stringify(records as Record<string, string>[], { header: true })));
        await scoreCsv({ model: scorer, input, output });
        return parse(await readFile(output), { columns: true }) as unknown as Row[];
      };
      const whole = await scored(all);
      expect(whole).toHaveLength(200);
      expect(Object.keys(whole[0]!)).toStrictEqual([
        ...['score', 'label', 'reasons', 'gate', 'label_2', 'score_2', 'label_3', 'score_3', 'scored_by'],
      ]);
      expect(new Set(whole.map((row) => row['scored_by']))).toStrictEqual(new Set(['words alone']));
      expect(await scored(all.map(({ text }) => ({ text: text! })))).toStrictEqual(whole);
      expect(await scored(all, gzipSync)).toStrictEqual(whole);
      const odd = await scored(all.with(3, { ...all[3]!, text: 'x'.repeat(1_000_000) }));
      expect(odd[3]).toMatchObject({
        score: '',
        label: '',
        reasons: expect.stringMatching(/1000000 characters/) as unknown,
      });
      expect(odd.toSpliced(3, 1)).toStrictEqual(whole.toSpliced(3, 1));
      await expect(scored(all.map(({ category }) => ({ category: category! })))).rejects.toThrow(/no column text/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

withBoth('case-classification on the public data, with the sentence encoder', () => {
  it('is right as often as its gates say', async () => {
    const { rows, scored } = await heldOut.scored('full');
    for (const { from, coverage, accuracy } of Object.values(manifest.modes.full.gates)) {
      const found = given(rows, scored, from);
      expect(found.coverage).toBeCloseTo(coverage, 3);
      expect(found.accuracy).toBeCloseTo(accuracy, 3);
    }
  }, 600_000);
});
