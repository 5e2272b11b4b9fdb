import { entityNames } from '../canonical-schema/entity';
import { historySchema } from './history/history-schema';
import { count, number, pair, path, strictObject, text } from './schema-parts';

const hash = { type: 'string', pattern: '^[0-9a-f]{64}$' } as const;
const share = { type: 'number', minimum: 0, maximum: 1 } as const;
const counts = { type: 'object', additionalProperties: count } as const;

const cellPolicy = {
  type: 'object',
  required: ['on'],
  discriminator: { propertyName: 'on' },
  oneOf: [
    strictObject({ on: { const: 'default' }, value: { type: ['number', 'string', 'null'] } }),
    strictObject({ on: { const: 'refuse' } }),
    strictObject({ on: { const: 'abstain' } }),
  ],
};

const derivation = {
  type: 'object',
  required: ['by'],
  discriminator: { propertyName: 'by' },
  oneOf: [
    strictObject({ by: { enum: ['times', 'over', 'minus'] }, column: text, path, factor: number }, ['factor']),
    strictObject({ by: { const: 'hoursSince' }, column: text, path }),
    strictObject({ by: { enum: ['hourOfDay', 'weekday'] } }),
  ],
};

const feature = {
  name: { type: 'string', pattern: '^[a-z][A-Za-z0-9]*$' },
  column: text,
  path,
  label: text,
  missing: cellPolicy,
  invalid: cellPolicy,
  phrase: text,
  phrases: { type: 'object', additionalProperties: text },
  group: text,
};

const numeric = {
  ...feature,
  replace: { type: 'object', additionalProperties: number },
  derive: derivation,
  decimals: { type: 'integer', minimum: 0 },
  range: pair,
  seen: pair,
  outOfRange: strictObject({ on: { enum: ['clamp', 'refuse', 'abstain'] } }),
};

/** What a numeric feature may leave out. */
const optional = ['phrases', 'group', 'replace', 'derive', 'decimals'];

const figure = strictObject({ value: number, low: number, high: number }, ['low', 'high']);
const figures = strictObject(
  {
    rows: { type: 'integer', minimum: 1 },
    rate: share,
    auc: figure,
    prAuc: figure,
    logLoss: figure,
    brier: figure,
    ece: figure,
    f1: figure,
  },
  ['f1'],
);

const point = { precision: share, recall: share, share };

const classFigures = strictObject(
  {
    rows: { type: 'integer', minimum: 1 },
    top1: figure,
    top3: figure,
    mrr: figure,
    macroF1: figure,
    logLoss: figure,
    ece: figure,
  },
  ['mrr'],
);

const gate = strictObject({ from: share, why: text, coverage: share, accuracy: share });

const coverage = { type: 'array', items: strictObject({ threshold: share, coverage: share, accuracy: share }) };

const metricsOf = (one: object) => ({
  type: 'object',
  required: ['holdout'],
  properties: { holdout: one },
  additionalProperties: one,
});

const task = strictObject({ subject: text, body: text, due: text }, ['body', 'due']);

const catalogueEntry = strictObject(
  {
    entity: { enum: entityNames },
    bands: { type: 'object', additionalProperties: share, minProperties: 1 },
    act: { type: 'object', additionalProperties: { type: 'array', items: strictObject({ task }) } },
    outcome: strictObject({ within: text }),
  },
  ['outcome'],
);

const base = {
  manifestVersion: { const: 1 },
  name: { type: 'string', pattern: '^[a-z][a-z0-9-]*$' },
  version: { type: 'string', pattern: '^\\d+\\.\\d+\\.\\d+$' },
  title: text,
  scoreWord: text,
  useCase: catalogueEntry,
  sha256: hash,
  training: strictObject({
    date: text,
    seed: { type: 'integer' },
    split: text,
    data: strictObject({ name: text, rows: { type: 'integer' }, sha256: hash, licence: text, source: text }),
    versions: { type: 'object', additionalProperties: text },
  }),
};

const common = {
  ...base,
  file: { type: 'string', pattern: '^[\\w-]+\\.onnx$' },
  maxDefaults: { type: 'integer', minimum: 0 },
  features: {
    type: 'array',
    minItems: 1,
    items: {
      type: 'object',
      required: ['kind'],
      discriminator: { propertyName: 'kind' },
      oneOf: [
        strictObject(
          {
            ...feature,
            kind: { const: 'categorical' },
            categories: { type: 'array', items: text, minItems: 1, uniqueItems: true },
            synonyms: { type: 'object', additionalProperties: text },
            support: { type: 'object', additionalProperties: strictObject({ of: count, times: counts }) },
            unseen: cellPolicy,
          },
          ['phrases', 'group', 'synonyms', 'support'],
        ),
        strictObject({ ...numeric, kind: { const: 'numeric' } }, optional),
        strictObject({ ...numeric, kind: { const: 'flag' }, atLeast: number }, optional),
      ],
    },
  },
  terms: {
    type: 'array',
    minItems: 1,
    items: strictObject({ name: text, features: { type: 'array', items: text, minItems: 1 } }),
  },
  groups: { type: 'object', additionalProperties: text },
  history: historySchema,
};

/** What every model of columns may leave out. */
const tabular = <P extends Record<string, unknown>>(properties: P) =>
  strictObject(properties, ['history', 'groups', 'falseAlarms', 'scoreWord', 'useCase']);

const binary = tabular({
  ...common,
  task: { const: 'binary' },
  classes: { type: 'array', items: text, minItems: 2, maxItems: 2, uniqueItems: true },
  positive: text,
  intercept: number,
  threshold: strictObject({
    label: share,
    costs: strictObject({ falsePositive: number, falseNegative: number, unit: text, why: text }),
    ...point,
  }),
  operatingPoints: { type: 'array', items: strictObject({ threshold: share, ...point }) },
  falseAlarms: strictObject({ budget: share, rows: count, alarms: count, share, perRecordWeek: number }),
  metrics: metricsOf(figures),
});

const multiclass = tabular({
  ...common,
  task: { const: 'multiclass' },
  classes: { type: 'array', items: text, minItems: 3, uniqueItems: true },
  intercepts: { type: 'array', items: number },
  gates: strictObject({ suggest: gate, automate: gate }),
  operatingPoints: coverage,
  metrics: metricsOf(classFigures),
});

const uplift = tabular({
  ...common,
  task: { const: 'uplift' },
  classes: { type: 'array', items: text, minItems: 2, uniqueItems: true },
  control: text,
  intercepts: { type: 'array', items: number },
  policy: strictObject({
    leastUplift: share,
    why: text,
    exploration: share,
    shares: { type: 'object', additionalProperties: share },
  }),
  trial: metricsOf({
    type: 'object',
    properties: { rows: { type: 'integer', minimum: 1 } },
    required: ['rows'],
    additionalProperties: strictObject({ value: number, low: number, high: number, se: number }),
  }),
  metrics: metricsOf(figures),
});

const textPolicy = strictObject({ on: { enum: ['refuse', 'abstain'] } });

const mode = strictObject(
  {
    weights: strictObject({ words: number, sentence: number }),
    gates: strictObject({ suggest: gate, automate: gate }),
    beyond: strictObject({
      label: text,
      below: share,
      chosen: strictObject({ keep: share, why: text, rejected: share, rows: { type: 'integer', minimum: 1 } }),
      auc: share,
      kept: share,
      rejected: share,
      rows: { type: 'integer' },
    }),
    operatingPoints: coverage,
  },
  ['beyond'],
);

const ofText = strictObject(
  {
    ...base,
    task: { const: 'text' },
    file: { type: 'string', pattern: '^[\\w-]+\\.safetensors$' },
    top: strictObject({ file: { type: 'string', pattern: '^[\\w-]+\\.onnx$' }, sha256: hash }),
    encoder: hash,
    classes: { type: 'array', items: text, minItems: 3, uniqueItems: true },
    features: {
      type: 'array',
      minItems: 1,
      maxItems: 1,
      items: strictObject({
        kind: { const: 'text' },
        name: feature.name,
        column: text,
        paths: { type: 'array', items: path, minItems: 1 },
        label: text,
        missing: textPolicy,
        invalid: textPolicy,
        longest: { type: 'integer', minimum: 1 },
        tooLong: textPolicy,
        unreadable: textPolicy,
        known: strictObject({ least: share, english: share, kept: share }),
      }),
    },
    modes: strictObject({ full: mode, words: mode }),
    metrics: strictObject({ holdout: classFigures, words: classFigures }),
  },
  ['top', 'scoreWord', 'useCase'],
);

/** JSON Schema 2020-12 of manifest.json; `Manifest` in manifest.ts is its type. */
export const manifestSchema = {
  type: 'object',
  required: ['task'],
  discriminator: { propertyName: 'task' },
  oneOf: [binary, multiclass, uplift, ofText],
};
