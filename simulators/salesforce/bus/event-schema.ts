import { createHash } from 'node:crypto';
import {
  compoundParts,
  isCompound,
  type FieldDefinition,
  type FieldType,
  type PlatformEventDefinition,
} from '../org/definitions';
import type { ObjectType } from '../org/object-type';

type Avro = string | object;

const record = (name: string, fields: readonly object[]): object => ({ type: 'record', name, fields });
const plain = (name: string, type: Avro): object => ({ name, type });
const strings = { type: 'array', items: 'string' };

/** The header record exactly as in the captured schemas. */
const changeEventHeader = {
  name: 'ChangeEventHeader',
  type: record('ChangeEventHeader', [
    plain('entityName', 'string'),
    plain('recordIds', strings),
    plain('changeType', {
      type: 'enum',
      name: 'ChangeType',
      symbols: [
        'CREATE',
        'UPDATE',
        'DELETE',
        'UNDELETE',
        'GAP_CREATE',
        'GAP_UPDATE',
        'GAP_DELETE',
        'GAP_UNDELETE',
        'GAP_OVERFLOW',
        'SNAPSHOT',
      ],
    }),
    plain('changeOrigin', 'string'),
    plain('transactionKey', 'string'),
    plain('sequenceNumber', 'int'),
    plain('commitTimestamp', 'long'),
    plain('commitNumber', 'long'),
    plain('commitUser', 'string'),
    plain('nulledFields', strings),
    plain('diffFields', strings),
    plain('changedFields', strings),
  ]),
  doc: 'Data:ComplexValueType',
};

const avroTypes: Partial<Record<FieldType, string>> = {
  boolean: 'boolean',
  int: 'int',
  double: 'double',
  currency: 'double',
  percent: 'double',
  date: 'long',
  datetime: 'long',
  time: 'long',
};

const docs: Record<FieldType, string> = {
  id: 'Data:EntityId',
  string: 'Data:Text',
  textarea: 'Data:StringPlusClob',
  html: 'Data:HtmlStringPlusClob',
  email: 'Data:Email',
  phone: 'Data:Phone',
  url: 'Data:Url',
  picklist: 'Data:DynamicEnum',
  multipicklist: 'Data:MultiEnum',
  encryptedstring: 'Data:EncryptedText',
  boolean: 'Data:Boolean',
  int: 'Data:Integer',
  double: 'Data:Double',
  currency: 'Data:Currency',
  percent: 'Data:Percent',
  date: 'Data:DateOnly',
  datetime: 'Data:DateTime',
  time: 'Data:TimeOnly',
  reference: 'ForeignKey:EntityId',
  address: 'Data:Address',
  location: 'Data:Location',
  personname: 'Data:PersonName',
};

/** A custom field's id `00N…` (15 characters), the same for the same field in every run. */
const customFieldId = (object: string, field: string): string => {
  const digest = createHash('sha256')
    .update(`${object}.${field}`)
    .digest('base64')
    .replace(/[^0-9A-Za-z]/g, '0');
  return `00N${digest.slice(0, 12)}`;
};

const docOf = (object: string, field: FieldDefinition): string => {
  const doc = field.eventDoc ?? docs[field.type];
  return field.name.endsWith('__c') ? `${doc}:${customFieldId(object, field.name)}` : doc;
};

const nullable = (...branches: readonly Avro[]): readonly Avro[] => ['null', ...branches];

const partType = (part: string): Avro => (part === 'Latitude' || part === 'Longitude' ? 'double' : 'string');

const compoundNames = { address: 'Address', location: 'Location', personname: 'PersonName' } as const;

const compoundRecord = (name: string, parts: readonly string[]): object =>
  record(
    name,
    parts.map((part) => ({ name: part, type: nullable(partType(part)), default: null })),
  );

/** The branches of a field's union; a named record is defined at its first use and referred to by name after that. */
const branches = (field: FieldDefinition, defined: Set<string>): readonly Avro[] => {
  // Account.Name, the one field that is text or a person's name.
  if (field.eventDoc === 'Data:Switchable_PersonName') {
    return nullable('string', compoundRecord('Switchable_PersonName', compoundParts.personname));
  }
  if (!isCompound(field)) return nullable(avroTypes[field.type] ?? 'string');
  const name = compoundNames[field.type];
  if (defined.has(name)) return nullable(name);
  defined.add(name);
  return nullable(compoundRecord(name, compoundParts[field.type]));
};

/** The fields a change event of the object carries, in schema order: compounds instead of their parts. */
export const eventFields = (type: ObjectType): readonly FieldDefinition[] =>
  type.fields.filter((field) => field.inEvents !== false && field.compound === undefined);

/** The Avro schema of an object's change event. */
export const changeEventSchema = (type: ObjectType): object => {
  const defined = new Set<string>();
  return {
    type: 'record',
    name: type.changeEventName,
    namespace: 'com.sforce.eventbus',
    fields: [
      changeEventHeader,
      ...eventFields(type).map((field) => ({
        name: field.name,
        type: branches(field, defined),
        doc: docOf(type.name, field),
        default: null,
      })),
    ],
  };
};

/** The Avro schema of a platform event, as in the captured one: two system fields that are never null, then its own. */
export const platformEventSchema = (definition: PlatformEventDefinition): object => ({
  name: definition.name,
  namespace: 'com.sforce.eventbus',
  type: 'record',
  fields: [
    { name: 'CreatedDate', type: 'long', doc: 'CreatedDate:DateTime' },
    { name: 'CreatedById', type: 'string', doc: 'CreatedBy:EntityId' },
    ...definition.fields.map((field) => ({
      name: field.name,
      type: nullable(avroTypes[field.type] ?? 'string'),
      doc: docOf(definition.name, field),
      default: null,
    })),
  ],
});
