import { copyFileSync, cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../services/project-root';
import { signalbox } from '../terminal.fixture';

const folder = mkdtempSync(join(tmpdir(), 'signalbox-models-'));
const churn = join(folder, 'churn');
beforeEach(() => {
  cpSync(join(projectRoot, 'models', 'churn'), churn, { recursive: true });
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

interface Told {
  readonly name: string;
  readonly digest: string;
  readonly status: string;
  readonly figures: Readonly<Record<string, { readonly value: number }>>;
}

describe('models', () => {
  it('tells digest, figures, columns, data and licence of each', async () => {
    const { code, out } = await signalbox(['models', '--json']);
    expect(code).toBe(0);
    const { models } = JSON.parse(out) as { models: Told[] };
    expect(models.find(({ name }) => name === 'lead-scoring')).toMatchObject({
      digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as string,
      status: 'ready',
      figures: { AUC: { value: expect.closeTo(0.8, 2) as number } },
      columns: expect.arrayContaining(['job', 'euribor3m']) as string[],
      data: { name: 'bank_marketing', licence: 'CC BY 4.0' },
      folder: join(projectRoot, 'models', 'lead-scoring'),
    });
    const figures = models.find(({ name }) => name === 'case-routing')?.figures;
    expect(Object.keys(figures ?? {})).toStrictEqual(['top-1', 'top-3', 'log-loss', 'ECE']);
    const text = await signalbox(['models', 'list']);
    expect(text.out).toMatch(/^lead-scoring 1\.1\.0 {2}sha256:[0-9a-f]{12} {2}binary {2}ready$/m);
    expect(text.out).toMatch(/AUC 0\.\d{3} \(0\.\d{3} to 0\.\d{3}\), .* on 7412 held-out rows/);
  });

  it('tells which cannot be used, and exits 1', async () => {
    writeFileSync(join(churn, 'model.onnx'), 'not this');
    const { code, out } = await signalbox(['models', '--models', folder, '--json']);
    expect(code).toBe(1);
    const { models } = JSON.parse(out) as { models: Told[] };
    expect(models.map(({ status }) => status)).toStrictEqual([expect.stringMatching(/^unusable: .*its SHA-256 is/)]);
  });
});

describe('model check', () => {
  it('exits 0 for a model that can be used, and measures it', async () => {
    const { code, out } = await signalbox(['model', 'check', churn, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      name: 'churn',
      isUsable: true,
      latency: { oneP50Ms: expect.any(Number) as number },
    });
    expect((await signalbox(['model', 'check', churn])).out).toMatch(/^ok {7}contributions: .*\n/m);
  });

  it('exits 1 with what, why and fix for one that must not be used', async () => {
    copyFileSync(join(projectRoot, 'models', 'lead-scoring', 'model.onnx'), join(churn, 'model.onnx'));
    const { code, out } = await signalbox(['model', 'check', churn]);
    expect(code).toBe(1);
    expect(out).toMatch(/^error {4}file: .*SHA-256.*\n {9}why: .+\n {9}fix: .+\n.* must not be used yet\n$/m);
  });

  it.each([
    [['/nowhere'], /there is no such folder \(\/nowhere\)/],
    [[tmpdir()], /has neither manifest\.json nor MLmodel/],
    [[churn, '--max-ms', 'soon'], /give milliseconds above 0/],
  ])('exits 2 for %j', async (args, what) => {
    const { code, err } = await signalbox(['model', 'check', ...args]);
    expect(code).toBe(2);
    expect(err).toMatch(what);
  });
});
