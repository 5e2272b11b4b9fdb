import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Writer } from 'protobufjs';

/** One node of a graph: operator, inputs, output. */
export type Node = readonly [operator: string, inputs: readonly string[], output: string];

/** A field of a protobuf message: its number in onnx.proto, and a varint, a text or the bytes of a message. */
type Field = readonly [number: number, value: number | string | Uint8Array];

function message(...fields: readonly Field[]): Uint8Array {
  const writer = Writer.create();
  for (const [number, value] of fields) {
    if (typeof value === 'number') writer.uint32(number << 3).int64(value);
    else if (typeof value === 'string') writer.uint32((number << 3) | 2).string(value);
    else writer.uint32((number << 3) | 2).bytes(value);
  }
  return writer.finish();
}

const float = 1;
const int64 = 7;

function tensor(name: string, dims: readonly number[], values: Float32Array | BigInt64Array): Uint8Array {
  const type = values instanceof Float32Array ? float : int64;
  const raw = new Uint8Array(values.buffer);
  return message(...dims.map((dim): Field => [1, dim]), [2, type], [8, name], [9, raw]);
}

/** A number is a fixed dimension, a text a free one. */
function valueInfo(name: string, dims: readonly (number | string)[]): Uint8Array {
  const shape = message(...dims.map((dim): Field => [1, message([typeof dim === 'number' ? 1 : 2, dim])]));
  return message([1, name], [2, message([1, message([1, float], [2, shape])])]);
}

/** An additive model of two features, `tenure` and `plan`: what is missing adds nothing. */
export const soundGraph: readonly Node[] = [
  ['IsNaN', ['features'], 'unknown'],
  ['Where', ['unknown', 'zero', 'features'], 'known'],
  ['Mul', ['known', 'weights'], 'contributions'],
  ['ReduceSum', ['contributions', 'columns'], 'sum'],
  ['Add', ['sum', 'intercept'], 'logit'],
  ['Sigmoid', ['logit'], 'probability'],
];

/** What a tiny model is made of; all that is left out is sound. */
export interface TinyModel {
  readonly graph?: readonly Node[];
  /** Rows of the input. */
  readonly rows?: number | string;
  readonly input?: string;
  /** Log-odds of a month, and of a step in the plans. */
  readonly weights?: readonly [number, number];
  readonly manifest?: Readonly<Record<string, unknown>>;
}

function onnx({ graph = soundGraph, rows = 'N', input = 'features', weights = [-0.1, 0.5] }: TinyModel): Uint8Array {
  const nodes = graph.map(([operator, inputs, output]) =>
    message(...inputs.map((name): Field => [1, name]), [2, output], [4, operator]),
  );
  const used = new Set(graph.flatMap(([, inputs]) => inputs));
  const constants = Object.entries({
    zero: tensor('zero', [1], Float32Array.of(0)),
    weights: tensor('weights', [1, 2], Float32Array.of(...weights)),
    intercept: tensor('intercept', [1], Float32Array.of(-0.5)),
    columns: tensor('columns', [1], BigInt64Array.of(1n)),
    rows: tensor('rows', [1], BigInt64Array.of(0n)),
  }).flatMap(([name, constant]) => (used.has(name) ? [constant] : []));
  return message(
    [1, 8],
    [8, message([1, ''], [2, 18])],
    [
      7,
      message(
        ...nodes.map((node): Field => [1, node]),
        [2, 'tiny'],
        ...constants.map((constant): Field => [5, constant]),
        [11, valueInfo(input, [rows, 2])],
        [12, valueInfo('probability', [rows, 1])],
        [12, valueInfo('contributions', [rows, 2])],
      ),
    ],
  );
}

const known = { on: 'default', value: null };
const share = { precision: 0.5, recall: 0.5, share: 0.5 };
const figure = { value: 0.5 };

function manifestOf(bytes: Uint8Array, changes: Readonly<Record<string, unknown>>): object {
  return {
    manifestVersion: 1,
    name: 'tiny',
    version: '1.0.0',
    title: 'How likely a tiny customer is to leave',
    task: 'binary',
    file: 'model.onnx',
    sha256: createHash('sha256').update(bytes).digest('hex'),
    classes: ['stays', 'leaves'],
    positive: 'leaves',
    intercept: -0.5,
    threshold: { label: 0.5, costs: { falsePositive: 1, falseNegative: 1, unit: 'EUR', why: 'a test' }, ...share },
    operatingPoints: [],
    maxDefaults: 1,
    features: [
      {
        ...{ kind: 'numeric', name: 'tenure', column: 'Tenure', path: 'attributes.tenure', label: 'Months' },
        ...{ missing: known, invalid: { on: 'refuse' }, outOfRange: { on: 'clamp' }, phrase: '{value} months' },
        ...{ range: [0, 60], seen: [1, 24] },
      },
      {
        ...{ kind: 'categorical', name: 'plan', column: 'Plan', path: 'attributes.plan', label: 'Plan' },
        ...{ missing: known, invalid: { on: 'refuse' }, unseen: known, phrase: 'On {value}' },
        categories: ['basic', 'full'],
      },
    ],
    terms: ['tenure', 'plan'].map((name) => ({ name, features: [name] })),
    metrics: {
      holdout: { rows: 1, rate: 0.5, ...{ auc: figure, prAuc: figure, logLoss: figure, brier: figure, ece: figure } },
    },
    training: {
      ...{ date: '2026-11-27', seed: 1, split: 'none', versions: {} },
      data: { name: 'made up', rows: 1, sha256: '0'.repeat(64), licence: 'none needed', source: 'this test' },
    },
    ...changes,
  };
}

/** Writes a tiny model's folder, named after the model, and gives its path. */
export async function writeTinyModel(parent: string, tiny: TinyModel = {}): Promise<string> {
  const bytes = onnx(tiny);
  const manifest = { ...manifestOf(bytes, tiny.manifest ?? {}) } as { readonly name: string };
  const folder = path.join(parent, manifest.name);
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'model.onnx'), bytes);
  await writeFile(path.join(folder, 'manifest.json'), JSON.stringify(manifest));
  await writeFile(path.join(folder, 'card.md'), '# tiny\n');
  return folder;
}
