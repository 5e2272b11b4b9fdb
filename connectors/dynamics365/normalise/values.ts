import { type EntityName, entityNames } from '../../../canonical-schema/entity';
import { textOf } from '../../kit/json';
import type { Fields } from '../native';
import type { Choices } from './choices';
import { dayOf, instantOf } from './dates';
import type { Kind, ParticipantRole, Rule } from './rules';
import { entityOf } from './tables';

const converters: Readonly<Record<Exclude<Kind, 'relation' | 'participants'>, (value: unknown) => unknown>> = {
  text: textOf,
  id: textOf,
  decimal: decimalOf,
  count: (value) => (Number.isSafeInteger(value) && (value as number) >= 0 ? value : undefined),
  minutes: (value) => (Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) * 60 : undefined),
  boolean: (value) => (typeof value === 'boolean' ? value : undefined),
  direction: (value) => (typeof value === 'boolean' ? (value ? 'outbound' : 'inbound') : undefined),
  date: dayOf,
  instant: instantOf,
  currency: (value) => (typeof value === 'string' && /^[A-Z]{3}$/.test(value) ? value : undefined),
  countryCode: (value) => (typeof value === 'string' && /^[A-Z]{2}$/.test(value) ? value : undefined),
};

/** The value of a native field as the canonical one holds it; undefined where it cannot be: it then stays native. */
export function convert(rule: Rule, name: string, fields: Fields): unknown {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (rule === 'relation') return relationOf(value, fields[`${name}type`]);
  if (rule === 'participants') return partiesOf(value, 'attendee');
  if (typeof rule === 'string') return converters[rule](value);
  if ('choices' in rule) return choiceOf(rule.choices, value, fields[`${name}name`]);
  if ('isOneOf' in rule) return Number.isSafeInteger(value) ? rule.isOneOf.includes(value as number) : undefined;
  if ('role' in rule) return partiesOf(value, rule.role);
  return fields[`${name}type`] === rule.lookup ? textOf(value) : undefined;
}

/** Whether the canonical value says all that the native one did: a choice's number and a foreign lookup's table are more. */
export function isWhole(rule: Rule): boolean {
  return typeof rule === 'string' ? rule !== 'participants' : 'lookup' in rule;
}

/** The standard word of a number, else the label that came with it, else the number as text. */
function choiceOf(choices: Choices, value: unknown, label: unknown): string | undefined {
  if (!Number.isSafeInteger(value)) return textOf(value);
  const number = value as number;
  return (Object.hasOwn(choices, number) ? choices[number] : undefined) ?? textOf(label) ?? String(number);
}

function relationOf(value: unknown, type: unknown): { entity: EntityName; id: string } | undefined {
  const id = textOf(value);
  return id === undefined ? undefined : { entity: entityOf(String(type)) ?? 'record', id };
}

interface Participant {
  readonly role: ParticipantRole;
  readonly name?: string;
  readonly address?: string;
  readonly record?: { readonly entity: EntityName; readonly id: string };
}

/** The parties of an activity: entities of the type activityparty. */
function partiesOf(value: unknown, role: ParticipantRole): readonly Participant[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const parties = value.flatMap((item): Participant[] => {
    const party = (typeof item === 'object' && item !== null ? item : {}) as Fields;
    const name = textOf(party.partyidname);
    const address = textOf(party.addressused);
    const record = relationOf(party.partyid, party.partyidtype);
    if (name === undefined && address === undefined && record === undefined) return [];
    return [
      {
        role,
        ...(name === undefined ? {} : { name }),
        ...(address === undefined ? {} : { address }),
        ...(record === undefined ? {} : { record }),
      },
    ];
  });
  return parties.length === 0 ? undefined : parties;
}

const canonicalDecimal = /^-?\d{1,30}(\.\d{1,18})?$/;

/** A decimal as text, without exponent: whole numbers exactly, others as the shortest text that names the double. */
function decimalOf(value: unknown): string | undefined {
  const text = typeof value === 'number' && Number.isFinite(value) ? decimalText(value) : value;
  return typeof text === 'string' && canonicalDecimal.test(text) ? text : undefined;
}

function decimalText(value: number): string {
  if (Number.isInteger(value)) return BigInt(value).toString();
  const [, sign = '', first = '', rest = '', exponent = ''] = /^(-?)(\d)(?:\.(\d+))?e-(\d+)$/.exec(String(value)) ?? [];
  return exponent === '' ? String(value) : `${sign}0.${'0'.repeat(Number(exponent) - 1)}${first}${rest}`;
}

/** What a tenant's expression found, as a field of the entity holds it. */
export function fitted(kind: Kind, value: unknown): unknown {
  return convert(kind, 'value', { value });
}

/** Whether it is the name of a canonical entity. */
export function entityNamed(name: unknown): EntityName | undefined {
  return entityNames.find((entity) => entity === name);
}
