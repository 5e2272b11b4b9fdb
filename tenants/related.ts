import type { CanonicalRecord, EntityName } from '../canonical-schema/entity';
import { recordKey, type RecordOf } from '../canonical-schema/identity';
import { timeOfOrder } from '../canonical-schema/order';
import type { Mapping } from '../connectors/contract';
import type { Path } from './document';
import { durationMs } from './duration';
import { type CompiledValue, compileExpression, compileValue, recordScope } from './expression';
import { connectionFindings, expressionFindings, namesAbout } from './names';
import type { Finding } from './shape-faults';
import type { WrittenRelated } from './written';

/** A value over a customer's other records. */
export interface RelatedValue {
  readonly name: string;
  readonly by: 'count' | 'sum' | 'daysSince';
  /** A yes-or-no question, a number or a time, as `by` says. */
  readonly of: CompiledValue;
  readonly entity: EntityName;
  /** Absent: those of all connections. */
  readonly connection?: string;
  /** The time of a record that `within` goes by. Absent: that of its last change. */
  readonly at?: CompiledValue;
  /** Milliseconds before the event that is decided. Absent: all. */
  readonly within?: number;
}

/** A record of the customer as it was when the event happened. */
export interface RelatedRecord extends RecordOf {
  readonly connection: string;
  /** `<time>/<the CRM's order>` of the event that told this state. */
  readonly sequence: string;
  readonly record: CanonicalRecord;
}

/** The values of one decision, and of each the states it was made of: `<record's key>@<sequence>`, at most a hundred. */
export interface RelatedFacts {
  readonly values: Readonly<Record<string, number>>;
  readonly from: Readonly<Record<string, readonly string[]>>;
}

const mostNamed = 100;
const dayMs = 24 * 3_600_000;

const momentIn = (value: unknown): number => (typeof value === 'string' ? Date.parse(value) : Number.NaN);

const numberIn = (value: unknown): number =>
  typeof value === 'number' || (typeof value === 'string' && value.trim() !== '') ? Number(value) : Number.NaN;

interface Part {
  readonly amount: number;
  readonly state: string;
}

const isMeant = ({ entity, connection }: RelatedValue, one: RelatedRecord): boolean =>
  one.subject.startsWith(`${entity}/`) && (connection ?? one.connection) === one.connection;

/** Whether a moment lies before the event, and within the value's time. What is planned for later has not happened. */
const isWithin = ({ within = Number.POSITIVE_INFINITY }: RelatedValue, moment: number, now: number): boolean =>
  moment <= now && moment >= now - within;

/** What one record gives to a value; NaN for nothing. */
const amountOf = async (value: RelatedValue, one: RelatedRecord, asOf: string): Promise<number> => {
  const scope = { record: recordScope(one.record), entity: value.entity, asOf };
  const now = Date.parse(asOf);
  const answer = await value.of.evaluate(scope);
  if (value.by === 'daysSince') {
    const moment = momentIn(answer);
    return isWithin(value, moment, now) ? (now - moment) / dayMs : Number.NaN;
  }
  const moment =
    value.at === undefined ? Date.parse(timeOfOrder(one.sequence)) : momentIn(await value.at.evaluate(scope));
  if (value.within !== undefined && !isWithin(value, moment, now)) return Number.NaN;
  if (value.by === 'sum') return numberIn(answer);
  return answer === true ? 1 : Number.NaN;
};

const partOf = async (value: RelatedValue, one: RelatedRecord, asOf: string): Promise<readonly Part[]> => {
  const amount = isMeant(value, one) ? await amountOf(value, one, asOf) : Number.NaN;
  return Number.isFinite(amount) ? [{ amount, state: `${recordKey(one)}@${one.sequence}` }] : [];
};

/** Sums of cents are no binary fractions: what lies beyond the sixth decimal is noise. */
const rounded = (amount: number): number => Number(amount.toFixed(6));

/**
 * The values over a customer's records. Pure: the same records and time give the same values, in a lane and in a replay. A
 * customer of whom nothing else is known has no values; without a matching record counts and sums are 0, and `daysSince` is
 * absent. Rejects with ExpressionError.
 * @param asOf RFC 3339: the time of the event that is decided; `records` are as they were then
 */
export const relatedFacts = async (
  values: readonly RelatedValue[],
  records: readonly RelatedRecord[],
  asOf: string,
): Promise<RelatedFacts> => {
  const facts = { values: {} as Record<string, number>, from: {} as Record<string, readonly string[]> };
  if (records.length === 0) return facts;
  const inOrder = [...records].sort((a, b) => (recordKey(a) < recordKey(b) ? -1 : 1));
  for (const value of values) {
    let parts: Part[] = [];
    for (const one of inOrder) parts.push(...(await partOf(value, one, asOf)));
    if (value.by === 'daysSince') {
      const least = Math.min(...parts.map(({ amount }) => amount));
      parts = parts.filter(({ amount }) => amount === least).slice(0, 1);
      if (parts.length === 0) continue;
    }
    facts.values[value.name] = rounded(parts.reduce((sum, { amount }) => sum + amount, 0));
    facts.from[value.name] = parts.slice(0, mostNamed).map(({ state }) => state);
  }
  return facts;
};

const ways = ['count', 'sum', 'daysSince'] as const;

const wayOf = (written: WrittenRelated) =>
  ways.flatMap((by) => (written[by] === undefined ? [] : [[by, written[by]] as const]));

/** Values with their expressions compiled. Only for those without findings. */
export const toRelated = (written: Readonly<Record<string, WrittenRelated>>): readonly RelatedValue[] =>
  Object.entries(written).map(([name, one]): RelatedValue => {
    const [way] = wayOf(one);
    if (way === undefined) throw new Error(`${name} has no findings but says neither count, sum nor daysSince`);
    const [by, source] = way;
    const within = one.within === undefined ? undefined : durationMs(one.within);
    return {
      ...{ name, by, entity: one.entity },
      of: by === 'count' ? compileExpression(source) : compileValue(source),
      ...(one.connection === undefined ? {} : { connection: one.connection }),
      ...(one.at === undefined ? {} : { at: compileValue(one.at) }),
      ...(within === undefined ? {} : { within }),
    };
  });

/** What the expressions of a value may begin with. */
const roots = ['record', 'entity', 'asOf'] as const;

/** What is wrong with one value. */
export const relatedFindings = (
  path: Path,
  written: WrittenRelated,
  mappings: Readonly<Record<string, Mapping>>,
): readonly Finding[] => {
  const { connection, at } = written;
  const unknown = connectionFindings([...path, 'connection'], connection, mappings);
  if (unknown.length > 0) return unknown;
  const said = wayOf(written);
  if (said.length !== 1) {
    const message = said.length === 0 ? 'it is not said what the value is' : 'a value is one thing only';
    return [{ path, message, fix: `write one of ${ways.join(', ')}`, target: { key: true } }];
  }
  const names = { ...namesAbout(written, mappings), roots };
  const questions = [...said, ...(at === undefined ? [] : [['at', at] as const])];
  return questions.flatMap(([key, source]) => expressionFindings([...path, key], source, names));
};
