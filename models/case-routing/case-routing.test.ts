import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { featuresFromRow, sourcesOf } from '../features';
import { dataSet, scoreHeldOut, type Row } from '../held-out';
import type { MulticlassManifest } from '../manifest';
import { loadModels } from '../registry';
import { openScorer } from '../score';
import { scoreCsv } from '../score-csv';
import type { FeatureRow } from '../feature-row';
import type { Scored, Scorer } from '../scored';

const data = dataSet('INCIDENT_EVENT_LOG_CSV', 'incident_event_log/incident_event_log.csv.gz');
const withData = data.isThere ? describe : describe.skip;

let scorer: Scorer;
let manifest: MulticlassManifest;
let fixture: FeatureRow[];
beforeAll(async () => {
  const model = (await loadModels(path.join(__dirname, '..'))).get('case-routing')!;
  if (model.manifest.task !== 'multiclass') throw new Error('case-routing has several classes');
  manifest = model.manifest;
  scorer = await openScorer(model);
  const lines = (await readFile(path.join(__dirname, 'parity.jsonl'), 'utf8')).trimEnd().split('\n');
  fixture = lines.map((line) => featuresFromRow(manifest, (JSON.parse(line) as { row: Row }).row) as FeatureRow);
});
afterAll(() => scorer.close());

const mean = (values: readonly number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;

describe('case-routing', () => {
  it('reads neither the group nor what follows from it', () => {
    const columns = manifest.features.flatMap(sourcesOf).map((source) => source.column);
    for (const column of ['assignment_group', 'assigned_to', 'reassignment_count', 'incident_state', 'caller_id']) {
      expect(columns).not.toContain(column);
    }
  });

  it('ranks three groups, best first, and explains the best against the second exactly', async () => {
    for (const { score, label, ranking, contributions, intercept } of await scorer.score(fixture)) {
      const [first, second, third] = ranking!.best;
      expect(first).toStrictEqual({ label, score });
      expect(new Set([label, second!.label, third!.label]).size).toBe(3);
      expect(score).toBeGreaterThanOrEqual(second!.score);
      expect(second!.score).toBeGreaterThanOrEqual(third!.score);
      const sum = Object.values(contributions).reduce((total, c) => total + c, intercept);
      expect(sum).toBeCloseTo(Math.log(score / second!.score), 9);
    }
  });

  it('opens the gates of the manifest by the score alone', async () => {
    const { suggest, automate } = manifest.gates;
    expect(suggest.from).toBeLessThan(automate.from);
    const scored = await scorer.score(fixture);
    for (const { score, ranking } of scored) {
      expect(ranking!.gate).toBe(score >= automate.from ? 'automate' : score >= suggest.from ? 'suggest' : 'ask');
    }
    expect(new Set(scored.map((s) => s.ranking!.gate)).size).toBe(3);
  });

  it('never sees a case of which nothing is known: its guess, the group of most cases, would have no reasons', async () => {
    expect(featuresFromRow(manifest, {})).toMatchObject({ outcome: 'abstain' });
    const values = manifest.features.map((f) => (f.kind === 'categorical' ? 0 : NaN));
    const [scored] = await scorer.score([{ outcome: 'row', values, defaults: [] }]);
    expect(scored).toMatchObject({ label: 'Group 70', reasons: [] });
  });

  it('abstains on a case of which too little is known, and on a time that is none', () => {
    expect(featuresFromRow(manifest, { category: 'Category 55', opened_at: '1/3/2016 08:00' })).toMatchObject({
      outcome: 'abstain',
    });
    expect(featuresFromRow(manifest, { opened_at: 'soon' })).toMatchObject({
      outcome: 'abstain',
      reason: 'opened_at (hour of opening) is "soon", not a time',
    });
  });
});

withData('case-routing on the public data', () => {
  let firsts: readonly { readonly group: string; readonly scored: Scored }[];

  beforeAll(async () => {
    const { rows, scored } = await scoreHeldOut('case-routing', data.file, 'number');
    firsts = rows.flatMap((row, n) =>
      rows[n - 1]?.['number'] === row['number'] ? [] : [{ group: row['assignment_group']!, scored: scored[n]! }],
    );
  });

  it('has the held-out figures of its manifest within 1e-4, and meets its goals', () => {
    const { holdout, time } = manifest.metrics;
    expect(firsts).toHaveLength(holdout.rows);
    const top1 = mean(firsts.map(({ group, scored }) => Number(scored.label === group)));
    const top3 = mean(firsts.map(({ group, scored }) => Number(scored.ranking!.best.some((b) => b.label === group))));
    expect(Math.abs(top1 - holdout.top1.value)).toBeLessThan(1e-4);
    expect(Math.abs(top3 - holdout.top3.value)).toBeLessThan(1e-4);
    expect(top1).toBeGreaterThanOrEqual(0.81);
    expect(top3).toBeGreaterThanOrEqual(0.92);
    expect(time!.top1.value).toBeGreaterThanOrEqual(0.81);
  });

  it('is right as often as its gates say', () => {
    for (const gate of [manifest.gates.suggest, manifest.gates.automate]) {
      const given = firsts.filter(({ scored }) => scored.score >= gate.from);
      expect(given.length / firsts.length).toBeCloseTo(gate.coverage, 3);
      expect(mean(given.map(({ group, scored }) => Number(scored.label === group)))).toBeCloseTo(gate.accuracy, 3);
    }
    expect(manifest.gates.automate.accuracy).toBeGreaterThan(0.95);
  });

  it("scores the file's own rows in order, also without the group, and ranks in columns of their own", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'signalbox-routing-'));
    try {
      const all = parse(gunzipSync(await readFile(data.file)), { columns: true, to: 500 }) as unknown as Row[];
      const scored = async (records: readonly Row[]) => {
        const [input, output] = [path.join(folder, 'in.csv'), path.join(folder, 'out.csv')];
        await writeFile(input, stringify(records as Record<string, string>[], { header: true }));
        await scoreCsv({ model: scorer, input, output });
        return parse(await readFile(output), { columns: true }) as unknown as Row[];
      };
      const whole = await scored(all);
      expect(whole).toHaveLength(500);
      expect(Object.keys(whole[0]!)).toStrictEqual([
        ...['score', 'label', 'reasons', 'gate'],
        ...['label_2', 'score_2', 'label_3', 'score_3'],
      ]);
      expect(whole.every((row) => manifest.classes.includes(row['label']!) && Number(row['score']) > 0)).toBe(true);
      const ungrouped = all.map((row) =>
        Object.fromEntries(Object.entries(row).filter(([c]) => c !== 'assignment_group')),
      );
      expect(await scored(ungrouped)).toStrictEqual(whole);
      const odd = await scored(all.with(3, { ...all[3]!, opened_at: 'never' }));
      expect(odd[3]).toMatchObject({
        score: '',
        label: '',
        gate: '',
        score_3: '',
        reasons: expect.stringMatching(/^no score: opened_at/) as unknown,
      });
      expect(odd.toSpliced(3, 1)).toStrictEqual(whole.toSpliced(3, 1));
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
