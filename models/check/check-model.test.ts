import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { checkModel } from './check-model';
import type { Finding } from './finding';
import { soundGraph, writeTinyModel, type Node, type TinyModel } from './tiny-model.fixture';

let parent: string;
beforeEach(async () => {
  parent = await mkdtemp(path.join(tmpdir(), 'signalbox-check-'));
});
afterEach(() => rm(parent, { recursive: true }));

const errors = (findings: readonly Finding[]) => findings.filter(({ level }) => level === 'error');
const without = (output: string): readonly Node[] => soundGraph.filter(([, , made]) => made !== output);

async function errorsOf(tiny: TinyModel): Promise<readonly Finding[]> {
  return errors((await checkModel(await writeTinyModel(parent, tiny))).findings);
}

it('finds nothing wrong with a sound model, and tells how long it takes', async () => {
  const { model, findings, latency } = await checkModel(await writeTinyModel(parent));
  expect(errors(findings)).toStrictEqual([]);
  expect(findings.map(({ check }) => check)).toStrictEqual([
    ...['folder', 'manifest', 'file', 'outputs', 'range', 'contributions', 'determinism', 'batch', 'response'],
    ...['parity', 'latency'],
  ]);
  expect(model?.digest).toMatch(/^sha256:/);
  expect(latency?.oneP50Ms).toBeGreaterThan(0);
});

it.each([
  'lead-scoring',
  'churn',
  'predictive-maintenance',
  'sla-breach',
  'case-routing',
  'complaint-product',
  'intent',
])('finds nothing wrong with %s, which ships', async (name) => {
  const { findings } = await checkModel(path.join(__dirname, '..', name));
  expect(findings.filter(({ level }) => level !== 'ok')).toStrictEqual([]);
});

describe('a text model', () => {
  let folder: string;
  beforeEach(async () => {
    folder = path.join(parent, 'complaint-product');
    await cp(path.join(__dirname, '../complaint-product'), folder, { recursive: true });
  });
  const parityOf = async (edit: (lines: string[]) => string[]) => {
    const file = path.join(folder, 'parity.jsonl');
    const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
    await writeFile(file, edit(lines).join('\n'));
    return (await checkModel(folder)).findings.filter(({ check }) => check === 'parity');
  };

  it('is compared with what training says of its texts, by words', async () => {
    const whole = await parityOf((lines) => lines);
    expect(whole).toStrictEqual([{ level: 'ok', check: 'parity', what: '100 rows as in training, within 0.00001' }]);
  });

  it.each<[string, (line: string) => string, RegExp]>([
    [
      'another score',
      (line) => line.replace(/("words": \[\["\w+", 0\.\d)\d/, '$1'),
      /^line 3 of parity\.jsonl is 0?\.?\d/,
    ],
    ['another class', (line) => line.replace(/("words": \[\[")/, '$1x'), /^line 3 of parity\.jsonl is Infinity from/],
    ['no text', (line) => line.replace(/"row": \{[^}]*\}/, '"row": {}'), /^line 3 of parity\.jsonl has no score: /],
    ['no scores', (line) => line.replace('"words"', '"word"'), /line 3 is not a row with its score/],
  ])('is refused where a line has %s', async (_, edit, what) => {
    const [finding] = await parityOf((lines) => lines.with(2, edit(lines[2]!)));
    expect(finding).toMatchObject({ level: 'error', what: expect.stringMatching(what) as unknown });
  });
});

describe('a model is refused', () => {
  it.each<[string, string, TinyModel, RegExp]>([
    [
      'whose score is no probability',
      'range',
      { graph: [...without('probability'), ['Identity', ['logit'], 'probability']] },
      /rows have no probability/,
    ],
    [
      'that gives NaN where a value is missing',
      'range',
      { graph: [['Mul', ['features', 'weights'], 'contributions'], ...soundGraph.slice(3)] },
      /tenure missing gives NaN|as little known as the manifest allows gives NaN/,
    ],
    [
      "whose intercept is not the manifest's",
      'contributions',
      { manifest: { intercept: -0.4 } },
      /do not add up: .* gives probability 0\.\d+, its contributions make 0\.\d+/,
    ],
    [
      'that is random',
      'determinism',
      {
        graph: [
          ...without('contributions'),
          ['RandomUniformLike', ['known'], 'noise'],
          ['Mul', ['known', 'noise'], 'contributions'],
        ],
      },
      /a second run over the same rows differs/,
    ],
    [
      'whose rows hang on each other',
      'batch',
      {
        graph: [
          ...without('contributions'),
          ['ReduceMean', ['known', 'rows'], 'mean'],
          ['Sub', ['known', 'mean'], 'centred'],
          ['Mul', ['centred', 'weights'], 'contributions'],
        ],
      },
      /scored otherwise than among others/,
    ],
    ['that takes no batch', 'outputs', { rows: 1 }, /the model does not run/],
    [
      'with other terms than the manifest tells',
      'outputs',
      { manifest: { terms: [{ name: 'tenure', features: ['tenure'] }] } },
      /the manifest asks for/,
    ],
    [
      'whose input has another name',
      'file',
      { input: 'x', graph: [['Identity', ['x'], 'features'], ...soundGraph] },
      /has inputs x/,
    ],
    ['that is not the file of the manifest', 'file', { manifest: { sha256: 'f'.repeat(64) } }, /its SHA-256 is/],
    [
      'that says the same of everyone',
      'response',
      { graph: [...without('contributions'), ['Mul', ['known', 'zero'], 'contributions']] },
      /the score is the same for all/,
    ],
    ['whose manifest does not hold', 'manifest', { manifest: { positive: 'maybe' } }, /positive "maybe"/],
  ])('%s', async (_, check, tiny, what) => {
    const found = await errorsOf(tiny);
    expect(found.map((finding) => finding.check)).toContain(check);
    const finding = found.find((one) => one.check === check);
    expect(finding?.what).toMatch(what);
    expect(finding).toMatchObject({
      why: expect.stringMatching(/\w/) as string,
      fix: expect.stringMatching(/\w/) as string,
    });
  });

  it('that is slower than the limit, and only then', async () => {
    const folder = await writeTinyModel(parent);
    expect(errors((await checkModel(folder, 1e-9)).findings).map(({ check }) => check)).toStrictEqual(['latency']);
    expect(errors((await checkModel(folder, 60_000)).findings)).toStrictEqual([]);
  });

  it('that does not score as in training', async () => {
    const folder = await writeTinyModel(parent);
    const row = { Tenure: '10', Plan: 'full' };
    const parity = (score: number) => writeFile(path.join(folder, 'parity.jsonl'), JSON.stringify({ row, score }));
    await parity(1 / (1 + Math.exp(0.5)));
    expect(errors((await checkModel(folder)).findings)).toStrictEqual([]);
    await parity(0.38);
    const [finding] = errors((await checkModel(folder)).findings);
    expect(finding?.what).toMatch(/line 1 of parity\.jsonl is 0\.00\d+ from its score/);
  });
});

it('tells which features move nothing', async () => {
  const graph: readonly Node[] = [
    ...without('contributions'),
    ['Mul', ['known', 'weights'], 'both'],
    ['Relu', ['both'], 'contributions'],
  ];
  const { findings } = await checkModel(await writeTinyModel(parent, { graph }));
  expect(errors(findings)).toStrictEqual([]);
  expect(findings.find(({ check }) => check === 'response')?.what).toBe('no value of tenure moves the score');
});

describe("MLflow's folder", () => {
  const mlmodel = (folder: string, text: string) => writeFile(path.join(folder, 'MLmodel'), text);
  const onnxFlavour = 'flavors:\n  onnx:\n    data: model.onnx\n    onnx_version: 1.23.2\n';

  it('is a model once the manifest is beside it', async () => {
    const folder = await writeTinyModel(parent);
    await mlmodel(folder, onnxFlavour);
    const { findings } = await checkModel(folder);
    expect(errors(findings)).toStrictEqual([]);
    expect(findings[0]?.what).toBe('MLflow folder with a manifest');
  });

  it('without a manifest is told what the manifest must say', async () => {
    const folder = await writeTinyModel(parent);
    const { sha256 } = JSON.parse(await readFile(path.join(folder, 'manifest.json'), 'utf8')) as { sha256: string };
    await rm(path.join(folder, 'manifest.json'));
    await mlmodel(folder, onnxFlavour);
    const { model, findings } = await checkModel(folder);
    expect(model).toBeUndefined();
    expect(findings[0]).toMatchObject({
      level: 'error',
      check: 'manifest',
      fix: expect.stringContaining(sha256) as string,
    });
  });

  it.each([
    ['of another flavour', 'flavors:\n  sklearn: {pickled_model: model.pkl}\n', /names no ONNX file/],
    ['of another file', 'flavors:\n  onnx: {data: other.onnx}\n', /names other\.onnx, the manifest names model\.onnx/],
    ['that is no YAML', '{', /names no ONNX file/],
  ])('%s is refused', async (_, text, what) => {
    const folder = await writeTinyModel(parent);
    await mlmodel(folder, text);
    expect(errors((await checkModel(folder)).findings)[0]?.what).toMatch(what);
  });
});

it('refuses a folder with nothing of a model in it', async () => {
  await expect(checkModel(parent)).rejects.toThrow(/has neither manifest.json nor MLmodel/);
});
