import type { ErrorObject } from 'ajv';
import { eventTypes } from './catalog';
import * as generated from './generated/validate';
import { parseSubject } from './identity';

/** One thing that is wrong. */
export interface SchemaFault {
  /** JSON pointer to the place; empty for the whole. */
  readonly path: string;
  readonly message: string;
}

type Validator = ((value: unknown) => boolean) & { readonly errors?: readonly ErrorObject[] | null };

const validators = generated as unknown as Readonly<Record<string, Validator>>;
const recordTypes = new Map(eventTypes().map((type) => [type, wordsOf(type)]));
const predictionType = /^io\.signalbox\.prediction\.[^.]+\.v1$/;

/**
 * What is wrong with an event of Signalbox by the schema of its type; empty when nothing is. Never throws, whatever the
 * value. Beyond the schema, the parts that say the same thing twice (type, subject, data) have to agree.
 */
export function validateEvent(event: unknown): readonly SchemaFault[] {
  const type = memberOf(event, 'type');
  if (typeof type !== 'string') return faults('envelope', event);
  const words = recordTypes.get(type);
  if (words !== undefined) {
    const [entity, happened] = words;
    const found = faults(`${entity}Event`, event);
    return found.length > 0 ? found : disagreements(event, happened);
  }
  if (predictionType.test(type)) return faults('predictionEvent', event);
  const known = 'io.signalbox.<entity>.<what happened>.v1 and io.signalbox.prediction.<use case>.v1';
  return [
    {
      path: '/type',
      message: `${JSON.stringify(type)} is not a type of Signalbox; there are ${known}, see catalog.ts`,
    },
  ];
}

/** What is wrong with an action; empty when nothing is. Never throws. */
export function validateAction(action: unknown): readonly SchemaFault[] {
  return faults('action', action);
}

/** What is wrong with an action's result; empty when nothing is. Never throws. */
export function validateActionResult(result: unknown): readonly SchemaFault[] {
  return faults('actionResult', result);
}

/** What is wrong with a decision; empty when nothing is. Never throws. */
export function validateDecision(decision: unknown): readonly SchemaFault[] {
  return faults('prediction', decision);
}

/** What is wrong with a CloudEvent of anybody; empty when nothing is. Never throws. */
export function validateEnvelope(event: unknown): readonly SchemaFault[] {
  return faults('envelope', event);
}

/** `io.signalbox.<entity>.<what happened>.v1` -> entity and what happened. */
function wordsOf(type: string): readonly [string, string] {
  const [, , entity = '', happened = ''] = type.split('.');
  return [entity, happened];
}

function disagreements(event: unknown, happened: string): readonly SchemaFault[] {
  const data = memberOf(event, 'data');
  if (data === undefined) return [];
  const kind = memberOf(memberOf(data, 'change'), 'kind');
  const id = memberOf(memberOf(data, 'record'), 'id');
  const subject = parseSubject(String(memberOf(event, 'subject')));
  return [
    ...(kind === happened ? [] : [{ path: '/data/change/kind', message: `must be ${happened}, as the type says` }]),
    ...(id === subject?.id
      ? []
      : [{ path: '/data/record/id', message: `must be ${String(subject?.id)}, as the subject says` }]),
  ];
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function faults(name: string, value: unknown): readonly SchemaFault[] {
  const validator = validators[name];
  if (validator === undefined) throw new Error(`no validator ${name}: run \`node canonical-schema/generate.mjs\``);
  return validator(value) ? [] : (validator.errors ?? []).map(faultOf);
}

/** The compiler's message, with what it leaves in the parameters: the name that is too much, the values that are allowed. */
function faultOf({ instancePath, keyword, params, message = keyword }: ErrorObject): SchemaFault {
  const { additionalProperty, allowedValues, allowedValue } = params as Readonly<Record<string, unknown>>;
  if (typeof additionalProperty === 'string') {
    const pointer = additionalProperty.replace(/~/g, '~0').replace(/\//g, '~1');
    return { path: `${instancePath}/${pointer}`, message: 'is not a property of the schema' };
  }
  if (keyword === 'discriminator') {
    const { tag, tagValue } = params as Readonly<Record<string, unknown>>;
    const value = tagValue === undefined ? 'what is absent' : JSON.stringify(tagValue);
    return { path: `${instancePath}/${String(tag)}`, message: `${value} is not one that there is` };
  }
  const allowed = allowedValues ?? allowedValue;
  return { path: instancePath, message: allowed === undefined ? message : `${message}: ${JSON.stringify(allowed)}` };
}
