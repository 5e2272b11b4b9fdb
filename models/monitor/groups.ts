import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { ModelError } from '../manifest';
import type { Model } from '../registry';
import type { GateCheck } from './gate-check';

/** What a model does to one group on the held-out rows, at its own threshold. */
export interface GroupFigures {
  readonly group: string;
  readonly rows: number;
  /** Share of rows in which it happened, and mean score. */
  readonly rate: number;
  readonly meanScore: number;
  /** Selection rate. */
  readonly called?: number;
  /** True positive rate; null in a group in which nothing happened. */
  readonly recall?: number | null;
}

/** groups.json, written by training: figures by group of each audited attribute, and the disparity that was stated for them. */
export interface Groups {
  /** SHA-256 in hex of the model file that the figures are of. */
  readonly model: string;
  /** Rows below which a group's figures are too uncertain to be held to the limits. */
  readonly smallest: number;
  /**
   * At most: distance of a group's mean score from its rate; difference in recall between groups of an attribute. At least: ratio
   * of two groups' selection rates.
   */
  readonly limits: { readonly calibration?: number; readonly recall?: number; readonly selection?: number };
  /** Why so much is allowed. */
  readonly why: string;
  readonly attributes: Readonly<Record<string, readonly GroupFigures[]>>;
}

const share = { type: 'number', minimum: 0, maximum: 1 } as const;
const schema: object = {
  type: 'object',
  required: ['model', 'smallest', 'limits', 'why', 'attributes'],
  properties: {
    model: { type: 'string' },
    smallest: { type: 'integer', minimum: 1 },
    limits: {
      type: 'object',
      additionalProperties: false,
      properties: { calibration: share, recall: share, selection: share },
    },
    why: { type: 'string' },
    attributes: {
      type: 'object',
      additionalProperties: {
        type: 'array',
        items: {
          type: 'object',
          required: ['group', 'rows', 'rate', 'meanScore'],
          properties: {
            group: { type: 'string' },
            rows: { type: 'integer' },
            rate: share,
            meanScore: share,
            called: share,
            recall: { type: ['number', 'null'], minimum: 0, maximum: 1 },
          },
        },
      },
    },
  },
};

let compiled: ValidateFunction<Groups> | undefined;
/** Compiled when the first file is read: most processes read none. */
const validator = (): ValidateFunction<Groups> =>
  (compiled ??= new Ajv2020({ allowUnionTypes: true }).compile<Groups>(schema));

/**
 * The figures by group beside a model's manifest; undefined where there are none.
 * @throws ModelError when the file is not one
 */
export async function groupsOf({ file }: Model): Promise<Groups | undefined> {
  const where = path.join(path.dirname(file), 'groups.json');
  let text: string;
  try {
    text = await readFile(where, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ModelError(`${where}: not JSON: ${String(error)}: train again`);
  }
  const validate = validator();
  if (validate(value)) return value;
  const [first] = validate.errors ?? [];
  throw new ModelError(`${where}: ${first?.instancePath || '/'} ${first?.message ?? ''}: train again`);
}

/** How differently groups are treated: the greatest difference of each kind over all attributes. */
export interface Disparities {
  readonly calibration: number;
  readonly recall: number;
  readonly selection: number;
}

/** The twin of `disparities` in training. Pure. */
export function disparitiesOf({ attributes, smallest }: Groups): Disparities {
  const audits = Object.values(attributes).map((audit) => audit.filter(({ rows }) => rows >= smallest));
  const spans = audits.map((audit) => {
    const recalls = audit.flatMap(({ recall }) => (typeof recall === 'number' ? [recall] : []));
    const called = audit.flatMap(({ called: one }) => (one === undefined ? [] : [one]));
    const most = Math.max(0, ...called);
    return {
      calibration: Math.max(0, ...audit.map(({ meanScore, rate }) => Math.abs(meanScore - rate))),
      recall: recalls.length === 0 ? 0 : Math.max(...recalls) - Math.min(...recalls),
      selection: most === 0 ? 1 : Math.min(...called) / most,
    };
  });
  return {
    calibration: Math.max(0, ...spans.map(({ calibration }) => calibration)),
    recall: Math.max(0, ...spans.map(({ recall }) => recall)),
    selection: Math.min(1, ...spans.map(({ selection }) => selection)),
  };
}

/** Whether the groups are treated as alike as was stated. `sha256` in hex: of the model's file. */
export function fairnessCheck(groups: Groups | undefined, sha256: string): GateCheck {
  const check = 'fairness';
  if (groups === undefined || Object.keys(groups.attributes).length === 0) {
    return {
      check,
      result: 'unknown',
      what: 'no figures by group of an audited attribute are beside the model (groups.json)',
    };
  }
  if (groups.model !== sha256) {
    return { check, result: 'fails', what: 'groups.json is of another model file: train again' };
  }
  const { limits } = groups;
  const found = disparitiesOf(groups);
  const told = [
    limitTold('calibration off by', found.calibration, limits.calibration, 'at most'),
    limitTold('recall differs by', found.recall, limits.recall, 'at most'),
    limitTold('selection ratio', found.selection, limits.selection, 'at least'),
  ].filter((one) => one !== undefined);
  const by = `by ${Object.keys(groups.attributes).join(', ')}`;
  if (told.length === 0) return { check, result: 'unknown', what: `${by}: no disparity is stated as allowed` };
  const result = told.every(({ isHeld }) => isHeld) ? 'holds' : 'fails';
  return { check, result, what: `${by}: ${told.map(({ what }) => what).join(', ')}` };
}

function limitTold(
  name: string,
  value: number,
  limit: number | undefined,
  side: 'at most' | 'at least',
): { readonly isHeld: boolean; readonly what: string } | undefined {
  if (limit === undefined) return undefined;
  const isHeld = side === 'at most' ? value <= limit : value >= limit;
  return { isHeld, what: `${name} ${value.toFixed(3)} (${side} ${limit})` };
}
