import type { EntityName } from '../../../canonical-schema/entity';
import { entityNames, isOfCrm } from '../../../canonical-schema/entity';
import { entityFields } from '../../../canonical-schema/catalog';
import type { CanonicalEvent } from '../../../canonical-schema/event';
import { sequenceOf } from '../../../canonical-schema/identity';
import { isoFromText } from '../../../canonical-schema/time';
import { type SchemaFault, validateEnvelope, validateEvent } from '../../../canonical-schema/validate';
import { type Mapping, type NormaliseContext, Unmappable } from '../../contract';
import { canonicalEvent, refuse } from '../../kit/canonical-event';
import { compileMapping } from '../../kit/mapping';
import type { CloudEventNative } from '../native';
import { objectOf, textOf } from '../../kit/json';
import { kindOf, presentedAs } from './words';

/** The connector's name in event sources and partition keys. */
export const crm = 'cloudevents';

type Fields = Readonly<Record<string, unknown>>;

/** A record in canonical words. */
interface Mapped {
  readonly entity: EntityName;
  readonly fields: Fields;
  readonly attributes: Fields;
  /** Members of the data that are nowhere else. */
  readonly unused: Fields;
  /** By the tenant: then what does not fit goes among the attributes. */
  readonly isMapped?: true;
}

/** The event's own words, each of its right type. */
interface Told {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly time: string;
  readonly data: Fields;
  /** Everything but the data. */
  readonly attributes: Fields;
}

/**
 * One CloudEvent as one canonical event. Data that is a valid `interaction` or `transaction`, and is presented as one, is
 * taken as it is; else the tenant's mapping of the event's type or of the entity makes it one; everything else is a
 * `record`. Pure. Rejects with Unmappable, and nothing else, for what cannot be one.
 */
export async function normalise(
  native: CloudEventNative,
  context: NormaliseContext,
): Promise<readonly CanonicalEvent[]> {
  const told = tellingOf(native);
  let fault: SchemaFault | undefined;
  for (const mapped of await candidates(told, context.mapping)) {
    const event = eventOf(told, mapped, context);
    const faults = validateEvent(event);
    if (faults.length === 0) return [event];
    [fault] = faults;
    const mended = eventOf(told, withoutMisfits(mapped, faults), context);
    if (mapped.isMapped && validateEvent(mended).length === 0) return [mended];
  }
  throw refuse('SBX_CLOUDEVENTS_EVENT', `${fault?.path ?? ''} ${fault?.message ?? 'no valid record'}`);
}

/** What does not fit its field is an attribute. */
function withoutMisfits(mapped: Mapped, faults: readonly SchemaFault[]): Mapped {
  const misfits = new Set(faults.map(({ path }) => /^\/data\/record\/([^/]+)/.exec(path)?.[1]));
  const isMisfit = ([name]: readonly [string, unknown]): boolean => misfits.has(name);
  const fields = Object.entries(mapped.fields);
  return {
    ...mapped,
    fields: Object.fromEntries(fields.filter((field) => !isMisfit(field))),
    attributes: { ...mapped.attributes, ...Object.fromEntries(fields.filter(isMisfit)) },
  };
}

function tellingOf(native: CloudEventNative): Told {
  const { unreadable } = (objectOf(native) as Partial<CloudEventNative> | undefined) ?? {};
  if (unreadable !== undefined) throw new Unmappable(unreadable.code, unreadable.message);
  const event = objectOf(objectOf(native)?.['event']);
  if (event === undefined) throw refuse('SBX_CLOUDEVENTS_NATIVE', 'not a native of the CloudEvents connector');
  const [fault] = validateEnvelope(event);
  if (fault !== undefined) throw refuse('SBX_CLOUDEVENTS_NATIVE', `${fault.path} ${fault.message}`);
  const { data, data_base64: bytes, ...attributes } = event;
  const time = isoFromText(textOf(attributes['time']) ?? textOf(native.received) ?? '');
  if (time === undefined) throw refuse('SBX_CLOUDEVENTS_TIME', 'it tells no time, and it is not known when it came');
  return {
    id: String(attributes['id']),
    source: String(attributes['source']),
    type: String(attributes['type']),
    time,
    data: fieldsOf(data, bytes),
    attributes: Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== null)),
  };
}

/** Data that is no object becomes one. */
function fieldsOf(data: unknown, bytes: unknown): Fields {
  if (data === undefined || data === null) return typeof bytes === 'string' ? { data_base64: bytes } : {};
  return objectOf(data) ?? { data };
}

/** What the event may be, the best first. */
async function candidates(told: Told, mapping: Mapping): Promise<readonly Mapped[]> {
  const { type, data, attributes } = told;
  const compiled = compileMapping(mapping);
  const input = { ...data, cloudevent: attributes };
  if (Object.hasOwn(mapping, type)) {
    const { entity: named, ...values } = await compiled.evaluate(type, input);
    const entity = entityNames.find((name) => name === named && isOfCrm(name)) ?? 'record';
    const own = Object.hasOwn(mapping, entity) ? await compiled.evaluate(entity, input) : {};
    const targets = { ...mapping[entity], ...mapping[type] };
    return [mappedAs(entity, { ...own, ...values }, unread(data, targets))];
  }
  const entity = presentedAs(type, attributes['dataschema']);
  if (entity === undefined) return [recordOf(data)];
  const asItIs: Mapped = { entity, fields: withoutIdentity(data), attributes: {}, unused: {} };
  if (!Object.hasOwn(mapping, entity)) return [asItIs, recordOf(data)];
  const values = await compiled.evaluate(entity, input);
  return [asItIs, mappedAs(entity, values, unread(data, mapping[entity] ?? {}))];
}

/** The tenant's values: those that are fields of the entity, and the others as attributes. */
function mappedAs(entity: EntityName, values: Fields, unused: Fields): Mapped {
  const known = new Set(entityFields(entity));
  const isField = (name: string): boolean => known.has(name) && !['nativeType', 'attributes'].includes(name);
  const entries = Object.entries(values).filter(([, value]) => value !== null);
  return {
    entity,
    fields: Object.fromEntries(entries.filter(([name]) => isField(name))),
    attributes: Object.fromEntries(entries.filter(([name]) => !isField(name))),
    unused,
    isMapped: true,
  };
}

/** Everything in the attributes. */
function recordOf(attributes: Fields): Mapped {
  return { entity: 'record', fields: {}, attributes, unused: {} };
}

/** What the sender says for itself about the record's type is not what Signalbox says. */
function withoutIdentity(data: Fields): Fields {
  return Object.fromEntries(Object.entries(data).filter(([name]) => name !== 'nativeType'));
}

/** Members that no expression takes as they are. */
function unread(data: Fields, targets: Readonly<Record<string, string>>): Fields {
  const taken = new Set(Object.values(targets).map((expression) => expression.trim()));
  return Object.fromEntries(Object.entries(data).filter(([name]) => !taken.has(name)));
}

function eventOf(told: Told, mapped: Mapped, context: NormaliseContext): CanonicalEvent {
  const { entity, attributes, unused } = mapped;
  const kind = kindOf(told.type, entity === 'record');
  const fields = Object.fromEntries(Object.entries(mapped.fields).filter(([name]) => name !== 'id'));
  return canonicalEvent(
    {
      crm,
      identity: [context.org, told.source, told.id],
      recordId: recordIdOf(told, mapped),
      nativeType: told.type,
      time: told.time,
      sequence: orderIn(told),
      origin: 'external',
      extensions: passedOn(told.attributes),
      change: { kind, fields: kind === 'updated' ? changedBy(fields, attributes) : [] },
      record: { entity, fields, attributes, native: nativeOf(unused, told.attributes) },
      // An event of a channel tells its record whole: there is nowhere to read the rest.
      provenance: { record: 'event' },
    },
    context,
  );
}

/** The data's own id; for a record what the event is about; else the event itself. */
function recordIdOf({ data, attributes, id }: Told, { entity, fields }: Mapped): string {
  const subject = entity === 'record' ? attributes['subject'] : undefined;
  const named = [fields['id'], data['id'], subject].map(idOf).find((one) => one !== undefined);
  return named ?? id;
}

/** `*` stands for all records of an entity. */
function idOf(value: unknown): string | undefined {
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : textOf(value);
  return text === '*' ? undefined : text;
}

/** Time first; within the same instant the sender's own sequence where it counts, else the finer part of its time. */
function orderIn({ time, attributes }: Told): string {
  const sequence = textOf(attributes['sequence']) ?? '';
  const finer = /[.,]\d{3}(\d{1,9})/.exec(textOf(attributes['time']) ?? '')?.[1] ?? '';
  return sequenceOf(time.replace(/\D/g, ''), /^\d{1,20}$/.test(sequence) ? sequence : finer.padEnd(9, '0'));
}

function passedOn(attributes: Fields): Partial<CanonicalEvent> {
  const names = ['traceparent', 'tracestate', 'causationid', 'correlationid', 'dataclassification'];
  return Object.fromEntries(names.filter((name) => name in attributes).map((name) => [name, attributes[name]]));
}

function changedBy(fields: Fields, attributes: Fields): readonly string[] {
  return [...Object.keys(fields), ...Object.keys(attributes).map((name) => `attributes.${name}`)];
}

function nativeOf(unused: Fields, attributes: Fields): Fields {
  return 'cloudevent' in unused ? { data: unused, cloudevent: attributes } : { ...unused, cloudevent: attributes };
}
